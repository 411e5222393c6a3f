"""Every delivered value that was changed, left unknown or missed: one row each, with the rule."""

from b2shift.identify.cleansing import dates, numbers
from b2shift.identify.cleansing.odd import delivered
from b2shift.identify.sources.declaration import Kind, Source, SourceColumn
from b2shift.lake.api import Session, literal, quote

_EMPTY = {Kind.DATE: dates.KIND, Kind.TIMESTAMP: dates.KIND, Kind.DECIMAL: numbers.KIND}


def repairs_sql(session: Session, source: Source) -> str:
    """SELECT of the rows of `repairs`, from `_odd`, `places` and the raw rows."""
    judged = {
        row[0] for row in session.connection.execute("SELECT DISTINCT \"column\" FROM _odd WHERE kind <> ''").fetchall()
    }
    selects = []
    for column in source.columns:
        if column.name in judged:
            selects.append(_changed(source, column))
        if column.filled or column.filled_when:
            selects.append(_missed(source, column))
        if column.kind is Kind.CITY:
            selects.append(_moved(source, column))
    nothing = _row(source, "NULL", "NULL", "NULL", "NULL", "NULL") + f" FROM {_rows(source)} WHERE FALSE"
    return " UNION ALL ".join(selects or [nothing])


def _row(source: Source, kind: str, column: str, before: str, after: str, rest: str) -> str:
    key = f"c.{quote(source.customer.name)}" if source.customer else "NULL"
    rule, confidence = rest.split("|") if "|" in rest else (rest, "NULL")
    return (
        f'SELECT {literal(source.source)} AS source, r._file AS file, r._row AS row, {kind} AS kind, {column} AS "column",'
        f" {before} AS before, {after} AS after, {rule} AS rule, {confidence} AS confidence, {key} AS customer_id"
    )


def _rows(source: Source) -> str:
    return f"{quote(source.raw_table)} AS r JOIN _clean AS c USING (_file, _row)"


def _changed(source: Source, column: SourceColumn) -> str:
    text = f"r.{quote(column.header)}"
    row = _row(source, "o.kind", literal(column.header), text, "o.after", "o.rule|o.confidence")
    return (
        f"{row} FROM {_rows(source)} JOIN _odd AS o ON o.file = r._file AND o.column = {literal(column.name)} "
        f"AND o.before = {text} WHERE o.kind NOT IN ('', 'invalid_key')"
    )


def _missed(source: Source, column: SourceColumn) -> str:
    """An empty value where there must be one."""
    kind = literal(_EMPTY.get(column.kind, "missing_value"))
    row = _row(
        source,
        kind,
        literal(column.header),
        f"r.{quote(column.header)}",
        "NULL",
        "'valor que deveria vir e não veio'|1.0",
    )
    where = f"{delivered(column, source)} IS NULL"
    if column.filled_when:
        conditions = [
            f"c.{quote(name)} IN ({', '.join(map(_literal, values))})" for name, values in column.filled_when.items()
        ]
        where += f" AND ({' OR '.join(conditions)})"
    return f"{row} FROM {_rows(source)} WHERE {where}"


def _literal(value: str | bool) -> str:
    return str(value).upper() if isinstance(value, bool) else literal(value)


def _moved(source: Source, column: SourceColumn) -> str:
    text, after = delivered(column, source), f"c.{quote(column.name)}"
    own = f"p.customer_id = c.{quote(source.customer.name)}" if source.customer else "FALSE"
    row = _row(source, "p.kind", literal(column.header), text, after, "p.rule|p.confidence")
    return (
        f"{row} FROM {_rows(source)} JOIN places AS p ON p.delivered = {text} AND p.spelling = {after} "
        f"AND ({own} OR p.customer_id IS NULL) WHERE {text} <> {after} "
        "QUALIFY row_number() OVER (PARTITION BY r._file, r._row ORDER BY p.customer_id NULLS LAST) = 1"
    )
