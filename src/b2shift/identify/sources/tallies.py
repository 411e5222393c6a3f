"""Sums kept over loads: how many lines of each file say each value from which decisions are taken.

What is decided from all lines of a file (how it writes days and numbers, which words a vocabulary has) is decided from
these sums. A load adds the lines that came and takes off those that left, told by the files and lists of ADR 0250, so
that lines which hold are not read for it. Of numbers a sample is kept that follows from the values alone: what the sums
say is what counting the newer delivery from scratch would say, row for row.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from b2shift.identify.cleansing.file_forms import (
    CURRENCY,
    DAY,
    MARK,
    NUMBER,
    RESERVE,
    SAMPLE,
    TALLIES,
    THOUSANDS,
    WORD,
)
from b2shift.identify.cleansing.numbers import REAIS, without_currency_sql
from b2shift.identify.cleansing.table_parts import drop_temporary, files_exist, files_of_note, note_of_files
from b2shift.identify.cleansing.usual_values import delivered_sql
from b2shift.identify.cleansing.vocabularies import vocabulary_columns
from b2shift.identify.sources.declaration import Kind, Source
from b2shift.identify.sources.declarations import tables
from b2shift.identify.sources.reading import read_notes, stored_rows
from b2shift.identify.sources.removed_sources import tally_stage
from b2shift.lake.api import Session, TableFiles, literal, quote
from b2shift.lake.contracts import ROW_CONTENT

CODE_VERSION = 5
# A sample at a level holds the values whose hash is a multiple of 2 to that power; one more is kept than is needed, so
# that values may leave.
_LEVELS = 24
# Few rows in a group, for files are asked one by one.
_ROW_GROUP = 8192
_TEMPORARY = ("_signed", "_said", "_sums", "_tallied")
_SUMS = 'what VARCHAR, "column" VARCHAR, value VARCHAR, lines BIGINT'
_DAYS = (Kind.DATE, Kind.TIMESTAMP)
_Levels = dict[str, int]
_POINTS, _COMMAS = "\\d{1,3}(\\.\\d{3})+", "\\d{1,3}(,\\d{3})+"
_GROUP_OF_POINTS, _GROUP_OF_COMMAS = "-?[1-9]\\d{0,2}\\.\\d{3}", "-?[1-9]\\d{0,2},\\d{3}"
# SQL over the numbers of a file: the decimal mark of each, and that of its thousands, empty where they have none. One
# group of thousands (`1.234`) says nothing of the decimal mark, two (`1.234.567`) that it is another.
_MARK = (
    f"CASE WHEN regexp_full_match(value, '{_GROUP_OF_POINTS}|{_GROUP_OF_COMMAS}') THEN NULL "
    f"WHEN regexp_full_match(value, '{_GROUP_OF_POINTS}(\\.\\d{{3}})+') THEN ',' "
    f"WHEN regexp_full_match(value, '{_GROUP_OF_COMMAS}(,\\d{{3}})+') THEN '.' "
    f"WHEN regexp_full_match(value, '-?(\\d+|{_POINTS}),\\d+') THEN ',' "
    f"WHEN regexp_full_match(value, '-?(\\d+|{_COMMAS})\\.\\d+') THEN '.' END"
)
# SQL over a moment: its day, which ends at a blank after eight letters or more, or where a clock follows ten; where one
# of the first letters is none of a number, the month is a word and the clock what has a colon.
_DAY = (
    "CASE WHEN greatest(left(v, 1), substr(v, 3, 1), substr(v, 4, 1)) > '9' "
    "THEN regexp_replace(v, ',? \\D*\\d{1,2}:.*$', '') WHEN substr(v, 11, 1) IN (' ', 'T') THEN left(v, 10) "
    "WHEN substr(v, 10, 1) = ' ' THEN left(v, 9) "
    "WHEN substr(v, 9, 1) = ' ' THEN left(v, 8) ELSE v END"
)
_CURRENCY = f"CASE WHEN starts_with(value, '{REAIS}') THEN '{REAIS}' WHEN value <> '' THEN '' END"
_THOUSANDS = (
    f"CASE WHEN regexp_full_match(value, '-?{_POINTS},\\d+|{_GROUP_OF_POINTS}(\\.\\d{{3}})*') THEN '.' "
    f"WHEN regexp_full_match(value, '-?{_COMMAS}\\.\\d+|{_GROUP_OF_COMMAS}(,\\d{{3}})*') THEN ',' "
    "WHEN regexp_full_match(value, '-?\\d{4,}([.,]\\d+)?') THEN '' END"
)


def keep_tallies(session: Session, sources: Iterable[Source]) -> None:
    """Bring `line_tallies` up to date with the files the lake holds of these sources."""
    spec, connection = tables()[TALLIES], session.connection
    files = {(source.source, file): (source, stored_rows(note))
             for source in sources for file, note in read_notes(session, source).items()}  # fmt: skip
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE _tallied (source VARCHAR, file VARCHAR, {_SUMS})")
        fresh = [place for place, (source, now) in files.items() if _tally(session, source, place[1], now)]
        if fresh or not session.has(spec.name):
            kept = set(files) - set(fresh)
            key = _digest([(source, file, note_of_files(now)) for (source, file), (_, now) in files.items()])
            session.write(spec, _all(session, kept), row_group_size=_ROW_GROUP, content_key=key)
    finally:
        drop_temporary(connection, _TEMPORARY)


def _all(session: Session, kept: set[tuple[str, str]]) -> str:
    """SQL: the sums made now, and those of files that are as they were."""
    if not kept or not session.has(TALLIES):
        return "SELECT * FROM _tallied"
    listed = ", ".join(f"({literal(source)}, {literal(file)})" for source, file in sorted(kept))
    return f"SELECT * FROM _tallied UNION ALL BY NAME SELECT * FROM {TALLIES} WHERE (source, file) IN ({listed})"


def _tally(session: Session, source: Source, file: str, now: TableFiles) -> bool:
    """Put the sums of a file into `_tallied`, unless the ones that are kept are of these very lines; whether it did."""
    stage = session.stages.get(tally_stage(source, file)) if session.has(TALLIES) else None
    notes: dict[str, Any] = dict(stage.notes) if stage else {}
    recipe = _digest(CODE_VERSION, source.nulls, [(c.header, c.kind, c.codes) for c in source.columns],
                     [column.header for column in vocabulary_columns(source)])  # fmt: skip
    # An erasure that changed the lines renamed their files in the note, not in its digest.
    whole = notes.get("recipe") == recipe and notes.get("digest") == _digest(notes.get("of"))
    if whole and notes["of"] == note_of_files(now):
        return False
    before = files_of_note(notes["of"]) if whole else None
    levels = _added(session, source, file, before, now, notes["levels"]) if before is not None else None
    if levels is None:
        levels = _counted(session, source, now)
    _keep(session, source, file, levels)
    of = note_of_files(now)
    session.keep_stage(tally_stage(source, file), {"recipe": recipe, "of": of, "digest": _digest(of), "levels": levels})
    return True


def _digest(*parts: object) -> str:
    return blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def _counted(session: Session, source: Source, now: TableFiles) -> _Levels:
    """Make `_sums` of all lines; the levels of the samples."""
    _say(session, source, f"(SELECT *, 1 AS sign FROM {session.rows(now)})", "_sums")
    levels = _levels(session, {})
    assert levels is not None
    return levels


def _added(
    session: Session, source: Source, file: str, before: TableFiles, now: TableFiles, known: _Levels
) -> _Levels | None:
    """Make `_sums` of the sums of `before`, the lines that came and those that left; None when all must be counted."""
    came = [one for one in now.files if one not in before.files]
    stayed = set(before.files) < set(now.files) and files_exist(session, before)
    if not stayed or session.contents(before) < session.count(before):
        return None
    headers = dict.fromkeys(c.header for c in (*source.of_kind(*_DAYS, Kind.DECIMAL), *vocabulary_columns(source)))
    columns = ", ".join([*map(quote, headers), "_text"])
    selects = [f"SELECT {columns}, 1 AS sign FROM {session.rows(TableFiles(files=tuple(came)))}"]
    for one, listed in now.without.items():
        if one in before.files and listed != before.without.get(one):
            # File by file: a line that left one may have come again before, in another that it has not left.
            there = session.rows(before.only(one))
            gone = session.rows(TableFiles(files=(listed,)))
            selects.append(
                f"SELECT {columns}, -1 AS sign FROM {there} AS b SEMI JOIN {gone} AS g USING ({ROW_CONTENT})"
            )
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE _signed AS {' UNION ALL '.join(selects)}")
    _say(session, source, "_signed", "_said")
    in_reserve = _multiple({header: level - 1 for header, level in known.items()})
    session.connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE _sums AS SELECT what, "column", value, sum(lines) AS lines FROM (
            SELECT * FROM _said WHERE what <> '{NUMBER}' OR {in_reserve}
            UNION ALL
            SELECT CASE what WHEN '{RESERVE}' THEN '{NUMBER}' ELSE what END AS what, "column", value, lines
            FROM {TALLIES} WHERE source = {literal(source.source)} AND file = {literal(file)}
        ) GROUP BY ALL HAVING sum(lines) <> 0
    """)
    less_than_none = session.connection.execute("SELECT EXISTS (FROM _sums WHERE lines < 0)").fetchall()[0][0]
    return None if less_than_none else _levels(session, known)


def _say(session: Session, source: Source, lines: str, sums: str) -> None:
    """Make a table of the sums of lines, each counted as often as its `sign` says; all numbers of them."""
    days = [column.header for column in source.of_kind(*_DAYS)]
    numbers = [column.header for column in source.of_kind(Kind.DECIMAL)]
    selects = []
    if days:
        selects.append(f"SELECT '{DAY}', '', {_DAY} AS value, sum(sign) FROM ({_values(days, lines)}) GROUP BY 3")
    if numbers:
        selects.append(f"SELECT '{NUMBER}', name, v, sum(sign) FROM ({_values(numbers, lines)}) GROUP BY 2, 3")
    if words := vocabulary_columns(source):
        selects.append(_words(source, [column.header for column in words], lines))
    execute = session.connection.execute
    execute(f"CREATE OR REPLACE TEMP TABLE {sums} ({_SUMS})")
    if selects:
        execute(f"INSERT INTO {sums} {' UNION ALL '.join(selects)}")
    if numbers:
        _count_forms(session, sums, {CURRENCY: ('"column"', _CURRENCY)})
        bare = f"SET value = {without_currency_sql('value')} WHERE what = '{NUMBER}' AND {_CURRENCY} <> ''"
        if execute(f"UPDATE {sums} {bare}").fetchall()[0][0]:
            once = 'SELECT what, "column", value, sum(lines) AS lines'
            execute(f"CREATE OR REPLACE TEMP TABLE {sums} AS {once} FROM {sums} GROUP BY ALL")
        _count_forms(session, sums, {MARK: ("''", _MARK), THOUSANDS: ('"column"', _THOUSANDS)})
        odd = "NOT regexp_full_match(value, '-?\\d+([.,]\\d{1,9})?')"
        execute(f"DELETE FROM {sums} WHERE what = '{NUMBER}' AND {odd}")


def _count_forms(session: Session, sums: str, forms: dict[str, tuple[str, str]]) -> None:
    """Add to the sums how many numbers have each form, by what each form is of (`column`) and how a number tells it."""
    for what, (column, told) in forms.items():
        session.connection.execute(
            f"INSERT INTO {sums} SELECT '{what}', {column}, {told} AS form, sum(lines) FROM {sums} "
            f"WHERE what = '{NUMBER}' AND form IS NOT NULL GROUP BY 2, 3"
        )


def _values(headers: list[str], lines: str) -> str:
    """SQL: the texts `v` of columns, with the `name` of each; column by column, for the engine looks once at each word
    of the dictionary of a file, but at every row where it makes a list of columns."""
    selects = (
        f"SELECT {literal(header)} AS name, trim({quote(header)}) AS v, sign FROM {lines} "
        f"WHERE _text IS NULL AND {quote(header)} IS NOT NULL"
        for header in headers
    )
    return " UNION ALL ".join(selects)


def _words(source: Source, headers: list[str], lines: str) -> str:
    """SQL: the words of all columns in one look."""
    columns = {column.header: column for column in source.columns}
    names = [f"v{place}" for place in range(len(headers))]
    values = ", ".join(f"{delivered_sql(columns[h], source)} AS {name}" for name, h in zip(names, headers, strict=True))
    which = " ".join(f"WHEN {name} IS NOT NULL THEN {literal(h)}" for name, h in zip(names, headers, strict=True))
    sets = ", ".join(f"({name})" for name in names)
    # In a row of a set all other columns are null.
    return (
        f"SELECT '{WORD}', CASE {which} END, value, lines FROM (SELECT {', '.join(names)}, "
        f"coalesce({', '.join(names)}) AS value, sum(sign) AS lines FROM (SELECT {values}, sign FROM {lines} AS r "
        f"WHERE _text IS NULL) GROUP BY GROUPING SETS ({sets})) WHERE value IS NOT NULL"
    )


def _multiple(levels: _Levels) -> str:
    """SQL: whether a value is in the sample of its column at a level; of columns without one all values are."""
    steps = " ".join(f"WHEN {literal(header)} THEN {2**level}" for header, level in levels.items() if level > 0)
    return f'hash(value) % CASE "column" {steps} ELSE 1 END = 0' if steps else "TRUE"


def _levels(session: Session, known: _Levels) -> _Levels | None:
    """By column of numbers the lowest level that leaves at most `SAMPLE` of them.

    None when that cannot be told from `_sums`, which has the numbers one level below the ones `known`.
    """
    counts = ", ".join(f"count(*) FILTER (hash(value) % {2**level} = 0)" for level in range(_LEVELS))
    rows = session.connection.execute(
        f"SELECT \"column\", {counts} FROM _sums WHERE what = '{NUMBER}' GROUP BY 1"
    ).fetchall()
    found = {
        header: next((level for level, size in enumerate(sizes) if size <= SAMPLE), _LEVELS) for header, *sizes in rows
    }
    unknown = any(level > 1 and found.get(header, 0) < level for header, level in known.items())
    return None if unknown else found


def _keep(session: Session, source: Source, file: str, levels: _Levels) -> None:
    """Put `_sums` into `_tallied`, of the numbers a sample of at most `SAMPLE` values of a column and its reserve."""
    what = f"CASE WHEN what = '{NUMBER}' AND NOT {_multiple(levels)} THEN '{RESERVE}' ELSE what END"
    in_reserve = _multiple({header: level - 1 for header, level in levels.items()})
    session.connection.execute(
        f'INSERT INTO _tallied SELECT {literal(source.source)}, {literal(file)}, {what}, "column", value, lines '
        f"FROM _sums WHERE what <> '{NUMBER}' OR {in_reserve}"
    )
