"""Families of wordings that six batches of a stranger taught: each case stands for its construction (ADR 0344)."""

from datetime import date
from typing import Any

import pytest

from b2shift.insight.api import plan_question

AS_OF = date(2026, 6, 15)


def planned(said: str) -> dict[str, Any]:
    """The plan of the last of some turns, with the slots that it fills."""
    *context, question = said.split(" >> ")
    return {slot: told for slot, told in plan_question(question, AS_OF, context).as_json().items() if told}


def days(told: dict[str, Any] | None) -> tuple[str, str] | None:
    return (told["start"], told["end"]) if told else None


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ("Which account owners have the most MRR?", None),
        ("Which account owner has the most MRR?", 1),
        ("Quais linhas de produto têm a menor adoção?", None),
        ("Qual linha de produto tem a menor adoção?", 1),
        ("Qual executivo de contas tem mais churn?", 1),
    ],
)
def test_a_name_is_plural_by_its_noun(said: str, limit: int | None) -> None:
    assert planned(said).get("limit") == limit


@pytest.mark.parametrize(
    ("said", "time", "compares"),
    [
        ("Quantos chamados abrimos entre janeiro e abril?", ("2026-01-01", "2026-04-30"), False),
        ("Quanto o NPS mudou entre março e maio?", ("2026-05-01", "2026-05-31"), True),
        ("Qual o NPS no trimestre anterior?", ("2026-01-01", "2026-03-31"), False),
        ("NPS por porte no 1T26 >> e no trimestre anterior?", ("2025-10-01", "2025-12-31"), False),
        ("MRR de fevereiro a abril >> e o período anterior?", ("2025-11-01", "2026-01-31"), False),
        ("Churn em maio >> e em relação ao mês anterior?", ("2026-05-01", "2026-05-31"), True),
        ("Expansão de fevereiro a abril frente aos três meses anteriores", ("2026-02-01", "2026-04-30"), True),
        ("Clientes perdidos de janeiro a maio contra igual período de 2025", ("2026-01-01", "2026-05-31"), True),
        ("Compare ticket volume in April with March", ("2026-04-01", "2026-04-30"), True),
        ("NPS entre o começo do ano e maio", ("2026-01-01", "2026-05-31"), False),
    ],
)
def test_a_time_compares_only_beside_a_word_that_compares(said: str, time: tuple[str, str], compares: bool) -> None:
    plan = planned(said)
    assert days(plan.get("time")) == time, plan
    assert ("comparison" in plan) == compares, plan


@pytest.mark.parametrize(
    ("said", "horizon"),
    [
        ("Previsão de MRR para julho e agosto", ("2026-07-01", "2026-08-31")),
        ("MRR de maio >> e a previsão para agosto?", ("2026-08-01", "2026-08-31")),
    ],
)
def test_a_horizon_is_one_and_drops_the_time_before(said: str, horizon: tuple[str, str]) -> None:
    plan = planned(said)
    assert days(plan["forecast"]) == horizon
    assert "comparison" not in plan
    assert "time" not in plan


@pytest.mark.parametrize(
    "said", ["Qual o NPS do cluster?", "MRR da região", "What is the MRR of the segment?", "churn no plano"]
)
def test_one_of_many_that_is_not_named_is_asked_about(said: str) -> None:
    assert planned(said)["action"] == "clarify"


@pytest.mark.parametrize(
    "said",
    [
        "manda os telefones deles",
        "Clientes do Sul >> e os e-mails?",
        "me dá o celular dela",
        "os contatos desses clientes",
    ],
)
def test_personal_data_are_refused_whatever_was_asked_before(said: str) -> None:
    assert planned(said)["reason"] == "pii"


@pytest.mark.parametrize("said", ["Conversão por canal >> e por telefone?", "manda o MRR por plano pro meu e-mail"])
def test_a_channel_is_no_personal_data(said: str) -> None:
    assert planned(said)["action"] == "answer"


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("MRR total dos clientes do varejo", {"metrics": ["mrr"]}),
        ("Total de clientes do varejo", {"metrics": ["active_customers"]}),
        ("Qual segmento concentra mais MRR?", {"intent": "rank", "metrics": ["mrr"]}),
        ("Expansão acumulada no ano, por mês", {"calculation": "cumulative", "intent": "trend"}),
        ("Monthly churned customers since October, by reason", {"intent": "trend", "dimensions": ["churn_reason"]}),
        ("Quais clientes mais perderam health score?", {"order": {"by": "health_score.change", "dir": "asc"}}),
        ("Clientes mais perto de cancelar", {"order": {"by": "churn_risk", "dir": "desc"}}),
        ("Regiões por NPS, começando pelo pior", {"order": {"by": "nps", "dir": "asc"}}),
        ("Top 10 clientes por uso >> os que menos usam", {"order": {"by": "usage_hours", "dir": "asc"}, "limit": 10}),
        ("NPS desconsiderando clientes com menos de 6 meses de casa", {"metrics": ["nps"]}),
        (
            "Top 5 vendedores por clientes",
            {"metrics": ["active_customers"], "dimensions": ["account_owner"], "limit": 5},
        ),
        ("Ranking de segmentos por clientes em risco", {"intent": "rank", "dimensions": ["segment"]}),
        ("Top 3 segments by customers", {"order": {"by": "active_customers", "dir": "desc"}, "limit": 3}),
        ("Top 5 vendedores por cliente", {"action": "clarify"}),
        ("Em quantas horas, em média, resolvemos um chamado?", {"metrics": ["resolution_hours"]}),
        ("Quanto a base expandiu este ano?", {"metrics": ["expansion_mrr"]}),
    ],
)
def test_a_turn_of_phrase_is_read(said: str, slots: dict[str, Any]) -> None:
    plan = planned(said)
    assert {slot: plan.get(slot) for slot in slots} == slots, plan


def test_what_explains_a_member_is_not_split_by_its_kind() -> None:
    plan = planned("Churn por segmento em março >> por que o da logística foi tão alto?")
    assert plan["intent"] == "explain"
    assert "dimensions" not in plan
    assert [one["value"] for one in plan["filters"]] == ["logistica"]


@pytest.mark.parametrize(
    ("said", "op"),
    [
        ("MRR tirando clientes com NPS abaixo de 0", "gte"),
        ("NPS por região, ignorando quem tem menos de 6 meses de casa", "gte"),
        ("MRR by plan excluding customers with fewer than 5 tickets", "gte"),
        ("Churn por plano excluindo clientes com mais de 10 chamados", "lte"),
        ("MRR dos clientes com NPS abaixo de 0", "lt"),
    ],
)
def test_a_condition_of_those_left_out_is_turned_round(said: str, op: str) -> None:
    assert [one["op"] for one in planned(said)["filters"]] == [op]


@pytest.mark.parametrize(
    "said",
    [
        "MRR atendido por segmento",
        "NPS que cobre o varejo",
        "Chamados organizados por plano",
        "MRR que resta por plano",
        "churn troca por região",
    ],
)
def test_a_verb_that_makes_another_number_is_asked_about(said: str) -> None:
    assert planned(said)["action"] == "clarify"


@pytest.mark.parametrize(
    "said",
    [
        "MRR atual por porte",
        "Quantos chamados tivemos em maio?",
        "NPS que tivemos em maio",
        "MRR que o varejo gera",
        "Quantos tickets vieram do Sul?",
        "O churn ficou em quanto?",
        "MRR, me mostra por região",
        "MRR visto por plano",
    ],
)
def test_a_verb_that_leaves_the_number_what_it_is_is_passed(said: str) -> None:
    assert planned(said)["action"] == "answer"


@pytest.mark.parametrize(
    "said", ["Clientes com risco alto >> manda por e-mail", "Clientes com risco alto >> me envia no WhatsApp"]
)
def test_where_an_answer_is_sent_narrows_nothing(said: str) -> None:
    assert [one["field"] for one in planned(said)["filters"]] == ["risk_band"]
