"""Each source cleansed when what it depends on has changed; its parts become the tables of identify."""

from collections import defaultdict
from dataclasses import asdict
from hashlib import blake2b

import pyarrow.parquet as parquet

from b2shift.identify.cleansing.again import Earlier
from b2shift.identify.cleansing.clean import clean
from b2shift.identify.cleansing.vocabularies import spoken, vocabulary_of
from b2shift.identify.quality.refusals import event_rejects, event_repairs, line_rejects
from b2shift.identify.sources.declaration import Kind, Source
from b2shift.identify.sources.declarations import tables, target_spec
from b2shift.identify.sources.reading import Notes, read_notes
from b2shift.identify.sources.usage import usage_parts
from b2shift.lake.api import Session, literal, quote
from b2shift.lake.contracts import ROW_CONTENT, TableSpec

CODE_VERSION = 5
LOGS = ("repairs", "rejects")


def cleanse_all(session: Session, rows: list[Source], events: list[Source]) -> None:
    """Cleanse every source of rows, those that read other tables last, and name what came of them."""
    first = [source for source in rows if not source.uses]
    last = [source for source in rows if source.uses]
    for group in (first, last):
        for source in group:
            if session.has(source.raw_table):
                _cleanse(session, source)
        _register(session, [s for s in first + last if group is last or s in first], whole=group is last)
    for source in events:
        if session.has("usage_strays"):
            _tell_events(session, source)
        elif not session.has(source.table):
            _empty(session, target_spec(source))
            _empty(session, tables()["usage_strays"])
    _register_logs(session, [*rows, *events])
    _remember_changes(session, rows)


def clean_stage(source: Source) -> str:
    """The stage that cleanses a source."""
    return f"clean {source.source}"


def clean_notes(session: Session, source: Source) -> Notes:
    """What cleansing a source gave, empty before the first time."""
    stage = session.stages.get(clean_stage(source))
    return dict(stage.notes) if stage else {}


def _cleanse(session: Session, source: Source) -> None:
    inputs = [source.raw_table, "known_customers", *source.uses]
    if source.of_kind(Kind.CITY):
        inputs.append("places")
    parameters = (CODE_VERSION, source.model_dump_json(), _words(session, source))
    with session.stage(clean_stage(source), inputs=inputs, parameters=parameters) as stage:
        if stage.stale:
            notes = read_notes(session, source)
            cut = [file for file, note in notes.items() if note["unterminated"]]
            raw = session.info(source.raw_table).fingerprint
            earlier = dict(stage.previous.notes) if stage.previous else {}
            # The same delivery read with today's dictionaries: nothing moved.
            known = earlier.get("raw") == raw
            before = None if known else _before(session, source, earlier)
            recipe = blake2b(repr((CODE_VERSION, source.model_dump_json())).encode(), digest_size=8).hexdigest()
            plain = _plain(session, source, earlier, recipe)
            result = clean(session, source, notes, line_rejects(source, notes), cut, plain, before)
            told = {name: earlier[name] for name in ("moved", "load")} if known else {"load": session.version}
            stage.notes |= asdict(result) | {"raw": raw, "recipe": recipe} | told
            stage.notes["newest"] = _newest(session, source, str(result.parts[target_spec(source).name]))


def _newest(session: Session, source: Source, *parts: str) -> str | None:
    """The newest day the rows of a source speak of, as text; None when they have none."""
    if not source.dated_by or not parts:
        return None
    files = ", ".join(literal(session.store.root / part) for part in parts)
    day = f"SELECT max(CAST({quote(source.dated_by)} AS DATE)) FROM read_parquet([{files}])"
    found = session.connection.execute(day).fetchall()[0][0]
    return None if found is None else str(found)


def _plain(session: Session, source: Source, earlier: Notes, recipe: str) -> Earlier | None:
    """The same part where it may be taken over: cleansed by the rules of today, and with the contents of its rows."""
    part = _before(session, source, earlier)
    if part is None or earlier.get("recipe") != recipe:
        return None
    columns = parquet.read_schema(session.store.root / part).names
    declared = [column.name for column in target_spec(source).columns]
    return Earlier(part, earlier["forms"]) if columns == [*declared, ROW_CONTENT] else None


def _before(session: Session, source: Source, earlier: Notes) -> str | None:
    """The part that the delivery before gave, while it lies in the lake and has the columns of today."""
    part: str | None = earlier.get("parts", {}).get(target_spec(source).name)
    path = session.store.root / str(part)
    if part is None or not path.is_file():
        return None
    declared = {column.name for column in target_spec(source).columns}
    return part if declared <= set(parquet.read_schema(path).names) else None


def _words(session: Session, source: Source) -> str:
    """What the dictionary says about the vocabularies of one source."""
    names = sorted({vocabulary_of(source, column) for column in spoken(source)})
    if not names:
        return ""
    told = session.connection.execute(
        "SELECT count(*), bit_xor(hash(s)), sum(hash(s) % 1000000007) FROM spellings AS s "
        f"WHERE vocabulary IN ({', '.join(map(literal, names))})"
    ).fetchall()
    return repr(told)


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
            stage.notes["newest"] = _newest(session, source, *(str(part["known"]) for part in strays.values()))


def _register(session: Session, sources: list[Source], *, whole: bool) -> None:
    """Name the parts of every refined table; a table no source filled yet is empty."""
    fed: dict[str, list[Source]] = defaultdict(list)
    specs: dict[str, TableSpec] = {}
    for source in sources:
        for spec in (target_spec(source), *(tables()[name] for name in source.also)):
            fed[spec.name].append(source)
            specs[spec.name] = spec
    for name, feeders in fed.items():
        _adopt(session, specs[name], feeders)
        if not session.has(name) and (whole or not any(name in s.uses for s in sources)):
            _empty(session, specs[name])


def _adopt(session: Session, spec: TableSpec, feeders: list[Source]) -> None:
    notes = {source.source: clean_notes(session, source) for source in feeders}
    parts = {name: note["parts"][spec.name] for name, note in notes.items() if spec.name in note.get("parts", {})}
    if not parts:
        return
    if session.has(spec.name) and not any(session.recomputed(clean_stage(source)) for source in feeders):
        return
    prints = [(s.source, session.stages[clean_stage(s)].fingerprint) for s in feeders if s.source in parts]
    key = blake2b(repr(prints).encode(), digest_size=16).hexdigest()
    session.adopt(spec, [session.store.root / part for part in parts.values()], key)


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
