"""`forecast`: the series of a CSV or Parquet file, read, forecast and told."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from b2shift.differentiate.contracts import ForecastResult, SeriesForecast
from b2shift.differentiate.forecast.series import forecast_series
from b2shift.differentiate.given import opened
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.progress import Progress
from b2shift.lake.api import quote

STEP = "Prever"
_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S", "%Y-%m", "%m/%Y", "%Y/%m", "%Y%m%d", "%Y%m", "%Y")
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
    better = [test.mae <= test.mae_naive for test in tested]
    return ForecastResult(
        table=table, time=time, value=value, horizon=horizon, series=tuple(told),
        better_than_naive=float(np.mean(better)),
        coverage_80=sum(test.coverage_80 * test.forecasts for test in tested) / forecasts,
        coverage_95=sum(test.coverage_95 * test.forecasts for test in tested) / forecasts,
    )  # fmt: skip


def _read(table: Path, time: str, value: str, series: str | None) -> dict[str, tuple[list[date], list[float]]]:
    with opened(table) as rows:
        for column in filter(None, (time, value, series)):
            if column not in rows.columns:
                raise UnknownNameError("coluna", column, rows.columns)
        name = f"coalesce({quote(series)}::VARCHAR, '')" if series else "''"
        numeric = f"try_cast({quote(value)} AS DOUBLE)"
        wrong = (
            rows.filter(f"{numeric} IS NULL AND {quote(value)} IS NOT NULL").project(quote(value)).limit(1).fetchone()
        )
        if wrong:
            raise InputError("Uma coluna não tem números", value=f"{value} ({wrong[0]})", hint="Dê a coluna do valor")
        found = rows.project(f"{name} AS name, {quote(time)} AS at, {numeric} AS value").order("1, 2").fetchall()
    if not found:
        raise InputError("A tabela não tem linhas", value=table, hint="Dê um arquivo com a história")
    days = _days([row[1] for row in found], time)
    grouped: dict[str, tuple[list[date], list[float]]] = {}
    for (name, _, number), day in zip(found, days, strict=True):
        if day is not None:
            dated = grouped.setdefault(name, ([], []))
            dated[0].append(day)
            dated[1].append(np.nan if number is None else number)
    return grouped


def _days(values: list[Any], column: str) -> list[date | None]:
    """The column as days: dates, texts in the usual forms, years, yyyymm, or years with a fraction (1949.083)."""
    known = [value for value in values if value is not None]
    if not known:
        raise InputError("A coluna do tempo está vazia", value=column, hint="Dê a coluna das datas")
    first = known[0]
    if isinstance(first, date):
        return [value.date() if isinstance(value, datetime) else value for value in values]
    if isinstance(first, float):
        whole = all(float(value).is_integer() for value in known)
        if all(int(value) in _YEARS for value in known):
            return [value if value is None else date(int(value), 1 + _month(value), 1) for value in values]
        if whole:
            values = [value if value is None else int(value) for value in values]
    texts = [None if value is None else str(value).strip() for value in values]
    for form in _FORMS:
        try:
            return [None if text is None else datetime.strptime(text, form).date() for text in texts]  # noqa: DTZ007
        except ValueError:
            continue
    raise InputError(
        "A coluna do tempo não tem datas", value=f"{column} ({first})", hint="Use 2025-01-31, 31/01/2025 ou 2025-01"
    )


def _month(year: float) -> int:
    return min(11, round((year - int(year)) * 12))
