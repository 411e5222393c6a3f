"""A metric of this house added on a page: tried first, answered at once everywhere, taken back; only by who may."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from b2shift.insight.contracts import Answer
from b2shift.metrics.api import own_metrics_of, own_number, own_versions
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.questions import ask
from b2shift.web.ledger.models import AuditEvent

SignIn = Callable[[Role], Client]
FORM = {
    "label": "Receita por cliente novo", "definition": "MRR sobre os clientes novos do mesmo período.",
    "formula": "mrr / active_customers", "unit": "brl", "direction": "up", "owner": "Financeiro",
    "pt": "faturamento por cliente novo", "en": "revenue per new customer",
    "examples": "Receita por cliente novo por região?",
    "low": "0", "high": "", "attention": "", "name": "", "number": "0",
}  # fmt: skip
NAME = "receita_por_cliente_novo"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def asked_home(settings: LazySettings, records: None, paying_home: Path, tmp_path: Path) -> Path:
    """That lake, in a home of its own for each test's metrics."""
    (tmp_path / "lake").symlink_to(paying_home / "lake")
    settings.HOME = tmp_path
    return tmp_path


def test_a_metric_added_on_the_page_is_answered_at_once(
    signed_in: SignIn, asked_home: Path, people: dict[Role, User]
) -> None:
    browser = signed_in(Role.ANALYST)
    before = ask(people[Role.ANALYST], "Qual é a receita por cliente novo?").result
    assert not isinstance(before, Answer) or before.query.metrics != (NAME,)
    assert browser.post("/metricas/nova/", FORM).status_code == 302
    assert [one.name for one in own_metrics_of(asked_home)] == [NAME]
    page = browser.get("/metricas/")
    assert "da empresa" in page.text
    assert "mrr / active_customers" in page.text
    told = browser.post("/perguntar/resposta/", {"question": "Receita por cliente novo por região"}, headers=HTMX)
    answer = told.context["turn"].answer
    assert answer is not None, told.text
    assert NAME in answer.rows[0]
    assert "Receita por cliente novo" in told.text
    rest = browser.get("/api/v1/answers", {"question": "Receita por cliente novo"}).json()
    whole = ask(people[Role.ANALYST], "Qual é a receita por cliente novo?").result
    assert isinstance(whole, Answer)
    assert rest["rows"][0][NAME] == whole.rows[0][NAME] > 0
    browser.post(
        "/painel/guardar/", {"question": "Receita por cliente novo por região", "q": told.context["turn"].query_text}
    )
    assert "Receita por cliente novo" in browser.get("/painel/").text
    assert f'"name": "{NAME}"' in browser.get("/metricas/exportar/?formato=json").text


def test_versions_come_back_and_the_trail_holds_who(signed_in: SignIn, asked_home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    browser.post("/metricas/nova/", FORM)
    browser.post("/metricas/nova/", {**FORM, "name": NAME, "formula": "arr / active_customers", "number": "1"})
    assert own_metrics_of(asked_home)[0].formula == "arr / active_customers"
    page = browser.get("/metricas/versoes/")
    assert "mrr / active_customers → arr / active_customers" in page.text
    assert browser.post("/metricas/versoes/1/voltar/").status_code == 302
    assert own_metrics_of(asked_home)[0].formula == "mrr / active_customers"
    assert browser.post(f"/metricas/{NAME}/tirar/").status_code == 302
    assert own_metrics_of(asked_home) == ()
    assert len(own_versions(asked_home)) == 3
    told = AuditEvent.objects.filter(action=AuditEvent.Action.METRIC_CHANGED).order_by("sequence")
    assert [event.details["what"] for event in told] == ["kept", "kept", "restored", "kept"]
    assert browser.post("/metricas/versoes/9/voltar/").status_code == 404
    assert browser.post("/metricas/mrr/tirar/").status_code == 404
    assert browser.get("/metricas/exportar/?formato=exe").status_code == 404


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"formula": "mrr; DROP TABLE customers"}, "não se lê"),
        ({"formula": "(SELECT 1)"}, "não se lê"),
        ({"formula": "mrr + expansion_mrr"}, "nível"),
        ({"label": "MRR"}, "do produto"),
        ({"pt": "churn"}, "já querem dizer"),
        ({"low": "1000000"}, "passam dos limites"),
        ({"definition": "curta"}, "uma frase"),
        ({"high": "muito"}, "número"),
        ({"number": "7"}, "Outra pessoa"),
    ],
)
def test_what_fails_a_test_is_not_put_in_force(
    signed_in: SignIn, asked_home: Path, told: dict[str, str], said: str
) -> None:
    answer = signed_in(Role.ANALYST).post("/metricas/nova/", {**FORM, **told})
    assert answer.status_code == 422
    assert said in answer.text
    assert own_number(asked_home) == 0


def test_it_is_tried_while_one_writes(signed_in: SignIn, asked_home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    assert "passou" in browser.post("/metricas/conferir/", FORM, headers=HTMX).text
    assert "falhou" in browser.post("/metricas/conferir/", {**FORM, "formula": "mrr /"}, headers=HTMX).text
    assert own_number(asked_home) == 0


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ANALYST])
def test_who_may_not_define_meets_the_door(signed_in: SignIn, asked_home: Path, role: Role) -> None:
    browser = signed_in(role)
    assert browser.get("/metricas/nova/").status_code == 403
    for address in (
        "/metricas/nova/",
        "/metricas/conferir/",
        "/metricas/versoes/0/voltar/",
        f"/metricas/{NAME}/tirar/",
    ):
        assert browser.post(address, FORM).status_code == 403
    assert own_number(asked_home) == 0
    assert not AuditEvent.objects.filter(action=AuditEvent.Action.METRIC_CHANGED).exists()
    if role is not Role.ADMINISTRATOR:
        assert "Nova métrica" not in browser.get("/metricas/").text
