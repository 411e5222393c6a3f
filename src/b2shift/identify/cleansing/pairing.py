"""Which row of a delivery is which of the one before: equal ones, then those of one key or known by what they say.

In sources without a key rows are known by what never moves in them, then by `known_by`.
"""

from collections.abc import Iterable
from typing import NamedTuple

from b2shift.identify.sources.declaration import Kind, Source
from b2shift.lake.api import Session, quote

PAIRED = ("_gone", "_came", "_pairs", "_left_over")
"""The temporary tables of `pair_rows`."""
_LOSSY = (Kind.DATE, Kind.TIMESTAMP, Kind.DECIMAL)


class _Round(NamedTuple):
    """Columns by which rows are recognised, with their SQL, and by SQL the rows of either side that take part."""

    identity: dict[str, str]
    gone: str = "TRUE"
    came: str = "TRUE"


def pair_rows(session: Session, source: Source, old: str, new: str) -> tuple[int, int]:
    """Make `_gone` and `_came`, the rows of two relations that have no equal in the other, and `_pairs` (`gone`,
    `came`) of those that are one row; how many went and came. Their `file_row_number` is the `_id` of each."""
    columns = compared_columns(source)
    gone, came = _left_over(session, columns, old, new)
    session.connection.execute("CREATE OR REPLACE TEMP TABLE _pairs (gone BIGINT, came BIGINT)")
    if gone and came:
        for one in _rounds(source, columns):
            _pair(session, columns, one)
    return gone, came


def numbered(rows: str) -> str:
    """SQL: rows with their number as `file_row_number`."""
    return f"(SELECT *, row_number() OVER () AS file_row_number FROM {rows})"


def compared_columns(source: Source) -> dict[str, str]:
    """Column of the target → SQL by which two of its values are the same, with `{v}` for the value."""
    found = {}
    for column in source.columns:
        if column.to and column.kind in (Kind.CATEGORY, Kind.NAME, Kind.CITY, Kind.TEXT, Kind.EMAIL, Kind.PHONE):
            found[column.to] = "lower(strip_accents(trim({v})))"
        elif column.to:
            found[column.to] = "{v}"
        elif column.into:
            found[column.into] = "CAST({v} AS VARCHAR)"
    return found


def late_rows(session: Session, source: Source, old: str) -> str:
    """SQL: whether a row is of a month that was over when the delivery before was made."""
    if not source.dated_by:
        return "FALSE"
    day = quote(source.dated_by)
    month = session.connection.execute(f"SELECT date_trunc('month', max({day})) FROM {old}").fetchall()[0][0]
    return "FALSE" if month is None else f"coalesce({day} < DATE '{month:%Y-%m-%d}', FALSE)"


def _same(columns: dict[str, str]) -> str:
    return ", ".join(form.format(v=quote(name)) for name, form in columns.items())


def _left_over(session: Session, columns: dict[str, str], old: str, new: str) -> tuple[int, int]:
    """Make `_gone` and `_came`, the rows of either delivery that have no equal in the other; how many of each."""
    content = f"hash({_same(columns)}) AS content, file_row_number AS _id"
    session.connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE _left_over AS
        WITH said AS (SELECT {content}, TRUE AS gone FROM {old} UNION ALL SELECT {content}, FALSE AS gone FROM {new}),
        uneven AS (
            SELECT content, count(*) FILTER (gone) AS before, count(*) FILTER (NOT gone) AS after FROM said
            GROUP BY content HAVING before <> after)
        SELECT _id, gone FROM (
            SELECT _id, gone, before, after, row_number() OVER (PARTITION BY content, gone ORDER BY _id) AS nth
            FROM said JOIN uneven USING (content)
        ) WHERE nth > CASE WHEN gone THEN after ELSE before END
    """)
    counts = []
    for table, rows, which in (("_gone", old, "gone"), ("_came", new, "NOT gone")):
        made = session.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE {table} AS SELECT * EXCLUDE (file_row_number), file_row_number AS _id
            FROM {rows} WHERE file_row_number IN (SELECT _id FROM _left_over WHERE {which})
        """)
        counts.append(int(made.fetchall()[0][0]))
    return counts[0], counts[1]


def _rounds(source: Source, columns: dict[str, str]) -> list[_Round]:
    """The rounds of pairing, the surest first."""

    def of(names: Iterable[str]) -> dict[str, str]:
        return {name: columns[name] for name in names}

    if not source.key:
        steady = [name for name in columns if name not in source.evolves]
        rounds = [_Round(of(steady))] if len(steady) < len(columns) else []
        return [*rounds, *([_Round(of(source.known_by))] if source.known_by else [])]
    lossy = {str(column.to) for column in source.columns if column.kind in _LOSSY}
    spoilable = sorted(lossy & {*source.key})
    if not spoilable:
        return [_Round(of(source.key))]
    # A key whose day was spoilt is known by everything else the row says; first where it was on one side only.
    said = of(name for name in columns if name not in lossy & {*source.key, *source.evolves})
    spoilt = " OR ".join(f"{quote(name)} IS NULL" for name in spoilable)
    whole = f"NOT ({spoilt})"
    return [_Round(of(source.key)), _Round(said, whole, spoilt), _Round(said, spoilt, whole), _Round(said)]


def _pair(session: Session, columns: dict[str, str], by: _Round) -> None:
    """Pair rows of `_gone` and `_came` that have one identity; where several do, in the order of what else they say, so
    that pairs do not depend on where rows lie."""
    keys = [form.format(v=quote(name)) for name, form in by.identity.items()]
    told = ", ".join(f"{key} AS k{place}" for place, key in enumerate(keys))
    named = ", ".join(f"k{place}" for place in range(len(keys)))
    rest = {name: form for name, form in columns.items() if name not in by.identity}
    order = f"PARTITION BY {', '.join(keys)} ORDER BY {', '.join([*([_same(rest)] if rest else []), '_id'])}"

    def free(table: str, paired: str, side: str) -> str:
        return (
            f"(SELECT _id, {told}, row_number() OVER ({order}) AS nth FROM {table} "
            f"WHERE ({side}) AND _id NOT IN (SELECT {paired} FROM _pairs))"
        )

    gone, came = free("_gone", "gone", by.gone), free("_came", "came", by.came)
    session.connection.execute(
        f"INSERT INTO _pairs SELECT g._id, c._id FROM {gone} AS g JOIN {came} AS c USING ({named}, nth)"
    )
