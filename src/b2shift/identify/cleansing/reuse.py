"""Rows that came again: what is delivered byte for byte once more is not looked at again.

A row of a part carries in `_content` what its line said, when it is settled: nothing in it was spoilt, and no other
line said the same. Such a row is taken over from the part of the load before, with its repairs, as long as everything
its cleansing depends on is as it was. Whatever may stand beside a row that is looked at (its key, equal rows, a spoilt
neighbour) is looked at too, so that the rows that are left out cannot change what is found.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from b2shift.identify.cleansing.duplicates import NEARBY, survives_spoiling
from b2shift.identify.cleansing.file_forms import Form
from b2shift.identify.cleansing.typed_values import delivered_column
from b2shift.identify.cleansing.vocabularies import vocabulary_of
from b2shift.identify.sources.declaration import Kind, Repeats, Source
from b2shift.identify.sources.declarations import target_spec
from b2shift.identify.sources.requested_lines import RequestedTables
from b2shift.identify.sources.stored_lines import fetch_lines
from b2shift.lake.api import Session, TableFiles, literal, quote
from b2shift.lake.contracts import ROW_CONTENT

_SPELT = (Kind.CATEGORY, Kind.NAME)
_ENTRY = "vocabulary, delivered, spelling, kind, rule, confidence"


class Earlier(NamedTuple):
    """The rows and repairs the load before gave, how it read each file, and (where noted) the lines they are of with
    those among them that are unsettled; the files read since, with their tables where reading left any."""

    rows: TableFiles
    repairs: TableFiles
    forms: Mapping[str, Sequence[object]]
    lines: TableFiles | None = None
    unsettled: TableFiles | None = None
    read: Mapping[str, RequestedTables | None] = MappingProxyType({})

    @property
    def passing(self) -> dict[str, RequestedTables]:
        """The files of which reading left tables."""
        return {file: tables for file, tables in self.read.items() if tables}


def form_note(form: Form) -> list[object]:
    """What cleansing a row takes from the decisions for its file; the last day comes last, for it may grow."""
    grains = [[header, *grain] for header, grain in sorted(form.grains.items())]
    days = form.dates.forms if form.dates else ""
    return [str(form.order), days, str(form.mark), grains, str(form.last)]


def plan_reuse(session: Session, source: Source, forms: list[Form], earlier: Earlier | None) -> tuple[str, ...] | None:
    """Make `_left` with the contents of settled rows of `earlier` that are not taken over, and `_look` with those of
    the lines that must be looked at, without the unsettled ones of files passing by; the files of the lake all of whose
    lines must be too. None when no row can be taken over."""
    if earlier is None or not _alone(session, source) or not all(_as_before(form, earlier) for form in forms):
        return None
    connection, lines = session.connection, session.info(source.raw_table)
    if session.contents(lines) < session.count(lines):
        return None
    settled = f"SELECT {ROW_CONTENT} FROM {session.rows(earlier.rows)} WHERE {ROW_CONTENT} IS NOT NULL"
    by_lists = _told_by_lists(session, lines, earlier)
    gone, others, fresh = by_lists or _told_by_lines(session, lines, settled, earlier)
    wrong = [f"{settled} AND NOT ({right})" for right in _still_right(session, source)]
    if referring := _referring(session, source):
        wrong.append(_otherwise_derived(session, source, earlier, referring))
    if otherwise := _otherwise_repaired(session, source):
        repairs = f"SELECT {ROW_CONTENT} FROM {session.rows(earlier.repairs)} AS r WHERE {' OR '.join(otherwise)}"
        wrong.append(f"{settled} AND {ROW_CONTENT} IN ({repairs})")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _left AS {' UNION '.join([gone, *wrong])}")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _look AS {' UNION '.join([f'SELECT {ROW_CONTENT} FROM ({others})', *wrong])}"
    )
    return fresh


def _told_by_lists(session: Session, lines: TableFiles, earlier: Earlier) -> tuple[str, str, tuple[str, ...]] | None:
    """SQL: the contents of settled rows whose line does not hold, and those of lines that no settled row says; from
    the lists of what left since and of what was unsettled, and the files of which no settled row says any line. None
    when the files of the load before are not all among those of today, or an erasure took rows and lines apart.

    A line that holds in a file of before is said once, and every list since names the ones that do not.
    """
    if earlier.lines is None or earlier.unsettled is None or not set(earlier.lines.files) <= set(lines.files):
        return None
    if session.contents(earlier.rows) + session.count(earlier.unsettled) != session.count(earlier.lines):
        return None
    since = tuple(file for file in lines.files if file not in earlier.lines.files)
    fresh = tuple(file for file in since if file not in lines.without)
    listed_too = TableFiles(files=tuple(file for file in since if file in lines.without), without=lines.without)
    lists = (
        (lines.without[file], earlier.lines.without.get(file)) for file in earlier.lines.files if file in lines.without
    )
    left = " UNION ALL ".join(_new_in(session, now, before) for now, before in lists if now != before)
    unsettled = f"SELECT content AS {ROW_CONTENT} FROM {session.rows(earlier.unsettled)}"
    gone = f"SELECT {ROW_CONTENT} FROM ({left}) ANTI JOIN ({unsettled}) AS u USING ({ROW_CONTENT})"
    others = [f"{unsettled} WHERE {' AND '.join(['TRUE', *(f'file <> {literal(file)}' for file in earlier.passing)])}"]
    if listed_too.files:
        others.append(f"SELECT {ROW_CONTENT} FROM {session.rows(listed_too)}")
    return gone if left else f"{unsettled} WHERE FALSE", " UNION ALL ".join(others), fresh


def _told_by_lines(
    session: Session, lines: TableFiles, settled: str, earlier: Earlier
) -> tuple[str, str, tuple[str, ...]]:
    """The same SQL, from all the lines."""
    rows = session.rows(lines)
    once = f"SELECT {ROW_CONTENT} FROM {rows} GROUP BY 1 HAVING count(*) = 1 AND count(_text) = 0"
    gone = f"{settled} AND {ROW_CONTENT} NOT IN ({once})"
    known = " UNION ALL ".join(
        [settled, *(f"SELECT {ROW_CONTENT} FROM {one.whole}" for one in earlier.passing.values())]
    )
    unsettled = f"SELECT {ROW_CONTENT} FROM {rows} ANTI JOIN ({known}) AS p USING ({ROW_CONTENT})"
    return gone, f"{unsettled} UNION ALL {gone}", ()


def _new_in(session: Session, listed: str, before: str | None) -> str:
    """SQL: what a list says that the one before it did not; a line that left earlier may lie in another file since."""
    lists = (f"read_parquet({literal(session.store.root / file)})" for file in (listed, before) if file)
    return f"({' EXCEPT '.join(f'SELECT {ROW_CONTENT} FROM {listing}' for listing in lists)})"


def find_neighbours(session: Session, source: Source, earlier: Earlier, *, damaged: bool) -> bool:
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


def mark_repeated(session: Session, source: Source) -> None:
    """Make `_repeated` of what rows of `_clean` say that are not alone in saying it; needed by `content_of_settled`."""
    session.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _repeated AS SELECT {_said(source)} AS mark FROM _clean GROUP BY 1 "
        "HAVING count(*) > 1"
    )


def content_of_settled(source: Source, row: str = "") -> str:
    """SQL over an accepted row of `_clean`: its content where the next load may take it over, else null.

    Without a key equal rows are never settled: they are looked at again with every load. Nor is a row whose customer
    was written otherwise where places of customers are asked for.
    """
    settled = f"NOT {row}_damaged AND {_said(source, row)} NOT IN (SELECT mark FROM _repeated)"
    if source.customer and source.of_kind(Kind.CITY):
        settled += f" AND {row}{quote(delivered_column(source.customer))} IS NULL"
    return f"CASE WHEN {settled} THEN {row}_hash END"


def unsettled_sql(source: Source, *, broken: bool) -> str:
    """SQL: the lines that no settled row says, as `UNSETTLED` has them; `broken`: some lines have not their fields."""
    select = f"SELECT {literal(source.source)} AS source, _file AS file, _hash AS content"
    refused = "(_file, _row) IN (SELECT (_file, _row) FROM _refused)"
    rows = f"{select} FROM _clean WHERE {content_of_settled(source)} IS NULL OR {refused}"
    return f"{rows} UNION ALL {select} FROM _rows WHERE _text IS NOT NULL" if broken else rows


def _said(source: Source, row: str = "") -> str:
    return f"{row}_hash" if source.key or source.repeats is Repeats.KEEP else _mark(source, row)


def reuse_repairs(session: Session, source: Source, earlier: Earlier, besides: Sequence[str]) -> None:
    """Add to `_repairs` those of the rows that are taken over, each with the row it stands at today: the one it stood
    at, unless its file was read since; `besides`: files of the lake that no such row is of."""
    connection, repairs = session.connection, session.rows(earlier.repairs)
    mended = f"SELECT * FROM {repairs} ANTI JOIN _left USING ({ROW_CONTENT}) WHERE {ROW_CONTENT} IS NOT NULL"
    if None in earlier.read.values():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE _mended AS SELECT DISTINCT {ROW_CONTENT} FROM ({mended})")
        fetch_lines(session, source, "_near", "_mended", "_file, _row, _line, _hash", besides)
        stands = f"SELECT _hash AS {ROW_CONTENT}, _row AS row FROM _near"
    else:
        stands = " UNION ALL ".join(f"FROM {one.placed}" for one in earlier.passing.values())
    placed = f"SELECT m.* REPLACE (coalesce(s.row, m.row) AS row) FROM ({mended}) AS m LEFT JOIN ({stands}) AS s"
    rows = f"{placed} ON s.{ROW_CONTENT} = m.{ROW_CONTENT}" if stands else mended
    connection.execute(f"INSERT INTO _repairs BY NAME {rows}")


def _alone(session: Session, source: Source) -> bool:
    """Whether what a row's values follow from can be compared here: its line, the file's form, the dictionaries, and
    what its derived columns read of other tables."""
    published = {column.name for column in source.columns if column.to}
    asked = {c.name for c in source.columns if c.kind in (Kind.CITY, Kind.CUSTOMER)} | set(source.key)
    asked |= {c.name for c in source.columns for sql in _referring(session, source).values() if _names(sql, c.name)}
    unseen = {vocabulary_of(source, c) for c in source.columns if c.kind in _SPELT and c.name not in published}
    words = (_since(session, "spellings", _ENTRY, lost=lost) for lost in (True, False)) if unseen else ()
    taught = {row[0] for new in words for row in _asked(session, new)}
    coded = any(column.codes for column in source.columns)
    return not source.also and not coded and asked <= published and not unseen & taught


def _referring(session: Session, source: Source) -> dict[str, str]:
    """The derived columns that read a table which is another than in the version before."""
    base = session.base.tables if session.base else {}
    moved = [one for one in source.uses if one not in base or base[one].fingerprint != session.info(one).fingerprint]
    return {name: sql for name, sql in source.derived.items() if any(_names(sql, table) for table in moved)}


def _names(sql: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", sql) is not None


def _as_before(form: Form, earlier: Earlier) -> bool:
    """Whether a file is read as it was; the last day that can be meant may have grown, which no settled row sees."""
    before, now = list(earlier.forms.get(form.file, [])), form_note(form)
    return before[:-1] == now[:-1] and str(before[-1]) <= str(now[-1])


def _still_right(session: Session, source: Source) -> list[str]:
    """SQL over a settled row: nobody lost its customer, and no dictionary has learnt another way to write it."""
    conditions = []
    owner = quote(source.customer.name) if source.customer else "NULL"
    gone = _since(session, "known_customers", "customer_id", lost=True)
    if source.customer is not None and _asked(session, gone):
        conditions.append(f"coalesce({owner} NOT IN ({gone}), TRUE)")
    words = {row[0] for row in _asked(session, _since(session, "spellings", "vocabulary, delivered"))}
    placed = _since(session, "places", "customer_id, delivered")
    cities = bool(source.of_kind(Kind.CITY)) and bool(_asked(session, placed))
    for column in source.columns:
        value, vocabulary = quote(column.name), vocabulary_of(source, column)
        if column.kind in _SPELT and vocabulary in words:
            new = _since(session, "spellings", "delivered", f"vocabulary = {literal(vocabulary)}")
            conditions.append(f"coalesce({value} NOT IN ({new}), TRUE)")
        elif column.kind is Kind.CITY and cities:
            where = f"n.delivered = {value} AND coalesce(n.customer_id = {owner}, n.customer_id IS NULL)"
            conditions.append(f"NOT EXISTS (SELECT 1 FROM ({placed}) AS n WHERE {where})")
    return conditions


def _otherwise_repaired(session: Session, source: Source) -> list[str]:
    """SQL over a repair `r` of a row: a dictionary says another thing today of what was delivered."""
    conditions = []
    words = _since(session, "spellings", _ENTRY, lost=True)
    lost = {row[0] for row in _asked(session, words)}
    place = _ENTRY.replace("vocabulary", "customer_id")
    cities = [_since(session, "places", place, lost=lost) for lost in (True, False)]
    for column in source.columns:
        mine, vocabulary = f'r."column" = {literal(column.header)}', vocabulary_of(source, column)
        if column.kind in _SPELT and vocabulary in lost:
            other = f"SELECT delivered FROM ({words}) WHERE vocabulary = {literal(vocabulary)}"
            conditions.append(f"({mine} AND r.before IN ({other}))")
        elif column.kind is Kind.CITY:
            where = "n.delivered = r.before AND coalesce(n.customer_id = r.customer_id, n.customer_id IS NULL)"
            some = [one for one in cities if _asked(session, one)]
            conditions += [f"({mine} AND EXISTS (SELECT 1 FROM ({one}) AS n WHERE {where}))" for one in some]
    return conditions


def _otherwise_derived(session: Session, source: Source, earlier: Earlier, referring: Mapping[str, str]) -> str:
    """SQL: the contents of settled rows for which other tables say another thing today."""
    types = {column.name: column.type for column in target_spec(source).columns}
    other = (f"CAST({sql} AS {types[name]}) IS DISTINCT FROM accepted.{quote(name)}" for name, sql in referring.items())
    accepted = f"SELECT * FROM {session.rows(earlier.rows)} WHERE {ROW_CONTENT} IS NOT NULL"
    found = f"WITH accepted AS ({accepted}) SELECT {ROW_CONTENT} FROM accepted WHERE {' OR '.join(other)}"
    return f"SELECT {ROW_CONTENT} FROM ({found})"


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
    return f"hash({', '.join(_typed(source, row, names or [c.name for c in source.columns if c.to]))})"


def _typed(source: Source, row: str, names: Sequence[str]) -> list[str]:
    """SQL: values of a row as their columns have them, null where they cannot be."""
    types = {column.name: column.type for column in target_spec(source).columns}
    return [f"TRY_CAST({row}{quote(name)} AS {types[name]})" for name in names]


def _of_one_mark(session: Session, source: Source, earlier: TableFiles) -> str:
    """SQL: settled rows whose key or, where rows have none, whose mark a row has that is looked at."""
    rows = f"SELECT p.{ROW_CONTENT} FROM {session.rows(earlier)} AS p"
    if not source.key:
        return f"{rows} SEMI JOIN _clean AS c ON {_mark(source, 'p.')} = {_mark(source, 'c.')}"
    keys = zip(source.key, _typed(source, "c.", source.key), strict=True)
    return f"{rows} SEMI JOIN _clean AS c ON {' AND '.join(f'p.{quote(name)} = {theirs}' for name, theirs in keys)}"


def _spoilt_neighbours(session: Session, source: Source, earlier: TableFiles) -> str:
    """SQL: settled rows near one with a spoilt value that says the same where none is spoilt: it may repeat them.

    Makes `_alike` of the rows that say the same, and `_near` of where their lines stand.
    """
    names = [c.name for c in source.columns if c.to and survives_spoiling(c) and c.name not in source.derived]
    spoilt = "SELECT * FROM _clean AS c WHERE _damaged"
    if source.key and set(source.key) <= set(names):
        # Rows of one key are beside each other already (`_of_one_mark`), but for an unknown one.
        names = list(source.key)
        spoilt += f" AND ({' OR '.join(f'{cast} IS NULL' for cast in _typed(source, 'c.', names))})"
    mine, theirs = (_mark(source, row, names) if names else "0" for row in ("p.", "c."))
    session.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _alike AS SELECT p.{ROW_CONTENT}, {mine} AS mark "
        f"FROM {session.rows(earlier)} AS p SEMI JOIN ({spoilt}) AS c ON {mine} = {theirs} "
        f"WHERE p.{ROW_CONTENT} IS NOT NULL"
    )
    fetch_lines(session, source, "_near", "_alike", "_file, _row, _line, _hash")
    block = f"unnest([-1, 0, 1]) + _row // {NEARBY}"
    near = f"SELECT DISTINCT _file, {theirs} AS mark, {block} AS block FROM ({spoilt}) AS c"
    return (
        f"SELECT {ROW_CONTENT} FROM _near AS r JOIN _alike AS a ON a.{ROW_CONTENT} = r._hash SEMI JOIN ({near}) AS s "
        f"ON s._file = r._file AND s.block = r._row // {NEARBY} AND s.mark = a.mark"
    )
