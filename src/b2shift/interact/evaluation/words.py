"""SQL expressions that format values in Portuguese."""

from collections.abc import Mapping, Sequence
from string import Formatter

from b2shift.interact.contracts import Channel
from b2shift.interact.policy.vocabulary import Metric
from b2shift.kernel.money import MINUS, format_brl, format_number
from b2shift.lake.api import literal

BY_CHANNEL = {
    Channel.EMAIL: "por e-mail",
    Channel.WHATSAPP: "por WhatsApp",
    Channel.SMS: "por SMS",
    Channel.TELEFONE: "por telefone",
    Channel.REUNIAO: "em reunião",
    Channel.VISITA: "em visita",
    Channel.IN_APP: "no aplicativo",
    Channel.PORTAL: "no portal",
}
MONTHS = (
    "janeiro", "fevereiro", "março", "abril", "maio", "junho",
    "julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
)  # fmt: skip
_DECIMALS = {"decimal": 1, "percent": 1, "integer": 0, "days": 0}


def number(sql: str, decimals: int = 0) -> str:
    """`1234.5` → `1.234,5`; never `-0`."""
    plain = f"translate(format('{{:,.{decimals}f}}', CAST({sql} AS DOUBLE)), ',.-', '.,{MINUS}')"
    return f"regexp_replace({plain}, '^{MINUS}([0,]+)$', '\\1')"


def money(sql: str) -> str:
    """`1234.5` → `R$ 1.234,50`."""
    return f"CASE WHEN round({sql}, 2) < 0 THEN '{MINUS}' ELSE '' END || 'R$ ' || {number(f'abs({sql})', 2)}"


def day(sql: str) -> str:
    """`2025-03-31` → `31/03/2025`."""
    return f"strftime(CAST({sql} AS DATE), '%d/%m/%Y')"


def month(sql: str) -> str:
    """`2025-03-01` → `março de 2025`."""
    names = ", ".join(map(literal, MONTHS))
    return f"[{names}][month({sql})] || ' de ' || year({sql})"


def counted(sql: str, one: str, many: str, decimals: int = 0) -> str:
    """`1` → `1 fatura`, `2` → `2 faturas`, `0` → `0 faturas`."""
    rounded = f"round(CAST({sql} AS DOUBLE), {decimals})"
    unit = f"CASE WHEN {rounded} > 0 AND {rounded} < 2 THEN {literal(one)} ELSE {literal(many)} END"
    return f"{number(sql, decimals)} || ' ' || {unit}"


def formatted(metric: Metric, sql: str, edges: Sequence[float] = ()) -> str:
    """A value of the metric, formatted; one that rounding would put on a threshold gets more digits."""
    if metric.format == "boolean":
        return f"CASE WHEN {sql} THEN {literal(metric.phrase)} ELSE {literal(metric.negated)} END"
    if not metric.numeric:
        return f"CAST({sql} AS VARCHAR)"
    if metric.format == "money":
        return money(sql)
    decimals = _DECIMALS[metric.format]
    plain = _figure(metric, sql, decimals)
    if not edges or metric.format in {"integer", "days"}:
        return plain
    scale = 100 if metric.format == "percent" else 1
    doubtful = " OR ".join(
        f"(round(({sql}) * {scale}, {decimals}) = {round(edge * scale, decimals)!r} AND ({sql}) <> {edge!r})"
        for edge in edges
    )
    return f"CASE WHEN {doubtful} THEN {_figure(metric, sql, decimals + 3)} ELSE {plain} END"


def _figure(metric: Metric, sql: str, decimals: int) -> str:
    if metric.format == "percent":
        return f"{number(f'({sql}) * 100', decimals)} || '%'"
    return counted(sql, *metric.unit, decimals) if metric.unit else number(sql, decimals)


def threshold_text(metric: Metric, value: float) -> str:
    """A threshold as text, in Python: `20%`, `7 dias úteis`, `R$ 100,00`."""
    if metric.format == "money":
        return format_brl(value)
    scaled = round(value * 100, 6) if metric.format == "percent" else value
    decimals = 0 if scaled == int(scaled) else 1
    figure = format_number(scaled, decimals)
    if metric.format == "percent":
        return f"{figure}%"
    return f"{figure} {metric.unit[0] if 0 < value < 2 else metric.unit[1]}" if metric.unit else figure


def sentence(template: str, values: Mapping[str, str]) -> str:
    """SQL of a text with `{name}` places filled by SQL expressions."""
    parts = []
    for text, name, _, _ in Formatter().parse(template):
        if text:
            parts.append(literal(text))
        if name is not None:
            parts.append(f"({values[name]})")
    return " || ".join(parts) or "''"


def joined(listed: str, last: str = "e") -> str:
    """SQL of `a`, `a e b`, `a, b e c` from a list."""
    head = f"array_to_string({listed}[:-2], ', ')"
    return f"CASE WHEN len({listed}) > 1 THEN {head} || ' {last} ' || {listed}[-1] ELSE {listed}[1] END"


def listed(names: Sequence[str], last: str = "ou") -> str:
    """The same in Python."""
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)


def evidence(metric: str, label: str, value: str, threshold: str, source: str) -> str:
    """SQL of one evidence struct; `value` is SQL, the rest is text."""
    return (
        f"{{'metric': {literal(metric)}, 'label': {literal(label)}, 'value': {value}, "
        f"'threshold': {literal(threshold)}, 'source': {literal(source)}}}"
    )
