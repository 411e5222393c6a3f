"""What asking gives back."""

from collections.abc import Iterable
from datetime import date
from hashlib import blake2b
from typing import Any, Literal

from pydantic import Field, field_serializer

from b2shift.kernel.contract import Contract
from b2shift.metrics.contracts import Filter, Period, Scope, TypedQuery

Action = Literal["answer", "clarify", "refuse"]
Reason = Literal[
    "missing_metric",
    "ambiguous_ranking",
    "ambiguous_entity",
    "out_of_scope",
    "not_in_data",
    "unsafe_write",
    "pii",
    "prompt_injection",
    "permission",
    "two_readings",
]


class Plan(Contract):
    """What a question asks for, or why it is not answered."""

    action: Action
    query: TypedQuery | None = None
    reason: Reason | None = None
    options: tuple[str, ...] = Field((), description="names to choose from when asked back")
    about: str = Field("", description="the word or topic that was not understood or is not there")
    readings: tuple[TypedQuery, ...] = Field((), description="queries to choose from, none of them sure enough")

    def as_json(self) -> dict[str, Any]:
        """The published form, which has no name for `each`, told by dimensions and limit, nor for what is presumed."""
        if self.query is not None:
            slots = self.query.as_json().items()
            return {"action": self.action, **{k: v for k, v in slots if k not in {"each", "presumed"}}}
        document: dict[str, Any] = {"action": self.action, "reason": self.reason}
        if self.options:
            document["options"] = list(self.options)
        if self.readings:
            document["readings"] = [one.as_json() for one in self.readings]
        return document | ({"about": self.about} if self.about else {})


class AlertRule(Contract):
    """When an alert fires, in the unit of its metric."""

    condition: Filter
    margin: float = Field(0, ge=0, description="how far past the line the number must come back before it fires again")
    fewest: int = Field(1, ge=1, description="customers that must be counted for a number to be judged")


class MetricTest(Contract):
    """A test of a new metric: what was tried, whether it held, and with what value."""

    name: str
    held: bool
    said: str = Field(description="pt-BR")
    value: str = ""
    hint: str = ""


class Picture(Contract):
    """How rows are drawn: which of their columns stand where; `split` keeps the rows of one dimension."""

    kind: Literal["line", "bar", "waterfall"]
    x: str
    values: tuple[str, ...]
    group: str | None = None
    low: str | None = None
    high: str | None = None
    split: str | None = None


class Answer(Contract):
    """What is shown for a question that can be answered with numbers."""

    query: TypedQuery
    rows: tuple[dict[str, Any], ...] = ()
    narrative: tuple[str, ...] = Field(
        (), description="in the language asked for; every numeral is a number of the rows"
    )
    picture: Picture | None = None
    labels: dict[str, dict[str, str]] = Field(default_factory=dict, description="dimension → value → what it is called")
    period: Period | None = Field(None, description="the period used, said or not")
    compared_period: Period | None = None
    conditions: tuple[str, ...] = Field((), description="the filters of the query, each in words")
    scope: Scope = Field(Scope(), description="whose rows were counted; programs read it in words")
    definitions: dict[str, str] = Field(default_factory=dict)
    units: dict[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
    as_of: date
    version: int = Field(description="version of the lake")
    statements: tuple[str, ...] = ()

    @field_serializer("scope", when_used="json")
    def _scope_in_words(self, scope: Scope) -> str:
        return scope.described()

    def noted(self, notes: Iterable[str]) -> "Answer":
        """The answer with notes before its own."""
        return self.model_copy(update={"notes": (*notes, *self.notes)})

    @property
    def fingerprint(self) -> str:
        """The same on every surface for the same question, scope and version of the lake."""
        parts = [self.query.model_dump_json(), self.scope.model_dump_json(), str(self.version)]
        return blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
