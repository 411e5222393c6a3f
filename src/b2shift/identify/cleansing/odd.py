"""The odd values of a file, each judged once: a table of verdicts that the engine joins to the rows."""

from collections.abc import Callable, Iterator

import pyarrow as pa

from b2shift.identify.cleansing.cnpj import judge_cnpj
from b2shift.identify.cleansing.dates import judge_day, judge_moment
from b2shift.identify.cleansing.flags import judge_flag
from b2shift.identify.cleansing.forms import Form
from b2shift.identify.cleansing.keys import judge_key
from b2shift.identify.cleansing.numbers import judge_number, judge_score, judge_whole
from b2shift.identify.cleansing.texts import judge_text
from b2shift.identify.cleansing.usual import PARSED, type_of, usual
from b2shift.identify.cleansing.verdict import Verdict
from b2shift.identify.sources.declaration import Kind, Source, SourceColumn
from b2shift.lake.api import Session, literal, quote

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("file", "column", "before", "after", "kind", "rule")]
    + [("confidence", pa.float64())]
)
_TEXTS = (Kind.ID, Kind.TEXT)
_SUSPECT = "(v <> trim(v) OR contains(v, chr(160)) OR regexp_matches(v, '[ÃÂâ\\x{FFFD}]'))"

Row = tuple[str, str, str, str | None, str, str, float]


def delivered(column: SourceColumn, source: Source, row: str = "r") -> str:
    """SQL: the delivered text, NULL when it is one of the source's words for nothing."""
    text = f"{row}.{quote(column.header)}"
    nulls = ", ".join(map(literal, source.nulls))
    return f"CASE WHEN trim({text}) NOT IN ({nulls}) THEN {text} END"


def judge(kind: Kind, form: Form) -> Callable[[str], Verdict]:
    """The judge of one kind of value in one file."""
    judges: dict[Kind, Callable[[str], Verdict]] = {
        Kind.CUSTOMER: judge_key,
        Kind.CNPJ: judge_cnpj,
        Kind.FLAG: judge_flag,
        Kind.DATE: lambda text: judge_day(text, form.order, form.last),
        Kind.TIMESTAMP: lambda text: judge_moment(text, form.order, form.last),
        Kind.DECIMAL: lambda text: judge_number(text, form.decimal),
        Kind.INTEGER: lambda text: judge_whole(text, form.decimal),
        Kind.SCORE: lambda text: judge_score(text, form.decimal),
    }
    return judges.get(kind, judge_text)


def odd_values(session: Session, source: Source, form: Form) -> Iterator[Row]:
    """Verdicts on every odd value of one file, column by column."""
    for column in source.columns:
        if column.kind in PARSED:
            target = type_of(column.kind, None)
            odd = f"{usual(column.kind, 'v', form, target)} IS NULL"
        elif column.kind in _TEXTS:
            odd = _SUSPECT
        else:
            continue
        values = session.connection.execute(
            f"SELECT DISTINCT v FROM (SELECT {delivered(column, source)} AS v FROM {quote(source.raw_table)} AS r "
            f"WHERE _file = {literal(form.file)} AND _text IS NULL) WHERE v IS NOT NULL AND {odd} ORDER BY v"
        ).fetchall()
        decide = judge(column.kind, form)
        for (value,) in values:
            verdict = decide(value)
            yield form.file, column.name, value, verdict.after, verdict.kind, verdict.rule, verdict.confidence


def as_table(rows: list[Row]) -> pa.Table:
    """The verdicts as Arrow."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(SCHEMA)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )
