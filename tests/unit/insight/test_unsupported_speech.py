"""Words and turns that no typed query holds are asked about; the same words where they say nothing are not."""

from datetime import date
from itertools import combinations

import pytest

from b2shift.insight.api import plan_question
from b2shift.insight.planning.idioms import CONDITIONS
from b2shift.insight.reading.calendar import month_end
from b2shift.insight.reading.lexicon import Idiom, unsupported_speech
from b2shift.metrics.contracts import Order, Period

AS_OF = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("Clientes com NPS abaixo de 20 ou health abaixo de 40", "ou"),
        ("Churn líquido em 2025", "líquido"),
        ("Chamados críticos por segmento", "críticos"),
        ("Quantos chamados resolvemos em maio?", "resolvemos"),
        ("Quantas respostas de NPS tivemos?", "respostas"),
        ("Chamados em aberto por segmento", "em aberto"),
        ("Qual o segundo maior cliente em MRR?", "segundo maior"),
        ("Diferença entre o melhor e o pior segmento em NPS", "pior"),
        ("MRR dos clientes com e sem atraso", "com e sem"),
        ("Clientes com MRR maior que o ticket médio", "maior que"),
        ("Segmentos com mais clientes do que chamados", "chamados"),
        ("Quantos meses o churn ficou acima de 3%?", "Quantos meses"),
        ("Quando o MRR passou de 5 milhões?", "Quando o"),
        ("Churn dos clientes que entraram em 2025", "clientes que entraram"),
        ("Clientes que passaram do essencial ao premium", "premium"),
        ("Número médio de novos clientes por mês em 2025", "médio"),
        ("Quantos clientes por vendedor em média?", "média"),
        ("Soma do MRR de 2025", "Soma"),
        ("NPS dos 10 maiores clientes", "dos 10 maiores clientes"),
        ("Clientes sem renovação em 2026", "sem renovação"),
        ("MRR no início de 2025", "início"),
        ("Chamados por tipo", "por tipo"),
        ("Distribuição do NPS", "Distribuição"),
        ("Razão entre chamados e clientes por plano", "Razão"),
        ("Quem fechou mais negócios?", "mais"),
        ("Segmentos com NPS entre 10 e 30 e mais de 50 detratores", "detratores"),
        ("Quais segmentos respondem por mais de 15% do MRR?", "15 %"),
        ("Clientes que pagam em atraso todo mês", "todo mês"),
        ("Percentual de segmentos com NPS positivo", "segmentos"),
        ("Clientes com mais chamados em maio do que em abril", "Clientes"),
        ("Clientes que sempre foram promotores", "sempre"),
        ("MRR fora do Brasil", "fora do"),
        ("Clientes sem plano", "sem"),
        ("MRR máximo de 2025", "máximo de"),
        ("MRR operacional por segmento", "operacional"),
        ("Clientes importantes do varejo", "importantes"),
        ("Clientes que continuam no premium", "continuam"),
        ("Clientes com contrato assinado e NPS abaixo de 20", "contrato assinado"),
        ("Vendas e MRR por plano", "Vendas"),
        ("Quanto faturamos com clientes novos em 2025?", "clientes novos"),
        ("Quanto MRR recuperamos em maio?", "recuperamos"),
        ("Dos três maiores segmentos em MRR, qual tem a pior inadimplência?", "pior"),
        ("Cluster com mais detratores e maior ticket médio", "maior"),
        ("Clientes engajados do varejo", "engajados"),
        ("Quantos clientes responderam a pesquisa de NPS?", "responderam"),
        ("MRR em PowerPoint por região", "PowerPoint"),
    ],
)
def test_what_a_query_cannot_hold_is_asked(question: str, about: str) -> None:
    plan = plan_question(question, AS_OF)
    assert plan.action == "clarify", plan
    assert about in plan.about


@pytest.mark.parametrize(
    "question",
    [
        "Clientes do varejo ou do agro",
        "Tempo médio para resolver chamados",
        "MRR novo por segmento >> e o churn?",
        "Do pior para o melhor segmento em NPS",
        "Em que mês de 2025 o churn foi maior?",
        "Quantos clientes novos entraram em maio?",
        "MRR do Sul e do Sudeste somados em 2025",
        "MRR no fim de 2025",
        "Novos clientes acumulados em 2025",
        "Segmentos com churn maior que a média",
        "MRR dos 20 maiores clientes do varejo",
        "Percentual de clientes com NPS positivo",
        "Faturas vencidas por região",
        "MRR total por segmento",
        "Qual o percentual de inadimplência do varejo?",
        "NPS e churn por plano",
        "Liste os clientes com MRR e NPS do varejo",
        "Clientes que abriram mais de 5 chamados em maio",
        "Clientes enterprise com saúde ruim, abaixo de 35",
    ],
)
def test_the_same_words_may_say_nothing(question: str) -> None:
    asked = question.split(" >> ")[-1]
    assert plan_question(asked, AS_OF).action == "answer", plan_question(asked, AS_OF)


@pytest.mark.parametrize("idiom", unsupported_speech().idioms, ids=lambda idiom: idiom.name)
def test_every_declared_idiom_is_asked_about(idiom: Idiom) -> None:
    plan = plan_question(idiom.example, AS_OF)
    assert (plan.action, plan.reason) == ("clarify", "ambiguous_entity"), plan


def test_conditions_of_turns_are_known() -> None:
    told = {name for idiom in unsupported_speech().idioms for name in (*idiom.when, *idiom.unless)}
    assert told <= set(CONDITIONS)
    assert not set(CONDITIONS) - told, "a condition that no turn names"


def test_a_place_in_a_ranking_is_read_from_the_whole_of_it() -> None:
    query = plan_question("Em que posição está o varejo em ARR?", AS_OF).query
    assert query is not None
    assert (query.intent, query.dimensions, query.limit, query.filters) == ("rank", ("segment",), None, ())
    assert query.order == Order(by="arr", dir="desc")
    assert plan_question("Em que posição está o varejo?", AS_OF).reason == "ambiguous_ranking"


def test_periods_and_members_are_compared_step_by_step() -> None:
    years = plan_question("Novos clientes por mês em 2025 contra 2024", AS_OF).query
    plans = plan_question("Churn de 2025 mês a mês, premium x essencial", AS_OF).query
    assert years is not None
    assert plans is not None
    assert [(one.intent, one.time.grain if one.time else None) for one in (years, plans)] == [("compare", "month")] * 2
    assert plan_question("MRR mês a mês em relação ao período anterior", AS_OF).action == "clarify"


@pytest.mark.parametrize(
    ("question", "start", "end", "grain"),
    [
        ("Evolução trimestral do churn por região", date(2025, 4, 1), date(2026, 3, 31), "quarter"),
        ("MRR por ano", date(2024, 1, 1), AS_OF, "year"),
        ("Churn por ano de 2023 a 2025", date(2023, 1, 1), date(2025, 12, 31), "year"),
        ("Inadimplência em cada um dos últimos 5 meses", date(2026, 1, 1), date(2026, 5, 31), "month"),
        ("Churn in each of the last 4 quarters", date(2025, 4, 1), date(2026, 3, 31), "quarter"),
    ],
)
def test_quarters_and_years_asked_for_are_the_steps(question: str, start: date, end: date, grain: str) -> None:
    query = plan_question(question, AS_OF).query
    assert query is not None
    assert query.time == Period(start=start, end=end, grain=grain)


MONTHS = [
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
]


@pytest.mark.parametrize(
    "form", ["MRR de {} a {} de 2025", "Novos clientes entre {} e {} de 2025", "MRR por mês de {} até {} de 2025"]
)
def test_months_of_one_year_never_run_backwards(form: str) -> None:
    for first, last in combinations(range(12), 2):
        query = plan_question(form.format(MONTHS[first], MONTHS[last]), AS_OF).query
        assert query is not None
        assert query.time is not None
        assert (query.time.start, query.time.end) == (date(2025, first + 1, 1), month_end(date(2025, last + 1, 1)))


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("List premium customers with more than R$ 10,000 overdue", 10_000),
        ("Clientes com MRR acima de 10,000", 10_000),
        ("Clientes com MRR acima de 1,250 milhão", 1_250_000),
        ("Clientes com churn acima de 1,5%", 1.5),
    ],
)
def test_a_comma_before_three_digits_groups_thousands(question: str, value: float) -> None:
    query = plan_question(question, AS_OF).query
    assert query is not None
    assert value in [one.value for one in query.filters]


@pytest.mark.parametrize("each", ["por mês", "a cada mês", "mês a mês"])
def test_each_month_of_a_span_is_not_the_month_it_begins_with(each: str) -> None:
    query = plan_question(f"MRR {each} de setembro de 2025 a fevereiro de 2026", AS_OF).query
    assert query is not None
    assert query.time == Period(start=date(2025, 9, 1), end=date(2026, 2, 28), grain="month")


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("top10 clientes mrr sul", "top 10 clientes em MRR no Sul"),
        ("csat últimos 3m por plano", "CSAT dos últimos 3 meses por plano"),
        ("detratores sp", "detratores de São Paulo"),
        ("previsao mrr prox tri", "previsão de MRR para o próximo trimestre"),
        ("nps 1o sem 2025", "NPS no primeiro semestre de 2025"),
        ("clientes c risco alto q renovam em julho", "clientes com risco alto que renovam em julho"),
    ],
)
def test_telegrams_ask_the_same(short: str, long: str) -> None:
    one, other = plan_question(short, AS_OF), plan_question(long, AS_OF)
    assert one.action == "answer"
    assert one.query == other.query


def test_what_is_left_out_ends_where_what_is_wanted_begins() -> None:
    query = plan_question("Clientes do Sul, exceto pequenas, com risco alto", AS_OF).query
    assert query is not None
    told = {(one.field, one.op, one.value) for one in query.filters}
    assert told == {("region", "eq", "sul"), ("company_size", "neq", "pequena"), ("risk_band", "eq", "alto")}


def test_a_count_of_people_is_no_threshold_of_the_metric_beside_it() -> None:
    query = plan_question("Segmentos com pelo menos 20 clientes e NPS abaixo de 30", AS_OF).query
    assert query is not None
    assert {(one.field, one.op, one.value) for one in query.filters} == {
        ("active_customers", "gte", 20),
        ("nps", "lt", 30),
    }


def test_compared_portraits_keep_their_clusters() -> None:
    query = plan_question("Compare o perfil dos clusters 1 e 2", AS_OF).query
    assert query is not None
    assert query.intent == "profile"
    assert [(one.field, one.op, one.value) for one in query.filters] == [("cluster", "in", (1, 2))]


@pytest.mark.parametrize(
    ("question", "dimensions", "each", "limit"),
    [
        ("Os 3 maiores clientes de cada segmento em MRR", ("segment", "customer"), "segment", 3),
        ("Maior cliente de cada vendedor em MRR", ("account_owner", "customer"), "account_owner", 1),
        ("Em cada região, os 2 segmentos com maior churn", ("region", "segment"), "region", 2),
        ("Top 10 clientes por MRR", ("customer",), None, 10),
    ],
)
def test_the_first_of_each_group_are_asked_for(
    question: str, dimensions: tuple[str, ...], each: str | None, limit: int
) -> None:
    plan = plan_question(question, AS_OF)
    assert plan.query is not None, plan
    assert (plan.query.intent, plan.query.dimensions, plan.query.each, plan.query.limit) == (
        "rank",
        dimensions,
        each,
        limit,
    )
    assert "each" not in plan.as_json()


def test_the_first_of_each_group_without_a_metric_are_asked_back() -> None:
    assert plan_question("Os 3 maiores clientes de cada segmento", AS_OF).reason == "ambiguous_ranking"


@pytest.mark.parametrize(
    ("question", "direction"),
    [
        ("Clientes do Sul, do maior MRR para o menor", "desc"),
        ("Clientes do Sul, do menor MRR para o maior", "asc"),
        ("Segmentos do pior NPS ao melhor", "asc"),
    ],
)
def test_the_direction_of_an_order_is_read_from_both_its_ends(question: str, direction: str) -> None:
    query = plan_question(question, AS_OF).query
    assert query is not None
    assert query.order is not None
    assert query.order.dir == direction


def test_of_two_periods_the_one_at_the_ending_is_the_contract_s() -> None:
    query = plan_question(
        "Clientes cujo health caiu mais de 10 pontos desde janeiro e que vencem até agosto", AS_OF
    ).query
    assert query is not None
    assert query.time is not None
    assert query.time.start == date(2026, 1, 1)
    assert ("renewal_date", ("2026-06-15", "2026-08-31")) in {(one.field, one.value) for one in query.filters}


def test_months_of_contracts_to_come_stay_to_come_through_a_conversation() -> None:
    query = plan_question("só os do varejo", AS_OF, ("Contratos que vencem em julho", "e em agosto?")).query
    assert query is not None
    assert ("renewal_date", ("2026-08-01", "2026-08-31")) in {(one.field, one.value) for one in query.filters}
