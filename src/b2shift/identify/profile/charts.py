"""Small SVG charts, coloured by the style of the page."""

from collections.abc import Callable
from html import escape

from b2shift.identify.profile.contracts import Bin, ColumnProfile, Shape, Value
from b2shift.identify.profile.labels import figure
from b2shift.kernel.money import format_number, format_percent

_WIDTH, _HEIGHT, _LINE = 180, 44, 15
_WORDS = 5
_YES_NO = {"true": "sim", "false": "não"}
Say = Callable[[str], str]
"""How a Portuguese text or figure is told to who looks."""


def chart(column: ColumnProfile, say: Say = str) -> str:
    """Histogram of a column, or bars of its frequent values; empty for a personal one."""
    if column.personal:
        return ""
    if column.histogram:
        return histogram(column.histogram, column.shape, say)
    labels = {value: say(word) for value, word in _YES_NO.items()} if column.type == "BOOLEAN" else {}
    frequent = tuple(one.model_copy(update={"value": labels.get(one.value, one.value)}) for one in column.frequent)
    return bars(frequent, column.rows, say) if frequent else ""


def histogram(bins: tuple[Bin, ...], shape: Shape, say: Say = str) -> str:
    """One bar for each bin, its rows in the title."""
    most, step = max(b.rows for b in bins), _WIDTH / len(bins)
    bars_ = "".join(
        f'<rect x="{i * step:.1f}" y="{_HEIGHT * (1 - b.rows / most):.1f}" width="{step - 1:.1f}" '
        f'height="{_HEIGHT * b.rows / most:.1f}"><title>{escape(say(_told(b, shape)))}</title></rect>'
        for i, b in enumerate(bins)
        if b.rows
    )
    title = f"Histograma de {figure(bins[0].low, shape)} a {figure(bins[-1].high, shape)}"
    return _svg(_WIDTH, _HEIGHT, say(title), bars_)


def _told(one: Bin, shape: Shape) -> str:
    return f"De {figure(one.low, shape)} a {figure(one.high, shape)}: {format_number(one.rows)}"


def bars(values: tuple[Value, ...], rows: int, say: Say = str) -> str:
    """One line for each of the five most frequent values."""
    some = values[:_WORDS]
    drawn = "".join(
        f'<rect x="0" y="{i * _LINE + 2}" width="{60 * v.rows / rows:.1f}" height="{_LINE - 5}"/>'
        f'<text x="66" y="{i * _LINE + 11}">{escape(v.value[:22])} {say(format_percent(v.rows / rows))}</text>'
        for i, v in enumerate(some)
    )
    return _svg(_WIDTH + 60, _LINE * len(some), say("Valores mais frequentes"), drawn)


def line(strength: float) -> str:
    """A strength of -1 to 1 as a bar, with its number."""
    length = 60 * min(1.0, abs(strength))
    drawn = (
        f'<rect x="0" y="3" width="{length:.1f}" height="8"/><text x="66" y="11">{format_number(strength, 2)}</text>'
    )
    return _svg(100, 14, f"Força {format_number(strength, 2)}", drawn)


def _svg(width: float, height: float, title: str, drawn: str) -> str:
    return (
        f'<svg role="img" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'aria-label="{escape(title)}">{drawn}</svg>'
    )
