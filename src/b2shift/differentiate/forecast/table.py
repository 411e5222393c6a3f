"""`forecast`: the series of a CSV or Parquet file, read, forecast and told."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np

from b2shift.differentiate.contracts import ForecastResult, SeriesForecast
from b2shift.differentiate.forecast.date_order import infer_date_order
from b2shift.differentiate.forecast.series import forecast_series
from b2shift.differentiate.given import open_table
from b2shift.differentiate.texts import MISSING, Parser, infer_parsers, text_of
from b2shift.differentiate.totals import TOTALS, left_out_note, sums_days
from b2shift.identify.api import is_serial, moment_of_serial
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.progress import Progress

STEP = "Prever"
_FORMS = ("%Y%m%d", "%Y%m")
_MOST = 0.5
"""Share of a column that says how it is read; a value that then cannot be is told."""
_NO_ERROR = 1e-9
"""Share of the values under which an error is one of rounding."""
_EPOCH = date(1970, 1, 1)
_YEARS = range(1800, 2201)


def forecast_table(
    table: Path,
    time: str,
    value: str,
    horizon: int,
    *,
    series: str | None,
    every: str | None,
    progress: Progress,
) -> ForecastResult:
    """Forecast each series of the file; raises InputError naming the column at fault, or when none can be forecast.

    A row whose time says that it adds others up (`Total`, `Subtotal 2024`), and one without a time or value, is
    left out and told.
    """
    grouped, notes = _read(table, time, value, series)
    by_series: list[SeriesForecast] = []
    for done, (name, (days, numbers)) in enumerate(grouped.items()):
        progress(STEP, done, len(grouped), name)
        by_series.append(forecast_series(days, numbers, horizon, every=every, name=name))
    progress(STEP, len(grouped), len(grouped))
    reasons = [one.refused for one in by_series if one.refused]
    if reasons and len(reasons) == len(by_series):
        raise InputError(reasons[0].removesuffix("."), value=table, hint="Junte mais história e peça de novo")
    tested = [one.backtest for one in by_series if one.backtest]
    forecasts = sum(test.forecasts for test in tested)
    better = [test.mae <= test.mae_naive or (test.wape or 0.0) < _NO_ERROR for test in tested]
    return ForecastResult(
        table=table, time=time, value=value, horizon=horizon, series=tuple(by_series),
        better_than_naive=float(np.mean(better)),
        coverage_80=sum(test.coverage_80 * test.forecasts for test in tested) / forecasts,
        coverage_95=sum(test.coverage_95 * test.forecasts for test in tested) / forecasts, notes=notes,
    )  # fmt: skip


Grouped = dict[str, tuple[list[date], list[float]]]
"""Days and values of each series."""


def _read(table: Path, time: str, value: str, series: str | None) -> tuple[Grouped, tuple[str, ...]]:
    with open_table(table, MISSING) as rows:
        for column in filter(None, (time, value, series)):
            if column not in rows.columns:
                raise UnknownNameError("coluna", column, rows.columns)
        ways = infer_parsers(rows, [time, value], _MOST)
        amount = ways[value] or Parser(f"try_cast({text_of(value)} AS DOUBLE)")
        moment = ways[time]
        if moment is None:
            raise _no_dates(time, _unread(rows, time, Parser("NULL")))
        dated, notes = _dated_rows(rows, time, moment, value)
        if (wrong := _unread(dated, value, amount)) is not None:
            raise InputError("Uma coluna não tem números", value=f"{value} ({wrong})", hint="Dê a coluna do valor")
        if (wrong := _unread(dated, time, moment)) is not None:
            raise _no_dates(time, wrong)
        moment, order = infer_date_order(dated, time, moment)
        name = f"coalesce({text_of(series)}, '')" if series else "''"
        found = dated.project(f"{name} AS name, {moment.sql} AS at, {amount.sql} AS value").order("1, 2").fetchall()
    if not found:
        raise InputError("A tabela não tem linhas", value=table, hint="Dê um arquivo com a história")
    read = _dated if moment.is_day else _numbered
    grouped: Grouped = {}
    for (name, _, number), day in zip(found, read([row[1] for row in found], time), strict=True):
        dated = grouped.setdefault(name, ([], []))
        dated[0].append(day)
        dated[1].append(np.nan if number is None else number)
    return grouped, (*notes, *order)


def _dated_rows(
    rows: duckdb.DuckDBPyRelation, time: str, moment: Parser, value: str
) -> tuple[duckdb.DuckDBPyRelation, tuple[str, ...]]:
    """The rows of a period, and what is told of the others: sums, those of no day, and words below the last."""
    text, amount = text_of(time), text_of(value)
    unread = f"({moment.sql}) IS NULL AND {text} IS NOT NULL"
    sums = f"{unread} AND {sums_days(text)}"
    aside = {
        TOTALS: sums,
        "{} com valor e sem data ficaram de fora.": f"{text} IS NULL AND {amount} IS NOT NULL",
        "{} sem data e sem valor ({}) ficaram de fora.": f"{unread} AND {amount} IS NULL AND NOT ({sums})",
    }
    notes = [note for words, which in aside.items() for note in left_out_note(rows, text, which, words)]
    left = " OR ".join(f"({which})" for which in aside.values())
    return rows.filter(f"{text} IS NOT NULL AND NOT coalesce({left}, false)"), tuple(notes)


def _unread(rows: duckdb.DuckDBPyRelation, name: str, way: Parser) -> str | None:
    """A value of the column that the way does not tell."""
    text = text_of(name)
    wrong = rows.filter(f"({way.sql}) IS NULL AND {text} IS NOT NULL").project(text).limit(1).fetchone()
    return str(wrong[0]) if wrong else None


def _no_dates(column: str, wrong: object) -> InputError:
    if wrong is None:
        return InputError("A coluna do tempo está vazia", value=column, hint="Dê a coluna das datas")
    return InputError(
        "A coluna do tempo não tem datas", value=f"{column} ({wrong})", hint="Use 2025-01-31, 31/01/2025 ou 2025-01"
    )


def _dated(values: Sequence[float], column: str) -> list[date]:
    """Days since 1970 as dates."""
    return [_EPOCH + timedelta(days=int(value // 1)) for value in values]


def _numbered(values: Sequence[float], column: str) -> list[date]:
    """Numbers as days: years, years with a fraction (1949.083), serial days of a workbook, yyyymm or yyyymmdd."""
    if all(int(value) in _YEARS for value in values):
        return [date(int(value), 1 + _month(value), 1) for value in values]
    if all(is_serial(int(value)) for value in values):
        return [moment_of_serial(int(value)).date() for value in values]
    for form in _FORMS:
        try:
            return [datetime.strptime(f"{value:.0f}", form).date() for value in values]  # noqa: DTZ007
        except ValueError:
            continue
    raise _no_dates(column, f"{values[0]:g}")


def _month(year: float) -> int:
    return min(11, round((year - int(year)) * 12))
