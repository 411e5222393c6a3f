"""Answers that explain, foresee, rehearse and relate; and sentences whose numerals all stand in the rows."""

import math
import re
from typing import cast

import pytest
from tests.unit.insight.small_lake import AS_OF, SmallLake

from b2shift.insight.answers.grounding import GroundedFigures
from b2shift.insight.answers.locale import Locale
from b2shift.insight.answers.paraphrase import condition_in_words
from b2shift.insight.api import answer_query, drill_down, plan_question, unit_of
from b2shift.insight.contracts import Answer, Plan
from b2shift.insight.reading.lexicon import build_lexicon
from b2shift.kernel.errors import InputError, StateError
from b2shift.lake.api import Lake
from b2shift.metrics.api import Scope
from b2shift.metrics.contracts import Filter, Op, TypedQuery


@pytest.fixture(scope="module")
def lake() -> SmallLake:
    return SmallLake()


def asked(lake: SmallLake, question: str, scope: Scope | None = None) -> Answer:
    query = plan_question(question, AS_OF).query
    assert query is not None, question
    told = answer_query(cast(Lake, lake), query, scope or Scope())
    assert isinstance(told, Answer), told
    return told


def test_the_first_of_each_group_are_counted_in_their_group(lake: SmallLake) -> None:
    told = asked(lake, "Qual cliente tem o maior MRR em cada segmento?")
    first = {row["segment"]: (row["customer"], row["mrr"]) for row in told.rows}
    assert first == {"varejo": ("A00005", 200), "manufatura": ("A00002", 200), "saude": ("A00004", 50)}
    assert len(told.rows) == 3
    assert "os primeiros de cada segmento" in told.narrative[0]


def test_a_score_without_signal_is_unknown_beside_numbers_that_are_known() -> None:
    blind = SmallLake()
    blind.connection.execute("UPDATE scores SET churn_90d = NULL, churn_band = NULL")
    query = TypedQuery(intent="metric", metrics=("mrr", "mrr_at_risk", "churn_risk"))
    told = answer_query(cast(Lake, blind), query, Scope())
    assert isinstance(told, Answer)
    assert [told.rows[0][name] for name in query.metrics] == [600, None, None]
    assert "não têm sinal" in " ".join(told.notes)
    groups = answer_query(cast(Lake, blind), query.model_copy(update={"dimensions": ("state",)}), Scope())
    assert isinstance(groups, Answer)
    assert {row["state"]: (row["mrr"], row["churn_risk"]) for row in groups.rows} == {
        "sp": (350, None),
        "ba": (250, None),
    }


def test_what_was_never_delivered_is_not_reported_as_zero() -> None:
    bare = SmallLake()
    bare.connection.execute("DELETE FROM recurring_revenue")
    for name, label in (("mrr", "MRR"), ("active_customers", "Clientes ativos"), ("arpa", "Ticket médio")):
        told = answer_query(cast(Lake, bare), TypedQuery(intent="metric", metrics=(name,)), Scope())
        assert isinstance(told, Plan)
        assert (told.action, told.reason, told.about) == ("refuse", "not_in_data", label)
    assert asked(bare, "Quantos chamados em maio?").rows[0]["tickets"] == 8


def test_a_group_without_rows_of_a_sum_has_none_of_it(lake: SmallLake) -> None:
    query = TypedQuery(intent="rank", metrics=("mrr", "tickets", "nps"), dimensions=("customer",))
    told = answer_query(cast(Lake, lake), query, Scope())
    assert isinstance(told, Answer)
    assert {row["customer"]: (row["tickets"], row["nps"]) for row in told.rows}["A00005"] == (0, -100)
    assert {row["customer"]: (row["tickets"], row["nps"]) for row in told.rows}["A00004"] == (3, None)


# From April to May: A +30, the 300 of C gone; 870 → 600.
def test_the_parts_of_a_sum_are_its_change(lake: SmallLake) -> None:
    told = asked(lake, "Por que o MRR caiu em maio?")
    for dimension in ("segment", "region", "company_size", "cluster"):
        parts = [row["contribution"] for row in told.rows if row["dimension"] == dimension]
        assert sum(parts) == pytest.approx(-270, abs=1e-9)
    assert {r["group"]: r["contribution"] for r in told.rows if r["dimension"] == "segment"}["varejo"] == -270


# Churn in May: 1 of 5; April: none of 5.
def test_the_parts_of_a_ratio_are_its_change(lake: SmallLake) -> None:
    told = asked(lake, "Por que o churn subiu em maio?")
    parts = [row["contribution"] for row in told.rows if row["dimension"] == "segment"]
    assert sum(parts) == pytest.approx(20, abs=1e-9)


def test_a_group_that_is_new_counts_as_mix(lake: SmallLake) -> None:
    told = asked(lake, "Por que o ticket médio mudou em março?")
    for dimension in ("segment", "region"):
        parts = [row["contribution"] for row in told.rows if row["dimension"] == dimension]
        assert sum(parts) == pytest.approx(850 / 5 - 800 / 4, abs=1e-9)


def test_a_portfolio_explains_its_own_change(lake: SmallLake) -> None:
    told = asked(lake, "Por que o MRR caiu em maio?", Scope(owners=("u1",)))
    assert sum(row["contribution"] for row in told.rows if row["dimension"] == "segment") == pytest.approx(30)


@pytest.mark.parametrize(
    ("question", "owner", "said"),
    [
        ("Por que o MRR caiu em maio?", "u1", "MRR não caiu: subiu"),
        ("Why did MRR fall in May?", "u1", "MRR não caiu: subiu"),
        ("Por que o MRR subiu em maio?", "u1", "MRR subiu"),
        ("Por que o MRR mudou em maio?", "u1", "MRR subiu"),
        ("Por que o MRR piorou em maio?", "u1", "MRR subiu"),
        ("Por que o MRR subiu em maio?", "", "MRR não subiu: caiu"),
        ("Por que o MRR caiu em maio?", "", "MRR caiu"),
    ],
)
def test_a_change_taken_for_granted_that_did_not_happen_is_denied(
    lake: SmallLake, question: str, owner: str, said: str
) -> None:
    told = asked(lake, question, Scope(owners=(owner,)) if owner else Scope())
    assert told.narrative[0].startswith(said)
    assert "presumed" not in Plan(action="answer", query=told.query).as_json()


def test_a_score_without_past_is_not_explained(lake: SmallLake) -> None:
    with pytest.raises(InputError, match="não se divide"):
        asked(lake, "Por que o health score caiu?")


def test_a_forecast_comes_with_its_interval(lake: SmallLake) -> None:
    told = asked(lake, "Qual a previsão de MRR para os próximos 3 meses?")
    coming = [row for row in told.rows if row["ahead"]]
    assert [row["bucket"] for row in coming] == ["2026-06-01", "2026-07-01", "2026-08-01"]
    assert all(row["low"] is None or row["low"] <= row["mrr"] for row in coming)
    assert all(row["high"] is None or row["mrr"] <= row["high"] for row in coming)
    assert len(told.rows) == 13 + 3


def test_groups_are_foreseen_each_by_itself(lake: SmallLake) -> None:
    told = asked(lake, "Qual a previsão de MRR por segmento para os próximos 3 meses?")
    found = {row["segment"]: row for row in told.rows}
    assert found.keys() == {"varejo", "manufatura"}, "three months of saúde tell nothing"
    assert {row["bucket"] for row in told.rows} == {"2026-08-01"}
    assert found["manufatura"]["mrr"] == pytest.approx(200)
    assert "sem projeção: 1." in " ".join(told.notes)
    with pytest.raises(InputError, match="cliente a cliente"):
        asked(lake, "previsão de MRR por cliente")


def test_what_cannot_be_foreseen_says_why(lake: SmallLake) -> None:
    with pytest.raises(InputError, match="12 meses"):
        asked(lake, "Qual a previsão de MRR para dezembro de 2028?")
    with pytest.raises(InputError, match="não tem história"):
        asked(lake, "previsão do health score para julho")


def test_an_alert_is_tried_on_the_past(lake: SmallLake) -> None:
    told = asked(lake, "Me avise quando o MRR cair abaixo de 820")
    # 1000 until January, then 800, 850, 870, 600 of the 13 months that pay.
    fired = [row["bucket"] for row in told.rows if row["fired"]]
    assert {"2026-02-01", "2026-05-01"} <= set(fired)
    assert not {"2026-01-01", "2026-04-01"} & set(fired)


def test_an_alert_of_a_change_looks_at_the_month_before(lake: SmallLake) -> None:
    told = asked(lake, "Me avise se o MRR cair mais de 25%")
    assert [row["bucket"] for row in told.rows if row["fired"]] == ["2026-05-01"]


def test_too_few_customers_relate_nothing(lake: SmallLake) -> None:
    with pytest.raises(InputError, match="Poucos clientes"):
        asked(lake, "Existe relação entre chamados e NPS?")


def test_the_rest_of_a_ranking_is_summarised(lake: SmallLake) -> None:
    told = asked(lake, "top 2 segmentos em MRR")
    assert [row["mrr"] for row in told.rows] == [350, 200, 50]
    assert told.rows[-1]["rest"] == 1
    assert sum(row["mrr"] for row in told.rows) == asked(lake, "Qual é o MRR?").rows[0]["mrr"]


# MRR of May by state: SP 350, BA 250; RS stopped paying. April: SP 320, BA 250, RS 300.
def test_a_condition_on_groups_is_met_by_groups(lake: SmallLake) -> None:
    assert {row["state"] for row in asked(lake, "estados com MRR acima de 300").rows} == {"sp"}
    assert {row["state"] for row in asked(lake, "quais estados tiveram crescimento de MRR acima de 5%?").rows} == {"sp"}


def test_ratios_have_no_rest(lake: SmallLake) -> None:
    assert not any("rest" in row for row in asked(lake, "top 1 segmento em ticket médio").rows)


def test_quarters_and_years_are_called_by_their_names(lake: SmallLake) -> None:
    by_quarter, by_year = asked(lake, "MRR por trimestre em 2026"), asked(lake, "MRR por ano")
    assert "em 1º tri/2026" in by_quarter.narrative[0]
    assert unit_of(by_quarter, "bucket") == "quarter"
    assert unit_of(by_year, "bucket") == "year"
    assert unit_of(asked(lake, "previsão de MRR por trimestre"), "bucket") == "month"


@pytest.mark.parametrize(
    ("question", "conditions"),
    [
        ("Qual é o MRR?", ()),
        ("MRR do varejo em SP", ("Segmento = Varejo", "Estado = SP")),
        ("clientes com mais de 2 chamados em maio", ("Chamados > 2",)),
        ("MRR de quem tem mais de 10 anos de casa", ("Tempo de casa > 10 anos",)),
        ("MRR de quem tem menos de 18 meses de casa", ("Tempo de casa < 18 meses",)),
    ],
)
def test_an_answer_says_what_it_is_limited_to(lake: SmallLake, question: str, conditions: tuple[str, ...]) -> None:
    assert asked(lake, question).conditions == conditions


@pytest.mark.parametrize(
    ("op", "field", "value", "words"),
    [
        ("change_lt", "usage_hours", 0, "mudança de Horas de uso < 0 h"),
        ("change_pct_gt", "mrr", 12.5, "mudança de MRR > 12,5%"),
        ("lt", "churn_risk", 5, "Risco de churn < 5%"),
    ],
)
def test_a_limit_is_written_as_it_was_said(op: Op, field: str, value: float, words: str) -> None:
    assert condition_in_words(Filter(field=field, op=op, value=value), Locale("pt")) == words


@pytest.mark.parametrize(
    ("field", "value", "pt", "en"),
    [
        ("renewal_date", ("2026-05-31", "2026-06-30"), "de 31/05/2026 a 30/06/2026", "from 31/05/2026 to 30/06/2026"),
        ("tenure_months", (1, 24), "de 1 mês a 2 anos", "from 1 month to 2 years"),
    ],
)
def test_days_and_months_of_a_condition_are_written_as_people_read_them(
    field: str, value: tuple[str | int, ...], pt: str, en: str
) -> None:
    one = Filter(field=field, op="between", value=value)
    assert condition_in_words(one, Locale("pt")).endswith(pt)
    assert condition_in_words(one, Locale("en")).endswith(en)


def test_a_customer_is_named_to_nobody_by_a_condition(lake: SmallLake) -> None:
    query = TypedQuery(intent="metric", metrics=("mrr",), filters=(Filter(field="customer", op="eq", value="A00005"),))
    told = answer_query(cast(Lake, lake), query, Scope(owners=("ninguem",)))
    assert isinstance(told, Answer)
    assert told.conditions == ("Cliente = A00005",)


QUESTIONS = [
    "Qual é o MRR?", "MRR por segmento", "Evolução do MRR em 2026", "Top 2 estados em MRR",
    "Por que o MRR caiu em maio?",
    "previsão de MRR para julho", "Me avise quando o MRR cair abaixo de 820", "Compare o MRR de maio com o de abril",
    "Quanto o varejo representa do MRR?", "churn do varejo contra a média da base", "qual o pior mês de MRR de 2026?",
    "clientes com mais de 2 chamados em maio", "quais segmentos mais perderam MRR em maio?", "NPS por segmento em maio",
]  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_numeral_of_a_sentence_is_in_the_rows(lake: SmallLake, question: str) -> None:
    told = asked(lake, question)
    text = " ".join(told.narrative)
    text = re.sub(r"[a-z]{3}/\d{4}|\d\d/\d\d/\d{4}|80 de 100|\d+º|A0000\d|\d+ ao todo|últimos \d+|\d+ · ", " ", text)
    found = re.findall(r"(\d[\d.]*(?:,\d+)?)( mil| mi)?", text)
    scale = {"": 1, " mil": 1e3, " mi": 1e6}
    shown = [float(n.replace(".", "").replace(",", ".")) * scale[word] for n, word in found]
    values = [
        abs(v) for row in told.rows for v in row.values() if isinstance(v, int | float) and not isinstance(v, bool)
    ]
    parts = [r["contribution"] for r in told.rows if r.get("dimension") == "segment"]
    counts = [len(told.rows), sum(row.get("fired", False) for row in told.rows), abs(sum(parts))]
    errors = [float(n.replace(",", ".")) for n in re.findall(r"erraram em média ([\d,]+)%", text)]
    for one in shown:
        near = any(math.isclose(one, round(v, d), rel_tol=0.051) for v in [*values, *counts] for d in (0, 1, 2))
        assert near or one in errors, (one, text)


def test_a_number_that_no_row_holds_is_not_said() -> None:
    with pytest.raises(StateError, match="não está nas linhas"):
        GroundedFigures([{"mrr": 10.0}]).figure(11.0, "brl")


# Two customers were drawn for c1 by e-mail and one bought; one for c2 by WhatsApp.
def test_a_rate_is_split_by_what_its_own_rows_hold(lake: SmallLake) -> None:
    rows = asked(lake, "conversão por campanha em maio").rows
    assert {row["campaign"]: row["campaign_conversion_rate"] for row in rows} == {"c1": 50, "c2": 0}
    rows = asked(lake, "conversão das campanhas por canal em maio").rows
    assert {row["channel"]: row["campaign_conversion_rate"] for row in rows} == {"email": 50, "whatsapp": 0}
    assert asked(lake, "conversão das campanhas de email em maio").rows[0]["campaign_conversion_rate"] == 50


# Of each payment 10 is for CRM, the rest for ERP.
def test_revenue_is_split_by_the_products_that_bring_it(lake: SmallLake) -> None:
    told = asked(lake, "MRR por família de produto")
    paying = asked(lake, "Quantos clientes ativos?").rows[0]["active_customers"]
    whole = asked(lake, "Qual é o MRR?").rows[0]["mrr"]
    assert {row["product_line"]: row["mrr"] for row in told.rows} == {"CRM": 10 * paying, "ERP": whole - 10 * paying}
    by_product = asked(lake, "clientes ativos por produto").rows
    assert {row["product_line"]: row["active_customers"] for row in by_product} == {"CRM": paying, "ERP": paying}


def test_a_median_is_of_the_customers_of_each_product(lake: SmallLake) -> None:
    rows = asked(lake, "mediana do MRR por produto").rows
    assert {row["product_line"]: row["mrr"] for row in rows if row["product_line"] == "CRM"} == {"CRM": 10}
    assert len(rows) == 2


def test_a_product_that_gives_back_counts_against_the_others_and_pays_nothing() -> None:
    lake = SmallLake()
    lake.connection.execute("UPDATE recurring_revenue SET mrr = -mrr WHERE product_family = 'CRM'")
    parts, whole = asked(lake, "MRR por produto").rows, asked(lake, "Qual é o MRR?").rows[0]
    assert sum(row["mrr"] for row in parts) == whole["mrr"]
    by_product = {
        row["product_line"]: row["active_customers"] for row in asked(lake, "clientes ativos por produto").rows
    }
    assert by_product == {"CRM": 0, "ERP": whole["customers"]}


def test_the_customers_of_a_product_are_behind_its_number(lake: SmallLake) -> None:
    told = asked(lake, "MRR por produto no varejo")
    row = next(row for row in told.rows if row["product_line"] == "CRM")
    query = drill_down(told.query, row)
    assert query is not None
    behind = answer_query(cast(Lake, lake), query, Scope())
    assert isinstance(behind, Answer)
    assert sum(one["mrr"] for one in behind.rows) == row["mrr"]
    assert len(behind.rows) == row["customers"]


def of_product(op: str, intent: str = "metric", metric: str = "", product: str = "CRM") -> Answer | Plan:
    """An answer about who has a product, or has it not, in a lake where A00005 has no CRM."""
    lake = SmallLake()
    lake.connection.execute("DELETE FROM recurring_revenue WHERE customer_id = 'A00005' AND product_family = 'CRM'")
    query = TypedQuery.model_validate(
        {
            "intent": intent,
            "metrics": (metric,) if metric else (),
            "dimensions": () if metric else ("customer",),
            "filters": ({"field": "product_line", "op": op, "value": product},),
        }
    )
    return answer_query(cast(Lake, lake), query, Scope())


def test_who_has_a_product_is_counted_and_listed() -> None:
    having, lacking = (of_product(op, metric="active_customers") for op in ("eq", "neq"))
    assert isinstance(having, Answer)
    assert isinstance(lacking, Answer)
    assert lacking.rows[0]["active_customers"] == 1
    assert having.rows[0]["active_customers"] > 1
    listed, others = of_product("eq", "list"), of_product("neq", "list")
    assert isinstance(listed, Answer)
    assert isinstance(others, Answer)
    assert len(listed.rows) == having.rows[0]["active_customers"]
    assert "A00005" in {row["customer"] for row in others.rows} - {row["customer"] for row in listed.rows}


def test_other_metrics_are_of_who_has_the_product() -> None:
    whole, having, lacking = (
        of_product("eq", metric="nps", product="ERP"),
        *(of_product(op, metric="nps") for op in ("eq", "neq")),
    )
    assert isinstance(whole, Answer)
    assert isinstance(having, Answer)
    assert isinstance(lacking, Answer)
    assert lacking.rows[0]["nps"] == -100  # A00005 answered 0
    assert having.rows[0]["nps"] > whole.rows[0]["nps"]


@pytest.mark.parametrize("metric", ["churn_rate", "nrr", "expansion_mrr", "new_customers", "ltv"])
def test_who_left_is_not_told_by_what_those_have_who_stayed(metric: str) -> None:
    refused = of_product("eq", metric=metric)
    assert isinstance(refused, Plan)
    assert (refused.reason, refused.about) == ("not_in_data", "Linha de produto")


def test_products_of_the_house_are_known_by_name_where_it_means_nothing_else() -> None:
    names = {name: name for name in ("FLUIG", "VAREJO", "RH")}
    lexicon = build_lexicon({"product_line": names})
    for question, field, value in (
        ("MRR do Fluig", "product_line", "FLUIG"),
        ("MRR do varejo", "segment", "varejo"),
        ("MRR do produto varejo", "product_line", "VAREJO"),
        ("MRR do módulo RH", "product_line", "RH"),
    ):
        query = plan_question(question, AS_OF, (), lexicon).query
        assert query is not None, question
        assert [(one.field, one.value) for one in query.filters] == [(field, value)], question


def test_other_metrics_are_not_split_by_it(lake: SmallLake) -> None:
    query = plan_question("MRR por campanha", AS_OF).query
    assert query is not None
    assert isinstance(answer_query(cast(Lake, lake), query, Scope()), Plan)
