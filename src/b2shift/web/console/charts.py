"""A chart is a table with a picture: the drawing, its table twin and its CSV come from the same rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import get_language

from b2shift.web.console.mrr_formats import mrr, mrr_short
from b2shift.web.console.wording import written
from b2shift.web.crm.revenue import revenue_delivered

Text = str | Promise
_MRR = {"mrr": mrr, "mrr_short": mrr_short}
_HEIGHTS = (("", 232), ("tall", 378))
_ROW, _LONG_ROW, _LONG_NAME = 17, 30, 26
"""Pixels a row takes, and one whose name takes two lines for its letters."""
_AXES = 56
"""Pixels above and below the rows, which names of two lines do not have."""
_HEADINGS = 100
"""Pixels that leaning headings of a heat map take."""
Kind = Literal[
    "line", "bar", "stacked", "scatter", "map", "waterfall", "histogram", "reliability", "heat", "intervals", "front",
    "flows", "forest",
]  # fmt: skip
# What a column is to the drawing; columns without a part stand in the table only.
Part = Literal[
    "",
    "x",
    "y",
    "value",
    "low",
    "high",
    "group",
    "label",
    "link",
    "narrow",
    "size",
    "total",
    "aside",
    "front",
    "chosen",
    "mark",
]


@dataclass(frozen=True)
class Column:
    """One column: its heading, its format (see `templatetags.formats.FORMATS`) and its part in the drawing.

    `tone` paints a series: good, warn, bad, muted, or the next colour of the palette when empty.
    """

    label: Text
    format: str = ""
    part: Part = ""
    tone: str = ""

    @property
    def numeric(self) -> bool:
        """Whether its cells stand to the right."""
        return self.format.partition(":")[0] in {
            "number", "figure", "signed", "money", "money_short", "money_signed", "mrr", "mrr_short", "count_short",
            "percent", "points", "years",
        }  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Rows under columns, as a page shows them and as CSV."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Chart:
    """A picture of a table: `name` is unique on the page, `reading` is what it says in one line.

    `options` by kind: line {area, zero}, whose points with a `mark` stand out; bar {upright, from}; stacked {upright,
    share}; histogram {marks: [[label, value]]}; scatter {front, diagonal}; heat {}; flows {}; intervals {reference};
    forest {marks: {verdict: tone}, still: [rows that still run]}; every one {unit: "BRL"}. Bars begin at `from`, else
    at zero; lines and bars end at `top` where they come near it.
    """

    name: str
    kind: Kind
    title: Text
    reading: Text
    table: Table
    note: Text = ""
    size: Literal["", "tall", "short", "long"] = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    twin: Table | None = None

    @property
    def payload(self) -> dict[str, Any]:
        """What the drawing reads: plain values only."""
        return {
            "columns": [
                {"label": str(column.label), "format": _drawn(column), "part": column.part, "tone": column.tone}
                for column in self.table.columns
            ],
            "rows": [
                [_plain(_told(column, value)) for column, value in zip(self.table.columns, row, strict=True)]
                for row in self.table.rows
            ],
            "options": dict(self.options),
            "language": get_language() or "pt-br",
        }

    @property
    def height(self) -> str:
        """The size asked for; lying bars and heat maps, whose rows nobody counted beforehand, take what those need."""
        if self.kind == "heat":
            return self.size if self.size == "long" else _heat(self.table) or self.size
        horizontal = self.kind in {"intervals", "forest"} or (
            self.kind in {"bar", "stacked"} and not self.options.get("upright", self.kind == "stacked")
        )
        return (_horizontal(self.table) if horizontal else "") or self.size

    @property
    def accessible_table(self) -> Table:
        """The table twin: the chart's own rows unless there are too many to read."""
        return self.twin or self.table


def _horizontal(table: Table) -> str:
    names = [column.part for column in table.columns].index("x")
    longest = max((len(str(row[names])) for row in table.rows), default=0)
    needed = len(table.rows) * _LONG_ROW + _AXES if longest > _LONG_NAME else len(table.rows) * _ROW
    return next((size for size, height in _HEIGHTS if needed <= height), "long")


def _heat(table: Table) -> str:
    names = [column.part for column in table.columns].index("y")
    rows = {str(row[names]) for row in table.rows}
    long = max(map(len, rows), default=0) > _LONG_NAME
    return "long" if long and len(rows) * _LONG_ROW + _HEADINGS > _HEIGHTS[-1][1] else ""


def _drawn(column: Column) -> str:
    """The format that the drawing writes itself; of recurring revenue that never came, the words are in the cells."""
    if column.format not in _MRR:
        return column.format
    return column.format.replace("mrr", "money") if revenue_delivered() else ""


def _told(column: Column, value: Any) -> Any:
    return _MRR[column.format](value) if column.format in _MRR and not revenue_delivered() else value


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return float(value)
        case date():
            return value.isoformat()
        case Promise():
            return str(value)
        case str():
            return written(value)
        case _:
            return value
