"""Values as the vendor writes them: decimal commas, masked money, three ways to write a day."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from b2shift.demo.chance import Array

Table: TypeAlias = dict[str, Array]
"""Column name → object array of the texts in the file; the order of the keys is the order of the columns."""

MASK = 0.37
"""Contract money and percentages leave the vendor multiplied by a constant; this one is invented."""


def texts(values: Sequence[object] | Array) -> Array:
    """Any values as texts; None and NaT become empty."""
    return np.array(["" if v is None or v != v else str(v) for v in values], object)


def comma(values: Array, decimals: int = 2) -> Array:
    """`1234.5` → `1234,50`."""
    return np.array([f"{v:.{decimals}f}".replace(".", ",") for v in values], object)


def masked(values: Array) -> Array:
    """Cents times the mask, without trailing zeros: `10` → `3,7`."""
    return np.array([f"{v:.15g}".replace(".", ",") for v in np.round(np.round(values, 2) * MASK, 6)], object)


def iso(days: Array) -> Array:
    """`2025-03-31`; NaT is empty."""
    return np.where(np.isnat(days), "", days.astype("datetime64[D]").astype(str)).astype(object)


def day_first(days: Array) -> Array:
    """`31/03/2025`; NaT is empty."""
    return np.array([f"{d[8:10]}/{d[5:7]}/{d[:4]}" if d else "" for d in iso(days)], object)


def month_first_time(moments: Array) -> Array:
    """`3/31/2025 1:05:46 PM`, as one survey tool exports it."""
    written = []
    for moment in moments.astype("datetime64[s]").astype(object):
        hour = moment.hour % 12 or 12
        half = "AM" if moment.hour < 12 else "PM"
        written.append(
            f"{moment.month}/{moment.day}/{moment.year} {hour}:{moment.minute:02d}:{moment.second:02d} {half}"
        )
    return np.array(written, object)


def blank(values: Array, where: Array, empty: str = "") -> Array:
    """`values` with `empty` where the condition holds."""
    return np.where(where, empty, values).astype(object)


def base36(number: int, width: int) -> str:
    """`number` in digits and capital letters."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    written = ""
    for _ in range(width):
        number, rest = divmod(number, 36)
        written = digits[rest] + written
    return written
