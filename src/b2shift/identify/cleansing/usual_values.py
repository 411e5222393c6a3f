"""SQL that takes a value in the usual form of its file and gives NULL for anything odd, which Python then judges."""

from b2shift.identify.cleansing.dates import EARLIEST
from b2shift.identify.cleansing.file_forms import Form, usual_day
from b2shift.identify.cleansing.granularity import Granularity
from b2shift.identify.cleansing.named_months import named_moment_sql
from b2shift.identify.cleansing.numbers import without_currency_sql
from b2shift.identify.cleansing.several_contacts import EMAIL_SQL, PHONE_SQL
from b2shift.identify.sources.cells import moment_of_serial_sql
from b2shift.identify.sources.codes import key_sql
from b2shift.identify.sources.declaration import DateOrder, Kind, Mark, Source, SourceColumn
from b2shift.lake.api import literal, quote

# Kinds whose odd values Python judges; the others are texts, corrected by a table of spellings.
PARSED = frozenset(
    {Kind.CUSTOMER, Kind.CNPJ, Kind.DATE, Kind.TIMESTAMP, Kind.DECIMAL, Kind.INTEGER, Kind.SCORE, Kind.FLAG}
)
_TYPE = {
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.INTEGER: "INTEGER",
    Kind.SCORE: "TINYINT",
    Kind.FLAG: "BOOLEAN",
}
_SEVERAL = {Kind.EMAIL: EMAIL_SQL, Kind.PHONE: PHONE_SQL}
# Kinds whose usual form is the same in every file.
_FIXED = {
    Kind.CUSTOMER: "CASE WHEN regexp_full_match({text}, '[0-9A-Z]{{6}}|[0-9]{{5}}') THEN {text} END",
    Kind.INTEGER: "CASE WHEN regexp_full_match({text}, '-?\\d+') THEN TRY_CAST({text} AS {target}) END",
    Kind.SCORE: "CASE WHEN regexp_full_match({text}, '\\d|10') THEN TRY_CAST({text} AS {target}) END",
    Kind.FLAG: "CASE {text} WHEN 'S' THEN TRUE WHEN 'N' THEN FALSE WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END",
}


def delivered_sql(column: SourceColumn, source: Source, row: str = "r") -> str:
    """SQL: the delivered text, NULL when it is one of the source's words for nothing."""
    text = f"{row}.{quote(column.header)}"
    for word in source.nulls:
        text = f"nullif({text}, {literal(word)})"
    return key_sql(column.codes, text) if column.codes else text


def suspect(text: str, kind: Kind = Kind.TEXT) -> str:
    """SQL: whether a free text may have outer white space, no-break spaces or mojibake, or be of several values."""
    several = f" OR regexp_matches({text}, {literal(_SEVERAL[kind])})" if kind in _SEVERAL else ""
    return (
        f"({text} <> trim({text}) OR (strlen({text}) <> length({text}) "
        f"AND (contains({text}, chr(160)) OR regexp_matches({text}, '[ÃÂâ\\x{{FFFD}}]'))){several})"
    )


def type_of(kind: Kind, target: str | None) -> str:
    """The engine's type of a cleansed column: numbers take that of the column they go to."""
    if kind is Kind.DECIMAL:
        return target if target and (target.startswith("DECIMAL") or target == "DOUBLE") else "DECIMAL(18,4)"
    return _TYPE.get(kind, "VARCHAR")


def usual_value_sql(column: SourceColumn, text: str, form: Form, target: str) -> str:
    """SQL of type `target`: the value when it is written as usual, else NULL."""
    if column.kind in (Kind.DATE, Kind.TIMESTAMP):
        return _bounded(_moment(column.kind, text, form), form)
    if column.kind is Kind.DECIMAL:
        return _number(text, form, form.grains.get(column.header, Granularity()), target)
    return _FIXED.get(column.kind, "CAST(NULL AS {target})").format(text=text, target=target)


def _number(text: str, form: Form, grain: Granularity, target: str) -> str:
    text = without_currency_sql(text) if grain.currency else text
    comma = form.decimal is Mark.COMMA
    mark, group = (",", "\\.") if comma else ("\\.", ",")
    whole, bare = "\\d+", text
    if grain.grouped:
        whole, bare = f"(\\d+|\\d{{1,3}}({group}\\d{{3}})+)", f"replace({text}, '{'.' if comma else ','}', '')"
    plain = f"replace({bare}, ',', '.')" if comma else bare
    fraction = "\\d+" if grain.zeros else "(\\d*[1-9]|0)"
    test = f"regexp_full_match({text}, '-?{whole}({mark}{fraction})?')"
    if grain.step > 1:
        test += f" AND {_units(text, plain, grain.decimals)} % {grain.step} = 0"
    return f"CASE WHEN {test} THEN TRY_CAST({plain} AS {target}) END"


def _units(text: str, plain: str, decimals: int) -> str:
    """SQL: a number in units of its last decimal; short ones apart, for the engine reads more than 18
    digits thirty times as slowly."""

    def units(digits: int, whole: str) -> str:
        return f"TRY_CAST(TRY_CAST({plain} AS DECIMAL({digits}, {decimals})) * {10**decimals} AS {whole})"

    return f"CASE WHEN strlen({text}) <= {18 - decimals} THEN {units(18, 'BIGINT')} ELSE {units(28, 'HUGEINT')} END"


def _moment(kind: Kind, text: str, form: Form) -> str:
    if kind is Kind.DATE:
        return usual_day(text, form.dates)
    clocks = [_clocked(text, form.dates.usual if form.dates else "iso")]
    clocks += [named_moment_sql(text)] if form.dates and form.dates.named else []
    clocks += [moment_of_serial_sql(text)] if form.dates and form.dates.serial else []
    return f"coalesce({', '.join(clocks)})"


def _clocked(text: str, written: str) -> str:
    """SQL: a moment whose month is a number."""
    if written == "iso":
        clock = "\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?"
        zone = "(?:Z|[+-]\\d{2}:?\\d{2})?"
        return f"TRY_CAST(nullif(regexp_extract({text}, '^({clock}){zone}$', 1), '') AS TIMESTAMP)"
    day = "%d/%m/%Y" if written == DateOrder.DAY_FIRST else "%m/%d/%Y"
    return f"try_strptime({text}, ['{day} %H:%M:%S', '{day} %I:%M:%S %p', '{day} %H:%M'])"


def _bounded(value: str, form: Form) -> str:
    return f"CASE WHEN {value} >= DATE '{EARLIEST}' AND {value} < DATE '{form.last}' + 1 THEN {value} END"
