"""Days and moments in every form the files have; what comes first, day or month, is decided once for a file."""

import re
from datetime import date, time
from typing import NamedTuple

from b2shift.identify.cleansing.named_months import named_day
from b2shift.identify.cleansing.verdict import Verdict
from b2shift.identify.sources.cells import is_serial_text
from b2shift.identify.sources.declaration import DateOrder
from b2shift.kernel.money import format_number

KIND = "invalid_or_other_date"
EARLIEST = date(1950, 1, 1)
_USUAL = 0.1
"""a form of so many of the days of a file is no slip"""
_YEAR_FIRST = re.compile(r"^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]\s*(.*))?$")
_YEAR_LAST = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[T ]\s*(.*))?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_TIME = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6}))?)?\s*([AaPp][Mm])?\s*(?:Z|[+-]\d{2}:?\d{2})?$")


class Written(NamedTuple):
    """How often a file writes its days in each form."""

    year_first: int = 0
    day_over_12: int = 0
    month_over_12: int = 0
    either: int = 0
    named: int = 0
    """with the month as a word"""
    named_short: int = 0
    """so, and with two digits of the year"""
    serial: int = 0
    """as the numbers days have in a workbook"""

    @property
    def year_last(self) -> int:
        """Days whose year comes last."""
        return self.day_over_12 + self.month_over_12 + self.either

    @property
    def by_name(self) -> int:
        """Days whose month is a word."""
        return self.named + self.named_short

    @property
    def days(self) -> int:
        """All days that are no bare numbers."""
        return self.year_first + self.year_last + self.by_name


class Decision(NamedTuple):
    """What a file's days mean: which order a year-last day has, which forms are usual, and why."""

    order: DateOrder
    usual: str
    evidence: str
    told: str
    """the word of `loads.date_order`"""
    named: bool = False
    """whether months that are words are usual, too"""
    serial: bool = False
    """whether numbers of workbooks are, too"""

    @property
    def forms(self) -> str:
        """The usual forms."""
        return f"{self.usual} {self.named} {self.serial}"


def written_like(text: str) -> Written:
    """How one day is written."""
    text = text.strip()
    if _YEAR_FIRST.match(text):
        return Written(year_first=1)
    match = _YEAR_LAST.match(text)
    if match is None:
        if is_serial_text(text):
            return Written(serial=1)
        found = named_day(text)
        return Written(named_short=1) if found and found.short else Written(named=int(found is not None))
    first, second = int(match.group(1)), int(match.group(3))
    if 12 < first <= 31 and 1 <= second <= 12:
        return Written(day_over_12=1)
    if 12 < second <= 31 and 1 <= first <= 12:
        return Written(month_over_12=1)
    return Written(either=1) if 1 <= first <= 12 and 1 <= second <= 12 else Written()


def decide(written: Written, declared: DateOrder) -> Decision:
    """Day first or month first, from the days that can only be read one way; without any, as declared."""
    if written.day_over_12 != written.month_over_12:
        order = DateOrder.DAY_FIRST if written.day_over_12 > written.month_over_12 else DateOrder.MONTH_FIRST
        why = "decidido pelos dias acima de 12"
    else:
        order, why = declared, "sem evidência, valeu o combinado para a fonte"
    usual = "iso" if written.year_first >= written.year_last else str(order)
    told = "named" if written.by_name > written.year_first + written.year_last else usual
    parts = [f"{format_number(written.year_first)} com o ano na frente"]
    if written.year_last:
        parts.append(
            f"{format_number(written.year_last)} com o ano no fim: {format_number(written.day_over_12)} só podem ter o "
            f"dia primeiro, {format_number(written.month_over_12)} só o mês primeiro, {format_number(written.either)} "
            f"os dois; {why}"
        )
    if written.by_name:
        parts.append(f"{format_number(written.by_name)} com o nome do mês{_of_short_years(written)}")
    if written.serial:
        parts.append(f"{format_number(written.serial)} como números de série de planilhas, contados desde 1900")
    told = "serial" if written.serial > written.days else told
    named, serial = (0 < n >= _USUAL * (written.days + written.serial) for n in (written.by_name, written.serial))
    return Decision(order, usual, "; ".join(parts), told, named, serial)


def _of_short_years(written: Written) -> str:
    if not written.named_short:
        return ""
    return f", {format_number(written.named_short)} deles com dois dígitos do ano, lidos no fim e como 20xx"


def judge_day(text: str, order: DateOrder, last: date) -> Verdict:
    """One day (ISO) or unknown: not a day, or outside `EARLIEST`..`last`."""
    found = _parts(text, order)
    return _checked(found[0] if found else None, "", last)


def judge_moment(text: str, order: DateOrder, last: date) -> Verdict:
    """One moment (ISO, the clock as written) or unknown; a day without a clock is its midnight."""
    found = _parts(text, order)
    if found is None:
        return _checked(None, "", last)
    clock = _clock(found[1]) if found[1] else time()
    return _checked(found[0] if clock else None, f" {clock}" if clock else "", last)


def _parts(text: str, order: DateOrder) -> tuple[date | None, str] | None:
    text = text.strip()
    if match := _YEAR_FIRST.match(text):
        year, _, month, day, rest = match.groups()
    elif match := _COMPACT.match(text):
        year, month, day, rest = *match.groups(), ""
    elif match := _YEAR_LAST.match(text):
        first, _, second, year, rest = match.groups()
        day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
        year = f"20{year}" if len(year) == 2 else year
    elif found := named_day(text):
        year, month, day, rest, _ = found
    else:
        return None
    try:
        return date(int(year), int(month), int(day)), (rest or "").strip()
    except ValueError:
        return None, ""


def _clock(text: str) -> time | None:
    match = _TIME.match(text)
    if match is None:
        return None
    hour, minute, second, fraction, half = match.groups()
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    try:
        return time(hours, int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")))
    except ValueError:
        return None


def _checked(day: date | None, clock: str, last: date) -> Verdict:
    if day is None:
        return Verdict(None, KIND, "não é uma data que exista")
    if not EARLIEST <= day <= last:
        return Verdict(None, KIND, f"fora do período possível, de {EARLIEST:%d/%m/%Y} a {last:%d/%m/%Y}")
    return Verdict(f"{day.isoformat()}{clock}", KIND, "data escrita de outra forma", 0.99)
