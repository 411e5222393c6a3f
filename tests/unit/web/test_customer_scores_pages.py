"""What lies ahead of a customer, its scores opened, and the versions people promote."""

import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from b2shift.differentiate.api import promoted_scores, score_models
from b2shift.lake.api import open_lake
from b2shift.web.accounts.roles import Role
from b2shift.web.console.customer import what_if_form
from b2shift.web.console.customer.dossier import exact_value
from b2shift.web.crm import customer_scores
from b2shift.web.crm.models import Customer, Publication, ScoreCard
from b2shift.web.ledger.models import AuditEvent

pytestmark = pytest.mark.records
SignIn = Callable[[Role], Client]


@pytest.fixture
def whose(tmp_path: Path, demo_home: Path, settings: Any, published: Publication) -> Customer:
    """A scored customer of the demo drop, under the code of one of the factory's."""
    home = tmp_path / "home"
    shutil.copytree(demo_home / "lake", home / "lake")
    lake = open_lake(home)
    query = "SELECT customer_id, as_of FROM scores WHERE churn_90d IS NOT NULL ORDER BY 1 LIMIT 1"
    rows = lake.query(query).to_pylist()
    if not rows:
        rows = lake.query("SELECT customer_id, as_of FROM scores ORDER BY 1 LIMIT 1").to_pylist()
    Publication.objects.update(lake_version=lake.version)
    settings.HOME = home
    Customer.objects.filter(customer_id="10006").update(customer_id=rows[0]["customer_id"])
    return Customer.objects.get(customer_id=rows[0]["customer_id"])


def test_the_page_shows_what_the_lake_has(whose: Customer, signed_in: SignIn) -> None:
    page = signed_in(Role.EXECUTOR).get(f"/clientes/{whose.customer_id}/notas/?nota=churn_90d").content.decode()
    ahead = customer_scores.forward_scores(whose)
    assert set(ahead) == set(customer_scores.FORWARD_SCORES)
    again = customer_scores.repurchase(whose)
    assert ("não se estima" in page) == (None in ahead.values() or not again)
    assert ("de ainda comprar" in page) == bool(again)
    opened = customer_scores.explain_score(whose, "churn_90d", None)
    if opened.dossier:
        assert opened.dossier.same
        assert "Recalculado: igual" in page
        assert opened.dossier.model_version in page
        assert ("Só associação" in page) == bool(opened.what_ifs)
        assert [one.label for one in opened.effects] == ["Contato comercial"]
        assert opened.effects[0].verdict in unescape(page), "estimated or refused, the page says which and why"
    else:
        assert opened.why_not in page
    health = signed_in(Role.EXECUTOR).get(f"/clientes/{whose.customer_id}/notas/?nota=health").content.decode()
    told = customer_scores.explain_score(whose, "health", None).dossier
    assert told is not None
    assert told.same
    assert told.model_version in health


def test_other_scores_and_versions_are_chosen_and_wrong_ones_refused(whose: Customer, signed_in: SignIn) -> None:
    browser, address = signed_in(Role.EXECUTOR), f"/clientes/{whose.customer_id}/notas/"
    assert browser.get(f"{address}?nota=nps_detractor_risk").status_code == 200
    assert browser.get(f"{address}?versao={customer_scores.kept_version_numbers()[0]}").status_code == 200
    assert browser.get(f"{address}?nota=zodiaco").status_code == 400
    assert browser.get(f"{address}?versao=99").status_code == 400


def test_only_ones_own_customers_are_opened(whose: Customer, signed_in: SignIn) -> None:
    assert signed_in(Role.EXECUTOR).get("/clientes/10001/notas/").status_code == 404
    assert signed_in(Role.ADMINISTRATOR).get(f"/clientes/{whose.customer_id}/notas/").status_code == 403


def test_an_analyst_promotes_a_version_and_it_is_audited(whose: Customer, signed_in: SignIn, settings: Any) -> None:
    home = Path(settings.HOME)
    models = score_models(open_lake(home), home)
    assert models, "the demo has a learnt score"
    told = {"score": models[0].score, "version": models[0].version, "reason": "fica até o fim do ano"}
    assert signed_in(Role.MARKETING).post("/modelos/versao/", told).status_code == 403
    assert not promoted_scores(home)
    analyst = signed_in(Role.ANALYST)
    assert analyst.post("/modelos/versao/", told | {"reason": ""}).status_code == 400
    assert not promoted_scores(home)
    ScoreCard.objects.get_or_create(score=models[0].score, defaults={"label": "Nota", "row_hash": ""})
    page = f"/modelos/scores/{models[0].score}/"
    assert models[0].version in analyst.get("/modelos/versoes/").text
    assert models[0].version in analyst.get(page).text
    assert analyst.post("/modelos/versao/", told).status_code == 302
    assert promoted_scores(home)[models[0].score].version == models[0].version
    event = AuditEvent.objects.get(object_kind="score")
    assert models[0].version in event.object_id
    assert "Pedida por uma pessoa" in analyst.get("/modelos/versoes/").text
    analyst.post("/modelos/versao/", told | {"version": "", "reason": "volta"})
    assert not promoted_scores(home)


def test_a_score_that_opens_is_opened_unless_another_is_asked_for(
    whose: Customer, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = customer_scores.explain_score(whose, "health", None)
    assert kept.dossier is not None
    none = customer_scores.ScoreExplanation(why_not="Esta versão não guardou o modelo da nota.")
    answers = {"health": kept}
    monkeypatch.setattr(customer_scores, "explain_score", lambda _one, score, _version: answers.get(score, none))
    browser = signed_in(Role.EXECUTOR)
    page = browser.get(f"/clientes/{whose.customer_id}/notas/").content.decode()
    assert kept.dossier.model_version in page
    assert none.why_not not in page
    asked = browser.get(f"/clientes/{whose.customer_id}/notas/?nota=churn_90d").content.decode()
    assert none.why_not in asked


def test_a_value_is_tried_by_hand_and_the_score_told_along_the_others(whose: Customer, signed_in: SignIn) -> None:
    opened = customer_scores.explain_score(whose, "health", None).dossier
    assert opened is not None
    browser, address = signed_in(Role.EXECUTOR), f"/clientes/{whose.customer_id}/notas/"
    first = browser.get(address, {"nota": "health"}).context["what_if_form"]
    assert first.feature in {one.feature for one in opened.inputs}
    assert (first.sentence, first.problem) == ("", "")
    asked = {"nota": "health", "atributo": first.feature}
    told = browser.get(address, asked | {"valor": "1"}).context["what_if_form"]
    assert "o score" in told.sentence
    assert told.typed == "1"
    odd = browser.get(address, asked | {"valor": "muito"})
    assert "“muito” não é um número." in odd.text
    assert odd.context["what_if_form"].typed == "muito"
    beside = browser.get(address, {"nota": "health", "atributo": "nada", "valor": "3"}).context["what_if_form"]
    assert (beside.feature, beside.sentence) == (first.feature, "")


@pytest.mark.parametrize(
    ("typed", "form", "value"),
    [
        ("7,5", "decimal", 7.5),
        ("7.5", "decimal", 7.5),
        ("1.234,5", "money", 1234.5),
        ("12%", "percent", 0.12),
        ("", "days", None),
    ],
)
def test_values_are_read_as_people_type_them(typed: str, form: str, value: float | None) -> None:
    assert what_if_form.typed_value(typed, form) == (value, "")


@pytest.mark.parametrize(
    ("exact", "told"),
    [
        ("0.0714285746216774", "0,0714286"),
        ("37229.578125", "37.229,6"),
        ("8.0", "8"),
        ("-0.5", "−0,5"),
        ("nan", None),
        ("0.0", "0"),
        ("120.0", "120"),
    ],
)
def test_exact_values_are_written_as_numbers(exact: str, told: str | None) -> None:
    assert exact_value(exact) == told
