"""Goals stand beside the number, the simulator shows its sums, effects are told only where they were measured."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.unit.web.factory import AS_OF, PAID, specs, stage, stage_all

from b2shift.lake.api import writing
from b2shift.learn.api import measure_campaigns
from b2shift.learn.effects.estimate import newcombe
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.goals.progress import progress_of
from b2shift.web.console.home.outlook import effects_of
from b2shift.web.console.simulator.views import FIELDS
from b2shift.web.crm.simulation_baseline import baseline_of
from b2shift.web.watch.models import Goal

SignIn = Callable[[Role], Client]
BRIDGE = {
    "month": "(DATE '2025-11-01' + i * INTERVAL 1 MONTH)::DATE", "start_mrr": "100 + i", "new_mrr": "2",
    "reactivated_mrr": "0", "expansion_mrr": "1", "contraction_mrr": "0.5", "churned_mrr": "1.5", "end_mrr": "101 + i",
}  # fmt: skip
CAMPAIGNS = {
    "campaign_id": "['grande', 'pequena'][1 + (i // 400)]",
    "customer_id": "printf('%05d', 10000 + i % 400)",
    "at": "TIMESTAMP '2026-06-01'",
    "kind": "'assigned'",
    "channel": "'email'",
    "variant": "CASE WHEN i % 2 = 0 THEN 'control' ELSE 'A' END",
}


@pytest.fixture(scope="module")
def steered_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The factory's lake with payments, a bridge of a year, and two campaigns with a control group."""
    home = tmp_path_factory.mktemp("steered")
    with writing(home) as session:
        stage_all(session)
        stage(session, specs()["identify"], "recurring_revenue", 60 * 14, PAID)
        stage(session, specs()["identify"], "revenue_bridge", 12, BRIDGE)
        stage(session, specs()["identify"], "campaign_events", 420, CAMPAIGNS)
        bought = (
            "SELECT * REPLACE ('purchase' AS kind) FROM campaign_events WHERE variant = 'A' AND campaign = 'grande'"
        )
        told = "SELECT * FROM campaign_events UNION ALL " + bought.replace("campaign =", "campaign_id =")
        session.write(specs()["identify"]["campaign_events"], told)
        measure_campaigns(session, AS_OF)
        session.commit(AS_OF)
    return home


@pytest.fixture(autouse=True)
def home_steered(settings: LazySettings, records: None, steered_home: Path) -> None:
    settings.HOME = steered_home


def test_a_goal_is_held_against_what_was_reached(signed_in: SignIn, people: dict[Role, User]) -> None:
    browser = signed_in(Role.EXECUTIVE)
    for value in ("8.000,50", "9000"):
        browser.post("/metas/gravar/", {"metric": "mrr", "month": "2026-10", "value": value})
    goal = Goal.objects.get()
    assert (goal.value, goal.month, goal.by) == (9000, date(2026, 10, 1), people[Role.EXECUTIVE])
    told = progress_of(people[Role.EXECUTIVE], goal)
    assert (told.met, told.foreseen, told.found) == (False, False, "R$\u00a08.520,00")
    assert browser.get(told.href).context["answer"].rows[0]["mrr"] == 8520
    page = browser.get("/metas/").text
    assert "meta R$\u00a09.000,00 · no mês" in page
    assert len(browser.get("/").context["goals"]) == 1


def test_a_goal_to_come_stands_beside_the_forecast(people: dict[Role, User]) -> None:
    goal = Goal(metric="mrr", month=date(2027, 1, 1), value=100, by=people[Role.EXECUTIVE])
    told = progress_of(people[Role.EXECUTIVE], goal)
    assert told.foreseen
    assert told.met
    assert told.interval
    far = progress_of(
        people[Role.EXECUTIVE], Goal(metric="mrr", month=date(2040, 1, 1), value=1, by=people[Role.ANALYST])
    )
    assert far.met is None


def test_a_goal_is_removed_and_taken_back(signed_in: SignIn, people: dict[Role, User]) -> None:
    goal = Goal.objects.create(metric="nps", month=date(2026, 12, 1), value=42.5, by=people[Role.ANALYST])
    browser = signed_in(Role.ANALYST)
    page = browser.post(f"/metas/{goal.pk}/apagar/", follow=True)
    assert not Goal.objects.exists()
    browser.post(next(message.extra_tags for message in page.context["messages"]))
    assert Goal.objects.get().value == 42.5


@pytest.mark.parametrize(
    "told",
    [
        {"metric": "x", "month": "2026-12", "value": "1"},
        {"metric": "health_score", "month": "2026-12", "value": "1"},
        {"metric": "mrr", "month": "12/2026", "value": "1"},
        {"metric": "mrr", "month": "2026-12", "value": "mil"},
        {"metric": "mrr", "month": "2026-12", "value": "inf"},
        {"metric": "mrr", "month": "2026-12", "value": "nan"},
    ],
)
def test_what_is_no_goal_is_refused(signed_in: SignIn, told: dict[str, str]) -> None:
    page = signed_in(Role.EXECUTIVE).post("/metas/gravar/", told)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert f'value="{told["value"]}"' in page.text
    assert not Goal.objects.exists()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.EXECUTOR, Role.MARKETING, Role.ADMINISTRATOR])
def test_totals_of_the_base_are_not_for_all(signed_in: SignIn, people: dict[Role, User], role: Role) -> None:
    browser = signed_in(role)
    assert browser.get("/metas/").status_code == 403
    assert browser.get("/simulador/").status_code == 403
    assert browser.post("/metas/gravar/", {"metric": "mrr", "month": "2026-12", "value": "1"}).status_code == 403
    assert not Goal.objects.exists()
    assert baseline_of(people[role]) is None


def test_the_simulator_starts_from_the_rows(signed_in: SignIn, people: dict[Role, User]) -> None:
    base = baseline_of(people[Role.EXECUTIVE])
    assert base is not None
    assert (base.mrr, base.churned, base.gained, base.months) == (112, 18, 36, 12)
    assert base.opening == sum(100 + i for i in range(12))
    assert base.at_stake
    page = signed_in(Role.EXECUTIVE).get("/simulador/", {"price": "5", "people": "2"})
    assert page.status_code == 200
    assert all(step[-1] for step in page.context["steps"])
    assert page.context["paths"].table.rows[0][1] == 112


@pytest.mark.parametrize("asked", [{"price": "1000"}, {"people": "-1"}, {"churn": "x"}, {"success": "nan"}])
def test_what_cannot_be_supposed_is_reported(signed_in: SignIn, asked: dict[str, str]) -> None:
    page = signed_in(Role.ANALYST).get("/simulador/", asked)
    assert page.status_code == 422
    assert page.context["found"] is None
    (name, value) = next(iter(asked.items()))
    label = next(label for code, label, *_ in FIELDS if code == name)
    assert f"{label}: {value}, e vai de " in page.context["problem"]


def test_an_effect_is_shown_only_where_a_control_group_measures_it(people: dict[Role, User]) -> None:
    chart = effects_of(people[Role.EXECUTIVE])
    assert chart is not None
    assert [row[0] for row in chart.table.rows] == ["grande"]
    assert "pequena" not in str(chart.payload)
    change, low, high = chart.table.rows[0][1:4]
    assert change == 1
    assert 0.9 < low < high == pytest.approx(1)
    assert effects_of(people[Role.MANAGER]) is None, "of their customers there are too few"
    assert effects_of(people[Role.EXECUTOR]) is effects_of(people[Role.ADMINISTRATOR]) is None
    people[Role.EXECUTIVE].unit_in_view = "techfin"
    assert effects_of(people[Role.EXECUTIVE]) is None, "and of a unit's"


def test_newcombes_own_example() -> None:
    """Newcombe (1998), table II, example (a), method 10: 56/70 against 48/80."""
    low, high = newcombe(56, 70, 48, 80)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)
