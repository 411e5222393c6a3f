"""What a run of the loop reports; `--json` prints these shapes."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import Field

from b2shift.kernel.contract import Contract


class SourceLine(Contract):
    """One source of the drop and what became of its rows."""

    source: str
    files: int
    kept: int = Field(0, description="files that did not come this time; their rows of before hold")
    missing: int = Field(description="files declared and not delivered")
    failed: int = Field(description="files that could not be read")
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    values_repaired: int
    message: str = Field(description="what went wrong in its files; empty when nothing did")


class SegmentLine(Contract):
    """One segment of the customers."""

    segment_id: str
    name: str
    customers: int
    share: float
    mrr: Decimal | None = Field(description="null in a base that never delivered recurring revenue")


class ProposalLine(Contract):
    """The proposals of one kind."""

    kind: str
    proposals: int
    customers: int
    mrr_at_stake: Decimal | None = Field(description="null in a base that never delivered recurring revenue")


class StepTime(Contract):
    """Where the time went: one step of the run."""

    step: str
    label: str
    seconds: float
    share: float = Field(description="of the whole run, 0 to 1")


class LoopSummary(Contract):
    """One run, from the drop to the proposals."""

    home: Path
    version: int
    changed: bool = Field(description="false when the drop was known already and the version before still serves")
    as_of: date
    by_months: bool = Field(False, description="the data tell months only: `as_of` is the end of the newest")
    seed: int
    customers: int
    sources: tuple[SourceLine, ...]
    segments: tuple[SegmentLine, ...]
    proposals: tuple[ProposalLine, ...]
    published: bool = Field(description="whether the records of the pages were brought up to this version")
    steps: tuple[StepTime, ...]
    seconds: float
    peak_memory_mb: float
