"""Rows delivered twice: equal rows a little after the original, and rows that share their identifier."""

from b2shift.identify.sources.declaration import Kind, Repeats, Source, SourceColumn
from b2shift.lake.api import Session, literal, quote

# An export that repeats a row does so within this many rows; equal rows farther apart are two facts.
NEARBY = 100
# Two decimals are left of a number that was typed again.
_CENT = 0.0051


def mark_duplicates(session: Session, source: Source, *, damaged: bool) -> None:
    """Add to `_refused` the rows of `_clean` that repeat another accepted row; `damaged`: some value was spoilt."""
    if source.repeats is Repeats.KEEP:
        return
    if source.key:
        _by_key(session, source)
    else:
        _by_content(session, source)
    if damaged:
        _damaged(session, source)


def _refuse(session: Session, source: Source, kind: str, reason: str, rows: str) -> None:
    key = f"concat_ws(' ', {', '.join(map(quote, source.key))})" if source.key else "NULL"
    session.connection.execute(
        f"INSERT INTO _refused SELECT _file, _row, {literal(kind)}, NULL, {key}, {literal(reason)} FROM ({rows}) "
        "JOIN _clean USING (_file, _row) ANTI JOIN _refused USING (_file, _row)"
    )


def _left(columns: str = "*") -> str:
    return f"(SELECT {columns} FROM _clean ANTI JOIN _refused USING (_file, _row))"


def _by_key(session: Session, source: Source) -> None:
    keys = ", ".join(map(quote, source.key))
    filled = " AND ".join(f"{quote(name)} IS NOT NULL" for name in source.key)
    twins = session.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _twins AS SELECT * FROM {_left()} SEMI JOIN "
        f"(SELECT {keys} FROM {_left()} WHERE {filled} GROUP BY {keys} HAVING count(*) > 1) USING ({keys})"
    )
    if not twins.fetchall()[0][0]:
        return
    pairs = f"_twins AS a JOIN _twins AS b USING ({keys})"
    _refuse(
        session, source, source.repeat_kind, "linha repetida; vale a primeira",
        f"SELECT DISTINCT b._file, b._row FROM {pairs} WHERE {_before('a', 'b')} AND {same_row_sql(source, 'a', 'b')}",
    )  # fmt: skip
    newest = f"{quote(source.newest_by)} DESC NULLS LAST, " if source.newest_by else ""
    _refuse(
        session, source, "repeated_id", "o mesmo identificador veio outra vez; vale a linha mais nova",
        f"SELECT _file, _row FROM (SELECT * FROM _twins ANTI JOIN _refused USING (_file, _row)) "
        f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY {newest}_file DESC, _row DESC) > 1",
    )  # fmt: skip


def _by_content(session: Session, source: Source) -> None:
    columns = ", ".join(quote(column.name) for column in source.columns)
    _refuse(
        session, source, source.repeat_kind, "linha repetida logo depois da original",
        f"SELECT _file, _row FROM (SELECT _file, _row, hash({columns}) AS content FROM {_left()}) "
        f"QUALIFY _row - lag(_row) OVER (PARTITION BY _file, content ORDER BY _row) <= {NEARBY}",
    )  # fmt: skip


def _damaged(session: Session, source: Source) -> None:
    """A repeated row one of whose values was spoilt: like exactly one row nearby in everything but that value."""
    hurt = session.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _hurt AS SELECT *, unnest([-1, 0, 1]) + _row // {NEARBY} AS _block "
        f"FROM {_left()} WHERE _damaged"
    )
    if not hurt.fetchall()[0][0]:
        return
    names = [quote(column.name) for column in source.columns]
    unlike = " + ".join(f"CAST(a.{name} IS DISTINCT FROM b.{name} AS INTEGER)" for name in names)
    _refuse(
        session, source, source.repeat_kind, "linha repetida perto da original, com um valor estragado",
        f"""SELECT _file, later AS _row FROM (
                SELECT a._file, a._row AS hurt, greatest(a._row, b._row) AS later
                FROM _hurt AS a JOIN {_left()} AS b
                ON a._file = b._file AND a._block = b._row // {NEARBY} AND a._row <> b._row
                   AND abs(a._row - b._row) <= {NEARBY} AND {same_row_sql(source, "a", "b")} AND {unlike} <= 1
            ) QUALIFY count(*) OVER (PARTITION BY _file, hurt) = 1""",
    )  # fmt: skip


def _before(first: str, second: str) -> str:
    return f"({first}._file, {first}._row) < ({second}._file, {second}._row)"


def same_row_sql(source: Source, a: str, b: str) -> str:
    """SQL: two cleansed rows say the same, as far as what was spoilt in them lets one see."""
    names = ((column, quote(column.name)) for column in source.columns)
    return " AND ".join(_equal(column, f"{a}.{name}", f"{b}.{name}") for column, name in names)


def survives_spoiling(column: SourceColumn) -> bool:
    """Whether a row that repeats another says the very same in a column, whatever was spoilt."""
    mended = column.kind in (Kind.DECIMAL, Kind.CITY, Kind.CNPJ) or column.filled or column.filled_when
    return not mended


def _equal(column: SourceColumn, a: str, b: str) -> str:
    equal = f"{a} IS NOT DISTINCT FROM {b}"
    if column.kind is Kind.DECIMAL:
        equal = f"({equal} OR abs({a} - {b}) <= {_CENT})"
    if column.kind is Kind.CITY:
        return f"({equal} OR coalesce(damerau_levenshtein({a}, {b}), 9) <= 2)"
    if column.kind is Kind.CNPJ or column.filled or column.filled_when:
        return f"({equal} OR {a} IS NULL OR {b} IS NULL)"
    return equal
