"""Figures of a profile formatted in Portuguese."""

from datetime import date, timedelta

from b2shift.identify.profile.contracts import ColumnProfile, Drift, Shape
from b2shift.kernel.money import format_number

_EPOCH = date(1970, 1, 1)
MEASURES = {"spearman": "Spearman", "cramers_v": "V de Cramér", "correlation_ratio": "razão de correlação"}
VERDICTS = {"stable": "estável", "moderate": "mudou um pouco", "strong": "mudou muito"}


def figure(value: float | None, shape: Shape = Shape.NUMBER) -> str:
    """A number with as many decimals as it needs, or the date of a number of days."""
    if value is None:
        return "–"
    if shape is Shape.DAY:
        try:
            return f"{_EPOCH + timedelta(days=int(value // 1)):%d/%m/%Y}"
        except OverflowError:
            return "–"
    decimals = 0 if value == int(value) or abs(value) >= 1000 else 2 if abs(value) >= 0.1 else 4
    return format_number(value, decimals)


def drift_label(drift: Drift | None, *, short: bool = False) -> str:
    """Verdict, PSI with its level by chance, KS and rows of both; `short`: verdict and PSI."""
    if drift is None:
        return ""
    if short:
        return f"{VERDICTS[drift.verdict]} ({format_number(drift.psi, 2)})"
    index, chance = format_number(drift.psi, 3), format_number(drift.psi_by_chance, 3)
    verdict = f"{VERDICTS[drift.verdict]} · PSI {index} (acaso até {chance})"
    distance = f" · KS {format_number(drift.ks, 3)}" if drift.ks is not None else ""
    return f"{verdict}{distance} · n = {format_number(drift.n_before)} e {format_number(drift.n_after)}"


def summary(column: ColumnProfile) -> tuple[str, ...]:
    """Median, interquartile range and range of a number or date, its one value; empty for categories."""
    if not column.quantiles:
        return ()
    if column.distinct == 1:
        return (f"sempre {figure(column.quantiles[0], column.shape)}",)
    low, _, lower, middle, upper, _, high = (figure(value, column.shape) for value in column.quantiles)
    return f"mediana {middle}", f"metade entre {lower} e {upper}", f"de {low} a {high}"


def outlier_label(column: ColumnProfile) -> str:
    """Numbers of outliers, and the fences."""
    outliers = column.outliers
    if outliers is None or not outliers.below + outliers.above:
        return ""
    parts = [f"{format_number(outliers.below)} abaixo de {figure(outliers.low_fence, column.shape)}"] * bool(
        outliers.below
    )
    parts += [f"{format_number(outliers.above)} acima de {figure(outliers.high_fence, column.shape)}"] * bool(
        outliers.above
    )
    return ", ".join(parts)
