"""An answer as the console draws it: a chart and a table made from the same rows, every number a link to its rows."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from b2shift.insight.api import INNER_COLUMNS, drill_down, grain_of, heading_of, unit_of
from b2shift.insight.contracts import Answer, Picture
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Period, TypedQuery
from b2shift.web.console.addresses import customer_url
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import day, money, month, number, signed
from b2shift.web.console.templatetags.formats import shown
from b2shift.web.console.wording import shipped
from b2shift.web.crm.questions import locale_of_page

FORMATS = {
    "brl": "money", "percent": "percent:1", "percentage_points": "number:2", "hours": "number:1", "score": "number:1",
    "points": "number:1", "ratio": "number:2", "count": "number", "day": "day", "month": "month",
    "quarter": "quarter", "year": "year",
}  # fmt: skip
SERIES = 6
ROWS_SHOWN = 50
HIDDEN = INNER_COLUMNS | {"bucket", "name"}


def query_text(query: TypedQuery) -> str:
    """A typed query as addresses and tiles carry it."""
    fields = query.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def rows_url(query: TypedQuery) -> str:
    """Where the rows of a query are listed."""
    return f"{reverse('console:ask_rows')}?{urlencode({'q': query_text(query)})}"


def door_of(answer: Answer, row: dict[str, Any]) -> str:
    """The address of the customers behind a row; empty where there are none."""
    if row.get("customer"):
        return customer_url(row["customer"])
    query = drill_down(answer.query, row)
    return rows_url(query) if query else ""


def chart_of(answer: Answer, name: str, title: str = "") -> Chart | None:
    """The picture of an answer, or nothing for one number or a list."""
    picture = answer.picture
    if picture is None:
        return None
    title, reading = title or title_of(answer), period_of(answer)
    if picture.kind == "waterfall":
        table = _steps(answer, picture)
    elif picture.group:
        table = _grouped(answer, picture)
    else:
        table = _single(answer, picture)
    upright = picture.x in {"bucket", "fifth"}
    options = {"upright": upright, "zero": picture.kind != "line", "named": picture.x == "fifth"}
    tall = picture.kind == "bar" and len(table.rows) > 12
    return Chart(name, picture.kind, title, reading, table, size="tall" if tall else "", options=options, twin=None)


def narrative_of(answer: Answer) -> tuple[str, ...]:
    """What the answer says, with its groups called as the picture calls them, in English too."""
    names = {name for words in answer.labels.values() for name in words.values()}
    names |= {row["label"] for row in answer.rows if isinstance(row.get("label"), str)}
    labels = {name: _called(name) for name in names}
    changed = sorted((name for name in names if name and labels[name] != name), key=len, reverse=True)
    if not changed:
        return answer.narrative
    one = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, changed))})(?!\w)")
    return tuple(one.sub(lambda found: labels[found.group()], sentence) for sentence in answer.narrative)


def _called(name: str) -> str:
    """A group as the page calls it; a segment is told with its number before it (`5 · Ex-clientes`)."""
    number_of, apart, segment = name.partition(" · ")
    return f"{number_of}{apart}{shipped(segment)}" if apart and number_of.isdecimal() else shipped(name)


def title_of(answer: Answer) -> str:
    """What the rows are: `MRR por segmento`."""
    locale = locale_of_page()
    what = ", ".join(locale.metric(name) for name in answer.query.metrics) or _("Resposta")
    by = _(" e ").join(locale.dimension(d).lower() for d in answer.query.dimensions)
    return _("%(what)s por %(by)s") % {"what": what, "by": by} if by else what


def period_of(answer: Answer) -> str:
    """The days that were counted, or the month that groups are foreseen for."""
    if answer.query.intent == "forecast" and answer.query.dimensions and answer.rows:
        return _("Previsto para %(month)s") % {"month": month(date.fromisoformat(answer.rows[0]["bucket"]))}
    return _("Mês a mês") if answer.period is None else _period(answer.period)


def _period(period: Period) -> str:
    return f"{day(period.start)} – {day(period.end)}"


@dataclass(frozen=True)
class Figure:
    """One number of an answer: what it is, how it is written, the change it carries, the rows behind it."""

    label: str
    value: str
    note: str
    href: str


def figures_of(answer: Answer) -> list[Figure]:
    """The numbers of an answer without groups or series; nothing for the others."""
    if len(answer.rows) != 1 or answer.query.dimensions or not answer.query.metrics or "contribution" in answer.rows[0]:
        return []
    row, out = answer.rows[0], []
    for name in answer.query.metrics:
        note = _against(answer, name, row.get(f"{name}_change"))
        if row.get(f"{name}_share") is not None:
            note = _("%(share)s do total") % {"share": shown(row[f"{name}_share"] / 100, "percent:1")}
        if row.get(f"{name}_overall") is not None:
            note = _("base: %(value)s") % {"value": _figure(answer, f"{name}_overall", row)}
        out.append(Figure(_heading(name), _figure(answer, name, row), note, door_of(answer, row)))
    return out


def _against(answer: Answer, name: str, change: float | None) -> str:
    """A change with its sign, its unit and what it is against; nothing where there is none."""
    if change is None:
        return ""
    match answer.units.get(name):
        case "brl":
            text = f"{'+' if change > 0 else ''}{money(change)}"
        case "percent":
            text = _("%(change)s p.p.") % {"change": signed(change, 2)}
        case _:
            text = signed(change, 1 if change % 1 else 0)
    before = answer.compared_period
    if before is None:
        return text
    when = month(before.start) if before.start.replace(day=1) == before.end.replace(day=1) else _period(before)
    return _("%(change)s contra %(when)s") % {"change": text, "when": when}


def _single(answer: Answer, picture: Picture) -> Table:
    column = picture.values[0]
    rows = [row for row in answer.rows if not row.get("rest")]
    columns = [Column(_heading(_across(answer, picture.x)), _format(picture.x, answer), "x"), _value(answer, column)]
    sides = [side for side in (picture.low, picture.high) if side]
    columns += [Column(_heading(side), _format(column, answer), _side(side)) for side in sides]
    columns.append(Column(_("Linhas"), "", "link"))
    return Table(
        columns,
        [
            [
                _word(answer, picture.x, row),
                *(_number(answer, column, row.get(c)) for c in (column, *sides)),
                door_of(answer, row),
            ]
            for row in rows
        ],
    )


def _across(answer: Answer, x: str) -> str:
    """What stands along a picture: the metric whose fifths they are, the grain of time, or the column itself."""
    if x == "fifth":
        return answer.query.metrics[0]
    return grain_of(answer.query) if x == "bucket" else x


def _side(side: str) -> Any:
    return "low" if side == "low" else "high"


def _grouped(answer: Answer, picture: Picture) -> Table:
    """One line a group, the largest ones of the newest month."""
    column, group = picture.values[0], picture.group or ""
    when = sorted({row["bucket"] for row in answer.rows})
    newest = {row[group]: row.get(column) or 0 for row in answer.rows if row["bucket"] == when[-1]}
    chosen = sorted(newest, key=lambda value: -newest[value])[:SERIES]
    cells = {(row["bucket"], row[group]): row.get(column) for row in answer.rows}
    columns = [Column(_heading(grain_of(answer.query)), grain_of(answer.query), "x")]
    columns += [Column(_label(answer, group, value), _format(column, answer), "value") for value in chosen]
    rows = [[date.fromisoformat(b), *(_number(answer, column, cells.get((b, v))) for v in chosen)] for b in when]
    return Table(columns, rows)


def _steps(answer: Answer, picture: Picture) -> Table:
    """From the first value over each contribution to the last one."""
    rows = [row for row in answer.rows if row["dimension"] == picture.split]
    shown = sorted(rows, key=lambda row: -abs(row["contribution"]))[:SERIES]
    rest = sum(row["contribution"] for row in rows) - sum(row["contribution"] for row in shown)
    steps = [[row["label"], row["contribution"], False, door_of(answer, row)] for row in shown]
    steps += [[_("Demais"), rest, False, ""]] if len(rows) > len(shown) else []
    total = [[_("Mudança"), sum(row["contribution"] for row in rows), True, ""]]
    columns = [
        Column(_heading(picture.split or ""), "", "x"),
        Column(_heading("contribution"), _format("contribution", answer), "value"),
        Column(_("Total"), "", "total"),
        Column(_("Linhas"), "", "link"),
    ]
    return Table(columns, steps + total)


def table_of(answer: Answer, most: int = ROWS_SHOWN) -> Table | None:
    """The rows as a table; nothing when there are none."""
    if not answer.rows:
        return None
    if answer.query.intent == "profile":
        return _portrait(answer)
    names = _columns(answer)
    several = len({row.get("bucket") for row in answer.rows}) > 1
    lead = [Column(_("Período"), grain_of(answer.query), "")] if several else []
    columns = [*lead, *(Column(_heading(n), _format(n, answer)) for n in names), Column(_("Linhas"), "", "link")]
    rows: list[Sequence[Any]] = []
    for row in answer.rows[:most]:
        when = [date.fromisoformat(row["bucket"])] if several else []
        cells = [_word(answer, n, row) if _is_word(n, answer) else _number(answer, n, row.get(n)) for n in names]
        rows.append([*when, *cells, door_of(answer, row)])
    return Table(columns, rows)


def _portrait(answer: Answer) -> Table:
    """What marks a group beside the base, each line in its own unit."""
    rows = []
    for row in answer.rows:
        cells = [_figure(answer, side, row) for side in ("value", "base")]
        rows.append([row["label"], *cells, row.get("lift")])
    heads = [heading_of(name, locale_of_page(), "profile") for name in ("label", "value", "base", "lift")]
    columns = [*map(Column, heads[:3]), Column(heads[3], "number:1")]
    return Table([*columns, Column("", "", "link")], [[*row, ""] for row in rows])


def _columns(answer: Answer) -> list[str]:
    seen = dict.fromkeys(name for row in answer.rows[:ROWS_SHOWN] for name in row)
    if "customer" in seen and "name" in seen:
        seen = {"customer": None, **seen}
    used = [n for n in seen if n not in HIDDEN and not (n == "customers" and "customer" in seen)]
    if any(n in answer.units for n in used):
        return used
    return [n for n in used if n != "customers" or len(used) < 3]


def _is_word(name: str, answer: Answer) -> bool:
    return name in load_dictionary().dimensions or name in {"label", "fifth", "dimension", "bucket"}


def _value(answer: Answer, column: str) -> Column:
    return Column(_heading(column), _format(column, answer), "value")


def _word(answer: Answer, name: str, row: dict[str, Any]) -> Any:
    value = row.get(name)
    if name == "bucket" and value:
        return date.fromisoformat(value)
    if name == "customer" and row.get("name"):
        return row["name"]
    if name == "fifth":
        low, high = (next((v for k, v in row.items() if k.endswith(end)), None) for end in ("_low", "_high"))
        return f"{_plainly(low)} – {_plainly(high)}" if low is not None and high is not None else value
    if row.get("rest"):
        return _("Demais (%(count)s)") % {"count": row["rest"]} if name == answer.query.dimensions[0] else ""
    if name == "dimension":
        return _heading(str(value))
    return _label(answer, name, value)


def _plainly(value: float) -> str:
    """A bound of a group: whole from 100 on."""
    return number(value, 0 if abs(value) >= 100 else 1)


def _label(answer: Answer, name: str, value: Any) -> str:
    if value is None:
        return _("sem informação")
    return answer.labels.get(name, {}).get(str(value), str(value))


def _figure(answer: Answer, name: str, row: Mapping[str, Any]) -> str:
    """The value of a column in a row, as people read it."""
    form = _format(name, answer, row)
    return shown(_scaled(row.get(name), form), form)


def _number(answer: Answer, name: str, value: Any) -> Any:
    return _scaled(value, _format(name, answer))


def _scaled(value: Any, form: str) -> Any:
    """Percentages are points in answers and shares on pages."""
    return value / 100 if form.startswith("percent") and isinstance(value, int | float) else value


def _format(name: str, answer: Answer, row: Mapping[str, Any] | None = None) -> str:
    """The format of a column's values; nothing for words."""
    unit = unit_of(answer, name, row)
    if unit == "count" and answer.query.calculation == "moving_average":
        return "number:1"
    return FORMATS.get(unit, "number") if unit else ""


def _heading(name: str) -> str:
    return heading_of(name, locale_of_page())
