"""Metrics that a house adds: formulas that can only be formulas, tried before they are in force, kept as versions."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.unit.insight.small_lake import AS_OF, SmallLake

from b2shift.insight.api import answer_query, plan_question, run_metric_tests
from b2shift.insight.contracts import Answer, MetricTest
from b2shift.kernel.errors import InputError, StateError, UnknownNameError
from b2shift.metrics.api import (
    Scope,
    dictionary_text,
    keep_own_metrics,
    kind_of,
    load_dictionary,
    measures,
    own_metrics_of,
    own_number,
    own_versions,
    product_dictionary,
    put_back_own_metrics,
    read_formula,
    with_own_metrics,
)
from b2shift.metrics.contracts import Filter, OwnMetric, Period, TypedQuery

PER_TICKET = OwnMetric(
    name="mrr_por_chamado", label="Receita por chamado", definition="MRR sobre os chamados do mesmo período.",
    formula="mrr / tickets", unit="brl", direction="up", owner="Sucesso do cliente", pt=("faturamento por ticket",),
    en=("revenue per ticket",), low=0, examples=("Qual a receita por chamado por segmento?",),
)  # fmt: skip
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def lake() -> SmallLake:
    return SmallLake()


def changed(**told: object) -> OwnMetric:
    return PER_TICKET.model_copy(update=told)


def failed(lake: SmallLake, one: OwnMetric) -> MetricTest:
    trials = run_metric_tests(lake, one)  # type: ignore[arg-type]
    return next(trial for trial in trials if not trial.held)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2 + 3 * 4", 14), ("(2 + 3) * 4", 20), ("10 - 4 - 3", 3), ("24 / 4 / 2", 3), ("100 * mrr / tickets", 400),
     ("mrr / 0", None)],
)  # fmt: skip
def test_a_formula_is_counted_as_on_paper(text: str, value: float | None) -> None:
    assert read_formula(text).value({"mrr": 20.0, "tickets": 5.0}) == value


@pytest.mark.parametrize(
    "text",
    ["", "mrr /", "(mrr", "mrr mrr", "mrr; DROP TABLE x", "'x'", "mrr.num", "__import__", "mrr || 1", "SELECT 1", "1e9",
     "mrr ** 2",
     "(" * 40 + "1" + ")" * 40, "mrr + " * 60 + "1"],
)  # fmt: skip
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_formula(text)


def test_levels_and_flows_and_units_do_not_mix() -> None:
    known = product_dictionary().metrics
    assert kind_of(read_formula("new_customers - churned_customers"), known) == ("count", "additive")
    assert kind_of(read_formula("12 * mrr"), known) == ("brl", "semi_additive")
    assert kind_of(read_formula("mrr / tickets"), known) == (None, "ratio")
    with pytest.raises(InputError, match="nível"):
        kind_of(read_formula("mrr + expansion_mrr"), known)
    with pytest.raises(InputError, match="Unidades"):
        kind_of(read_formula("tickets + churned_mrr"), known)
    with pytest.raises(UnknownNameError, match="tickets"):
        kind_of(read_formula("mrr / ticket"), known)


def test_a_sound_metric_passes_every_test(lake: SmallLake) -> None:
    trials = run_metric_tests(lake, PER_TICKET)  # type: ignore[arg-type]
    assert [trial.name for trial in trials] == ["formula", "unit", "words", "questions", "others", "numbers", "bounds"]
    assert all(trial.held for trial in trials), trials
    assert PER_TICKET.name not in load_dictionary().metrics, "trying puts nothing in force"


@pytest.mark.parametrize(
    ("told", "test"),
    [
        ({"name": "mrr"}, "name"),
        ({"formula": "mrr / nada"}, "formula"),
        ({"formula": "1 + 1"}, "formula"),
        ({"formula": "csat / 100"}, "formula"),
        ({"formula": "2 * mrr", "unit": "hours"}, "unit"),
        ({"label": "MRR"}, "words"),
        ({"pt": ("mês a mês",)}, "words"),
        ({"examples": ("Qual é o churn?",)}, "questions"),
        ({"pt": ("nps por segmento",)}, "others"),
        ({"formula": "mrr / upsell_pipeline"}, "numbers"),
        ({"low": 1e6}, "bounds"),
    ],
)
def test_the_test_that_fails_says_why(lake: SmallLake, told: dict[str, object], test: str) -> None:
    trial = failed(lake, changed(**told))
    assert trial.name == test
    assert trial.said


def test_it_is_answered_at_once_with_the_right_number(lake: SmallLake) -> None:
    with with_own_metrics([PER_TICKET]):
        plan = plan_question("Receita por chamado no mês passado", AS_OF)
        assert plan.query is not None
        assert plan.query.metrics == (PER_TICKET.name,)
        told = answer_query(lake, plan.query, Scope())  # type: ignore[arg-type]
        assert isinstance(told, Answer)
        assert told.rows[0][PER_TICKET.name] == pytest.approx(600 / 8), "150 + 200 + 50 + 200 over 4 + 1 + 3 tickets"
        assert "Receita por chamado" in told.narrative[0]
        groups = answer_query(lake, plan.query.model_copy(update={"dimensions": ("segment",)}), Scope())  # type: ignore[arg-type]
        assert isinstance(groups, Answer)
        found = {row["segment"]: row[PER_TICKET.name] for row in groups.rows}
        assert found["varejo"] == pytest.approx(350 / 4)
        assert found["manufatura"] == pytest.approx(200)
    assert plan_question("Receita por chamado no mês passado", AS_OF).as_json().get("metrics") != [PER_TICKET.name]
    assert PER_TICKET.name not in measures()["measures"]


def test_versions_are_kept_and_come_back(tmp_path: Path) -> None:
    assert own_metrics_of(tmp_path) == ()
    keep_own_metrics(tmp_path, (PER_TICKET,), NOW)
    second = keep_own_metrics(tmp_path, (changed(formula="arr / tickets"),), NOW)
    assert second.changes == ("~ Receita por chamado: formula: mrr / tickets → arr / tickets",)
    assert own_metrics_of(tmp_path)[0].formula == "arr / tickets"
    assert put_back_own_metrics(tmp_path, 1).in_force
    assert own_metrics_of(tmp_path) == (PER_TICKET,)
    put_back_own_metrics(tmp_path, 0)
    assert (own_number(tmp_path), own_metrics_of(tmp_path)) == (0, ())
    assert [one.number for one in own_versions(tmp_path)] == [1, 2], "nothing is deleted"
    with pytest.raises(UnknownNameError):
        put_back_own_metrics(tmp_path, 9)
    (tmp_path / "metrics" / "000002.yaml").write_text("metrics: [{name: 1}]", "utf-8")
    with pytest.raises(StateError, match="danificadas"):
        put_back_own_metrics(tmp_path, 2)


def test_the_export_holds_everything(tmp_path: Path) -> None:
    with with_own_metrics([PER_TICKET]):
        told = dictionary_text("yaml")
    assert "formula: mrr / tickets" in told
    assert "own: true" in told
    assert '"additivity": "semi_additive"' in dictionary_text("json")


def customers_with(lake: SmallLake, one: OwnMetric, op: str, value: float) -> list[str]:
    wanted = Filter(field=one.name, op=op, value=value)  # type: ignore[arg-type]
    may = Period(start=date(2026, 5, 1), end=date(2026, 5, 31))
    with with_own_metrics([one]):
        query = TypedQuery(intent="list", dimensions=("customer",), filters=(wanted,), time=may)
        told = answer_query(lake, query, Scope())  # type: ignore[arg-type]
    assert isinstance(told, Answer)
    return [row["customer"] for row in told.rows]


def test_customers_are_filtered_by_an_own_metric(lake: SmallLake) -> None:
    """May: A00001 pays 150 and opened 5 tickets; what is divided by no ticket is nothing, neither high nor low."""
    with with_own_metrics([PER_TICKET]):
        query = TypedQuery(
            intent="metric", metrics=("mrr_por_chamado",), dimensions=("customer",),
            time=Period(start=date(2026, 5, 1), end=date(2026, 5, 31)),
        )  # fmt: skip
        told = answer_query(lake, query, Scope())  # type: ignore[arg-type]
    assert isinstance(told, Answer)
    by_customer = {row["customer"]: row["mrr_por_chamado"] for row in told.rows}
    for op, meets in (("lt", lambda value: value < 50), ("gte", lambda value: value >= 50)):
        expected = sorted(code for code, value in by_customer.items() if value is not None and meets(value))
        assert expected, by_customer
        assert customers_with(lake, PER_TICKET, op, 50) == expected


def test_a_formula_of_a_rate_of_many_filters_nobody(lake: SmallLake) -> None:
    with pytest.raises(InputError, match="não tem valor por cliente"):
        customers_with(lake, changed(formula="churn_rate / tickets"), "gt", 1)
