"""SQL that takes a value in the usual form of its file and gives NULL for anything odd, which Python then judges."""

from b2shift.identify.cleansing.dates import EARLIEST
from b2shift.identify.cleansing.forms import Form, usual_day
from b2shift.identify.sources.declaration import Kind, Mark

# Kinds whose odd values Python judges; the others are texts, corrected by a table of spellings.
PARSED = frozenset(
    {Kind.CUSTOMER, Kind.CNPJ, Kind.DATE, Kind.TIMESTAMP, Kind.DECIMAL, Kind.INTEGER, Kind.SCORE, Kind.FLAG}
)
_TYPE = {
    Kind.DATE: "DATE", Kind.TIMESTAMP: "TIMESTAMP", Kind.INTEGER: "INTEGER", Kind.SCORE: "TINYINT", Kind.FLAG: "BOOLEAN",
}  # fmt: skip


def type_of(kind: Kind, target: str | None) -> str:
    """The engine's type of a cleansed column: numbers take that of the column they go to."""
    if kind is Kind.DECIMAL:
        return target if target and (target.startswith("DECIMAL") or target == "DOUBLE") else "DECIMAL(18,4)"
    return _TYPE.get(kind, "VARCHAR")


def usual(kind: Kind, text: str, form: Form, target: str) -> str:
    """SQL of type `target`: the value when it is written as usual, else NULL."""
    if kind is Kind.CUSTOMER:
        return f"CASE WHEN regexp_full_match({text}, '[0-9A-Z]{{6}}|[0-9]{{5}}') THEN {text} END"
    if kind in (Kind.DATE, Kind.TIMESTAMP):
        return _bounded(_moment(kind, text, form), form)
    if kind is Kind.DECIMAL:
        mark = "," if form.decimal is Mark.COMMA else "\\."
        plain = f"replace({text}, ',', '.')" if form.decimal is Mark.COMMA else text
        return f"CASE WHEN regexp_full_match({text}, '-?\\d+({mark}\\d+)?') THEN TRY_CAST({plain} AS {target}) END"
    if kind is Kind.INTEGER:
        return f"CASE WHEN regexp_full_match({text}, '-?\\d+') THEN TRY_CAST({text} AS {target}) END"
    if kind is Kind.SCORE:
        return f"CASE WHEN regexp_full_match({text}, '\\d|10') THEN TRY_CAST({text} AS {target}) END"
    if kind is Kind.FLAG:
        return f"CASE {text} WHEN 'S' THEN TRUE WHEN 'N' THEN FALSE WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
    return f"CAST(NULL AS {target})"


def _moment(kind: Kind, text: str, form: Form) -> str:
    written = form.dates.usual if form.dates else "iso"
    if kind is Kind.DATE:
        return usual_day(text, written)
    if written == "iso":
        return (
            f"CASE WHEN regexp_full_match({text}, '\\d{{4}}-\\d{{2}}-\\d{{2}}[T ]\\d{{2}}:\\d{{2}}(:\\d{{2}}(\\.\\d+)?)?Z?') "
            f"THEN TRY_CAST(rtrim({text}, 'Z') AS TIMESTAMP) END"
        )
    return "CAST(NULL AS TIMESTAMP)"


def _bounded(value: str, form: Form) -> str:
    return f"CASE WHEN {value} >= DATE '{EARLIEST}' AND {value} < DATE '{form.last}' + 1 THEN {value} END"
