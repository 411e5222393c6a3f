"""The rows of a typed query: metrics by period and group, compared, ordered, listed; within a scope."""

import math
import operator
from datetime import timedelta
from statistics import fmean
from typing import Any

from b2shift.insight.answers.locale import Locale
from b2shift.kernel.calendar import add_months, last_closed_month
from b2shift.kernel.errors import InputError
from b2shift.lake.api import Lake
from b2shift.metrics.api import (
    MAIN,
    MONTHS_IN,
    OTHER,
    OVER_CUSTOMERS,
    Bucket,
    Formula,
    Scope,
    Statement,
    aggregate,
    before,
    bucket,
    compared,
    counts_customers,
    customers,
    default_period,
    measures,
    metric,
    read_formula,
    series,
)
from b2shift.metrics.contracts import Filter, Grain, Period, TypedQuery

Row = dict[str, Any]
SUMMED = frozenset({"additive", "semi_additive"})
COMPARES = {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge, "neq": operator.ne}
MOVING_STEPS = 3
"""Steps of a moving average: the step itself and those just before it."""
NO_SIGNAL = "{what}: os dados não têm sinal que baste para este score, e ele não é mostrado."
REST = "rest"
"""Marks the row of a ranking that holds everybody else."""


class Numbers:
    """The execution of one query; collects its statements and notes."""

    def __init__(self, lake: Lake, query: TypedQuery, scope: Scope, locale: Locale | None = None) -> None:
        self.lake, self.query, self.scope = lake, query, scope
        self.locale = locale or Locale()
        self.as_of = lake.manifest.as_of
        self.closed = last_closed_month(self.as_of)
        self.rolled = self.as_of if lake.has("metric_facts") else None
        self.statements: list[str] = []
        self.notes: list[str] = []
        months = 12 if query.intent == "trend" or self._long() else 1
        self.period = query.time or default_period(self.as_of, months)
        self._of_groups = _of_groups(query)
        self.query = query.model_copy(update={"filters": tuple(f for f in query.filters if f not in self._of_groups)})

    def _long(self) -> bool:
        return any(metric(name).default_period == "last_12_months" for name in self.query.metrics)

    def rows(self) -> list[Row]:
        """The rows of a number, series, ranking, comparison, list or report, in order."""
        self._note_missing_signal()
        grouped = bool(self.query.dimensions) and "customer" not in self.query.dimensions
        if (self.query.intent == "list" and not grouped) or (self.query.intent == "report" and not self.query.metrics):
            return self._list()
        other = self.other()
        rows = self._merged([self._metric(name, other) for name in self.query.metrics])
        return self._ordered([row for row in rows if all(_meets(row, one) for one in self._of_groups)])

    def other(self) -> Period | None:
        """The period compared with, if any."""
        change = self.query.order is not None and self.query.order.by.endswith(".change")
        change = change or any(one.op.startswith("change") for one in self._of_groups)
        comparison = self.query.comparison
        if comparison and comparison.type in {"period", "previous_year", "previous_period"}:
            return compared(self.period, comparison, self.as_of)
        return before(self.period, self.as_of) if change or self.query.calculation == "growth" else None

    def _buckets(self, other: Period | None) -> list[Bucket]:
        moving = self.query.calculation == "moving_average"
        if self.period.grain or self.query.intent == "trend" or moving:
            past = series(other, self._step, self.as_of) if other and self.query.comparison else []
            past = self._steps_before() if moving else past
            return list({one.name: one for one in [*past, *series(self.period, self._step, self.as_of)]}.values())
        out = [bucket(MAIN, self.period.start, min(self.period.end, self.as_of), self.closed)]
        return [*out, bucket(OTHER, other.start, other.end, self.closed)] if other else out

    @property
    def _step(self) -> Grain:
        return self.period.grain or "month"

    def _steps_before(self) -> list[Bucket]:
        """Buckets that the first moving averages look back to."""
        first = add_months(self.period.start.replace(day=1), -MONTHS_IN[self._step] * (MOVING_STEPS - 1))
        past = Period(start=first, end=self.period.start - timedelta(days=1))
        return series(past, self._step, self.as_of)

    def _metric(self, name: str, other: Period | None) -> list[Row]:
        self.validate(name)
        buckets = self._buckets(other)
        dimensions = self.query.dimensions
        rows = self.compute(name, buckets, dimensions, self.query)
        if self.query.comparison and self.query.comparison.type == "members" and self.query.comparison.field:
            field, values = self.query.comparison.field, set(map(str, self.query.comparison.values or ()))
            rows = [row for row in rows if str(row[field]) in values]
        if self.query.calculation == "share_of_total":
            rows = self._shares(name, rows, buckets)
        if self.query.calculation == "cumulative":
            rows = _cumulative(rows, name)
        if self.query.calculation == "moving_average":
            self.notes.append(self.locale.say("Média móvel: cada valor é a média dele e dos dois anteriores."))
            asked = {step.name for step in series(self.period, self._step, self.as_of)}
            rows = [
                row for row in _moving_average(rows, name, [step.name for step in buckets]) if row["bucket"] in asked
            ]
        if other or self.query.calculation == "growth":
            rows = self._compare(rows, name, other)
        if self.query.comparison and self.query.comparison.type == "overall_average":
            whole = self.compute(name, buckets, (), self.query.model_copy(update={"filters": ()}))
            overall = {row["bucket"]: row[name] for row in whole}
            rows = [{**row, f"{name}_overall": overall.get(row["bucket"])} for row in rows]
        return rows

    def validate(self, name: str) -> None:
        """Raise InputError where the query has no sound result: a stock summed, the history of a current-only score."""
        declared = metric(name)
        if self.query.calculation == "cumulative" and declared.additivity != "additive":
            raise InputError(
                f"{declared.label} não se acumula: o valor de um período é o do seu último mês ou uma razão, nunca uma soma",
                value=name,
                hint="Peça a evolução mês a mês",
            )
        if measures()["measures"][name].get("time") == "now" and (self.query.time or self.query.intent == "trend"):
            raise InputError(
                f"{declared.label} só tem o valor de hoje, sem história nos dados",
                value=name,
                hint="Pergunte sem período",
            )
        if self.query.calculation in OVER_CUSTOMERS and "formula" in measures()["measures"][name]:
            raise InputError(f"{declared.label} não tem valor por cliente", value=name, hint="Peça o valor do grupo")

    def compute(self, name: str, buckets: list[Bucket], dimensions: tuple[str, ...], query: TypedQuery) -> list[Row]:
        """One metric by bucket and dimensions, with its components (`num`, `den`) and customers."""
        declared = measures()["measures"][name]
        if "formula" in declared:
            return self._from_formula(name, read_formula(declared["formula"]), buckets, dimensions, query)
        statement = aggregate(
            name,
            buckets,
            dimensions,
            query.filters,
            self.scope,
            filtered=self.filter_buckets(),
            calculation=query.calculation,
            rolled=self.rolled,
        )
        rows = self.run(statement)
        rows = [{**{k: v for k, v in row.items() if k != "value"}, name: _finite(row["value"])} for row in rows]
        if dimensions or metric(name).additivity == "ratio" or query.calculation in OVER_CUSTOMERS:
            return rows
        present, empty = {row["bucket"] for row in rows}, self.empty_value(name)
        return rows + [{"bucket": b.name, "customers": 0, name: empty} for b in buckets if b.name not in present]

    def empty_value(self, name: str) -> float | None:
        """The value without rows: 0 for a sum; None for a ratio or a sum over an unavailable score."""
        return 0.0 if metric(name).additivity in SUMMED and not self._lacks_signal(name) else None

    def _lacks_signal(self, name: str) -> bool:
        """Whether the metric is made of a score that was not published for lack of signal."""
        column = measures()["measures"][name].get("score")
        return bool(column) and not self.lake.query(f"SELECT count({column}) AS n FROM scores").to_pylist()[0]["n"]

    def _note_missing_signal(self) -> None:
        for name in filter(self._lacks_signal, self.query.metrics):
            self.notes.append(self.locale.say(NO_SIGNAL, what=self.locale.metric(name)))

    def _from_formula(
        self, name: str, formula: Formula, buckets: list[Bucket], dimensions: tuple[str, ...], query: TypedQuery
    ) -> list[Row]:
        """A formula of the values of its metrics; an additive part without rows counts as zero."""
        keys = ("bucket", *dimensions)
        found = {
            part: {tuple(row[k] for k in keys): row for row in self.compute(part, buckets, dimensions, query)}
            for part in formula.metrics()
        }
        rows = []
        for position in dict.fromkeys(key for members in found.values() for key in members):
            at = {part: members.get(position) for part, members in found.items()}
            value = formula.value({part: row[part] if row else self.empty_value(part) for part, row in at.items()})
            counted = max(row["customers"] for row in at.values() if row)
            rows.append({**dict(zip(keys, position, strict=True)), "customers": counted, name: value})
        return rows

    def filter_buckets(self) -> list[Bucket]:
        """The period and the one before it, in which metrics of filters are measured."""
        past = before(self.period, self.as_of)
        return [
            bucket(MAIN, self.period.start, min(self.period.end, self.as_of), self.closed),
            bucket(OTHER, past.start, past.end, self.closed),
        ]

    def run(self, statement: Statement) -> list[Row]:
        """The rows of a statement, which is recorded."""
        self.statements.append(statement.sql)
        return self.lake.query(statement.sql, statement.parameters).to_pylist()

    def _shares(self, name: str, rows: list[Row], buckets: list[Bucket]) -> list[Row]:
        if metric(name).additivity == "ratio":
            raise InputError(
                f"{metric(name).label} é uma razão: partes dela não somam o total", value=name, hint="Compare os grupos"
            )
        whole = self.compute(name, buckets, (), self.query.model_copy(update={"filters": (), "calculation": None}))
        totals = {row["bucket"]: row[name] for row in whole}
        return [{**row, f"{name}_share": _ratio(100, row[name], totals.get(row["bucket"]))} for row in rows]

    def _compare(self, rows: list[Row], name: str, other: Period | None) -> list[Row]:
        dimensions = self.query.dimensions
        if self.period.grain and other and self.query.comparison:
            return self._step_by_step(rows, name, self.period.grain, other)
        if self.period.grain or self.query.intent == "trend":
            return _with_growth(rows, name, dimensions)
        past = {tuple(row[d] for d in dimensions): row[name] for row in rows if row["bucket"] == OTHER}
        now = {tuple(row[d] for d in dimensions): row for row in rows if row["bucket"] == MAIN}
        out = []
        for key in {**now, **past}:
            row = now.get(key) or {
                "bucket": MAIN,
                **dict(zip(dimensions, key, strict=True)),
                name: None,
                "customers": 0,
            }
            out.append({**row, **_change_columns(row[name], past.get(key), name)})
        return out

    def _step_by_step(self, rows: list[Row], name: str, grain: Grain, other: Period) -> list[Row]:
        """Each step of a series beside the step at the same place of the other period."""
        steps, past = (series(one, grain, self.as_of) for one in (self.period, other))
        beside = {step.name: before.name for step, before in zip(steps, past, strict=False)}
        found = {(row["bucket"], *(row[d] for d in self.query.dimensions)): row[name] for row in rows}
        names, out = {step.name for step in steps}, []
        for row in rows:
            if row["bucket"] in names:
                was = found.get((beside.get(row["bucket"]), *(row[d] for d in self.query.dimensions)))
                out.append({**row, **_change_columns(row[name], was, name)})
        return out

    def _merged(self, parts: list[list[Row]]) -> list[Row]:
        """One row for each bucket and group with every metric; missing ones have the empty value."""
        keys = ("bucket", *self.query.dimensions)
        empty = {name: self.empty_value(name) for name in self.query.metrics}
        merged: dict[tuple[Any, ...], Row] = {}
        for rows in parts:
            for row in rows:
                declared = {k: v for k, v in row.items() if k not in {"num", "den"}}
                merged.setdefault(tuple(row[k] for k in keys), dict(empty)).update(declared)
        return [merged[key] for key in sorted(merged, key=lambda k: tuple((v is None, str(v)) for v in k))]

    def _ordered(self, rows: list[Row]) -> list[Row]:
        order, limit = self.query.order, self.query.limit
        if order is None:
            return self._largest_first(rows)
        by = order.by.replace(".change", "_change")
        if rows and by not in rows[0]:
            return rows
        known = [row for row in rows if row.get(by) is not None]
        known.sort(key=lambda row: row[by], reverse=order.dir == "desc")
        if self.query.each and limit:
            return _first_of_each(known, self.query.each, limit)
        if not limit or len(known) <= limit:
            return known
        return [*known[:limit], *self._others(known[limit:], by)]

    def _largest_first(self, rows: list[Row]) -> list[Row]:
        """Groups of one period by size, when no order is asked for."""
        if not self.query.dimensions or not self.query.metrics or len({row["bucket"] for row in rows}) > 1:
            return rows
        name = self.query.metrics[0]
        return sorted(rows, key=lambda row: (row.get(name) is None, -(row.get(name) or 0)))

    def _others(self, rows: list[Row], by: str) -> list[Row]:
        """The rest of a ranking in one row, where its metrics are additive."""
        dimensions, names = self.query.dimensions, self.query.metrics
        when = {row["bucket"] for row in rows}
        if not dimensions or len(when) > 1 or by not in names or any(metric(n).additivity not in SUMMED for n in names):
            return []
        declared = {name: sum(row[name] or 0 for row in rows) for name in names}
        label = dict.fromkeys(dimensions)
        return [
            {"bucket": when.pop(), **label, **declared, "customers": sum(r["customers"] for r in rows), REST: len(rows)}
        ]

    def _list(self) -> list[Row]:
        rows = self.run(customers(self.query.filters, self.scope, filtered=self.filter_buckets(), rolled=self.rolled))
        wanted = [
            n
            for n in dict.fromkeys([*self.query.metrics, *(f.field for f in self.query.filters)])
            if n in measures()["measures"]
        ]
        for name in wanted:
            if not {"source", "formula"} & set(measures()["measures"][name]):
                continue
            found = self.compute(name, self.filter_buckets()[:1], ("customer",), self.query)
            values = {row["customer"]: row[name] for row in found}
            rows = [{**row, name: values.get(row["customer"])} for row in rows]
        counted = list(filter(counts_customers, self.query.metrics))
        return [row for row in rows if all(row[name] for name in counted)]  # `quais clientes perdemos`: those counted


def _first_of_each(rows: list[Row], group: str, limit: int) -> list[Row]:
    """The first rows of every group, groups in the order of their first row."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[group], []).append(row)
    return [row for members in groups.values() for row in members[:limit]]


def _of_groups(query: TypedQuery) -> tuple[Filter, ...]:
    """Filters on a metric that is asked for by group apply to the groups: `segmentos com NPS acima de 50`."""
    if not query.dimensions or "customer" in query.dimensions:
        return ()
    return tuple(one for one in query.filters if one.field in query.metrics)


def _meets(row: Row, one: Filter) -> bool:
    kind = "_change_pct" if "pct" in one.op else "_change" if one.op.startswith("change") else ""
    value = row.get(f"{one.field}{kind}")
    if value is None:
        return False
    if one.op == "between" and isinstance(one.value, tuple):
        return bool(one.value[0] <= value <= one.value[1])
    return bool(COMPARES.get(one.op.rpartition("_")[2], operator.eq)(value, one.value))


def _finite(value: float | None) -> float | None:
    """None for NaN."""
    return None if value is None or math.isnan(value) else value


def _ratio(scale: float, one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else scale * one / other


def _change_columns(value: float | None, was: float | None, name: str) -> Row:
    """The previous value and the change, in the metric's unit and in percent."""
    change = value - was if value is not None and was is not None else None
    return {f"{name}_before": was, f"{name}_change": change, f"{name}_change_pct": _ratio(100, change, was)}


def _cumulative(rows: list[Row], name: str) -> list[Row]:
    total: dict[tuple[Any, ...], float] = {}
    out = []
    for row in sorted(rows, key=lambda r: r["bucket"]):
        key = tuple(v for k, v in row.items() if k not in {"bucket", name, "customers", "num", "den"})
        total[key] = total.get(key, 0) + (row[name] or 0)
        out.append({**row, name: total[key]})
    return out


def _moving_average(rows: list[Row], name: str, steps: list[str]) -> list[Row]:
    """Each value as the mean of it and the steps before, as many as are known; `steps` in order."""
    groups: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in rows:
        key = tuple(v for k, v in row.items() if k not in {"bucket", name, "customers", "num", "den"})
        groups.setdefault(key, {})[row["bucket"]] = row
    out = []
    for members in groups.values():
        for position, step in enumerate(steps):
            if step in members:
                window = [
                    members[s][name] for s in steps[max(0, position + 1 - MOVING_STEPS) : position + 1] if s in members
                ]
                known = [value for value in window if value is not None]
                out.append({**members[step], name: fmean(known) if known else None})
    return out


def _with_growth(rows: list[Row], name: str, dimensions: tuple[str, ...]) -> list[Row]:
    last: dict[tuple[Any, ...], float | None] = {}
    out = []
    for row in sorted(rows, key=lambda r: r["bucket"]):
        key = tuple(row[d] for d in dimensions)
        was, value = last.get(key), row[name]
        change = value - was if value is not None and was is not None else None
        out.append({**row, f"{name}_change": change, f"{name}_change_pct": _ratio(100, change, was)})
        last[key] = value
    return out
