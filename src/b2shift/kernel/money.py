"""Money is `Decimal`, in BRL, and numbers as people read them; bands are the vendor's own masked units."""

import math
from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")
MINUS = "−"
"""The sign that is as wide as a digit: what people read never mixes it with a hyphen."""
_ENGLISH_SCALES = {" mil": "k", " mi": "M", " bi": "B"}
_MARKS = str.maketrans(",.", ".,")
_PORTUGUESE = _MARKS | {ord("-"): MINUS}


def brl(amount: Decimal | float | int) -> Decimal:
    """Round to cents, half to even (ABNT NBR 5891)."""
    return Decimal(str(amount)).quantize(CENT, rounding=ROUND_HALF_EVEN)


def format_number(value: Decimal | float | int, decimals: int = 0) -> str:
    """`1234.5` → `1.234,50` (pt-BR grouping and decimal comma); what is not a number is `—`, zero has no sign."""
    if not math.isfinite(value):
        return "—"
    text = f"{value:,.{decimals}f}".translate(_PORTUGUESE)
    return text if text.strip(f"{MINUS}0.,") else text.removeprefix(MINUS)


def format_percent(share: Decimal | float | int, decimals: int = 1) -> str:
    """`0.1234` → `12,3%`."""
    return f"{format_number(100 * share, decimals)}%"


def format_brl(amount: Decimal | float | int) -> str:
    """`1234.5` → `R$ 1.234,50`; negative amounts carry the sign before the symbol."""
    if not math.isfinite(amount):
        return "—"
    value = brl(amount)
    sign = MINUS if value < 0 else ""
    return f"{sign}R$ {format_number(abs(value), 2)}"


def format_brl_short(amount: Decimal | float | int) -> str:
    """`1_234_000` → `R$ 1,23 mi`, `93_448` → `R$ 93,4 mil`; the full value belongs in the row behind it.

    Two decimals under 100 million, where one hides what a month brings; one elsewhere, and none that says nothing.
    """
    if not math.isfinite(amount):
        return "—"
    value = float(amount)
    # What would round to 1.000 of one word is 1 of the next.
    for limit, least, word in ((1e9, 999.95e6, "bi"), (1e6, 999.95e3, "mi"), (1e3, 999.995, "mil")):
        if abs(value) >= least:
            digits = format_number(abs(value) / limit, 2 if word == "mi" and abs(value) < 99.995e6 else 1)
            return f"{MINUS if value < 0 else ''}R$ {digits.rstrip('0').rstrip(',')} {word}"
    return format_brl(value)


def english_number(text: str) -> str:
    """`1.234,50` → `1,234.50`: a number of `format_number` as English writes it, and the other way round."""
    return text.translate(_MARKS)


def english_amount(text: str) -> str:
    """`R$ 1,23 mi` → `R$ 1.23M`: an amount of `format_brl_short` as English writes it."""
    amount, scale = next(((text.removesuffix(end), end) for end in _ENGLISH_SCALES if text.endswith(end)), (text, ""))
    return english_number(amount) + _ENGLISH_SCALES.get(scale, "")
