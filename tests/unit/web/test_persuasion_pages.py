"""Who is persuaded, told on `/efeitos/` to who sees the whole base, with the customers of each group behind it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.unit.web.factory import CUSTOMER
from tests.unit.web.measured_campaigns import make_measured_home

from b2shift.kernel.errors import AccessError
from b2shift.learn.contracts import Measure
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.campaign_effects import measured_persuasions, persuaded_customers

SignIn = Callable[[Role], Client]
_GROUP = (
    "SELECT '{measure}' AS measure, {place} AS place, {rows} AS assignments, 0.02 AS expected, {effect} AS effect, "
    "{low} AS low, {high} AS high, {harmed} AS harmed, 0.01 AS gain, 0.005 AS gain_low, 0.015 AS gain_high, "
    "{apart} AS tells_apart"
)
_GROUPS = [
    ("bought", 0, 1800, 0.01, -0.01, 0.03, False, False),
    ("bought", 1, 900, 0.02, -0.02, 0.06, False, False),
    ("bought", 2, 900, 0.0, -0.04, 0.04, False, False),
    ("lost", 0, 1800, 0.05, 0.02, 0.08, False, True),
    ("lost", 1, 900, -0.04, -0.08, -0.01, False, True),
    ("lost", 2, 900, 0.14, 0.1, 0.18, True, True),
]
_NAMES = ("measure", "place", "rows", "effect", "low", "high", "harmed", "apart")


@pytest.fixture(scope="module")
def persuaded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    groups = [_GROUP.format(**dict(zip(_NAMES, one, strict=True))) for one in _GROUPS]
    customers = (
        f"SELECT 'lost' AS measure, {CUSTOMER['customer_id']} AS customer_id, 1 + i % 2 AS place, i % 2 = 1 AS harmed "
        "FROM range(600) AS t(i)"
    )
    tables = {"campaign_persuasion": " UNION ALL ".join(groups), "customer_persuasion": customers}
    return make_measured_home(tmp_path_factory.mktemp("persuaded"), tables)


@pytest.fixture
def persuaded(settings: LazySettings, published: object, persuaded_home: Path) -> None:
    settings.HOME = persuaded_home


def test_what_is_told_apart_is_drawn_and_what_is_not_says_so(signed_in: SignIn, persuaded: None) -> None:
    page = signed_in(Role.ANALYST).get("/efeitos/")
    bought, lost = page.context["persuasions"]
    assert "1.800 participações em campanhas não mostram quem os contatos convencem mais" in bought.sentence
    assert (bought.picture, bought.rows, bought.warning) == (None, (), "")
    assert [row.verdict for row in lost.rows] == ["helped", "harmed"]
    assert [row.customers for row in lost.rows] == [300, 300]
    assert lost.warning.startswith("300 clientes de hoje estão em grupos que as mensagens fazem sair")
    text = page.content.decode()
    assert "Quem se convence" in text
    assert "quem-se-convence-lost" in text


def test_a_group_opens_its_customers_page_by_page(signed_in: SignIn, persuaded: None) -> None:
    browser, seen, cursor = signed_in(Role.ANALYST), [], 1
    while cursor:
        answer = browser.get(f"/efeitos/quem-se-convence/lost/2/?cursor={cursor}", headers={"HX-Request": "true"})
        assert answer.status_code == 200
        shown = [one.customer_id for one in answer.context["rows"]]
        assert all(f'href="/clientes/{one}/"' in answer.content.decode() for one in shown)
        seen += shown
        cursor = answer.context["page"].next
    assert len(set(seen)) == len(seen) == 30, "those of the records"
    whole = browser.get("/efeitos/quem-se-convence/lost/2/").content.decode()
    assert "Deixou de pagar: grupo 2, de quem se espera menos" in whole


@pytest.mark.parametrize("address", ["bought/9/", "won/1/", "nada/1/"])
def test_a_group_that_is_not_told_is_not_found(signed_in: SignIn, persuaded: None, address: str) -> None:
    assert signed_in(Role.ANALYST).get(f"/efeitos/quem-se-convence/{address}").status_code == 404


@pytest.mark.parametrize("role", [Role.EXECUTOR, Role.ADMINISTRATOR])
def test_others_learn_nothing(signed_in: SignIn, people: dict[Role, User], persuaded: None, role: Role) -> None:
    answer = signed_in(role).get("/efeitos/quem-se-convence/lost/2/")
    assert answer.status_code == 403
    assert "customer-cell" not in answer.content.decode()
    with pytest.raises(AccessError):
        measured_persuasions(people[role])
    with pytest.raises(AccessError):
        persuaded_customers(people[role], Measure.LOST, 2)


def test_who_sees_part_of_the_base_is_not_told_of_all_of_it(
    signed_in: SignIn, people: dict[Role, User], persuaded: None
) -> None:
    browser = signed_in(Role.MARKETING)
    assert measured_persuasions(people[Role.MARKETING]) == ()
    page = browser.get("/efeitos/")
    assert page.context["persuasions"] == []
    assert "quem-se-convence" not in page.content.decode()
    assert browser.get("/efeitos/quem-se-convence/lost/2/").status_code == 404
