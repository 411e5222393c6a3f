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


def test_a_condition_is_taken_off_by_its_name() -> None:
    query = after("Clientes do Sul com risco alto", "tira o filtro de região")
    assert [(f.field, f.value) for f in query.filters] == [("risk_band", "alto")]


def test_the_way_back_goes_turn_by_turn() -> None:
    turns = ("MRR por plano", "e por região?", "só enterprise")
    assert after(*turns, "volta") == after(*turns[:2])
    assert after(*turns, "volta", "volta") == after(turns[0])


def test_there_is_no_way_back_from_the_first_question() -> None:
    assert plan_question("volta", DAY, ("MRR por plano",)).action == "clarify"
    assert plan_question("volta", DAY).reason == "missing_metric"


def test_a_value_that_is_the_last_one_left_is_taken_off_with_its_condition() -> None:
    assert after("Top 10 clientes por MRR no varejo", "sem o varejo").filters == ()


def test_a_state_takes_the_place_of_a_region() -> None:
    assert [f.field for f in after("MRR do Sul", "e em São Paulo?").filters] == ["state"]


def test_a_bare_number_that_may_be_two_things_is_asked_about() -> None:
    assert plan_question("e 30?", DAY, ("Top 10 clientes por MRR com NPS abaixo de 20",)).action == "clarify"


def test_a_new_subject_keeps_nothing() -> None:
    turns = "NPS do varejo por porte em abril", "outra coisa: MRR por plano"
    assert after(*turns) == after("MRR por plano")


def test_only_edits_of_the_view_are_no_writes() -> None:
    assert after("MRR por segmento no Sul", "remove o filtro de região") == after("MRR por segmento")
    assert plan_question("remove o filtro de carteira", DAY, ("MRR do Sul",)).action == "refuse"


def test_addresses_beside_a_list_are_persons_and_elsewhere_a_channel() -> None:
    assert plan_question("inclui telefone e e-mail", DAY, ("Clientes do Sul",)).reason == "pii"
    assert after("CSAT por canal", "só e-mail").filters[0].field == "channel"
    assert plan_question("Clientes detratores por e-mail", DAY).action == "clarify"


def test_all_but_one_group() -> None:
    query = after("NPS do varejo em maio", "e nos outros segmentos?")
    assert [(f.field, f.op, f.value) for f in query.filters] == [("segment", "neq", "varejo")]


def test_what_was_left_out_is_put_back() -> None:
    assert after("MRR por plano", "tira o premium", "inclui o premium de novo") == after("MRR por plano")


def test_a_turn_that_was_not_understood_is_not_gone_on_with() -> None:
    assert plan_question("e o MRR deles?", DAY, ("Quem são os clientes da Zuleica?",)).action == "clarify"


def test_ranks_are_not_left_out() -> None:
    assert plan_question("exclui os 3 menores", DAY, ("ARR por segmento",)).action == "clarify"


@pytest.mark.parametrize("counted", ["quantos clientes perdemos em 2025?", "quem cancelou em 2025?"])
def test_the_revenue_of_those_who_left_is_what_went_with_them(counted: str) -> None:
    query = after(counted, "qual o MRR deles?")
    assert (query.intent, query.metrics, query.dimensions) == ("metric", ("churned_mrr",), ())
    assert query.time == after(counted).time


def test_of_those_who_came_only_their_number_is_known() -> None:
    assert plan_question("quanto eles somam de MRR?", DAY, ("Quantos clientes novos em 2025?",)).action == "clarify"


def test_whose_number_it_is_may_be_said_in_english() -> None:
    query = after("how many customers are at risk?", "what's their MRR?")
    assert [f.field for f in query.filters] == ["risk_band"]


def test_what_is_put_beside_keeps_the_order() -> None:
    query = after("top 10 clientes por MRR", "acrescenta o health score")
    assert query.metrics == ("mrr", "health_score")
    assert query.order is not None
    assert query.order.by == "mrr"


def test_what_they_represent_is_their_sum_and_of_the_total_their_share() -> None:
    query = after("clientes em risco alto", "quanto de MRR isso representa?")
    assert (query.metrics, query.calculation) == (("mrr",), None)
    assert [f.field for f in query.filters] == ["risk_band"]
    assert after("clientes em risco alto", "quanto do MRR total isso representa?").calculation == "share_of_total"


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("ticket médio por segmento", "tira os que têm menos de 20 clientes"),
        ("horas de uso por segmento", "mais de 30%"),
        ("previsão de MRR", "e se o churn subir 1 ponto?"),
    ],
)
def test_a_line_of_something_else_is_asked_about(before: str, line: str) -> None:
    assert plan_question(line, DAY, (before,)).action == "clarify"


def test_those_of_a_list_are_counted() -> None:
    query = after("Clientes com contrato vencendo nos próximos 90 dias", "quantos são detratores?")
    assert {f.field for f in query.filters} == {"renewal_date", "nps_band"}
    assert (query.intent, query.metrics) == ("metric", ("active_customers",))


def test_the_reasons_of_those_who_left_in_money_are_what_went_with_them() -> None:
    query = after("principais motivos de cancelamento", "em MRR")
    assert (query.metrics, query.dimensions) == (("churned_mrr",), ("churn_reason",))


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("top 5 vendedores por MRR", "quantos clientes o primeiro tem?"),
        ("top 10 clientes por MRR", "quais deles estão em risco alto?"),
        ("inadimplência por região", "quais clientes devem mais lá?"),
    ],
)
def test_some_that_nobody_singled_out_are_asked_about(before: str, question: str) -> None:
    assert plan_question(question, DAY, (before,)).action == "clarify"


def test_there_is_the_place_that_was_named() -> None:
    query = after("inadimplência no Sul", "quais clientes devem mais lá?")
    assert [f.value for f in query.filters if f.field == "region"] == ["sul"]


def test_after_what_was_lost_the_customers_are_those_who_left() -> None:
    query = after("quanto perdemos de MRR em 2025?", "quais clientes foram?")
    assert (query.intent, query.metrics) == ("list", ("churned_customers",))


def test_those_with_tickets_have_some() -> None:
    query = after("clientes enterprise", "e os com chamado?")
    assert [(f.field, f.op, f.value) for f in query.filters][1:] == [("tickets", "gt", 0)]


def test_the_line_of_an_alert_moves_in_its_unit() -> None:
    query = after("me avise se o churn do varejo passar de 3%", "muda pra 2,5%")
    assert query.condition is not None
    assert (query.condition.field, query.condition.value) == ("churn_rate", 2.5)


@pytest.mark.parametrize("asked", ["variação entre os dois", "qual a diferença?"])
def test_what_lies_between_the_last_two_is_their_comparison(asked: str) -> None:
    query = after("horas de uso em janeiro", "e em fevereiro?", asked)
    assert query.comparison is not None
    assert (query.intent, query.comparison.start) == ("compare", date(2026, 1, 1))


def test_what_to_do_is_asked_about_those_who_were_listed() -> None:
    query = after("clientes do Sul detratores", "o que fazer?")
    assert query.intent == "actions"
    assert {f.field for f in query.filters} == {"region", "nps_band"}


def test_what_was_asked_about_nobody_in_particular_is_not_gone_on_with() -> None:
    turns = ("top 5 vendedores por MRR", "quantos clientes ele tem?")
    assert plan_question("quem tem menos?", DAY, turns).action == "clarify"
