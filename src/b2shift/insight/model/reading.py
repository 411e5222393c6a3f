"""Asking a model for its reading of a question: one call, checked as any typed query is, told with what it cost."""

import time
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from b2shift.insight.contracts import Plan
from b2shift.insight.model.contracts import ModelAt, Outcome, Reply, ReplyFilter, Spent
from b2shift.insight.model.instructions import asked, instructions
from b2shift.insight.model.protocols import Request, request_of, told_by
from b2shift.insight.model.schema import reply_schema
from b2shift.insight.model.wire import SlowError, UnreachableError, post
from b2shift.kernel.errors import InputError
from b2shift.metrics.api import listed, load_dictionary, vet
from b2shift.metrics.contracts import Comparison, Filter, Horizon, Order, Period, Scalar, TypedQuery

OK = 200
SHORT = 300


class ModelRead(NamedTuple):
    """What a model read, or nothing with the reason in `spent`."""

    plan: Plan | None
    spent: Spent


def request_for(at: ModelAt, question: str, as_of: date, context: Sequence[str] = ()) -> Request:
    """The whole of what leaves the house for a question."""
    known = load_dictionary()
    return request_of(at, instructions(known), asked(question, as_of, context), reply_schema(known))


def read_by_model(at: ModelAt, request: Request) -> ModelRead:
    """One call. Whatever comes back, it ends within `at.seconds` and raises nothing of the provider's making."""
    began = time.monotonic()
    text, spent = _replied(at, request)
    spent = spent.model_copy(update={"milliseconds": round(1000 * (time.monotonic() - began))})
    if text is None:
        return ModelRead(None, spent)
    try:
        return ModelRead(plan_of(_reply(text)), spent)
    except (InputError, ValidationError) as error:
        return ModelRead(None, spent.model_copy(update={"outcome": _kind(error), "why": _first(error)}))


def _replied(at: ModelAt, request: Request) -> tuple[str | None, Spent]:
    """The text of the reply, or nothing and why; what it cost either way."""
    try:
        status, body = post(request, at.seconds)
    except SlowError as error:
        return None, Spent(outcome="slow", why=str(error))
    except UnreachableError as error:
        return None, Spent(outcome="unreachable", why=str(error)[:SHORT])
    if status != OK:
        return None, Spent(outcome="refused", why=f"HTTP {status}")
    told = told_by(at, body)
    outcome: Outcome = "refused" if told.text is None else "read"
    return told.text, Spent(outcome=outcome, why=told.why, tokens_in=told.tokens_in, tokens_out=told.tokens_out)


def _reply(text: str) -> Reply:
    return Reply.model_validate_json(_unfenced(text))


def _kind(error: InputError | ValidationError) -> Outcome:
    """Not of our shape at all, or of our shape and naming what there is not."""
    return "malformed" if isinstance(error, ValidationError) and error.title == Reply.__name__ else "invalid"


def plan_of(reply: Reply) -> Plan:
    """A reply as the plan that it is, with every check of a typed query and no name that was made up.

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


def _filter(told: ReplyFilter) -> Filter:
    values = tuple(_scalar(told.field, text) for text in told.values)
    if told.op in {"in", "between"}:
        return Filter(field=told.field, op=told.op, value=values)
    if len(values) != 1:
        raise InputError("A condição compara com um valor só", value=told.field)
    return Filter(field=told.field, op=told.op, value=values[0])


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


def _unfenced(text: str) -> str:
    """Some servers wrap what they were told not to."""
    told = text.strip()
    if told.startswith("```") and told.endswith("```"):
        return told[3:-3].removeprefix("json").strip()
    return told


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        one = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, one['loc']))}: {one['msg']}"[:SHORT]
    return str(error)[:SHORT]
