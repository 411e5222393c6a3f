"""The mutable slots of a typed query under construction, and the mentions already used."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from b2shift.insight.reading import calendar
from b2shift.insight.reading.calendar import Days
from b2shift.insight.reading.mentions import Mention
from b2shift.insight.reading.numbers import Amount
from b2shift.insight.reading.periods import PeriodMention
from b2shift.kernel.calendar import add_months
from b2shift.metrics.contracts import Comparison, Filter, Horizon, Intent, Op, Order, Period, Scalar, TypedQuery

QUARTERS, YEARS_BACK = 4, 2
Presumed = Literal["rise", "drop"] | None


@dataclass
class Draft:
    """Slots of a typed query; None or empty means unfilled."""

    intent: Intent | None = None
    metrics: list[str] = field(default_factory=list)
    dimensions: list[str] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    days: Days | None = None
    grain: Any = None
    order: Order | None = None
    limit: int | None = None
    each: str | None = None
    comparison: Comparison | None = None
    calculation: str | None = None
    forecast: Horizon | None = None
    condition: Filter | None = None
    format: str | None = None
    schedule: str | None = None
    presumed: Presumed = None
    ranked: str | None = None
    """`top`, `bottom`, `best` or `worst` when a ranking names no metric."""
    previous: "Draft | None" = None
    """The query before this one, for undo and `compare os dois`."""
    customers: bool = False
    """Whether customers are the subject."""
    ambiguous: str = ""
    """Words of this turn that are ambiguous or refer to nothing."""
    unresolved: str = ""
    """Words of an earlier turn that were not understood and not replaced since."""

    def copy(self) -> "Draft":
        """Another draft with the same slots."""
        return replace(self, metrics=list(self.metrics), dimensions=list(self.dimensions), filters=list(self.filters))

    def add_filter(self, name: str, op: Op, value: Scalar | tuple[Scalar, ...]) -> None:
        """Add a filter unless it is there."""
        made = Filter(field=name, op=op, value=value)
        if made not in self.filters:
            self.filters.append(made)

    def dated(self, as_of: date) -> "Draft":
        """A copy with the default period of a quarterly or yearly series: the last four quarters, or three years.

        The product's default period, which holds elsewhere, has months for steps.
        """
        if self.intent != "trend" or self.days or self.grain not in {"quarter", "year"}:
            return self
        years = add_months(calendar.start_of("year", as_of), -12 * YEARS_BACK), as_of
        return replace(self, days=years if self.grain == "year" else calendar.last_closed(QUARTERS, "quarter", as_of))

    def query(self) -> TypedQuery:
        """The typed query. A grain needs a period; without one the default period holds."""
        grain = self.grain or ("month" if self.intent == "trend" else None)
        time = Period(start=self.days[0], end=self.days[1], grain=grain) if self.days else None
        return TypedQuery(
            intent=self.intent or "metric",
            metrics=tuple(dict.fromkeys(self.metrics)),
            dimensions=tuple(dict.fromkeys(self.dimensions)),
            filters=tuple(self.filters),
            time=time,
            order=self.order,
            limit=self.limit,
            each=self.each if self.each in self.dimensions and self.limit and self.order else None,
            comparison=self.comparison,
            calculation=self.calculation,
            forecast=self.forecast,
            condition=self.condition,
            format=self.format,
            schedule=self.schedule,
            presumed=self.presumed,
        )


@dataclass
class Used:
    """Mentions consumed by filters and other slots; what is left is asked for or uncovered."""

    mentions: set[Mention] = field(default_factory=set)
    amounts: set[Amount] = field(default_factory=set)
    negated: set[Mention] = field(default_factory=set)
    periods: list[PeriodMention] = field(default_factory=list)
