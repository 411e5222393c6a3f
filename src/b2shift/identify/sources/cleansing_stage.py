"""Each source cleansed when what it depends on has changed; its parts become the tables of identify."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from functools import reduce
from hashlib import blake2b
from operator import xor

import pyarrow.parquet as parquet

from b2shift.identify.cleansing import table_parts
from b2shift.identify.cleansing.clean import clean, teach_words
from b2shift.identify.cleansing.outcome import Lines
from b2shift.identify.cleansing.reuse import Earlier
from b2shift.identify.cleansing.table_parts import (
    drop_temporary,
    files_exist,
    files_of_note,
    has_columns,
    kept_part,
    note_of_files,
)
from b2shift.identify.cleansing.vocabularies import CITY, vocabulary_columns, vocabulary_of
from b2shift.identify.quality.rejects import event_rejects, event_repairs, line_rejects
from b2shift.identify.sources.declaration import Kind, Source
from b2shift.identify.sources.declarations import tables, target_spec
from b2shift.identify.sources.reading import Notes, read_notes, stage_name, stored_rows
from b2shift.identify.sources.removed_sources import clean_stage, drop_unfed, lost_a_source
from b2shift.identify.sources.requested_lines import UNSETTLED, tables_left
from b2shift.identify.sources.usage import usage_parts
from b2shift.lake.api import Session, TableFiles, quote
from b2shift.lake.contracts import ROW_CONTENT, TableSpec

CODE_VERSION = 13
LOGS = ("repairs", "rejects", UNSETTLED)
# Tables of the product that no file of its first vendor fills.
UNFED = ("orders",)
_Spelt = dict[str, tuple[int, int, int]]


def cleanse_all(session: Session, rows: list[Source], events: list[Source], cleansed: Callable[[Source], None]) -> None:
    """Cleanse every source of rows, those that read other tables last, and name what came of them; each is told."""
    teach_words(session)
    spellings = _spelt(session)
    first = [source for source in rows if not (source.uses or source.company_by)]
    last = [source for source in rows if source not in first]
    for group in (first, last):
        for source in group:
            if session.has(source.raw_table):
                _cleanse(session, source, spellings)
            cleansed(source)
        _register(session, [s for s in first + last if group is last or s in first], whole=group is last)
    for source in events:
        if session.has("usage_strays"):
            _tell_events(session, source)
        elif not session.has(source.table):
            _empty(session, target_spec(source))
            _empty(session, tables()["usage_strays"])
        cleansed(source)
    _register_logs(session, [*rows, *events])
    _remember_changes(session, rows)


def clean_notes(session: Session, source: Source) -> Notes:
    """What cleansing a source gave, empty before the first time."""
    stage = session.stages.get(clean_stage(source))
    return dict(stage.notes) if stage else {}


def _cleanse(session: Session, source: Source, spellings: _Spelt) -> None:
    inputs = [source.raw_table, "known_customers", *source.uses]
    if source.company_by and session.has("companies"):
        inputs.append("companies")
    if source.of_kind(Kind.CITY):
        inputs.append("places")
    if source.customer and source.customer.codes:
        inputs.append("customer_codes")
    parameters = (CODE_VERSION, source.model_dump_json(), _words(spellings, source))
    with session.stage(clean_stage(source), inputs=inputs, parameters=parameters) as stage:
        if stage.stale:
            notes = read_notes(session, source)
            files = {f: Lines(session.count(stored_rows(note)), note["broken"]) for f, note in notes.items()}
            cut = {file: note.get("last", note["rows"] - 1) for file, note in notes.items() if note["unterminated"]}
            delivered = session.info(source.raw_table)
            raw = delivered.fingerprint
            earlier = dict(stage.previous.notes) if stage.previous else {}
            # The same delivery read with today's dictionaries: nothing moved.
            known = earlier.get("raw") == raw
            before = None if known else _before(session, source, earlier)
            recipe = blake2b(repr((CODE_VERSION, source.model_dump_json())).encode(), digest_size=8).hexdigest()
            read = [file for file in files if session.recomputed(stage_name(source, file))]
            passed = tables_left(session, source, read)
            plain = _plain(session, source, earlier, recipe)
            if plain is not None:
                plain = plain._replace(read={file: passed.get(file) for file in read})
            result = clean(
                session, source, files, line_rejects(source, notes), _correcting(session, spellings), cut, plain, before
            )
            drop_temporary(session.connection, (table for tables in passed.values() for table in tables))
            origin = {name: earlier[name] for name in ("moved", "load")} if known else {"load": session.version}
            parts = {table: note_of_files(table_files) for table, table_files in result.parts.items()}
            lines = note_of_files(TableFiles(files=delivered.files, without=delivered.without))
            stage.notes |= asdict(result) | {"parts": parts, "raw": raw, "lines": lines, "recipe": recipe} | origin
            stage.notes["newest"] = _newest(session, source, result.parts[target_spec(source).name])


def _newest(session: Session, source: Source, rows: TableFiles) -> str | None:
    """The newest day the rows of a source speak of, as text; None when they have none."""
    if not source.dated_by or not rows.files:
        return None
    day = f"SELECT max(CAST({quote(source.dated_by)} AS DATE)) FROM {session.rows(rows)}"
    found = session.connection.execute(day).fetchall()[0][0]
    return None if found is None else str(found)


def _plain(session: Session, source: Source, earlier: Notes, recipe: str) -> Earlier | None:
    """The same rows where they may be taken over: cleansed by the rules of today, and with their contents; none where
    so few are cleansed sooner than compared."""
    rows = _before(session, source, earlier)
    if rows is None or earlier.get("recipe") != recipe or session.info(source.raw_table).rows < table_parts.LEAST:
        return None
    wanted, parts = [*(column.name for column in target_spec(source).columns), ROW_CONTENT], earlier["parts"]
    same = all(parquet.read_schema(session.store.root / file).names == wanted for file in rows.files)
    lines, unsettled = (files_of_note(note) if note else None for note in (earlier.get("lines"), parts.get(UNSETTLED)))
    repairs = files_of_note(parts["repairs"])
    if not same or not files_exist(session, repairs) or not (unsettled is None or files_exist(session, unsettled)):
        return None
    return Earlier(rows, repairs, earlier["forms"], lines, unsettled)


def _before(session: Session, source: Source, earlier: Notes) -> TableFiles | None:
    """What the delivery before gave, while it lies in the lake and has the columns of today."""
    spec = target_spec(source)
    rows = kept_part(session, earlier, spec.name)
    return rows if rows is not None and has_columns(session, rows, spec.columns) else None


def _words(spellings: _Spelt, source: Source) -> str:
    """What the dictionary says about the vocabularies of one source."""
    names = sorted({vocabulary_of(source, column) for column in vocabulary_columns(source)})
    if not names:
        return ""
    found = [spellings[name] for name in names if name in spellings]
    count, digest, total = (list(column) for column in zip(*found, strict=True)) if found else ([], [], [])
    return repr([(sum(count), reduce(xor, digest) if found else None, sum(total) if found else None)])


def _correcting(session: Session, spellings: _Spelt) -> set[str]:
    """The vocabularies in which something is written otherwise than delivered."""
    placed = session.has("places") and session.info("places").rows > 0
    return {*spellings, *([CITY] if placed else [])}


def _spelt(session: Session) -> _Spelt:
    """What the dictionary says about each vocabulary, as numbers that add up."""
    digests = session.connection.execute(
        "SELECT vocabulary, count(*), bit_xor(hash(s)), sum(hash(s) % 1000000007) FROM spellings AS s GROUP BY 1"
    )
    return {name: (count, digest, total) for name, count, digest, total in digests.fetchall()}


def _tell_events(session: Session, source: Source) -> None:
    """The rejects and repairs of telemetry, from what reading its files noted."""
    notes = read_notes(session, source)
    contents = [(file, note["content"]) for file, note in notes.items()]
    with session.stage(
        clean_stage(source), inputs=["usage_strays"], parameters=(CODE_VERSION, source.source, contents)
    ) as stage:
        if stage.stale:
            strays = usage_parts(session, source)
            stage.notes["parts"] = {
                "rejects": event_rejects(session, source, notes, strays),
                "repairs": event_repairs(session, source, notes),
            }
            stage.notes["newest"] = _newest(
                session, source, TableFiles(files=tuple(str(p["known"]) for p in strays.values()))
            )


def _register(session: Session, sources: list[Source], *, whole: bool) -> None:
    """Name the parts of every refined table; a table no source filled yet is empty."""
    fed: dict[str, list[Source]] = defaultdict(list)
    specs: dict[str, TableSpec] = {name: tables()[name] for name in UNFED} if whole else {}
    for source in sources:
        for spec in (target_spec(source), *(tables()[name] for name in source.also)):
            fed[spec.name].append(source)
            specs[spec.name] = spec
    if whole:
        drop_unfed(session, specs)
    for name, spec in specs.items():
        _adopt(session, spec, fed[name])
        if not session.has(name) and (whole or not any(name in s.uses for s in sources)):
            _empty(session, spec)


def _adopt(session: Session, spec: TableSpec, feeders: list[Source]) -> None:
    notes = {source.source: clean_notes(session, source) for source in feeders}
    parts = {
        n: files_of_note(note["parts"][spec.name]) for n, note in notes.items() if spec.name in note.get("parts", {})
    }
    if not parts:
        if lost_a_source(session, spec.name):
            _empty(session, spec)
        return
    anew = any(session.recomputed(clean_stage(source)) for source in feeders)
    if session.has(spec.name) and not anew and not lost_a_source(session, spec.name):
        return
    prints = [(s.source, session.stages[clean_stage(s)].fingerprint) for s in feeders if s.source in parts]
    key = blake2b(repr(prints).encode(), digest_size=16).hexdigest()
    files = [session.store.root / file for part in parts.values() for file in part.files]
    without = {file: gone for part in parts.values() for file, gone in part.without.items()}
    session.adopt(spec, files, key, without=without)


def _register_logs(session: Session, sources: list[Source]) -> None:
    for name in LOGS:
        _adopt(session, tables()[name], sources)
        if not session.has(name):
            _empty(session, tables()[name])


def _remember_changes(session: Session, sources: list[Source]) -> None:
    """Add what moved in this delivery to what moved in the ones before."""
    found = {
        source.source: str(clean_notes(session, source)["parts"]["changes"])
        for source in sources
        if session.recomputed(clean_stage(source)) and "changes" in clean_notes(session, source)["parts"]
    }
    spec = tables()["changes"]
    if not session.has(spec.name):
        _empty(session, spec)
    if found:
        kept = session.info(spec.name)
        key = blake2b(repr([kept.fingerprint, sorted(found.items())]).encode(), digest_size=16).hexdigest()
        session.adopt(spec, [session.store.root / file for file in (*kept.files, *found.values())], key)


def _empty(session: Session, spec: TableSpec) -> None:
    columns = ", ".join(f'CAST(NULL AS {c.type}) AS "{c.name}"' for c in spec.columns)
    session.write(spec, f"SELECT {columns} WHERE FALSE", content_key="empty")
