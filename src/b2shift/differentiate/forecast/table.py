"""`forecast`: the series of a CSV or Parquet file, read, forecast and told."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np

from b2shift.differentiate.contracts import ForecastResult, SeriesForecast
from b2shift.differentiate.forecast.series import forecast_series
from b2shift.differentiate.given import opened
from b2shift.differentiate.texts import MISSING, Way, text_of, ways_of
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
    """Forecast each series of the file; raises InputError naming the column at fault, or when none can be forecast."""
    grouped = _read(table, time, value, series)
    told: list[SeriesForecast] = []
    for done, (name, (days, numbers)) in enumerate(grouped.items()):
        progress(STEP, done, len(grouped), name)
        told.append(forecast_series(days, numbers, horizon, every=every, name=name))
    progress(STEP, len(grouped), len(grouped))
    reasons = [one.refused for one in told if one.refused]
    if reasons and len(reasons) == len(told):
        raise InputError(reasons[0].removesuffix("."), value=table, hint="Junte mais história e peça de novo")
    tested = [one.backtest for one in told if one.backtest]
    forecasts = sum(test.forecasts for test in tested)
    better = [test.mae <= test.mae_naive or (test.wape or 0.0) < _NO_ERROR for test in tested]
    return ForecastResult(
        table=table, time=time, value=value, horizon=horizon, series=tuple(told),
        better_than_naive=float(np.mean(better)),
        coverage_80=sum(test.coverage_80 * test.forecasts for test in tested) / forecasts,
        coverage_95=sum(test.coverage_95 * test.forecasts for test in tested) / forecasts,
    )  # fmt: skip


def _read(table: Path, time: str, value: str, series: str | None) -> dict[str, tuple[list[date], list[float]]]:
    with opened(table, MISSING) as rows:
        for column in filter(None, (time, value, series)):
            if column not in rows.columns:
                raise UnknownNameError("coluna", column, rows.columns)
        ways = ways_of(rows, [time, value], _MOST)
        amount = ways[value] or Way(f"try_cast({text_of(value)} AS DOUBLE)")
        if (wrong := _unread(rows, value, amount)) is not None:
            raise InputError("Uma coluna não tem números", value=f"{value} ({wrong})", hint="Dê a coluna do valor")
        moment = ways[time]
        if moment is None or (wrong := _unread(rows, time, moment)) is not None:
            raise _no_dates(time, wrong if moment else _unread(rows, time, Way("NULL")))
        name = f"coalesce({text_of(series)}, '')" if series else "''"
        found = rows.project(f"{name} AS name, {moment.sql} AS at, {amount.sql} AS value").order("1, 2").fetchall()
    if not found:
        raise InputError("A tabela não tem linhas", value=table, hint="Dê um arquivo com a história")
    read = _dated if moment.is_day else _numbered
    days = read([row[1] for row in found], time)
    grouped: dict[str, tuple[list[date], list[float]]] = {}
    for (name, _, number), day in zip(found, days, strict=True):
        if day is not None:
            dated = grouped.setdefault(name, ([], []))
            dated[0].append(day)
            dated[1].append(np.nan if number is None else number)
    return grouped


def _unread(rows: duckdb.DuckDBPyRelation, name: str, way: Way) -> str | None:
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


def _dated(values: Sequence[float | None], column: str) -> list[date | None]:
    """Days since 1970 as dates."""
    return [None if value is None else _EPOCH + timedelta(days=int(value // 1)) for value in values]


def _numbered(values: Sequence[float | None], column: str) -> list[date | None]:
    """Numbers as days: years, years with a fraction (1949.083), yyyymm or yyyymmdd."""
    known = [value for value in values if value is not None]
    if known and all(int(value) in _YEARS for value in known):
        return [None if value is None else date(int(value), 1 + _month(value), 1) for value in values]
    texts = [None if value is None else f"{value:.0f}" for value in values]
    for form in _FORMS:
        try:
            return [None if text is None else datetime.strptime(text, form).date() for text in texts]  # noqa: DTZ007
        except ValueError:
            continue
    raise _no_dates(column, f"{known[0]:g}" if known else None)


def _month(year: float) -> int:
    return min(11, round((year - int(year)) * 12))
