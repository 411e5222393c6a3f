"""`Me diga se o churn passar de 5%`: with a limit an alert, without one, with a time or of customers a question."""

from datetime import date

import pytest

from b2shift.insight.api import plan_question

DAY = date(2025, 3, 31)
WATCHED = {
    "Tell me if churn goes above 5%": ("churn_rate", "gt", 5),
    "Me diga se o churn passar de 5%": ("churn_rate", "gt", 5),
    "Let me know if NPS falls under 20": ("nps", "lt", 20),
    "Let us know when NPS drops under 20": ("nps", "lt", 20),
    "Tell me if MRR falls more than 5%": ("mrr", "change_pct_lt", -5),
}


@pytest.mark.parametrize(("text", "watched"), WATCHED.items(), ids=WATCHED)
def test_with_a_limit_it_is_an_alert(text: str, watched: tuple[str, str, float]) -> None:
    query = plan_question(text, DAY).query
    assert query is not None
    assert query.condition is not None
    assert (query.intent, query.condition.field, query.condition.op, query.condition.value) == ("alert", *watched)


@pytest.mark.parametrize(
    "text",
    [
        "Tell me if churn is high",
        "Tell me if churn was above 5% in March",
        "Me diga se há clientes com mais de 5 chamados",
    ],
)
def test_else_it_is_none(text: str) -> None:
    query = plan_question(text, DAY).query
    assert query is None or query.intent != "alert"
