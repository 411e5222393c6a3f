"""Rows that came again: what needed no repair and is delivered byte for byte once more is not looked at again.

A row of a part carries in `_content` what its line said, when it was plain (nothing was changed in it) and no other
line said the same. Such a row is taken over from the part of the load before, as long as everything its cleansing
depends on is as it was. Whatever may stand beside a row that is looked at (its key, equal rows, a spoilt neighbour) is
looked at too, so that the rows that are left out cannot change what is found.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from b2shift.identify.cleansing.forms import Form
from b2shift.identify.cleansing.repeats import NEARBY, keeps_its_value
from b2shift.identify.cleansing.vocabularies import vocabulary_of
from b2shift.identify.sources.declaration import Kind, Repeats, Source
from b2shift.identify.sources.declarations import target_spec
from b2shift.identify.sources.held_lines import take_lines
from b2shift.lake.api import Session, TableFiles, literal, quote
from b2shift.lake.contracts import ROW_CONTENT

_SPELT = (Kind.CATEGORY, Kind.NAME)


class Earlier(NamedTuple):
    """The rows that the load before gave, how it read each file, and (where it noted that) the lines they are of."""

    rows: TableFiles
    forms: Mapping[str, Sequence[object]]
    lines: TableFiles | None = None


def told(form: Form) -> list[object]:
    """What cleansing a row takes from the decisions for its file; the last day comes last, for it may grow."""
    grains = [[header, *grain] for header, grain in sorted(form.grains.items())]
    return [str(form.order), form.dates.usual if form.dates else "", str(form.mark), grains, str(form.last)]


def keep_plain(session: Session, source: Source, forms: list[Form], earlier: Earlier | None) -> tuple[str, ...] | None:
    """Make `_left` with the contents of the plain rows of `earlier` that are not taken over, and `_look` with those of
    the lines that must be looked at; the files all of whose lines must be too. None when no row can be taken over."""
    if earlier is None or not _alone(source) or not all(_as_before(form, earlier) for form in forms):
        return None
    connection, lines = session.connection, session.info(source.raw_table)
    if session.contents(lines) < session.count(lines):
        return None
    plain = f"SELECT {ROW_CONTENT} FROM {session.rows(earlier.rows)} WHERE {ROW_CONTENT} IS NOT NULL"
    gone, others, fresh = _told_by_lists(session, lines, earlier, plain) or _told_by_lines(session, lines, plain)
    wrong = [f"{plain} AND NOT ({right})" for right in _still_right(session, source)]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _left AS {' UNION '.join([gone, *wrong])}")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _look AS SELECT {ROW_CONTENT} FROM ({others}) "
        f"UNION ALL SELECT {ROW_CONTENT} FROM _left"
    )
    return fresh


def _told_by_lists(
    session: Session, lines: TableFiles, earlier: Earlier, plain: str
) -> tuple[str, str, tuple[str, ...]] | None:
    """SQL: the contents of plain rows whose line does not hold, and those of lines that no plain row says; from what
    was written since, and the files of which no plain row says any line. None when the files of the load before are not
    all among those of today.

    A line that holds in a file of before is said once, and every list since names the ones that do not.
    """
    if earlier.lines is None or not set(earlier.lines.files) <= set(lines.files):
        return None
    lists = [gone for file, gone in lines.without.items() if gone != earlier.lines.without.get(file)]
    since = tuple(file for file in lines.files if file not in earlier.lines.files)
    fresh = tuple(file for file in since if file not in lines.without)
    listed_too = tuple(file for file in since if file in lines.without)
    old = session.rows(TableFiles(files=(*earlier.lines.files, *listed_too), without=lines.without))
    listed = f"SEMI JOIN {_parquet(session, lists)} AS g USING ({ROW_CONTENT})" if lists else "WHERE FALSE"
    gone = f"SELECT {ROW_CONTENT} FROM ({plain}) {listed}"
    return gone, f"SELECT {ROW_CONTENT} FROM {old} ANTI JOIN ({plain}) AS p USING ({ROW_CONTENT})", fresh


def _told_by_lines(session: Session, lines: TableFiles, plain: str) -> tuple[str, str, tuple[str, ...]]:
    """The same SQL, from all the lines."""
    rows = session.rows(lines)
    once = f"SELECT {ROW_CONTENT} FROM {rows} GROUP BY 1 HAVING count(*) = 1 AND count(_text) = 0"
    return (
        f"{plain} AND {ROW_CONTENT} NOT IN ({once})",
        f"SELECT {ROW_CONTENT} FROM {rows} ANTI JOIN ({plain}) AS p USING ({ROW_CONTENT})",
        (),
    )


def _parquet(session: Session, files: Sequence[str]) -> str:
    return f"read_parquet([{', '.join(literal(session.store.root / file) for file in files)}])"


def look_beside(session: Session, source: Source, earlier: Earlier, *, damaged: bool) -> bool:
    """Make `_met`, and a part of `_left`, of the contents of rows that could be taken over but may be one with a row of
    `_clean` (`damaged`: some of its values are spoilt); whether there are any."""
    if source.repeats is Repeats.KEEP:
        return False
    connection = session.connection
    beside = [_of_one_mark(session, source, earlier.rows)]
    if damaged:
        beside.append(_spoilt_neighbours(session, source, earlier.rows))
    met = connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _met AS SELECT {ROW_CONTENT} FROM ({' UNION '.join(beside)}) "
        f"ANTI JOIN _left USING ({ROW_CONTENT}) WHERE {ROW_CONTENT} IS NOT NULL"
    )
    some = bool(met.fetchall()[0][0])
    if some:
        connection.execute("INSERT INTO _left FROM _met")
    return some


def content_of_plain(source: Source) -> str:
    """SQL over `accepted`: the content of a row that may be kept by the next load, else null; needs `_repairs`.

    Without a key equal rows are never plain: they are looked at again with every load.
    """
    mark = "_hash" if source.key or source.repeats is Repeats.KEEP else _mark(source, "")
    return (
        f"CASE WHEN (_file, _row) NOT IN (SELECT (file, row) FROM _repairs) AND {mark} NOT IN "
        f"(SELECT {mark} FROM _clean GROUP BY 1 HAVING count(*) > 1) THEN _hash END"
    )


def _alone(source: Source) -> bool:
    """Whether a row's values follow from its line, the file's form and the dictionaries that can be compared here."""
    published = {column.name for column in source.columns if column.to}
    compared = {c.name for c in source.columns if c.kind in (*_SPELT, Kind.CITY, Kind.CUSTOMER)} | set(source.key)
    return not source.uses and not source.also and compared <= published and not any(c.codes for c in source.columns)


def _as_before(form: Form, earlier: Earlier) -> bool:
    """Whether a file is read as it was; the last day that can be meant may have grown, which no plain row sees."""
    before, now = list(earlier.forms.get(form.file, [])), told(form)
    return before[:-1] == now[:-1] and str(before[-1]) <= str(now[-1])


def _still_right(session: Session, source: Source) -> list[str]:
    """SQL over a plain row: nobody lost its customer, and no dictionary has learnt another way to write it."""
    told = []
    owner = quote(source.customer.name) if source.customer else "NULL"
    gone = _since(session, "known_customers", "customer_id", lost=True)
    if source.customer is not None and _asked(session, gone):
        told.append(f"coalesce({owner} NOT IN ({gone}), TRUE)")
    words = {row[0] for row in _asked(session, _since(session, "spellings", "vocabulary, delivered"))}
    placed = _since(session, "places", "customer_id, delivered")
    cities = bool(source.of_kind(Kind.CITY)) and bool(_asked(session, placed))
    for column in source.columns:
        value, vocabulary = quote(column.name), vocabulary_of(source, column)
        if column.kind in _SPELT and vocabulary in words:
            new = _since(session, "spellings", "delivered", f"vocabulary = {literal(vocabulary)}")
            told.append(f"coalesce({value} NOT IN ({new}), TRUE)")
        elif column.kind is Kind.CITY and cities:
            where = f"n.delivered = {value} AND coalesce(n.customer_id = {owner}, n.customer_id IS NULL)"
            told.append(f"NOT EXISTS (SELECT 1 FROM ({placed}) AS n WHERE {where})")
    return told


def _asked(session: Session, sql: str) -> list[tuple[object, ...]]:
    """The different first values of a statement."""
    return session.connection.execute(f"SELECT DISTINCT #1 FROM ({sql})").fetchall()


def _since(session: Session, table: str, columns: str, where: str = "TRUE", *, lost: bool = False) -> str:
    """SQL: what a table says that it did not say in the version before (`lost`: the other way round)."""
    now = f"SELECT {columns} FROM {table} WHERE {where}"
    base = session.base.tables.get(table) if session.base else None
    if base is None:
        return now
    files = ", ".join(literal(session.store.root / file) for file in base.files)
    before = f"SELECT {columns} FROM read_parquet([{files}]) WHERE {where}"
    return f"{before} EXCEPT {now}" if lost else f"{now} EXCEPT {before}"


def _mark(source: Source, row: str, names: Sequence[str] = ()) -> str:
    """SQL: what two rows share when one may repeat the other, in a source without a key; or what some columns say."""
    types = {column.name: column.type for column in target_spec(source).columns}
    names = names or [column.name for column in source.columns if column.to]
    return f"hash({', '.join(f'TRY_CAST({row}{quote(name)} AS {types[name]})' for name in names)})"


def _of_one_mark(session: Session, source: Source, earlier: TableFiles) -> str:
    """SQL: plain rows whose key or, where rows have none, whose mark a row has that is looked at."""
    rows = f"SELECT p.{ROW_CONTENT} FROM {session.rows(earlier)} AS p"
    if not source.key:
        return f"{rows} SEMI JOIN _clean AS c ON {_mark(source, 'p.')} = {_mark(source, 'c.')}"
    types = {column.name: column.type for column in target_spec(source).columns}
    keys = [f"p.{quote(name)} = TRY_CAST(c.{quote(name)} AS {types[name]})" for name in source.key]
    return f"{rows} SEMI JOIN _clean AS c ON {' AND '.join(keys)}"


def _spoilt_neighbours(session: Session, source: Source, earlier: TableFiles) -> str:
    """SQL: plain rows near one with a spoilt value that says the same where values are not spoilt: it may repeat them.

    Makes `_alike` of the rows that say the same, and `_near` of where their lines stand.
    """
    names = [c.name for c in source.columns if c.to and keeps_its_value(c) and c.name not in source.derived]
    # Rows of one key are beside each other already (`_of_one_mark`), but for an unknown one.
    names = list(source.key) if source.key and set(source.key) <= set(names) else names
    mine, theirs = (_mark(source, row, names) if names else "0" for row in ("p.", "c."))
    session.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _alike AS SELECT p.{ROW_CONTENT}, {mine} AS mark "
        f"FROM {session.rows(earlier)} AS p SEMI JOIN (SELECT * FROM _clean WHERE _damaged) AS c ON {mine} = {theirs} "
        f"WHERE p.{ROW_CONTENT} IS NOT NULL"
    )
    take_lines(session, source, "_near", "_alike", "_file, _row, _line, _hash")
    block = f"unnest([-1, 0, 1]) + _row // {NEARBY}"
    spoilt = f"SELECT DISTINCT _file, {theirs} AS mark, {block} AS block FROM _clean AS c WHERE _damaged"
    return (
        f"SELECT {ROW_CONTENT} FROM _near AS r JOIN _alike AS a ON a.{ROW_CONTENT} = r._hash SEMI JOIN ({spoilt}) AS s "
        f"ON s._file = r._file AND s.block = r._row // {NEARBY} AND s.mark = a.mark"
    )
