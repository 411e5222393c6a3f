"""Inputs of the scores: features of today and of past dates, and outcomes in between."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import pyarrow as pa

from b2shift.differentiate.contracts import FeatureDeclaration, Promotion
from b2shift.differentiate.features.build import rows_at
from b2shift.differentiate.features.declarations import declarations
from b2shift.differentiate.scores.frame import Frame, read_frame
from b2shift.differentiate.scores.outcomes import HORIZON_DAYS, ends, revenue_span
from b2shift.differentiate.scores.registry import ModelVersion, promoted
from b2shift.kernel.calendar import add_months, first_of_month
from b2shift.kernel.progress import Progress
from b2shift.lake.api import Session

STEP = "Estimar riscos e propensões"
MAX_DATES, DATES_OF_LARGE = 5, 4
LARGE = 30_000
"""Customers from which four labelled dates are enough: each has events by the hundred and costs seconds to compute."""
_STEP_MONTHS = 3
_HISTORY_MONTHS = 6


@dataclass(frozen=True)
class Evidence:
    """Inputs of one run; `past` is from the oldest date to the newest.

    `known_until` is the last day whose revenue ends are all known: later leavers may still have a last month.
    """

    session: Session
    as_of: date
    seed: int
    threads: int
    declared: tuple[FeatureDeclaration, ...]
    now: Frame
    past: tuple[Frame, ...]
    known_until: date
    ended: dict[str, date]
    promoted: Mapping[str, ModelVersion] = field(default_factory=dict)
    """Model versions promoted by a person."""

    @property
    def formats(self) -> dict[str, str]:
        """Format of each feature."""
        return {one.name: one.format for one in self.declared}

    def window(self, frame: Frame) -> tuple[date, date]:
        """The days after a date in which its label lies: after the first, up to the second."""
        return frame.as_of, min(frame.as_of + timedelta(days=HORIZON_DAYS), self.known_until)


def gather(session: Session, as_of: date, seed: int, wanted: Mapping[str, Promotion], progress: Progress) -> Evidence:
    """Read `features` and compute them for the labelled dates: every third month back from the last known day."""
    declared = declarations().published()
    now = read_frame(session.query("SELECT * FROM features"), as_of, declared)
    span = revenue_span(session, as_of)
    known_until = span[1] - timedelta(days=1) if span else as_of
    dates = labelled_dates(known_until, span, DATES_OF_LARGE if len(now) >= LARGE else MAX_DATES)
    past = []
    for done, day in enumerate(dates):
        progress(STEP, done, len(dates) + 4, f"atributos de {day:%d/%m/%Y}")
        past.append(read_frame(rows_at(session, day, None), day, declared))
    return Evidence(
        session=session,
        as_of=as_of,
        seed=seed,
        threads=_threads(session),
        declared=declared,
        now=now,
        past=tuple(past),
        known_until=known_until,
        ended=ends(session, as_of, span[1]) if span else {},
        promoted=promoted(session, wanted, [one.name for one in declared], _threads(session)),
    )


def labelled_dates(known_until: date, span: tuple[date, date] | None, most: int) -> list[date]:
    """Dates with 90 known days after them and six months of revenue before, oldest first; ends of months stay ends.

    Three months may be 89 days; the label then has a day less.
    """
    if span is None:
        return []
    dates = []
    for back in range(1, most + 1):
        day = _months_before(known_until, _STEP_MONTHS * back)
        if first_of_month(day) < add_months(span[0], _HISTORY_MONTHS):
            break
        dates.append(day)
    return dates[::-1]


def _months_before(day: date, months: int) -> date:
    tomorrow = day + timedelta(days=1)
    if tomorrow.day == 1:
        return add_months(tomorrow, -months) - timedelta(days=1)
    return add_months(day, -months)


def _threads(session: Session) -> int:
    row: pa.Table = session.query("SELECT current_setting('threads') AS threads")
    return max(1, int(row.column("threads")[0].as_py()))
