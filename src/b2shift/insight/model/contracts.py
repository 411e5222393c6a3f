"""Shapes of the model reader: endpoint, usage, and the flat plan that a model writes."""

from typing import Literal

from pydantic import Field

from b2shift.insight.contracts import Action, Reason
from b2shift.kernel.contract import Contract
from b2shift.metrics.contracts import Grain, Intent, Op

Protocol = Literal["openai", "gemini"]
Outcome = Literal["read", "malformed", "invalid", "slow", "unreachable", "refused"]
"""What became of a call: a plan; no JSON of our shape; names or values there are not; no answer in time; no connection or a
broken one; an answer that is none (HTTP status, blocked, cut off)."""


class ModelEndpoint(Contract):
    """Where a model is served. `url` is the root of the API: `https://host/v1`, `https://host/v1beta`."""

    protocol: Protocol
    url: str = Field(pattern=r"^https?://[^\s/?#@]+[^\s?#]*$")
    name: str = Field(min_length=1, max_length=120, pattern=r"^[\w.:/@-]+$")
    key: str = Field("", repr=False)
    seconds: float = Field(8, gt=0, le=60, description="for the whole answer, however slowly it comes")
    most_tokens: int = Field(800, ge=64, le=8192, description="that a reply may have")


class ModelUsage(Contract):
    """Outcome and usage of a call; zero tokens where the provider does not tell."""

    outcome: Outcome
    tokens_in: int = 0
    tokens_out: int = 0
    milliseconds: int = 0
    why: str = Field("", description="pt-BR; what the provider or the check said, shortened")


class ReplyFilter(Contract):
    """A filter, its values as text."""

    field: str = Field(max_length=60)
    op: Op
    values: tuple[str, ...] = Field(max_length=100)


class Reply(Contract):
    """A plan as a model writes it: flat, every key required, nothing beyond the schema."""

    action: Action
    reason: Reason | None = None
    intent: Intent | None = None
    metrics: tuple[str, ...] = Field((), max_length=20)
    dimensions: tuple[str, ...] = Field((), max_length=5)
    filters: tuple[ReplyFilter, ...] = Field((), max_length=20)
    start: str | None = Field(None, max_length=10)
    end: str | None = Field(None, max_length=10)
    grain: Grain | None = None
    order_by: str | None = Field(None, max_length=80)
    order_dir: Literal["asc", "desc", "any"] | None = None
    limit: int | None = None
    each: str | None = Field(None, max_length=60)
    comparison: Literal["previous_period", "previous_year", "period", "members", "overall_average"] | None = None
    comparison_start: str | None = Field(None, max_length=10)
    comparison_end: str | None = Field(None, max_length=10)
    comparison_field: str | None = Field(None, max_length=60)
    comparison_values: tuple[str, ...] = Field((), max_length=100)
    calculation: str | None = Field(None, max_length=40)
    forecast_start: str | None = Field(None, max_length=10)
    forecast_end: str | None = Field(None, max_length=10)
    condition: ReplyFilter | None = None
    format: str | None = Field(None, max_length=10)
    schedule: str | None = Field(None, max_length=10)
