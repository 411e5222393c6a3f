"""What a firing says, in the product, by e-mail and in Slack: the number, its line, period and scope."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from b2shift.kernel.money import format_brl, format_number
from b2shift.metrics.api import load_dictionary, metric
from b2shift.metrics.contracts import Filter, TypedQuery
from b2shift.web.outbox.queue import notify
from b2shift.web.watch.models import Alert, Firing

SIDES = {"lt": "abaixo de", "lte": "até", "gt": "acima de", "gte": "a partir de"}
NOTICE = "aviso"
"""The outbox's channel of notices inside the product."""


def format_value(value: float, unit: str) -> str:
    """A number with its unit, exactly as it is counted: `R$ 1.234,50`, `3,4%`."""
    match unit:
        case "brl":
            return format_brl(value)
        case "percent":
            return f"{format_number(value, 2)}%"
        case "hours":
            return f"{format_number(value, 1)} h"
        case _:
            return format_number(value, 0 if value == int(value) else 2)


def value_text(alert: Alert, value: float) -> str:
    """The number an alert judges: a change of a percentage is in points, a relative change in per cent."""
    unit = metric(alert.typed.metrics[0]).unit
    op = alert.typed_rule.condition.op
    if op.startswith("change_pct"):
        return f"{format_number(value, 2)}%"
    if op.startswith("change") and unit == "percent":
        return f"{format_number(value, 2)} p.p."
    return format_value(value, unit)


def condition_text(alert: Alert) -> str:
    """`NPS de Varejo abaixo de 20`, `mudança de MRR abaixo de −10%`."""
    rule = alert.typed_rule
    label = f"{metric(alert.typed.metrics[0]).label}{_whose(alert.typed)}"
    what = f"mudança de {label}" if rule.condition.op.startswith("change") else label
    limit = rule.condition.value
    assert isinstance(limit, int | float)
    return f"{what} {SIDES[rule.condition.op.rpartition('_')[2]]} {value_text(alert, float(limit))}"


def _whose(query: TypedQuery) -> str:
    """Of which customers, and by what: ` de varejo`, ` por segmento`."""
    known = load_dictionary().dimensions
    by = "".join(f" por {known[name].label.lower()}" for name in query.dimensions)
    of = [_value(one) for one in query.filters if one.field in known]
    return f"{' de ' + ', '.join(of) if of else ''}{by}"


def _value(one: Filter) -> str:
    values = one.value if isinstance(one.value, tuple) else (one.value,)
    return " ou ".join(value_shown(one.field, value) for value in values)


def value_shown(dimension: str, value: object) -> str:
    """What a value of a dimension is called."""
    if dimension == "state":
        return str(value).upper()
    return load_dictionary().dimensions[dimension].shown.get(str(value)) or str(value).replace("_", " ").capitalize()


def enqueue_messages(alert: Alert, fired: Sequence[Firing], now: datetime) -> None:
    """Into the outbox, one message a channel for all that fired in this look; inside the transaction that writes it."""
    text, path = message_text(alert, fired), f"/alertas/{alert.pk}/"
    title = f"Alerta: {condition_text(alert)}"
    key = f"alerta:{alert.pk}:{fired[0].look}"
    link = f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else ""
    body = f"{text}\n\n{link}" if link else text
    ways: Mapping[str, tuple[str, dict[str, Any]]] = {
        Alert.Via.NOTICE: (NOTICE, {"person": alert.owner_id, "title": title, "text": text, "path": path}),
        Alert.Via.EMAIL: ("email", {"to": alert.owner.email, "subject": title, "text": body}),
        Alert.Via.SLACK: ("slack", {"text": f"{title}\n{body}"}),
    }
    for via in alert.via:
        channel, payload = ways[via]
        notify(channel, payload, f"{key}:{channel}", now)


def message_text(alert: Alert, fired: Sequence[Firing]) -> str:
    """The numbers with period, scope and code, as the page of the alert shows them."""
    first = fired[0]
    period = first.query.get("time")
    when = f"{_day(period['start'])} a {_day(period['end'])}" if period else f"{first.as_of:%d/%m/%Y}"
    lines = [f"{one.label + ': ' if one.label else ''}{value_text(alert, one.value)}" for one in fired]
    rows = format_number(sum(one.counted for one in fired))
    return (
        f"{'; '.join(lines)}. Pedido: «{alert.text}». Período: {when}. Escopo: {alert.rows.described()}. "
        f"Clientes contados: {rows}. Código da resposta: {first.fingerprint}."
    )


def _day(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))
