"""A pair whose chance is shared says so, with the other candidate; one that shares nothing says nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.unit.identify.refined import SPECS, arrow
from tests.unit.web.factory import AS_OF

from b2shift.lake.api import Lake, open_lake, writing
from b2shift.web.accounts.roles import Role
from b2shift.web.console.resolution import views
from b2shift.web.console.resolution.words import in_doubt

SignIn = Callable[[Role], Client]
PAGE = "/empresas-repetidas/"


def link(one: str, kind: str, other: str, points: float, competing: float = 0.0, level: str = "same") -> dict[str, Any]:
    """A pair with the chance its points give it beside the odds of what competes."""
    odds = 2.0**points
    return {"prospect_id": one, "same_as_kind": kind, "same_as": other, "points": points, "zone": "doubt",
            "probability": odds / (1 + odds + competing), "evidence": [
                {"evidence": "name", "level": level, "points": points}]}  # fmt: skip


LINKS = [
    link("P1", "customer", "C1", 2.0, 2.0**1.5),
    link("P1", "customer", "C2", 1.5, 2.0**2),
    link("P2", "customer", "C1", 1.0),
    link("P2", "customer", "C3", -9.0),
    link("P3", "prospect", "P4", 1.0, 2.0, "letter_moved"),
    link("P3", "prospect", "P5", 1.0, 2.0, "letter_moved"),
]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    with writing(tmp_path) as session:
        customers = [{"customer_id": f"C{n}", "name": f"Cliente {n}"} for n in (1, 2, 3)]
        prospects = [{"prospect_id": f"P{n}", "name": f"Prospect {n}"} for n in range(1, 6)]
        for table, rows in (("customers", customers), ("prospects", prospects), ("prospect_links", LINKS)):
            session.write(SPECS[table], arrow(SPECS[table], rows))
        session.commit(AS_OF)
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(views, "lake", lambda: open_lake(tmp_path))
    monkeypatch.setattr(views, "_sentence", lambda: "")
    return open_lake(tmp_path)


def test_the_other_candidates_are_told_of_pairs_that_share_their_chance(signed_in: SignIn, read: Lake) -> None:
    pairs = signed_in(Role.ANALYST).get(PAGE).context["pairs"]
    told = {(pair.one.id, pair.other.id): [(one.of, one.id) for one in pair.rivals] for pair, _reasons in pairs}
    assert told == {
        ("P1", "C1"): [("P1", "C2")],
        ("P1", "C2"): [("P1", "C1")],
        ("P2", "C1"): [],
        ("P2", "C3"): [],
        ("P3", "P4"): [("P3", "P5")],
        ("P3", "P5"): [("P3", "P4")],
    }


def test_the_page_tells_it_in_words_with_the_way_there(signed_in: SignIn, read: Lake) -> None:
    page = signed_in(Role.ANALYST).get(PAGE).text
    assert "Sozinhos, os pontos dariam 80,0%. A chance é 51,1%" in page
    assert "chance de ser P1: 36,1%" in page
    assert "chance de serem a mesma: 51,1% · soma 2,0" in page
    assert 'href="/clientes/C2/">Cliente 2</a>' in page
    assert 'href="/prospects/P5/">Prospect 5</a>' in page
    assert page.count("Sozinhos") == 4


def test_pairs_in_doubt_are_counted_in_words() -> None:
    assert [in_doubt(pairs) for pairs in (0, 1, 1200)] == [
        "nenhum par em dúvida", "1 par em dúvida", "1.200 pares em dúvida"]  # fmt: skip
