"""What the leakage checks look at: the training rows, the target and the value codes of single columns."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.contracts import LeakFinding
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Integers
from b2shift.kernel.money import format_number

SUSPICIOUS_AUC = 0.9
_BINS = 20


@dataclass(frozen=True)
class LeakContext:
    """Input of the leakage checks: columns, a binary target (above the median for a number) and times."""

    columns: Columns
    target: Floats
    label: str
    labelled: Flags
    """Which rows of the file have a label. This and `missing` cover all rows; the other fields only labelled ones."""
    missing: Mapping[str, Flags]
    time: Floats | None
    """When each row was known, in days; the last day of the month where times are months."""
    position: Integers
    """Row number in the file."""
    suspicious_auc: float = SUSPICIOUS_AUC
    """Univariate AUC above which a column is suspected of target leakage."""
    unlabelled: Columns | None = None
    """The rows to predict, where they come from another file."""
    duration: Floats | None = None
    """Time to event or censoring, for survival."""
    numeric_target: Floats | None = None
    """The target itself, for regression."""


def codes(columns: Columns, name: str) -> Integers:
    """Values of a column as integer codes, -1 where missing."""
    if name in columns.words:
        texts = columns.words[name]
        levels = np.unique([text or "" for text in texts], return_inverse=True)[1]
        return np.where(np.array([text is None for text in texts], bool), -1, levels).astype(np.intp)
    values = columns.numbers[name]
    levels = np.unique(np.nan_to_num(values), return_inverse=True)[1]
    return np.where(np.isfinite(values), levels, -1).astype(np.intp)


def binned(columns: Columns, name: str) -> Integers:
    """Levels of a column, or 20 quantile bins of a number, as codes; 0 where missing."""
    bins = codes(columns, name)
    if name in columns.numbers and bins.max(initial=0) > _BINS:
        values = columns.numbers[name]
        edges = np.unique(np.nanquantile(values, np.arange(1, _BINS) / _BINS))
        bins = np.where(bins < 0, -1, np.searchsorted(edges, values, side="right"))
    return np.asarray(bins + 1)


def leak_finding(kind: str, column: str, left_out: bool, evidence: str, auc_alone: float | None = None) -> LeakFinding:
    """A finding of the checks; an empty `column` is about rows."""
    return LeakFinding(kind=kind, column=column or None, left_out=left_out, evidence=evidence, auc_alone=auc_alone)


def two_decimals(value: float) -> str:
    """A number with two decimals, in Portuguese."""
    return format_number(value, 2)
