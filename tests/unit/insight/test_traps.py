"""Semi-additive and ratio traps: each question's number was worked out by hand from the five customers."""

from datetime import date
from typing import Any, cast

import pytest
from tests.unit.insight.small_lake import AS_OF, SmallLake, values

from b2shift.insight.api import answer_query, plan_question
from b2shift.insight.contracts import Answer, Plan
from b2shift.kernel.errors import InputError
from b2shift.lake.api import Lake
from b2shift.metrics.api import Scope
from b2shift.metrics.contracts import Comparison, Period, TypedQuery

EVERYBODY = Scope()


@pytest.fixture(scope="module")
def lake() -> SmallLake:
    return SmallLake()


def asked(lake: SmallLake, question: str, scope: Scope = EVERYBODY) -> Answer:
    plan = plan_question(question, AS_OF)
    assert plan.query is not None, plan
    told = answer_query(cast(Lake, lake), plan.query, scope)
    assert isinstance(told, Answer), told
    return told


# May: 150 + 200 + 50 + 200 = 600, four payers. April: 120 + 200 + 300 + 50 + 200 = 870, five. March: 850.
# February: 800. December: 100 + 200 + 300 + 400 = 1000, four. May 2025: 1000.
@pytest.mark.parametrize(
    ("question", "metric", "value"),
    [
        ("Qual o MRR?", "mrr", 600),
        ("MRR do primeiro trimestre de 2026", "mrr", 850),  # the last month, not 1000 + 800 + 850
        ("MRR nos últimos 3 meses", "mrr", 600),
        ("MRR em 2025", "mrr", 1000),
        ("ARR", "arr", 7200),
        ("ARR em 2025", "arr", 12000),  # not 8 months summed
        ("clientes ativos em maio", "active_customers", 4),
        ("clientes ativos no primeiro trimestre de 2026", "active_customers", 5),  # not 4 + 4 + 5
        ("ticket médio", "arpa", 150),
        ("ticket médio no primeiro trimestre de 2026", "arpa", 170),  # 850 / 5
        ("taxa de churn em maio", "churn_rate", 20),  # one of five
        ("taxa de churn nos últimos 3 meses", "churn_rate", 100 / 14),  # 1 / (4 + 5 + 5)
        ("clientes perdidos nos últimos 6 meses", "churned_customers", 1),
        ("MRR perdido em 2026", "churned_mrr", 300),
        ("MRR de expansão nos últimos 2 meses", "expansion_mrr", 50),  # 20 + 30
        ("novos clientes em 2026", "new_customers", 1),
        ("NRR", "nrr", 55),  # (150 + 200 + 0 + 200) / 1000
        ("GRR", "grr", 50),  # (100 + 200 + 0 + 200) / 1000
        ("NPS em maio", "nps", 0),  # two promoters, two detractors
        ("chamados em maio", "tickets", 8),
        ("chamados por cliente em maio", "tickets_per_customer", 2),
        ("valor em atraso em maio", "overdue_amount", 400),  # 300 and the 100 paid in June
        ("taxa de inadimplência em maio", "delinquency_rate", 50),  # 100 of 200; the cancelled one is nobody's
        ("horas de uso nos últimos 2 meses", "usage_hours", 37),
        ("saúde média da base", "health_score", 40),
        ("MRR em risco", "mrr_at_risk", 300),
        ("risco de churn", "churn_risk", 50),
        ("mediana do MRR", "mrr", 175),  # 50, 150, 200, 200
        ("desvio padrão do MRR", "mrr", 50 * 2**0.5),  # of the customers: squares of 100, 0, 50, 50 over 3
        ("LTV", "ltv", 750),  # 150 / 20 %
    ],
)
def test_one_number(lake: SmallLake, question: str, metric: str, value: float) -> None:
    (row,) = asked(lake, question).rows
    assert row[metric] == pytest.approx(value, rel=1e-12)


def test_a_quarterly_series_takes_the_last_month_of_each_quarter(lake: SmallLake) -> None:
    told = asked(lake, "MRR por trimestre de outubro de 2025 a março de 2026")
    assert list(values(told, "mrr").values()) == [1000, 850]


def test_a_ratio_of_groups_is_no_mean_of_ratios(lake: SmallLake) -> None:
    assert values(asked(lake, "ticket médio por segmento"), "arpa", "segment") == {
        "varejo": 175,
        "manufatura": 200,
        "saude": 50,
    }


def test_parts_sum_to_the_whole(lake: SmallLake) -> None:
    shares = values(asked(lake, "participação de cada segmento no MRR"), "mrr_share", "segment")
    assert sum(shares.values()) == pytest.approx(100)
    assert shares["varejo"] == pytest.approx(100 * 350 / 600)


def test_growth_of_a_stock_is_from_end_to_end(lake: SmallLake) -> None:
    (row,) = asked(lake, "Quanto o MRR cresceu nos últimos 3 meses?").rows
    assert (row["mrr"], row["mrr_before"], row["mrr_change"]) == (600, 800, -200)


def test_a_comparison_keeps_both_periods(lake: SmallLake) -> None:
    told = asked(lake, "Compare o MRR de abril com o de maio")
    assert told.rows[0]["mrr_change"] == -270
    assert told.compared_period is not None


def test_steps_are_set_beside_those_of_the_other_period(lake: SmallLake) -> None:
    query = TypedQuery(
        intent="compare",
        metrics=("mrr",),
        time=Period(start=date(2026, 4, 1), end=date(2026, 5, 31), grain="month"),
        comparison=Comparison(type="period", start=date(2026, 2, 1), end=date(2026, 3, 31)),
    )
    told = answer_query(cast(Lake, lake), query, Scope())
    assert isinstance(told, Answer)
    rows = {row["bucket"]: (row["mrr"], row["mrr_before"], row["mrr_change"]) for row in told.rows}
    assert rows == {"2026-04-01": (870, 800, 70), "2026-05-01": (600, 850, -250)}


def test_top_n_by_change(lake: SmallLake) -> None:
    told = asked(lake, "Qual segmento teve a maior queda de MRR em maio?")
    assert told.rows[0]["segment"] == "varejo"
    assert len(told.rows) == 1


def test_customers_by_their_own_values(lake: SmallLake) -> None:
    told = asked(lake, "clientes com MRR acima de 100 e mais de 3 chamados em maio")
    assert [row["customer"] for row in told.rows] == ["A00001"]


def test_customers_without_any(lake: SmallLake) -> None:
    told = asked(lake, "clientes sem chamados em maio")
    assert [row["customer"] for row in told.rows] == ["A00003", "A00005"]


def test_customers_whose_use_fell(lake: SmallLake) -> None:
    told = asked(lake, "clientes cujo uso caiu mais de 30% em maio")
    assert [row["customer"] for row in told.rows] == ["A00001"]


@pytest.mark.parametrize(
    "question",
    ["MRR acumulado em 2026", "churn acumulado em 2026", "ARR acumulado no primeiro trimestre de 2026"],
)
def test_what_must_not_be_summed_is_refused(lake: SmallLake, question: str) -> None:
    with pytest.raises(InputError, match="não se acumula"):
        asked(lake, question)


@pytest.mark.parametrize("question", ["saúde média da base em março", "evolução do risco de churn em 2026"])
def test_todays_scores_have_no_past(lake: SmallLake, question: str) -> None:
    with pytest.raises(InputError, match="sem história"):
        asked(lake, question)


def test_a_share_of_a_ratio_is_refused(lake: SmallLake) -> None:
    with pytest.raises(InputError, match="razão"):
        asked(lake, "participação do varejo no NPS")


def test_a_moving_average_looks_back_past_its_start(lake: SmallLake) -> None:
    plain = asked(lake, "MRR mês a mês de janeiro a maio de 2026")
    told = asked(lake, "média móvel do MRR mês a mês de março a maio de 2026")
    values = [row["mrr"] for row in plain.rows]
    assert [row["bucket"] for row in told.rows] == ["2026-03-01", "2026-04-01", "2026-05-01"]
    assert [row["mrr"] for row in told.rows] == pytest.approx([sum(values[n : n + 3]) / 3 for n in range(3)])
    assert told.notes


def test_cumulative_flows_add_up(lake: SmallLake) -> None:
    told = asked(lake, "novos clientes acumulados em 2026 mês a mês")
    assert list(values(told, "new_customers").values()) == [0, 0, 1, 1, 1]


def test_who_was_counted_is_who_is_listed(lake: SmallLake) -> None:
    told = asked(lake, "Quais clientes perdemos em maio de 2026?")
    (counted,) = asked(lake, "Quantos clientes perdemos em maio de 2026?").rows
    assert len(told.rows) == counted["churned_customers"] == 1
    assert plan_question("Liste os clientes ativos", AS_OF).query.intent == "list"  # type: ignore[union-attr]
    assert plan_question("Qual o total de clientes ativos?", AS_OF).query.intent == "metric"  # type: ignore[union-attr]


def test_months_without_anything_to_count_are_zero(lake: SmallLake) -> None:
    told = asked(lake, "clientes perdidos mês a mês em 2026")
    assert list(values(told, "churned_customers").values()) == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("question", ["Qual o CSAT?", "MRR por plano", "taxa de adoção", "NPS do plano premium"])
def test_what_no_source_delivers_is_stated(lake: SmallLake, question: str) -> None:
    query = plan_question(question, AS_OF).query
    assert query is not None
    told = answer_query(cast(Lake, lake), query, EVERYBODY)
    assert isinstance(told, Plan)
    assert told.reason == "not_in_data"


def test_the_scope_narrows_every_part(lake: SmallLake) -> None:
    mine = Scope(owners=("u1",))
    (row,) = asked(lake, "MRR", mine).rows
    assert row["mrr"] == 350
    (whole,) = asked(lake, "quanto o varejo representa no MRR?", mine).rows
    assert whole["mrr_share"] == pytest.approx(100 * 150 / 350)
    assert {r["customer"] for r in asked(lake, "clientes com MRR acima de 0", mine).rows} == {"A00001", "A00002"}
    assert asked(lake, "MRR", mine).scope == mine


def test_no_value_of_a_question_is_in_the_statement(lake: SmallLake) -> None:
    told = asked(lake, "clientes do varejo em SP com MRR entre 123 e 456")
    assert not any(word in sql for sql in told.statements for word in ("123", "456"))


def test_an_answer_names_its_period_and_freshness(lake: SmallLake) -> None:
    told: Any = asked(lake, "MRR por segmento")
    assert told.period.end.isoformat() == "2026-05-31"
    assert told.as_of == AS_OF
    assert "nunca a soma" in told.definitions["MRR"]
