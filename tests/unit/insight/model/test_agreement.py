"""Two readings: equal ones are answered, different ones asked about, and what the guards refuse no model is asked."""

import json
from typing import Any

import pytest
from tests.evals.own_questions import AS_OF, all_questions
from tests.unit.insight.model.loopback import plan

from b2shift.insight.api import agreed, describe_query, plan_question, worth_asking
from b2shift.insight.contracts import Plan
from b2shift.insight.model.agreement import same
from b2shift.insight.model.contracts import Reply
from b2shift.insight.model.reading import plan_of


def model(**slots: Any) -> Plan:
    return plan_of(Reply.model_validate_json(plan(**slots)))


SECTOR = {"dimensions": ["segment"], "start": "2026-05-01", "end": "2026-05-31"}


def test_equal_readings_are_answered_as_the_built_in_reader_put_them() -> None:
    built_in = plan_question("MRR por segmento no mês passado", AS_OF)
    assert agreed(built_in, model(**SECTOR), AS_OF) == built_in
    assert (
        agreed(plan_question("Qual o MRR?", AS_OF), model(start="2026-05-01", end="2026-05-31"), AS_OF).action
        == "answer"
    )


@pytest.mark.parametrize(
    "slots",
    [
        {**SECTOR, "metrics": ["arr"]},
        {**SECTOR, "dimensions": ["region"]},
        {**SECTOR, "start": "2026-04-01", "end": "2026-04-30"},
        {**SECTOR, "filters": [{"field": "region", "op": "eq", "values": ["sul"]}]},
        {**SECTOR, "calculation": "share_of_total"},
        {**SECTOR, "limit": 3, "order_by": "mrr", "order_dir": "desc"},
        {**SECTOR, "comparison": "previous_year"},
        {**SECTOR, "intent": "list"},
    ],
)
def test_different_readings_are_both_shown_and_none_answered(slots: dict[str, Any]) -> None:
    built_in = plan_question("MRR por segmento no mês passado", AS_OF)
    told = agreed(built_in, model(**slots), AS_OF)
    assert (told.action, told.reason, told.query) == ("clarify", "two_readings", None)
    assert told.readings[0] == built_in.query
    assert len({describe_query(one) for one in told.readings}) == 2
    assert json.dumps(told.as_json())


def test_a_model_that_refuses_what_was_read_is_asked_about() -> None:
    built_in = plan_question("Qual o MRR?", AS_OF)
    told = agreed(built_in, model(action="refuse", reason="out_of_scope", intent=None), AS_OF)
    assert (told.action, told.readings) == ("clarify", (built_in.query,))


def test_a_question_not_understood_offers_the_models_reading_and_keeps_its_doubt() -> None:
    built_in = plan_question("Como anda o faturamento gambiarrado?", AS_OF)
    assert built_in.query is None
    told = agreed(built_in, model(), AS_OF)
    assert (told.action, told.query, len(told.readings)) == ("clarify", None, 1)
    assert told.about == built_in.about


def test_without_a_model_nothing_changes() -> None:
    for asked in all_questions()[:200]:
        built_in = plan_question(asked["question"], AS_OF, asked.get("context", ()))
        assert agreed(built_in, None, AS_OF) is built_in


def test_no_model_sees_what_must_not_be_answered() -> None:
    """Questions of the guards and of what is not in the data never leave; nor does what looks like an address."""
    kept = {"unsafe_write", "pii", "prompt_injection", "permission"}
    held = [asked for asked in all_questions() if asked["expect"].get("reason") in kept]
    seen = [
        asked["question"]
        for asked in held
        if worth_asking(plan_question(asked["question"], AS_OF, asked.get("context", ())), asked["question"])
    ]
    assert len(held) > 100
    assert len(seen) <= 0.02 * len(held), seen  # the built-in reader asked back, as nobody reads without a fault
    plain = plan_question("Qual o MRR?", AS_OF)
    assert worth_asking(plain, "Qual o MRR?")
    assert not worth_asking(plain, "MRR de ana@cliente.com.br")
    assert not worth_asking(plain, "MRR do CNPJ 12.345.678/0001-90")
    assert not worth_asking(plain, "e agora?", ["o CPF é 123.456.789-09"])


def test_every_reading_is_the_same_as_itself_and_the_model_can_say_it() -> None:
    """What the built-in reader says of 2,000 own questions can be said in the flat form and comes back as the same."""
    said = 0
    for asked in all_questions()[::3]:
        query = plan_question(asked["question"], AS_OF, asked.get("context", ())).query
        if query is None:
            continue
        slots = flat(query)
        back = model(**slots)
        assert back.query is not None
        assert same(back.query, query, AS_OF), (asked["question"], slots)
        said += 1
    assert said > 1500


def flat(query: Any) -> dict[str, Any]:
    """A typed query in the form of a reply."""
    told = query.model_dump(mode="json")
    time, order, compared, ahead = (told[name] or {} for name in ("time", "order", "comparison", "forecast"))
    plain = ("intent", "metrics", "dimensions", "limit", "each", "calculation", "format", "schedule")
    return {
        **{name: told[name] for name in plain},
        "filters": [condition(one) for one in told["filters"]],
        "condition": condition(told["condition"]) if told["condition"] else None,
        "start": time.get("start"), "end": time.get("end"), "grain": time.get("grain"),
        "order_by": order.get("by"), "order_dir": order.get("dir"),
        "comparison": compared.get("type"), "comparison_start": compared.get("start"),
        "comparison_end": compared.get("end"), "comparison_field": compared.get("field"),
        "comparison_values": [str(value) for value in compared.get("values") or ()],
        "forecast_start": ahead.get("start"), "forecast_end": ahead.get("end"),
    }  # fmt: skip


def condition(one: dict[str, Any]) -> dict[str, Any]:
    values = one["value"] if isinstance(one["value"], list) else [one["value"]]
    return {"field": one["field"], "op": one["op"], "values": [str(value) for value in values]}
