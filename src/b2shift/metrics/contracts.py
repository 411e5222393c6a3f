"""The shapes of the dictionary, and the typed query and the scope that every surface shares."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from b2shift.kernel.contract import Contract

Additivity = Literal["additive", "semi_additive", "ratio", "distinct"]
Intent = Literal[
    "metric",
    "trend",
    "rank",
    "compare",
    "list",
    "forecast",
    "explain",
    "actions",
    "profile",
    "relationship",
    "define",
    "alert",
    "report",
]
Op = Literal[
    "eq",
    "neq",
    "in",
    "lt",
    "lte",
    "gt",
    "gte",
    "between",
    "change_lt",
    "change_gt",
    "change_pct_lt",
    "change_pct_gt",
]
Grain = Literal["month", "quarter", "year"]
Scalar = str | int | float


class Words(Contract):
    """What people say for something, by language; the first is how it is usually said."""

    pt: tuple[str, ...]
    en: tuple[str, ...] = ()


Unit = Literal["brl", "percent", "count", "ratio", "hours", "points", "score"]
SINCE = Literal["last_closed_month", "last_12_months", "now"]


class Metric(Contract):
    """One number the company steers by."""

    name: str
    label: str = Field(description="pt-BR")
    label_en: str = ""
    definition: str = Field(description="pt-BR, one sentence: what is counted and over what")
    definition_en: str = Field("", description="the same in English; empty where a house wrote only one")
    words: Words
    unit: Unit
    direction: Literal["up", "down"] = Field(description="the direction that is good")
    additivity: Additivity
    owner: str = Field(description="pt-BR: who answers for the definition")
    owner_en: str = ""
    default_period: SINCE = "last_closed_month"
    bounds: tuple[float | None, float | None] = Field((None, None), description="what its values never pass, tested")
    attention: float | None = Field(None, description="on the bad side of this value it asks for attention")
    formula: str = Field("", description="how it is made of other metrics, where it is")
    own: bool = Field(False, description="added by this house")
    not_by: tuple[str, ...] = Field((), description="dimensions it cannot be split by")
    examples: tuple[str, ...] = ()


class OwnMetric(Contract):
    """A metric that a house adds: a formula over the product's metrics, and everything the dictionary says of one."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{2,39}$")
    label: str = Field(min_length=2, max_length=60)
    definition: str = Field(min_length=10, max_length=400)
    formula: str = Field(min_length=1, max_length=200)
    unit: Unit
    direction: Literal["up", "down"]
    owner: str = Field(min_length=2, max_length=60)
    pt: tuple[str, ...] = Field((), max_length=20, description="further words for it in Portuguese")
    en: tuple[str, ...] = Field((), max_length=20, description="words for it in English")
    default_period: SINCE = "last_closed_month"
    low: float | None = Field(None, description="its values are never below")
    high: float | None = Field(None, description="its values are never above")
    attention: float | None = None
    examples: tuple[str, ...] = Field((), max_length=5, description="questions that must be read as this metric")


class OwnVersion(Contract):
    """A kept set of own metrics; `changes` from the one before."""

    number: int
    kept_at: datetime | None
    metrics: int
    changes: tuple[str, ...]
    in_force: bool


class Dimension(Contract):
    """One way to split or filter a metric."""

    name: str
    label: str = Field(description="pt-BR")
    words: Words
    kind: Literal["category", "number", "date", "entity"] = "category"
    values: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="value → other ways to say it")
    shown: dict[str, str] = Field(default_factory=dict, description="value → pt-BR, where it is not the value itself")


class Dictionary(Contract):
    """Every metric and dimension, and what the business speaks of without having data for it."""

    version: str
    metrics: dict[str, Metric]
    dimensions: dict[str, Dimension]
    absent: dict[str, tuple[str, ...]] = Field(description="topic → words: business figures nobody delivers")


class Filter(Contract):
    """A condition; a metric as field filters customers by their own value."""

    field: str
    op: Op
    value: Scalar | tuple[Scalar, ...]


class Period(Contract):
    """Days of a period, both inclusive, and the step of a series over it."""

    start: date
    end: date
    grain: Grain | None = None


class Order(Contract):
    """`by` is a metric or dimension; with `.change` at its end, its change over the period."""

    by: str
    dir: Literal["asc", "desc", "any"]


class Comparison(Contract):
    """What a number is set against."""

    type: Literal["previous_period", "previous_year", "period", "members", "overall_average"]
    start: date | None = None
    end: date | None = None
    field: str | None = None
    values: tuple[Scalar, ...] | None = None


class Horizon(Contract):
    """The days a forecast is asked for; no start means from now on."""

    start: date | None = None
    end: date | None = None


class TypedQuery(Contract):
    """A question as the compiler takes it: names of the dictionary and values, never SQL."""

    intent: Intent
    metrics: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    time: Period | None = None
    order: Order | None = None
    limit: int | None = None
    each: str | None = Field(None, description="dimension in every value of which a ranking takes its first `limit`")
    comparison: Comparison | None = None
    calculation: str | None = None
    forecast: Horizon | None = None
    condition: Filter | None = None
    format: str | None = None
    schedule: str | None = None
    presumed: Literal["rise", "drop"] | None = Field(
        None, description="the change that a question for its causes takes for granted; the answer denies a wrong one"
    )

    def as_json(self) -> dict[str, Any]:
        """The published form: the eight slots always, the further keys when they say something."""
        dumped = self.model_dump(mode="json", exclude_none=False)
        slots = ("intent", "metrics", "dimensions", "filters", "time", "order", "limit", "comparison")
        out = {slot: dumped[slot] for slot in slots}
        if out["comparison"]:
            out["comparison"] = {k: v for k, v in out["comparison"].items() if v is not None}
        return out | {k: v for k, v in dumped.items() if k not in slots and v is not None}


NAMED = 3
"""Portfolios told by name; more are counted."""


class Scope(Contract):
    """The rows a person may see; the planner neither sees nor changes it."""

    owners: tuple[str, ...] | None = None
    states: tuple[str, ...] | None = None
    units: tuple[str, ...] | None = None

    def described(self, translate: Callable[[str], str] = str, names: Mapping[str, str] | None = None) -> str:
        """Whose rows these are: in Portuguese and by codes, or translated and by `names`."""

        def listed(codes: Sequence[str], none: str) -> str:
            return ", ".join((names or {}).get(code, code) for code in codes) or translate(none)

        parts = []
        if self.owners is not None and len(self.owners) > NAMED:
            parts.append(translate("carteira de %s responsáveis") % len(self.owners))
        elif self.owners is not None:
            parts.append(translate("carteira de %s") % listed(self.owners, "ninguém"))
        if self.states is not None:
            parts.append(translate("estados %s") % listed(self.states, "nenhum"))
        if self.units is not None:
            parts.append(translate("unidade %s") % listed(self.units, "nenhuma"))
        return translate(" e ").join(parts) or translate("toda a base")
