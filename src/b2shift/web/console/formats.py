"""Numbers, money and dates as people read them, in the language of the page."""

import re
from datetime import date, datetime
from decimal import Decimal
from math import isfinite

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from b2shift.kernel.calendar import quarter_name
from b2shift.kernel.cnpj import punctuated
from b2shift.kernel.money import english_amount, english_number, format_brl, format_brl_short, format_number

Number = Decimal | float | int

# What stands where there is no value: a dash that screen readers pass over quietly.
NOTHING = "–"
_CNPJ = re.compile(r"[A-Z0-9]{12}\d\d", re.ASCII)
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_MONTHS_PT = ("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: Number | None, decimals: int = 0) -> str:
    """`1234.5` → `1.234` (pt-BR) or `1,234` (English); a dash for nothing."""
    return NOTHING if value is None else _local(format_number(value, decimals))


def figure(value: Number | None) -> str:
    """A number of any unit: a whole one without decimals (`11.895.578`), another with two (`1,31`)."""
    return number(value, 0 if value is not None and value == int(value) else 2)


def typed_number(text: str) -> float:
    """`1.234,5`, `1 234,5`, `1,234.5` or `1234.5` as a person types it; ValueError for what is no finite number."""
    plain = text.strip().replace(" ", "")
    if plain.rfind(",") > plain.rfind("."):
        plain = plain.replace(".", "").replace(",", ".")
    elif "," in plain:
        plain = plain.replace(",", "")
    value = float(plain)
    if not isfinite(value):
        raise ValueError(text)
    return value


def against_mean(value: float, mean: float) -> str:
    """`0.12` and a mean of `0.04` → `3,0 vezes a média de 4,0%`, as shares; under a twentieth `menos de 0,1 vez`."""
    ratio = value / mean
    values = {"times": number(max(ratio, 0.1), 1), "mean": percent(mean, 1)}
    if ratio < 0.05:
        return _("menos de %(times)s vez a média de %(mean)s") % values
    if round(ratio, 1) < 2:
        return _("%(times)s vez a média de %(mean)s") % values
    return _("%(times)s vezes a média de %(mean)s") % values


def cnpj(text: str | None) -> str:
    """`80561842/0001-44` as every page writes it, `80.561.842/0001-44`; what is no CNPJ as it came."""
    kept = re.sub(r"[\W_]", "", text or "").upper()
    return punctuated(kept) if _CNPJ.fullmatch(kept) else text or NOTHING


def counted(text: str, count: int, *, none: str = "") -> str:
    """`text` with its `%(n)s`, or `none` where there is none and it is said otherwise."""
    return none if none and not count else text % {"n": number(count)}


def clipped(text: str, most: int) -> str:
    """A text of so many letters at most; a longer one ends in `…`."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def signed(value: Number | None, decimals: int = 0) -> str:
    """As `number`, with the sign always told: `+3`, `−2`, `0`."""
    if value is None:
        return NOTHING
    text = number(_size(value), decimals)
    if not text.strip("0.,—"):
        return text
    return f"{'+' if value > 0 else '−'}{text}"


def points(value: Number | None, decimals: int = 2) -> str:
    """`0.0041` → `+0,41 p.p.`: a difference of shares, in percentage points; `pp` in English."""
    if value is None:
        return NOTHING
    return _("%(change)s p.p.").replace(" ", "\u00a0") % {"change": signed(100 * value, decimals)}


def money_signed(value: Number | None) -> str:
    """`12.3` → `+R$ 12,30`: an amount more or less than another."""
    if value is None or round(float(value), 2) <= 0:
        return money(value)
    return f"+{money(value)}"


def money(value: Number | None) -> str:
    """`1234.5` → `R$ 1.234,50`, never broken over two lines."""
    return NOTHING if value is None else _local(format_brl(value)).replace(" ", "\u00a0")


def money_short(value: Number | None) -> str:
    """`1_234_000` → `R$ 1,23 mi` (`R$ 1.23M` in English): for tiles and axes; the full value stands behind it."""
    if value is None:
        return NOTHING
    text = format_brl_short(value)
    return (english_amount(text) if _english() else text).replace(" ", "\u00a0")


def count_short(value: Number | None) -> str:
    """`42_300` → `42 mil`, `1_250_000` → `1,3 mi`: counts on small surfaces."""
    if value is None or _size(value) < 10_000:
        return number(value)
    scale, word = (1e6, "mi") if _size(value) >= 1e6 else (1e3, "mil")
    scaled = float(value) / scale
    text = number(scaled, 0 if scaled >= 10 else 1)
    return f"{text}{'M' if word == 'mi' else 'k'}" if _english() else f"{text}\u00a0{word}"


def percent(value: Number | None, decimals: int = 0) -> str:
    """`0.123` → `12%`; anything above zero that would round to it is told as less than the least shown."""
    if value is None:
        return NOTHING
    least = 10 ** -(decimals + 2)
    if 0 < value < least / 2:
        return f"< {number(least * 100, decimals)}%"
    return f"{number(value * 100, decimals)}%"


def day(value: date | None) -> str:
    """`31/10/2026`, or `31 Oct 2026` in English."""
    if value is None:
        return NOTHING
    if _english():
        return f"{value.day} {_MONTHS_EN[value.month - 1]} {value.year}"
    return f"{value:%d/%m/%Y}"


def stored(text: str) -> str:
    """A day or a moment kept as ISO text, as people write it; any other text as it is."""
    if not (found := _ISO.fullmatch(text)):
        return text
    try:
        shown = day(date.fromisoformat(found[1]))
    except ValueError:  # no day of any calendar: `2025-02-30`
        return text
    return f"{shown} {found[2]}" if found[2] else shown


def month(value: date | None) -> str:
    """`out/2026`, or `Oct 2026` in English."""
    if value is None:
        return NOTHING
    if _english():
        return f"{_MONTHS_EN[value.month - 1]} {value.year}"
    return f"{_MONTHS_PT[value.month - 1]}/{value.year}"


def quarter(value: date | None) -> str:
    """`4º tri/2026`, or `Q4 2026` in English."""
    return NOTHING if value is None else quarter_name(value, english=_english())


def year(value: date | None) -> str:
    """`2026`."""
    return NOTHING if value is None else str(value.year)


def moment(value: datetime | None) -> str:
    """Date and minute; aware moments in the time zone of the product."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local.date())} {local:%H:%M}"


def years(value: Number | None) -> str:
    """`12.4` → `12 anos`; under two years, in months."""
    if value is None:
        return NOTHING
    if value < 2:
        months = int(float(value) * 12)
        return _("1 mês") if months == 1 else _("%(count)s meses") % {"count": months}
    return _("%(count)s anos") % {"count": number(int(value))}


def _size(value: Number) -> Number:
    return -value if value < 0 else value


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _local(text: str) -> str:
    """In the page's language."""
    return english_number(text) if _english() else text
