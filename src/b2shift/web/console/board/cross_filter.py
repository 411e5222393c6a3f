"""Cross-filtering: bars whose click filters the board they stand on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from b2shift.insight.contracts import Answer
from b2shift.web.console.board.narrowing import FIELDS, Narrowing, bars_of
from b2shift.web.console.charts import Chart, Column, Table

_NAMES = {dimension: name for name, dimension in FIELDS.items()}


def crossed(chart: Chart, answer: Answer, narrowed: Narrowing) -> Chart:
    """The chart with a way to narrow to each bar; as it is where its bars are no filter of boards."""
    dimension = next(iter(bars_of(answer.query)), "")
    name = _NAMES.get(dimension)
    if chart.kind != "bar" or name is None:
        return chart
    shown = [row for row in answer.rows if not row.get("rest")]
    rows = [
        [*drawn, *_ways(narrowed, name, row.get(dimension))] for drawn, row in zip(chart.table.rows, shown, strict=True)
    ]
    columns = [*chart.table.columns, Column("", "", "narrow"), Column("", "", "chosen")]
    return replace(chart, table=Table(columns, rows))


def _ways(narrowed: Narrowing, name: str, value: Any) -> Sequence[Any]:
    """The address that narrows to a value (none for customers without one), and whether it is the chosen one."""
    if value is None:
        return "", False
    return f"?{narrowed.towards(name, str(value)).address}", narrowed.values.get(name) == str(value)
