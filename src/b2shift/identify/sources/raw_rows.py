"""Files of rows (CSV, JSON lines) into raw tables: every declared column as the text that was delivered."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import duckdb
import pyarrow as pa

from b2shift.identify.cleansing.table_parts import note_of_files
from b2shift.identify.privacy.suppression_filter import redact_suppressed_lines, without_suppressed_rows
from b2shift.identify.sources.contents import with_contents
from b2shift.identify.sources.declaration import Kind, Reader, Source, SourceColumn, same_header
from b2shift.identify.sources.file_shape import Shape
from b2shift.identify.sources.grid import grid_of
from b2shift.identify.sources.incremental_lines import LINES, Sieve, StoredLines, write_new_lines
from b2shift.identify.sources.json_document import as_lines
from b2shift.identify.sources.objects_within import pointers
from b2shift.identify.sources.quoted import JOIN, unquoted
from b2shift.identify.sources.text_lines import SCHEMA, Accidents, Field, read_lines, shape_of
from b2shift.kernel.errors import SchemaError, SourceError, StorageError, UnknownNameError
from b2shift.lake.api import Session, TableFiles, literal, quote
from b2shift.lake.contracts import ROW_CONTENT

# The seven names the vendor gives to one key.
KEY_NAMES = (
    "CD_CLIENTE", "CLIENTE", "CD_CLI", "metadata_codcliente", "Cód. Cliente", "Cod Cliente", "Cód. T",
    "CODIGO_ORGANIZACAO", "clienteid", "customer_id",
)  # fmt: skip
# More broken lines than this share, and the file is another one than its name says.
_BROKEN_SHARE = 0.2
_ENDS = "chr(10) || chr(13)"
_LINE = f"rtrim(_text, {_ENDS})"


@dataclass
class Reading:
    """What reading one file found; everything a later run needs to know of it."""

    rows: int = 0
    broken: int = 0
    encoding: str = ""
    evidence: str = ""
    new_columns: list[str] = field(default_factory=list)
    accidents: list[Field] = field(default_factory=list)
    unterminated: bool = False
    last: int = -1
    """the last row of the file, from 0"""
    held: object = None
    """where the rows lie (`as_note`)"""
    places: str | None = None
    """the part of `line_places` that says where lines stand which were read before"""


def read_rows(
    session: Session, source: Source, name: str, path: Path, target: Path, before: TableFiles | None = None
) -> Reading:
    """Write one file as delivered to `target` (Parquet, the columns of `raw_spec`); raises what makes it unusable.

    Lines that `before`, the rows of an earlier delivery of it, holds already are not written again.
    """
    found = Accidents()
    shape, batches = _opened(session, source, path, found)
    select, extra = (
        _json_select(session, source, shape) if source.reader is Reader.JSONL else _csv_select(source, shape)
    )
    form = blake2b((name + select).encode(), digest_size=8).hexdigest()
    execute = session.connection.execute

    def statement(lines: str) -> str:
        columns = f"SELECT {literal(name)} AS _file, _row, _line, {select}, {ROW_CONTENT}"
        rows = f"{columns} FROM {_fields(source, shape, lines)}"
        return without_suppressed_rows(session.store.root.parent, source, rows)

    def read(sieve: Sieve) -> None:
        with _lines_in(session, name, sieve(with_contents(batches, form))):
            execute(f"CREATE OR REPLACE TEMP TABLE _read AS FROM {LINES}")

    stored = write_new_lines(session, source, name, before, read, statement) if before is not None else None
    if stored is None:
        if before is not None:
            found = Accidents()
            shape, batches = _opened(session, source, path, found)
        with _lines_in(session, name, with_contents(batches, form)):
            form_of_file = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
            execute(f"COPY ({statement(LINES)}) TO {literal(target)} {form_of_file}")
        rows = TableFiles(files=(str(target.relative_to(session.store.root)),))
        last = execute(f"SELECT coalesce(max(_row), -1) FROM {session.rows(rows)}").fetchall()[0][0]
        stored = StoredLines(rows, None, int(last))
    count = session.count(stored.rows)
    broken = int(execute(f"SELECT count(*) FROM {session.rows(stored.rows)} WHERE _text IS NOT NULL").fetchall()[0][0])
    if broken > max(1, _BROKEN_SHARE * count):
        raise SchemaError(
            "As linhas não têm os campos do cabeçalho", value=f"{name}: {broken} de {count} linhas",
            hint="Confira o separador e o formato do arquivo",
        )  # fmt: skip
    accidents = redact_suppressed_lines(session.store.root.parent, source, found.lines)
    file_facts = shape.encoding, shape.evidence, extra, accidents, found.unterminated
    return Reading(count, broken, *file_facts, stored.last, note_of_files(stored.rows), stored.places)


def _opened(session: Session, source: Source, path: Path, found: Accidents) -> tuple[Shape, Iterator[pa.RecordBatch]]:
    """The shape of a file and its lines; what is no row goes to `found` as they are read."""
    if source.reader in (Reader.EXCEL, Reader.PARQUET, Reader.SQL):
        return grid_of(path, source)
    headed = source.reader is Reader.CSV
    path = path if headed else as_lines(path, session.scratch)
    shape = shape_of(path, source.encoding, source.separator, session.scratch, header=headed)
    batches = read_lines(shape, found)
    return shape, unquoted(batches, shape.separator, len(shape.columns)) if headed and shape.quoted else batches


def _fields(source: Source, shape: Shape, lines: str) -> str:
    """SQL: lines as `_csv_select` and `_json_select` take them apart."""
    if source.reader is Reader.JSONL:
        return lines
    mark = JOIN if shape.quoted else shape.separator
    split = f"(SELECT *, string_split(_text, {literal(mark)}) AS fields FROM {lines})"
    return f"(SELECT _row, _line, {ROW_CONTENT}, {_parts(shape)} AS parts FROM {split})"


def _parts(shape: Shape) -> str:
    """SQL: the fields of a line. Only a line that is broken is split again without its end, which costs more than to
    split it; of other lines the end is taken from the last field (`_part`)."""
    if shape.quoted:  # no line end is left but the fields' own
        return "fields"
    again = f"string_split({_LINE}, {literal(shape.separator)})"
    return f"CASE WHEN len(fields) = {len(shape.columns)} THEN fields ELSE {again} END"


def _part(shape: Shape, place: int) -> str:
    """SQL: the field at a place."""
    last = place + 1 == len(shape.columns) and not shape.quoted
    return f"rtrim(parts[{place + 1}], {_ENDS})" if last else f"parts[{place + 1}]"


@contextmanager
def _lines_in(session: Session, name: str, batches: Iterator[pa.RecordBatch]) -> Iterator[None]:
    """Let the engine read the lines as `LINES`; what goes wrong is told of the file."""
    failed: list[SourceError] = []
    schema = SCHEMA.append(pa.field(ROW_CONTENT, pa.uint64()))
    session.connection.register(LINES, pa.RecordBatchReader.from_batches(schema, _watched(batches, failed)))
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if failed:
            raise failed[0] from error
        if isinstance(error, (duckdb.IOException, OSError)):
            raise StorageError(
                "O arquivo não pôde ser guardado", value=name, hint=f"{error}. Libere espaço e rode de novo"
            ) from error
        raise SourceError("O arquivo não pode ser lido", value=name, hint=str(error).splitlines()[0]) from error
    finally:
        session.connection.unregister(LINES)


def _watched(batches: Iterator[pa.RecordBatch], failed: list[SourceError]) -> Iterator[pa.RecordBatch]:
    """Keep what the engine would wrap in an error of its own."""
    try:
        yield from batches
    except SourceError as error:
        failed.append(error)
        raise


def _csv_select(source: Source, shape: Shape) -> tuple[str, list[str]]:
    """Each declared column by the place of its header; SchemaError when a required one is missing."""
    there = places(source, shape)
    columns = [
        f"{_part(shape, there[column.header])} AS {quote(column.header)}"
        if column.header in there
        else f"CAST(NULL AS VARCHAR) AS {quote(column.header)}"
        for column in source.columns
    ]
    taken = set(there.values())
    extra = {name or f"coluna {i + 1}": i for i, name in enumerate(shape.columns) if i not in taken}
    entries = ", ".join(f"{literal(name)}: {_part(shape, i)}" for name, i in extra.items())
    inside = (
        f"CAST(len(parts) AS INTEGER) AS _fields, CASE WHEN len(parts) <> {len(shape.columns)} THEN "
        f"array_to_string(parts, {literal(shape.separator)}) END AS _text, "
        f"{', '.join(columns)}, CAST(MAP {{{entries}}} AS MAP(VARCHAR, VARCHAR)) AS _extra"
    )
    return inside, sorted(extra)


def places(source: Source, shape: Shape) -> dict[str, int]:
    """Header of a declared column → its place in the file; SchemaError when a required one is missing."""
    known = {same_header(name): place for place, name in reversed(list(enumerate(shape.columns)))}
    known = {same_header(name): place for place, name in reversed(list(enumerate(shape.bare))) if name} | known
    places: dict[str, int] = {}
    for column in source.columns:
        place = next(
            (known[name] for name in map(same_header, (column.header, *column.aliases)) if name in known), None
        )
        if place is not None:
            places[column.header] = place
    for column in source.columns:
        if column.header not in places and column.kind is Kind.CUSTOMER:
            place = next((known[n] for n in map(same_header, KEY_NAMES) if n in known), None)
            if place is not None and place not in places.values():
                places[column.header] = place
    missing = [column for column in source.columns if column.required and column.header not in places]
    if missing:
        taken = set(places.values())
        _refuse(source, missing, [name for place, name in enumerate(shape.columns) if place not in taken])
    return places


def _refuse(source: Source, missing: list[SourceColumn], strangers: Iterable[str]) -> None:
    """SchemaError, with those columns of the file nobody declared that are named alike."""
    names = [column.header for column in missing]
    near = " ".join(str(UnknownNameError("coluna", name, strangers, "").hint) for name in names[:2]).strip()
    raise SchemaError(
        f"Faltam colunas em {source.source}",
        value=", ".join(names),
        hint=f"{near} Peça o arquivo no formato combinado".strip(),
    )


def _json_select(session: Session, source: Source, shape: Shape) -> tuple[str, list[str]]:
    """Each declared column by its key; a line that is no JSON object is kept whole."""
    keys, within = _json_keys(shape)
    names = {same_header(name): name for name in (*within, *keys)}
    missing = [column for column in source.columns if column.required and same_header(column.header) not in names]
    if missing:
        declared = {same_header(column.header) for column in source.columns}
        _refuse(source, missing, [key for key in keys if same_header(key) not in declared])
    valid = "coalesce(json_valid(_text) AND json_type(CASE WHEN json_valid(_text) THEN _text END) = 'OBJECT', FALSE)"

    def value(key: str) -> str:
        pointer = within.get(key) or next(iter(pointers({key: None}).values()))
        return f"json_extract_string(CASE WHEN {valid} THEN _text END, {literal(pointer)})"

    columns = [f"{value(names.get(same_header(c.header), c.header))} AS {quote(c.header)}" for c in source.columns]
    declared = {same_header(column.header) for column in source.columns}
    extra = sorted(key for key in keys if same_header(key) not in declared)
    entries = ", ".join(f"{literal(key)}: {value(key)}" for key in extra)
    return (
        f"CAST({len(keys)} AS INTEGER) AS _fields, CASE WHEN NOT {valid} THEN {_LINE} END AS "
        f"_text, {', '.join(columns)}, CAST(MAP {{{entries}}} AS MAP(VARCHAR, VARCHAR)) AS _extra"
    ), extra


def _json_keys(shape: Shape) -> tuple[list[str], dict[str, str]]:
    """The keys of the first thousand objects, and the pointers of these and of all within them."""
    with shape.path.open("rb") as file:
        head = [line for _, line in zip(range(1000), file, strict=False)]
    keys, within = set[str](), dict[str, str]()
    for line in head:
        with suppress(ValueError, RecursionError):
            if isinstance(document := json.loads(line.decode("utf-8", "replace").lstrip("\ufeff")), dict):
                there = pointers(document)
                keys |= document.keys() & there.keys()
                within = there | within
    if not keys:
        raise SourceError("O arquivo não tem objetos JSON", value=shape.path.name, hint="Um objeto JSON por linha")
    return sorted(keys), within
