"""A model's reading of a question: one call, validated like any typed query."""

import time
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from b2shift.insight.contracts import Plan
from b2shift.insight.model.contracts import ModelEndpoint, ModelUsage, Outcome, Reply, ReplyFilter
from b2shift.insight.model.instructions import system_prompt, user_prompt
from b2shift.insight.model.protocols import Request, parse_reply, request_of
from b2shift.insight.model.schema import reply_schema
from b2shift.insight.model.transport import SlowError, UnreachableError, post
from b2shift.kernel.errors import InputError
from b2shift.metrics.api import listed, load_dictionary, vet
from b2shift.metrics.contracts import Comparison, Filter, Horizon, Order, Period, Scalar, TypedQuery

OK = 200
SHORT = 300


class ModelReading(NamedTuple):
    """The plan a model read, or None with the reason in `usage`."""

    plan: Plan | None
    usage: ModelUsage


def request_for(at: ModelEndpoint, question: str, as_of: date, context: Sequence[str] = ()) -> Request:
    """The request for a question: all that leaves the house."""
    known = load_dictionary()
    return request_of(at, system_prompt(known), user_prompt(question, as_of, context), reply_schema(known))


def read_by_model(at: ModelEndpoint, request: Request) -> ModelReading:
    """One call; ends within `at.seconds` and raises no error of the provider."""
    began = time.monotonic()
    text, usage = _exchange(at, request)
    usage = usage.model_copy(update={"milliseconds": round(1000 * (time.monotonic() - began))})
    if text is None:
        return ModelReading(None, usage)
    try:
        return ModelReading(plan_of(_reply(text)), usage)
    except (InputError, ValidationError) as error:
        return ModelReading(None, usage.model_copy(update={"outcome": _failure(error), "why": _first(error)}))


def _exchange(at: ModelEndpoint, request: Request) -> tuple[str | None, ModelUsage]:
    """The text of the reply, or None; and the usage."""
    try:
        status, body = post(request, at.seconds)
    except SlowError as error:
        return None, ModelUsage(outcome="slow", why=str(error))
    except UnreachableError as error:
        return None, ModelUsage(outcome="unreachable", why=str(error)[:SHORT])
    if status != OK:
        return None, ModelUsage(outcome="refused", why=f"HTTP {status}")
    reply = parse_reply(at, body)
    outcome: Outcome = "refused" if reply.text is None else "read"
    return reply.text, ModelUsage(
        outcome=outcome, why=reply.why, tokens_in=reply.tokens_in, tokens_out=reply.tokens_out
    )


def _reply(text: str) -> Reply:
    return Reply.model_validate_json(_without_fence(text))


def _failure(error: InputError | ValidationError) -> Outcome:
    """Malformed against our schema, or invalid against the dictionary."""
    return "malformed" if isinstance(error, ValidationError) and error.title == Reply.__name__ else "invalid"


def plan_of(reply: Reply) -> Plan:
    """The plan of a reply, validated as a typed query.

    Raises InputError for what no question may hold.
    """
    if reply.action != "answer":
        return Plan(action=reply.action, reason=reply.reason or "out_of_scope")
    if reply.intent is None:
        raise InputError("A leitura do modelo não diz o que é pedido")
    query = TypedQuery(
        intent=reply.intent,
        metrics=tuple(dict.fromkeys(reply.metrics)),
        dimensions=tuple(dict.fromkeys(reply.dimensions)),
        filters=tuple(map(_filter, reply.filters)),
        time=_period(reply),
        order=Order(by=reply.order_by, dir=reply.order_dir or "desc") if reply.order_by else None,
        limit=reply.limit,
        each=reply.each,
        comparison=_comparison(reply),
        calculation=reply.calculation,
        forecast=_horizon(reply),
        condition=_filter(reply.condition) if reply.condition else None,
        format=reply.format,
        schedule=reply.schedule,
    )
    listed(vet(query))
    return Plan(action="answer", query=query)


def _filter(reply: ReplyFilter) -> Filter:
    values = tuple(_scalar(reply.field, text) for text in reply.values)
    if reply.op in {"in", "between"}:
        return Filter(field=reply.field, op=reply.op, value=values)
    if len(values) != 1:
        raise InputError("A condição compara com um valor só", value=reply.field)
    return Filter(field=reply.field, op=reply.op, value=values[0])


def _scalar(field: str, text: str) -> Scalar:
    known = load_dictionary()
    dimension = known.dimensions.get(field)
    if field in known.metrics or (dimension is not None and dimension.kind == "number") or _numbered(field):
        try:
            number = float(text)
            return int(number) if number.is_integer() else number
        except (ValueError, OverflowError) as error:
            raise InputError("A condição precisa de um número", value=text) from error
    return text


def _numbered(field: str) -> bool:
    dimension = load_dictionary().dimensions.get(field)
    return dimension is not None and bool(dimension.values) and all(value.isdigit() for value in dimension.values)


def _period(reply: Reply) -> Period | None:
    start, end = _day(reply.start), _day(reply.end)
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise InputError("O período do modelo tem um dia só", value=f"{reply.start} a {reply.end}")
    return Period(start=start, end=end, grain=reply.grain)


def _comparison(reply: Reply) -> Comparison | None:
    if reply.comparison is None:
        return None
    values = tuple(_scalar(reply.comparison_field or "", text) for text in reply.comparison_values)
    return Comparison(
        type=reply.comparison,
        start=_day(reply.comparison_start),
        end=_day(reply.comparison_end),
        field=reply.comparison_field,
        values=values or None,
    )


def _horizon(reply: Reply) -> Horizon | None:
    start, end = _day(reply.forecast_start), _day(reply.forecast_end)
    return Horizon(start=start, end=end) if start or end else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError("Isto não é um dia", value=text, hint="AAAA-MM-DD") from error


def _without_fence(text: str) -> str:
    """Remove a Markdown fence that some servers add."""
    reply = text.strip()
    if reply.startswith("```") and reply.endswith("```"):
        return reply[3:-3].removeprefix("json").strip()
    return reply


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        one = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, one['loc']))}: {one['msg']}"[:SHORT]
    return str(error)[:SHORT]
