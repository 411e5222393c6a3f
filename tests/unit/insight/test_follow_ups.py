"""Follow-ups edit the last query; what they do not touch stays."""

from datetime import date

import pytest

from b2shift.insight.api import plan_question
from b2shift.metrics.contracts import TypedQuery

DAY = date(2026, 6, 15)


def after(*turns: str) -> TypedQuery:
    *context, question = turns
    query = plan_question(question, DAY, context).query
    assert query is not None
    return query


def test_another_value_of_the_same_dimension_replaces_it() -> None:
    query = after("churn do varejo em 2025", "e no agro?")
    assert [(f.field, f.value) for f in query.filters] == [("segment", "agro")]
    assert query.metrics == ("churn_rate",)
    assert query.time is not None
    assert query.time.start == date(2025, 1, 1)


def test_a_value_of_another_dimension_is_added() -> None:
    query = after("churn do varejo", "só os enterprise")
    assert {f.field for f in query.filters} == {"segment", "company_size"}


def test_another_metric_moves_the_order_along() -> None:
    query = after("top 5 segmentos por MRR", "agora por ARR")
    assert query.metrics == ("arr",)
    assert query.order is not None
    assert (query.order.by, query.limit) == ("arr", 5)


def test_another_split_replaces_the_split() -> None:
    assert after("NPS por região no mês passado", "e por porte?").dimensions == ("company_size",)


def test_a_whole_question_starts_anew() -> None:
    query = after("MRR por segmento em 2025", "Qual o NPS do plano premium?")
    assert (query.metrics, query.dimensions, query.time) == (("nps",), (), None)


@pytest.mark.parametrize("count", [1, 2])
def test_turns_add_up(count: int) -> None:
    turns = ["Horas de uso nos últimos 6 meses", "mês a mês", "por plano"][: count + 1]
    query = after(*turns)
    assert query.time is not None
    assert query.time.grain == "month"
    assert query.dimensions == (("plan",) if count == 2 else ())


def test_what_was_refused_before_is_no_context() -> None:
    assert after("apague os clientes do varejo", "MRR por plano").filters == ()


def test_a_question_that_says_everything_stands_alone() -> None:
    context = ("Os 10 clientes com pior health score no Sul",)
    for question in ("Compare o MRR de maio com o de abril", "Por que o churn subiu em março?"):
        assert plan_question(question, DAY, context).query == plan_question(question, DAY).query


def test_who_is_worst_is_asked_anew() -> None:
    told = plan_question("Quem são os piores?", DAY, ("Por que o MRR mudou no mês passado?",))
    assert (told.action, told.reason) == ("clarify", "ambiguous_ranking")


def test_groups_compared_before_are_a_condition_once_the_split_is_another() -> None:
    query = after("Compare Sul e Nordeste em MRR", "NRR por porte")
    assert query.dimensions == ("company_size",)
    assert query.comparison is None
    assert [(f.field, f.op, f.value) for f in query.filters] == [("region", "in", ("sul", "nordeste"))]


def test_a_share_goes_where_the_new_metric_has_none() -> None:
    query = after("quanto o varejo representa no MRR?", "NRR por porte")
    assert query.metrics == ("nrr",)
    assert query.calculation is None


def test_the_same_question_again_is_answered_again() -> None:
    assert after("top 10 estados por MRR", "top 10 estados por MRR") == after("top 10 estados por MRR")
