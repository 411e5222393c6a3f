"""An analyst asks for another segmentation and names a segment; nobody else may, and then nothing happens."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client

from b2shift.differentiate.api import said_of_segments
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import SegmentModel
from b2shift.web.ledger.models import AuditEvent

SignIn = Callable[[Role], Client]


@pytest.fixture(autouse=True)
def no_journals(lake_home: Path) -> Iterator[None]:
    yield
    for name in ("segment_names.jsonl", "segmentations.jsonl"):
        (lake_home / "decisions" / name).unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/modelos/escolher/", {"algorithm": "kmeans", "k": "7", "reason": "cabe"}),
        ("/segmentos/s0/nome/", {"name": "Outro"}),
    ],
)
def test_only_analysts_steer(signed_in: SignIn, lake_home: Path, path: str, told: dict[str, str]) -> None:
    for role in set(Role) - {Role.ANALYST}:
        assert signed_in(role).post(path, told).status_code == 403, role
    assert Client().post(path, told).status_code == 302
    assert signed_in(Role.ANALYST).get(path).status_code == 405
    assert said_of_segments(lake_home).names == {}
    assert said_of_segments(lake_home).preference is None
    assert not AuditEvent.objects.filter(action=AuditEvent.Action.SEGMENTATION).exists()


def test_a_wish_is_kept_shown_audited_and_taken_back(signed_in: SignIn, lake_home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    one = SegmentModel.objects.get(k=7)
    page = browser.get(f"/modelos/?candidato={one.algorithm}-7")
    assert "Usar esta" in page.text
    asked = {"algorithm": one.algorithm, "k": "7", "reason": "cabe na carteira"}
    assert browser.post("/modelos/escolher/", asked).status_code == 302
    kept = said_of_segments(lake_home).preference
    assert kept is not None
    assert (kept.algorithm, kept.k, kept.reason) == (one.algorithm, 7, "cabe na carteira")
    event = AuditEvent.objects.get(action=AuditEvent.Action.SEGMENTATION)
    assert (event.object_id, event.purpose) == (f"{one.algorithm}-7", "cabe na carteira")
    assert "Desfazer o pedido" in browser.get(f"/modelos/?candidato={one.algorithm}-7").text
    browser.post("/modelos/escolher/", {"algorithm": one.algorithm, "k": "0"})
    assert said_of_segments(lake_home).preference is None


def test_what_cannot_be_done_is_stated(signed_in: SignIn, lake_home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    assert browser.post("/modelos/escolher/", {"algorithm": "kmeans", "k": "x"}).status_code == 400
    assert browser.post("/modelos/escolher/", {"algorithm": "kmeans", "k": "99", "reason": "sim"}).status_code == 400
    assert browser.get("/modelos/?candidato=kmeans-99").status_code == 400
    assert said_of_segments(lake_home).names == {}


def test_a_name_is_kept_for_the_next_run(signed_in: SignIn, lake_home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    assert "Renomear" in browser.get("/segmentos/s0/").text
    assert "Renomear" not in signed_in(Role.MARKETING).get("/segmentos/s0/").text
    page = browser.post("/segmentos/s0/nome/", {"name": "Hotéis"}, follow=True)
    assert "O nome “Hotéis” aparece com a próxima execução." in page.text
    assert 'value="Hotéis"' in page.text
    assert said_of_segments(lake_home).names == {"s0": "Hotéis"}


@pytest.mark.parametrize(("name", "why"), [("x" * 61, "O nome é longo demais: 61."), ("Hotéis", "já tem este nome")])
def test_a_refused_name_stays_in_the_form_with_the_reason(
    signed_in: SignIn, lake_home: Path, name: str, why: str
) -> None:
    browser = signed_in(Role.ANALYST)
    browser.post("/segmentos/s1/nome/", {"name": "Hotéis"})
    page = browser.post("/segmentos/s0/nome/", {"name": name}, follow=True)
    assert page.status_code == 200
    assert why in page.text
    assert f'value="{name}"' in page.text
    assert said_of_segments(lake_home).names == {"s1": "Hotéis"}
