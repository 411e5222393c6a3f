"""A cell of a workbook, a Parquet file or a database, as the text every source becomes."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from b2shift.identify.sources.quoted import JOIN
from b2shift.lake.api import literal

# Day 0 of a serial date; serials below 1950 or above 2100 are numbers.
_EPOCH, _SERIALS = datetime(1899, 12, 30), (18_264, 73_050)  # noqa: DTZ001 - a wall clock without a zone
_SERIAL = re.compile("[0-9]{5}([.,][0-9]{1,10})?")


def is_serial(cell: Any) -> bool:
    """Whether a cell is a number that a day may have in a workbook."""
    numeric = isinstance(cell, (int, float)) and not isinstance(cell, bool)
    return numeric and _SERIALS[0] <= cell <= _SERIALS[1]


def moment_of_serial(cell: float) -> datetime:
    """The moment that so many days of a workbook are, to the second."""
    return _EPOCH + timedelta(seconds=round(cell * 86_400))


def is_serial_text(text: str) -> bool:
    """Whether a text is such a number."""
    return bool(_SERIAL.fullmatch(text)) and is_serial(float(text.replace(",", ".")))


def moment_of_serial_sql(text: str) -> str:
    """SQL: the moment of such a text, NULL of any other."""
    number = f"CAST(replace({text}, ',', '.') AS DOUBLE)"
    days = f"CASE WHEN regexp_full_match({text}, {literal(_SERIAL.pattern)}) THEN {number} END"
    moment = f"TIMESTAMP '{_EPOCH}' + to_seconds(round({days} * 86400))"
    return f"CASE WHEN {days} BETWEEN {_SERIALS[0]} AND {_SERIALS[1]} THEN {moment} END"


def text_of(cell: Any, *, day: bool = False) -> str:
    """A cell as text: days and moments as ISO, numbers with a point; a number in a column of days is a serial date."""
    if isinstance(cell, str):
        return cell.replace(JOIN, " ").strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if day and is_serial(cell):
        cell = moment_of_serial(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return "" if cell is None else str(cell)
