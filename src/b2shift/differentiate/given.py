"""A table of a person, outside any lake: a CSV, Parquet, JSON or Excel file opened, and rows written to one."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from b2shift.identify.api import WORKBOOKS, sheet_table, without_titles
from b2shift.kernel.errors import InputError, StorageError
from b2shift.lake.api import literal, quote, written_whole

TABLES = (".csv", ".parquet")
"""What tables are written as."""
_PART = 1 << 22
_LINE = re.compile(r"Line: (\d+)")
_JSON, _PACKED = (".json", ".jsonl", ".ndjson"), (".gz", ".zst")
_MARKS = ",;\t|"
_TYPES = "auto_type_candidates=['NULL', 'BIGINT', 'DOUBLE', 'VARCHAR']"
"""Numbers alone. `Yes` and `sim` stay the words that they are in a file of another kind; of days the engine takes
`09/07/24` for one of the year 9, and the month for the day where none is over the twelfth: `texts` reads them."""
_NAMELESS = re.compile(r"column\d+")
_WHOLE_LINES = "delim='\x01', quote='', escape='', header=false, auto_detect=false, columns={'line': 'VARCHAR'}"
NUMBERS = frozenset({
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
    "FLOAT", "DOUBLE", "BOOLEAN", "DECIMAL",
})  # fmt: skip
"""Names of the engine's types that hold numbers, without their parameters."""


@contextmanager
def opened(table: Path, missing: Sequence[str] = ()) -> Iterator[duckdb.DuckDBPyRelation]:
    """The rows of a CSV, Parquet, JSON or Excel file; InputError when it is not there, or cannot be read while open.

    `missing`: texts of a CSV that say nothing is known; with them the whole file decides the types of its columns.
    """
    if not table.is_file():
        raise InputError("A tabela não existe", value=table, hint="Dê o caminho de um CSV, Parquet, JSON ou Excel")
    if not table.stat().st_size:
        raise InputError("O arquivo está vazio", value=table, hint="Dê um arquivo com nomes de colunas e linhas")
    with TemporaryDirectory() as scratch, duckdb.connect() as connection:
        try:
            connection.execute("SET TimeZone = 'UTC'")
            yield _without_zones(_read(connection, table, missing, Path(scratch)))
        except duckdb.Error as error:
            line = _LINE.search(str(error))
            hint = f"Confira a linha {line[1]}" if line else "Confira se é um CSV, Parquet, JSON ou Excel inteiro"
            raise InputError("A tabela não pode ser lida", value=table, hint=hint) from error


def _read(
    connection: duckdb.DuckDBPyConnection, table: Path, missing: Sequence[str], scratch: Path
) -> duckdb.DuckDBPyRelation:
    packed = table.suffix.lower() in _PACKED
    form = Path(table.stem if packed else table.name).suffix.lower()
    if form == ".parquet":
        return connection.sql(f"SELECT * FROM read_parquet({literal(table)})")
    if form in WORKBOOKS:
        connection.register("workbook", sheet_table(table))
        return connection.sql("SELECT * FROM workbook")
    if form in _JSON:
        return connection.sql(f"SELECT * FROM read_json({literal(table)}, sample_size=-1)")
    return _read_csv(connection, table, missing, scratch, packed=packed)


def _read_csv(
    connection: duckdb.DuckDBPyConnection, table: Path, missing: Sequence[str], scratch: Path, *, packed: bool
) -> duckdb.DuckDBPyRelation:
    nothing = f", nullstr=[{', '.join(map(literal, missing))}], sample_size=-1, {_TYPES}" if missing else ""
    encoding = "utf-8" if packed else _encoding(table)
    plain = f"{literal(table)}, encoding={literal(encoding)}{nothing}"
    parsed = None
    try:
        rows = parsed = _parsed(connection, plain, scratch)
    except duckdb.Error:  # What columns the engine sees tells how to read it, or what to say.
        rows = connection.sql(f"SELECT * FROM read_csv({plain})")
    if not packed and encoding != "utf-16" and 2 * sum(map(_is_nameless, rows.columns)) >= len(rows.columns):
        below, above = without_titles(table, scratch)
        if above:
            return _read_csv(connection, below, missing, scratch, packed=False)
    uneven = _uneven(connection, table, encoding, rows.columns)
    if uneven is None:
        if not all(map(_is_nameless, rows.columns)):
            return _parsed(connection, plain, scratch) if parsed is None else parsed
        # Nothing told the engine that the first line is the header, as where all are words and one column is blank.
        return _parsed(connection, f"{plain}, header=true", scratch)
    # Lines of other lengths made the engine see other columns; told which there are, it names the line at fault.
    mark, columns = uneven
    told = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in columns)
    given = f"delim={literal(mark)}, header=true, auto_detect=false, columns={{{told}}}"
    return _parsed(connection, f"{literal(table)}, encoding={literal(encoding)}, {given}", scratch)


def _parsed(connection: duckdb.DuckDBPyConnection, told: str, scratch: Path) -> duckdb.DuckDBPyRelation:
    """The rows of a text in a file of their own, so that the text is looked through and parsed once, however often they
    are asked for."""
    file = scratch / f"{len(list(scratch.iterdir()))}.parquet"
    connection.execute(f"COPY (SELECT * FROM read_csv({told})) TO {literal(file)} (FORMAT parquet)")
    return connection.sql(f"SELECT * FROM read_parquet({literal(file)})")


def _uneven(
    connection: duckdb.DuckDBPyConnection, table: Path, encoding: str, seen: Sequence[str]
) -> tuple[str, list[str]] | None:
    """The separator and names of a CSV's first line, where the engine saw none of them: one column of whole lines, or
    as many nameless ones as the longest line has."""
    if len(seen) > 1 and not all(map(_is_nameless, seen)):
        return None
    asked = f"SELECT * FROM read_csv({literal(table)}, encoding={literal(encoding)}, {_WHOLE_LINES}) LIMIT 1"
    first = connection.execute(asked).fetchone()
    head = (first and first[0]) or ""
    mark = next((mark for mark in _MARKS if mark in head), None)
    if mark is None or head.count(mark) + 1 == len(seen):
        return None
    return mark, [name.strip().strip('"') for name in head.split(mark)]


def _is_nameless(column: str) -> bool:
    return _NAMELESS.fullmatch(column) is not None


def _without_zones(rows: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Moments of a zone as those of UTC: the engine hands the former to Python only with another package."""
    zoned = [quote(name) for name, kind in types_of(rows).items() if kind == "TIMESTAMP WITH TIME ZONE"]
    return rows.project(f"* REPLACE ({', '.join(f'{name}::TIMESTAMP AS {name}' for name in zoned)})") if zoned else rows


def _encoding(table: Path) -> str:
    """UTF-8 where every byte is, UTF-16 by its mark, or Latin-1; InputError where the file holds no text."""
    decoder = getincrementaldecoder("utf-8")()
    told = "utf-8"
    with table.open("rb") as file:
        while part := file.read(_PART):
            if file.tell() == len(part) and part[:2] in (BOM_UTF16_LE, BOM_UTF16_BE):
                return "utf-16"
            if b"\0" in part:
                raise InputError("O arquivo não é um texto", value=table, hint="Dê um CSV, um Parquet ou uma planilha")
            try:
                decoder.decode(part)
            except UnicodeDecodeError:
                told = "latin-1"
    return told


def types_of(rows: duckdb.DuckDBPyRelation) -> dict[str, str]:
    """The engine's type of each column, without its parameters."""
    return {name: str(kind).split("(")[0] for name, kind in zip(rows.columns, rows.types, strict=True)}


def write(parts: Iterable[pa.Table], out: Path, refusal: str) -> None:
    """Rows, part after part, to a .csv or .parquet file, whole or not at all; StorageError says `refusal` when the disk
    does."""
    try:
        with written_whole(out) as partial:
            (_write_parquet if out.suffix.lower() == ".parquet" else _write_csv)(parts, partial)
    except (duckdb.IOException, OSError) as error:
        raise StorageError(refusal, value=out, hint=str(error).splitlines()[0]) from error


def _write_csv(parts: Iterable[pa.Table], file: Path) -> None:
    rows = file.with_name(f"{file.name}.parquet")
    try:
        _write_parquet(parts, rows)
        with duckdb.connect() as connection:
            written = f"SELECT * FROM read_parquet({literal(rows)})"
            connection.execute(f"COPY ({written}) TO {literal(file)} (FORMAT csv, HEADER)")
    finally:
        rows.unlink(missing_ok=True)


def _write_parquet(parts: Iterable[pa.Table], file: Path) -> None:
    rest = iter(parts)
    first = next(rest)
    with pq.ParquetWriter(file, first.schema) as writer:
        for part in chain([first], rest):
            writer.write_table(part)
