"""One call to a model over both interfaces: what leaves, what a reply becomes, and that nothing bad gets through."""

import json
import time
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from tests.unit.insight.model.loopback import Loopback, plan, serving
from tests.unit.insight.small_lake import AS_OF, CUSTOMERS

from b2shift.insight.api import ModelReading, plan_question, read_by_model, request_for
from b2shift.insight.model.contracts import Protocol
from b2shift.insight.model.schema import as_openapi, reply_schema
from b2shift.metrics.api import load_dictionary

BOTH = pytest.mark.parametrize("protocol", get_args(Protocol))


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving() as told:
        yield told


def read(
    server: Loopback, protocol: Protocol = "openai", question: str = "Qual o MRR?", seconds: float = 5
) -> ModelReading:
    at = server.at(protocol, seconds)
    return read_by_model(at, request_for(at, question, AS_OF))


@BOTH
def test_a_good_reply_is_a_plan_and_says_what_it_cost(server: Loopback, protocol: Protocol) -> None:
    server.text = plan(
        metrics=["churn_rate"], intent="trend", dimensions=["segment"], start="2025-06-01", end="2026-05-31",
        grain="month", filters=[{"field": "region", "op": "in", "values": ["sul", "norte"]},
                                {"field": "tickets", "op": "gt", "values": ["2.5"]},
                                {"field": "cluster", "op": "eq", "values": ["3"]}],
    )  # fmt: skip
    told = read(server, protocol)
    assert told.plan is not None
    assert told.plan.query is not None
    assert [one.value for one in told.plan.query.filters] == [("sul", "norte"), 2.5, 3]
    assert told.plan.query.time is not None
    assert (told.usage.outcome, told.usage.tokens_in, told.usage.tokens_out) == ("read", 4000, 150)


@BOTH
def test_the_request_is_what_the_interface_asks_for(server: Loopback, protocol: Protocol) -> None:
    read(server, protocol)
    heard = server.heard[0]
    if protocol == "openai":
        assert heard["path"] == "/v1/chat/completions"
        assert heard["headers"]["Authorization"] == "Bearer segredo-de-teste"
        form = heard["body"]["response_format"]["json_schema"]
        assert form["strict"] is True
        assert set(form["schema"]["required"]) == set(form["schema"]["properties"])
    else:
        assert heard["path"] == "/v1beta/models/leitor-1:generateContent"
        assert heard["headers"]["x-goog-api-key"] == "segredo-de-teste"
        assert "additionalProperties" not in json.dumps(heard["body"])
        assert heard["body"]["generationConfig"]["responseSchema"]["type"] == "OBJECT"
    assert "segredo-de-teste" not in heard["path"] + json.dumps(heard["body"])


def test_names_and_values_leave_but_no_row(server: Loopback) -> None:
    read(server, question="MRR do varejo em maio")
    sent = json.dumps(server.heard[0]["body"], ensure_ascii=False)
    for name in (*load_dictionary().metrics, "manufatura", "centro_oeste", "MRR do varejo em maio"):
        assert name in sent
    assert not any(code in sent or f"Empresa {code}" in sent for code in CUSTOMERS)


def test_the_schema_knows_the_dictionary_only() -> None:
    schema = reply_schema(load_dictionary())
    assert set(schema["properties"]["metrics"]["items"]["enum"]) == set(load_dictionary().metrics)
    assert "two_readings" not in json.dumps(schema)
    opened = as_openapi(schema)
    assert opened["properties"]["intent"]["nullable"] is True
    assert None not in opened["properties"]["intent"]["enum"]
    assert '"null"' not in json.dumps(opened)


@BOTH
@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("SELECT sum(mrr) FROM revenue_monthly", "malformed"),
        ("Claro! O MRR é de R$ 1,2 mi.", "malformed"),
        ("[]", "malformed"),
        ("{" * 50_000, "malformed"),
        (plan(sql="DROP TABLE customers"), "malformed"),
        (plan(intent="delete"), "malformed"),
        (plan(metrics=["mrr"] * 50), "malformed"),
        (plan(limit="todos"), "malformed"),
        (plan(metrics=["email"]), "invalid"),
        (plan(metrics=["mrr); DROP TABLE customers; --"]), "invalid"),
        (plan(dimensions=["contact_phone"]), "invalid"),
        (plan(filters=[{"field": "segment", "op": "eq", "values": ["x' OR '1'='1"]}]), "invalid"),
        (plan(filters=[{"field": "account_owner", "op": "eq", "values": ["u1"]}]), "invalid"),
        (plan(filters=[{"field": "customer", "op": "eq", "values": ["A00001"]}]), "invalid"),
        (plan(filters=[{"field": "mrr", "op": "gt", "values": ["nan"]}]), "invalid"),
        (plan(filters=[{"field": "mrr", "op": "gt", "values": ["1e999"]}]), "invalid"),
        (plan(filters=[{"field": "mrr", "op": "between", "values": ["1"]}]), "invalid"),
        (plan(filters=[{"field": "segment", "op": "lt", "values": ["varejo"]}]), "invalid"),
        (plan(start="2026-02-31", end="2026-03-01"), "invalid"),
        (plan(start="2026-05-01"), "invalid"),
        (plan(start="2026-05-31", end="2026-05-01"), "invalid"),
        (plan(order_by="(select 1)"), "invalid"),
        (plan(calculation="exec"), "invalid"),
        (plan(limit=0), "invalid"),
        (plan(intent=None), "invalid"),
        (plan(comparison="members", comparison_field="segment", comparison_values=["ouro"]), "invalid"),
    ],
)
def test_what_is_no_plan_is_nothing(server: Loopback, protocol: Protocol, text: str, outcome: str) -> None:
    server.text = text
    told = read(server, protocol)
    assert told.plan is None
    assert told.usage.outcome == outcome, told.usage
    assert told.usage.why
    assert told.usage.tokens_out == 150


@BOTH
@pytest.mark.parametrize("status", [302, 400, 401, 429, 500, 503])
def test_another_status_is_reported_and_no_redirect_followed(server: Loopback, protocol: Protocol, status: int) -> None:
    server.status = status
    told = read(server, protocol)
    assert (told.plan, told.usage.outcome, told.usage.why) == (None, "refused", f"HTTP {status}")
    assert len(server.heard) == 1


@BOTH
@pytest.mark.parametrize(
    "raw", [b"", b"null", b"[]", b"\xff\xfe", b"{}", b'{"choices": [{}], "candidates": "x"}', b"[" * 90_000]
)
def test_a_broken_envelope_is_nothing(server: Loopback, protocol: Protocol, raw: bytes) -> None:
    server.raw = raw  # type: ignore[assignment]
    told = read(server, protocol)
    assert (told.plan, told.usage.outcome) == (None, "refused")


@pytest.mark.parametrize(
    ("protocol", "envelope", "why"),
    [
        ("openai", {"choices": [{"message": {"refusal": "não"}, "finish_reason": "stop"}]}, "recusou"),
        ("openai", {"choices": [{"message": {"content": plan()[:40]}, "finish_reason": "length"}]}, "cortada"),
        ("gemini", {"promptFeedback": {"blockReason": "SAFETY"}}, "recusou"),
        ("gemini", {"candidates": [{"content": {"parts": [{"text": "{"}]}, "finishReason": "MAX_TOKENS"}]}, "cortada"),
    ],
)
def test_a_refusal_and_a_cut_are_distinguished(server: Loopback, protocol: Protocol, envelope: Any, why: str) -> None:
    server.raw = json.dumps(envelope).encode()  # type: ignore[assignment]
    told = read(server, protocol)
    assert told.plan is None
    assert why in told.usage.why


@BOTH
@pytest.mark.parametrize("way", ["wait", "drip"])
def test_a_slow_model_is_not_waited_for(server: Loopback, protocol: Protocol, way: str) -> None:
    """Neither one that is silent nor one that sends a byte now and then."""
    setattr(server, way, 2.0 if way == "wait" else 0.05)
    began = time.monotonic()
    told = read(server, protocol, seconds=0.3)
    assert time.monotonic() - began < 1.5
    assert (told.plan, told.usage.outcome) == (None, "slow")
    assert "0.3 s" in told.usage.why


def test_an_endless_answer_is_cut(server: Loopback) -> None:
    server.raw = b" " * 3_000_000  # type: ignore[assignment]
    assert read(server).usage.outcome == "unreachable"


def test_an_unreachable_server_is_reported(server: Loopback) -> None:
    at = server.at("openai").model_copy(update={"url": "http://127.0.0.1:1/v1"})
    told = read_by_model(at, request_for(at, "Qual o MRR?", AS_OF))
    assert told.usage.outcome == "unreachable"
    assert "segredo" not in told.usage.why + repr(at)


def test_a_reply_in_a_fence_is_read(server: Loopback) -> None:
    server.text = f"```json\n{plan()}\n```"
    assert read(server).plan == plan_question("Qual o MRR?", AS_OF)


def test_a_refusal_of_the_model_is_a_plan(server: Loopback) -> None:
    server.text = plan(action="refuse", reason="pii", intent=None, metrics=[])
    told = read(server).plan
    assert told is not None
    assert (told.action, told.reason) == ("refuse", "pii")
