"""What the guard of a table looks at, and how it sees single columns."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.contracts import LeakFinding
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Integers
from b2shift.kernel.money import format_number

TOO_GOOD = 0.9
_BINS = 20


@dataclass(frozen=True)
class Known:
    """What the guard looks at: the columns, the label as 0 and 1 (rank above the median for a number), and times."""

    columns: Columns
    came: Floats
    label: str
    label_known: Flags
    """Of all rows of the file, in `gaps` too; the other fields are of the rows whose label is known."""
    gaps: Mapping[str, Flags]
    time: Floats | None
    """When each row was known; the last day of the month where months are told."""
    position: Integers
    """Where each row stood in the file."""
    too_good: float = TOO_GOOD
    """AUC of one column alone from which it is suspected of knowing the outcome."""
    fresh: Columns | None = None
    """The rows that are to be said, where they are other ones."""
    duration: Floats | None = None
    """Time until the fact or until last seen, where that is the label."""
    amount: Floats | None = None
    """The number that is the label, where it is one."""


def codes(columns: Columns, name: str) -> Integers:
    """Values as codes, -1 where missing."""
    if name in columns.words:
        words = columns.words[name]
        told = np.unique([word or "" for word in words], return_inverse=True)[1]
        return np.where(np.array([word is None for word in words], bool), -1, told).astype(np.intp)
    values = columns.numbers[name]
    told = np.unique(np.nan_to_num(values), return_inverse=True)[1]
    return np.where(np.isfinite(values), told, -1).astype(np.intp)


def binned(columns: Columns, name: str) -> Integers:
    """Levels, or twentieths of a number, as codes; 0 where missing."""
    told = codes(columns, name)
    if name in columns.numbers and told.max(initial=0) > _BINS:
        values = columns.numbers[name]
        edges = np.unique(np.nanquantile(values, np.arange(1, _BINS) / _BINS))
        told = np.where(told < 0, -1, np.searchsorted(edges, values, side="right"))
    return np.asarray(told + 1)


def finding(kind: str, column: str, left_out: bool, evidence: str, auc_alone: float | None = None) -> LeakFinding:
    """What the guard tells; no column where it is about rows."""
    return LeakFinding(kind=kind, column=column or None, left_out=left_out, evidence=evidence, auc_alone=auc_alone)


def two(value: float) -> str:
    """A rank in words."""
    return format_number(value, 2)
