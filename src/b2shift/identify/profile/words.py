"""Figures of a profile as people read them, pt-BR."""

from datetime import date, timedelta

from b2shift.identify.profile.shapes import ColumnProfile, Drift, Shape
from b2shift.kernel.money import format_number

_EPOCH = date(1970, 1, 1)
MEASURES = {"spearman": "Spearman", "cramers_v": "V de Cramér", "correlation_ratio": "razão de correlação"}
VERDICTS = {"stable": "estável", "moderate": "mudou um pouco", "strong": "mudou muito"}


def figure(value: float | None, shape: Shape = Shape.NUMBER) -> str:
    """A number with as many decimals as it needs, or the day it stands for."""
    if value is None:
        return "–"
    if shape is Shape.DAY:
        try:
            return f"{_EPOCH + timedelta(days=int(value // 1)):%d/%m/%Y}"
        except OverflowError:
            return "–"
    decimals = 0 if value == int(value) or abs(value) >= 1000 else 2 if abs(value) >= 0.1 else 4
    return format_number(value, decimals)


def drift_words(moved: Drift | None, *, short: bool = False) -> str:
    """The index in words, with what chance alone would give and the rows of both; `short`: verdict and PSI."""
    if moved is None:
        return ""
    if short:
        return f"{VERDICTS[moved.verdict]} ({format_number(moved.psi, 2)})"
    index, chance = format_number(moved.psi, 3), format_number(moved.psi_by_chance, 3)
    told = f"{VERDICTS[moved.verdict]} · PSI {index} (acaso até {chance})"
    distance = f" · KS {format_number(moved.ks, 3)}" if moved.ks is not None else ""
    return f"{told}{distance} · n = {format_number(moved.n_before)} e {format_number(moved.n_after)}"


def summary(column: ColumnProfile) -> tuple[str, ...]:
    """Median, middle half and range of a number or day; nothing for words."""
    if not column.quantiles:
        return ()
    low, _, lower, middle, upper, _, high = (figure(value, column.shape) for value in column.quantiles)
    return f"mediana {middle}", f"metade entre {lower} e {upper}", f"de {low} a {high}"


def outlier_words(column: ColumnProfile) -> str:
    """How many values are far out, and beyond what."""
    far = column.outliers
    if far is None or not far.below + far.above:
        return ""
    parts = [f"{format_number(far.below)} abaixo de {figure(far.low_fence, column.shape)}"] * bool(far.below)
    parts += [f"{format_number(far.above)} acima de {figure(far.high_fence, column.shape)}"] * bool(far.above)
    return ", ".join(parts)
