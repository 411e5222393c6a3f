"""Whether days such as `2/1/2022` have the day or the month first, where each of them may be read both ways."""

from collections.abc import Iterable
from datetime import date, timedelta

import duckdb
import numpy as np

from b2shift.differentiate.texts import Parser, month_first, text_of

_FEWEST = 3
"""Days from which their distances tell something."""
_EPOCH = date(1970, 1, 1)


def infer_date_order(rows: duckdb.DuckDBPyRelation, time: str, way: Parser) -> tuple[Parser, tuple[str, ...]]:
    """How the days are meant, and a note on it: the day is first, as it is written here, unless all would lie in
    one month of their years, unevenly, and come evenly with the month first (`1/1/2022`, `2/1/2022` … `12/1/2023`)."""
    other = month_first(time, way)
    if other is None:
        return way, ()
    columns = f"{way.sql} AS ours, {other.sql} AS theirs, {text_of(time)} AS text"
    found = rows.project(columns).aggregate("ours, theirs, min(text)", "ours, theirs").order("1, 2").fetchall()
    if any(theirs is None for _, theirs, _ in found):
        return way, ()
    ours, theirs = ([_EPOCH + timedelta(days=int(one[place] // 1)) for one in found] for place in (0, 1))
    if len({day.month for day in ours}) > 1 or ours == theirs or not _even(theirs):
        return way, ()
    chosen, days, first = (way, ours, "o dia") if _even(ours) else (other, theirs, "o mês")
    shown = next(at for at in range(len(found)) if ours[at] != theirs[at])
    evidence = f"{found[shown][2]} é o dia {days[shown].day} do mês {days[shown].month}"
    return chosen, (f"As datas foram lidas com {first} na frente: {evidence}.",)


def _even(days: Iterable[date]) -> bool:
    """Whether the days come every so many days, or every so many months."""
    ordered = sorted(set(days))
    if len(ordered) < _FEWEST:
        return False
    apart = np.diff([day.toordinal() for day in ordered])
    months = np.diff([day.year * 12 + day.month for day in ordered])
    return bool((apart == apart[0]).all() or (months[0] > 0 and (months == months[0]).all()))
