"""An alert's past as a picture: the number month by month with its line, and when it would have fired."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.insight.api import drill_down
from b2shift.insight.contracts import AlertRule
from b2shift.metrics.api import measures, metric
from b2shift.metrics.contracts import TypedQuery
from b2shift.web.console.ask.figures import FORMATS, SERIES, rows_url
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import month, number
from b2shift.web.watch.alert_texts import value_shown
from b2shift.web.watch.models import Firing

MONTHS_NAMED = 6


def past_of(query: TypedQuery, rule: AlertRule, rows: Sequence[dict[str, Any]]) -> Chart | None:
    """The months of a rehearsal; nothing where the number has no past."""
    if not rows:
        return None
    name = query.metrics[0]
    form = FORMATS.get(metric(name).unit, "number")
    groups = list(dict.fromkeys(_group(query, row) for row in rows))[:SERIES]
    months = sorted({row["bucket"] for row in rows})
    cells = {(row["bucket"], _group(query, row)): row for row in rows}
    loads = measures()["measures"][name].get("time") == "now"
    columns = [Column(_("Dados até"), "day", "x") if loads else Column(_("Mês"), "month", "x")]
    columns += [Column(group or metric(name).label, form, "value") for group in groups]
    line = [] if rule.condition.op.startswith("change") else [_scaled(rule.condition.value, form)]
    columns += [Column(_("Limite"), form, "value", "bad")] if line else []
    columns += [Column(_("Disparou"))]
    table = [
        [
            date.fromisoformat(when),
            *(_scaled(cells.get((when, group), {}).get(name), form) for group in groups),
            *line,
            ", ".join(g or _("sim") for g in groups if cells.get((when, g), {}).get("fired")),
        ]
        for when in months
    ]
    return Chart("ensaio", "line", metric(name).label, _reading(rows, len(months), loads=loads), Table(columns, table))


def rows_of_firing(firing: Firing) -> str:
    """Where the customers behind a firing stand."""
    query = TypedQuery.model_validate(firing.query)
    values = [None if one == "None" else one for one in firing.group.split("|")] if query.dimensions else []
    narrowed = drill_down(query, dict(zip(query.dimensions, values, strict=False)))
    return rows_url(narrowed or query)


def _reading(rows: Sequence[dict[str, Any]], months: int, *, loads: bool) -> str:
    fired = [row["bucket"] for row in rows if row["fired"]]
    if loads:
        text = _(
            "Nas %(loads)s cargas guardadas, teria disparado %(n)s vezes; a nota só tem o valor do dia de cada uma."
        )
        return text % {"loads": months, "n": number(len(fired))}
    if not fired:
        return _("Não teria disparado nenhuma vez em %(months)s meses.") % {"months": months}
    text = ngettext(
        "Teria disparado %(n)s vez em %(months)s meses: %(when)s.",
        "Teria disparado %(n)s vezes em %(months)s meses: %(when)s.",
        len(fired),
    )
    newest = sorted(set(fired), reverse=True)
    when = ", ".join(month(date.fromisoformat(one)) for one in newest[:MONTHS_NAMED])
    when += _(" e antes") if len(newest) > MONTHS_NAMED else ""
    return text % {"n": number(len(fired)), "months": months, "when": when}


def _group(query: TypedQuery, row: dict[str, Any]) -> str:
    return ", ".join(_("sem informação") if row.get(d) is None else value_shown(d, row[d]) for d in query.dimensions)


def _scaled(value: Any, form: str) -> Any:
    return value / 100 if form.startswith("percent") and isinstance(value, int | float) else value
