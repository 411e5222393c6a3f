"""`_clean`: one typed row for each raw row. The usual values come straight from the engine; each odd value stands,
as delivered, in a second column beside its own until Python has judged it once for all its rows."""

from collections.abc import Callable, Collection
from typing import NamedTuple

import pyarrow as pa

from b2shift.identify.cleansing.cnpj import judge_cnpj
from b2shift.identify.cleansing.dates import judge_day, judge_moment
from b2shift.identify.cleansing.file_forms import Form
from b2shift.identify.cleansing.flags import judge_flag
from b2shift.identify.cleansing.granularity import Granularity
from b2shift.identify.cleansing.keys import judge_key, normalized_key
from b2shift.identify.cleansing.numbers import judge_number, judge_score, judge_whole
from b2shift.identify.cleansing.several_contacts import judge_email, judge_phone
from b2shift.identify.cleansing.texts import judge_text
from b2shift.identify.cleansing.usual_values import PARSED, delivered_sql, suspect, type_of, usual_value_sql
from b2shift.identify.cleansing.verdict import Verdict
from b2shift.identify.cleansing.vocabularies import CITY, vocabulary_of
from b2shift.identify.sources.declaration import Kind, Source, SourceColumn
from b2shift.identify.sources.declarations import target_spec
from b2shift.lake.api import Session, literal, quote

_SPELT = (Kind.CATEGORY, Kind.NAME)
_LOSSY = (Kind.DATE, Kind.TIMESTAMP, Kind.DECIMAL)
_ODD = pa.schema(
    [pa.field(name, pa.string()) for name in ("file", "column", "before", "after", "kind", "rule")]
    + [pa.field("confidence", pa.float64())]
)


class OddValues(NamedTuple):
    """What `_clean` has: columns with texts kept beside values, those with neither where one must be, a spoilt row."""

    aside: frozenset[str]
    missed: frozenset[str]
    damaged: bool


def delivered_column(column: SourceColumn) -> str:
    """The column of `_clean` that keeps a delivered text which is not the value: odd, or written another way."""
    return f"{column.name}_delivered"


def typed_values_sql(source: Source, forms: list[Form], rows: str, spelt: Collection[str]) -> str:
    """SQL: the rows of a relation like `raw_<source>` whose fields fit, as `_clean` has them; odd values are null.

    `spelt`: the vocabularies in which something is written otherwise than delivered; words of others are as they are.
    """
    types = {column.name: column.type for column in target_spec(source).columns}
    return " UNION ALL ".join(_select(source, form, types, rows, spelt) for form in forms)


def _select(source: Source, form: Form, types: dict[str, str], raw: str, spelt: Collection[str]) -> str:
    """Inside, the delivered texts and what the engine makes of them; outside, each value and what stands aside."""
    inner, outer, joins = ["r._file", "r._row", "r._hash"], ["_file", "_row", "_hash"], []
    hurt = ["FALSE"]
    for place, column in enumerate(source.columns):
        text, value = f"t{place}", f"v{place}"
        inner.append(f"{delivered_sql(column, source)} AS {text}")
        plain = _as_it_is(source, column, spelt)
        found, joined = (delivered_sql(column, source), []) if plain else _value(source, column, form, types, place)
        joins += joined
        inner.append(f"{found} AS {value}")
        aside = f"CASE WHEN {'FALSE' if plain else _set_aside(column, text, value)} THEN {text} END"
        outer += [f"{value} AS {quote(column.name)}", f"{aside} AS {quote(delivered_column(column))}"]
        if column.kind in _LOSSY:
            hurt.append(f"({value} IS NULL AND {text} IS NOT NULL)")
        if column.filled:
            hurt.append(f"{text} IS NULL")
    rows = f"{raw} AS r {' '.join(joins)} WHERE r._text IS NULL AND r._file = {literal(form.file)}"
    return f"SELECT {', '.join(outer)}, {' OR '.join(hurt)} AS _damaged FROM (SELECT {', '.join(inner)} FROM {rows})"


def _as_it_is(source: Source, column: SourceColumn, spelt: Collection[str]) -> bool:
    """Whether no dictionary has anything to say about a column of words."""
    vocabulary = CITY if column.kind is Kind.CITY else vocabulary_of(source, column)
    return column.kind in (*_SPELT, Kind.CITY) and vocabulary not in spelt


def _value(
    source: Source, column: SourceColumn, form: Form, types: dict[str, str], place: int
) -> tuple[str, list[str]]:
    """SQL of a value, and the joins it needs."""
    text = delivered_sql(column, source)
    if column.kind in PARSED:
        return usual_value_sql(column, text, form, type_of(column.kind, types.get(column.name))), []
    if column.kind in _SPELT:
        words = f"s{place}.vocabulary = {literal(vocabulary_of(source, column))} AND s{place}.delivered = {text}"
        return f"coalesce(s{place}.spelling, {text})", [f"LEFT JOIN spellings AS s{place} ON {words}"]
    if column.kind is not Kind.CITY:
        return text, []
    joins = [f"LEFT JOIN places AS p0 ON p0.customer_id IS NULL AND p0.delivered = {text}"]
    if source.customer is None:
        return f"coalesce(p0.spelling, {text})", joins
    key = normalized_key(delivered_sql(source.customer, source))
    joins.append(f"LEFT JOIN places AS p1 ON p1.customer_id = {key} AND p1.delivered = {text}")
    return f"coalesce(p1.spelling, p0.spelling, {text})", joins


def _set_aside(column: SourceColumn, text: str, value: str) -> str:
    """SQL: whether the delivered text is kept beside the value."""
    if column.kind in PARSED:
        return f"{value} IS NULL"
    return f"{value} <> {text}" if column.kind in (*_SPELT, Kind.CITY) else suspect(text, column.kind)


def judge_odd_values(session: Session, source: Source, forms: list[Form]) -> OddValues:
    """Judge every odd value of `_clean` once, keep the verdicts in `_odd`, and put the values found in their place."""
    seen = _seen(session, source)
    judged = [c for c in source.columns if c.kind not in (*_SPELT, Kind.CITY) and c.name in seen.aside]
    rows = [row for form in forms for column in judged for row in _verdicts(session, column, form)]
    _keep_odd(session, rows)
    met = {row[1] for row in rows}
    types = {column.name: column.type for column in target_spec(source).columns}
    for column in judged:
        if column.name in met:
            kind = type_of(column.kind, types.get(column.name))
            session.connection.execute(
                f"UPDATE _clean SET {quote(column.name)} = TRY_CAST(o.after AS {kind}) FROM _odd AS o "
                f"WHERE o.column = {literal(column.name)} AND o.file = _clean._file "
                f"AND o.before = _clean.{quote(delivered_column(column))}"
            )
    return seen


def _seen(session: Session, source: Source) -> OddValues:
    """One look at all columns, so that only those with something in them are asked for it."""
    names = [column.name for column in source.columns]
    filled = [column for column in source.columns if column.filled or column.filled_when]
    counted = [
        "count(*) FILTER (_damaged)",
        *(f"count({quote(delivered_column(column))})" for column in source.columns),
    ]
    counted += [
        f"count(*) FILTER ({quote(column.name)} IS NULL AND {quote(delivered_column(column))} IS NULL)"
        for column in filled
    ]
    damaged, *counts = session.connection.execute(f"SELECT {', '.join(counted)} FROM _clean").fetchall()[0]
    aside = frozenset(name for name, count in zip(names, counts, strict=False) if count)
    lacking = zip(filled, counts[len(names) :], strict=True)
    return OddValues(aside, frozenset(column.name for column, count in lacking if count), bool(damaged))


def _keep_odd(session: Session, rows: list[tuple[str, str, str, str | None, str, str, float]]) -> None:
    if not rows:
        session.connection.execute(
            'CREATE OR REPLACE TEMP TABLE _odd (file VARCHAR, "column" VARCHAR, before VARCHAR, after VARCHAR, '
            "kind VARCHAR, rule VARCHAR, confidence DOUBLE)"
        )
        return
    columns = zip(*rows, strict=True)
    table = pa.table([pa.array(c, f.type) for c, f in zip(columns, _ODD, strict=True)], schema=_ODD)
    session.connection.register("_odd_values", table)
    session.connection.execute("CREATE OR REPLACE TEMP TABLE _odd AS SELECT * FROM _odd_values")
    session.connection.unregister("_odd_values")


def _verdicts(
    session: Session, column: SourceColumn, form: Form
) -> list[tuple[str, str, str, str | None, str, str, float]]:
    aside = quote(delivered_column(column))
    values = session.connection.execute(
        f"SELECT DISTINCT {aside} FROM _clean WHERE _file = {literal(form.file)} AND {aside} IS NOT NULL ORDER BY 1"
    ).fetchall()
    judge = _judge_of(column, form)
    found = ((value, judge(value)) for (value,) in values)
    return [(form.file, column.name, value, v.after, v.kind, v.rule, v.confidence) for value, v in found]


def _judge_of(column: SourceColumn, form: Form) -> Callable[[str], Verdict]:
    grain = form.grains.get(column.header, Granularity())
    judges: dict[Kind, Callable[[str], Verdict]] = {
        Kind.CUSTOMER: judge_key,
        Kind.CNPJ: judge_cnpj,
        Kind.FLAG: judge_flag,
        Kind.EMAIL: judge_email,
        Kind.PHONE: judge_phone,
        Kind.DATE: lambda text: judge_day(text, form.order, form.last),
        Kind.TIMESTAMP: lambda text: judge_moment(text, form.order, form.last),
        Kind.DECIMAL: lambda text: judge_number(text, form.decimal, grain),
        Kind.INTEGER: lambda text: judge_whole(text, form.decimal),
        Kind.SCORE: lambda text: judge_score(text, form.decimal),
    }
    return judges.get(column.kind, judge_text)
