"""Opens a user's table, outside any lake (CSV, Parquet, JSON or Excel), and writes tables to files."""

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
from b2shift.lake.api import atomic_output, literal, quote

TABLES = (".csv", ".parquet")
"""Formats that tables are written in."""
_CHUNK_BYTES = 1 << 22
_FAULTY_LINE = re.compile(r"Line: (\d+)")
_JSON, _COMPRESSED = (".json", ".jsonl", ".ndjson"), (".gz", ".zst")
_SEPARATORS = ",;\t|"
_TYPES = "auto_type_candidates=['NULL', 'BIGINT', 'DOUBLE', 'VARCHAR']"
"""Numbers alone. `Yes` and `sim` stay the words that they are in a file of another kind; of days the engine takes
`09/07/24` for one of the year 9, and the month for the day where none is over the twelfth: `texts` reads them."""
_UNNAMED = re.compile(r"column\d+")
_WHOLE_LINES = "delim='\x01', quote='', escape='', header=false, auto_detect=false, columns={'line': 'VARCHAR'}"
NUMBERS = frozenset({
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
    "FLOAT", "DOUBLE", "BOOLEAN", "DECIMAL",
})  # fmt: skip
"""Names of the engine's types that hold numbers, without their parameters."""


@contextmanager
def open_table(table: Path, missing: Sequence[str] = ()) -> Iterator[duckdb.DuckDBPyRelation]:
    """The rows of a CSV, Parquet, JSON or Excel file; InputError when it is absent or unreadable while open.

    `missing`: texts of a CSV that stand for missing values; with them the whole file decides its column types.
    """
    if not table.is_file():
        raise InputError("A tabela não existe", value=table, hint="Dê o caminho de um CSV, Parquet, JSON ou Excel")
    if not table.stat().st_size:
        raise InputError("O arquivo está vazio", value=table, hint="Dê um arquivo com nomes de colunas e linhas")
    with TemporaryDirectory() as scratch, duckdb.connect() as connection:
        try:
            connection.execute("SET TimeZone = 'UTC'")
            yield _without_time_zones(_read(connection, table, missing, Path(scratch)))
        except duckdb.Error as error:
            line = _FAULTY_LINE.search(str(error))
            hint = f"Confira a linha {line[1]}" if line else "Confira se é um CSV, Parquet, JSON ou Excel inteiro"
            raise InputError("A tabela não pode ser lida", value=table, hint=hint) from error


def _read(
    connection: duckdb.DuckDBPyConnection, table: Path, missing: Sequence[str], scratch: Path
) -> duckdb.DuckDBPyRelation:
    packed = table.suffix.lower() in _COMPRESSED
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
    nulls = f", nullstr=[{', '.join(map(literal, missing))}], sample_size=-1, {_TYPES}" if missing else ""
    encoding = "utf-8" if packed else _encoding(table)
    arguments = f"{literal(table)}, encoding={literal(encoding)}{nulls}"
    parsed = None
    try:
        rows = parsed = _materialised(connection, arguments, scratch)
    except duckdb.Error:  # What columns the engine sees tells how to read it, or what to say.
        rows = connection.sql(f"SELECT * FROM read_csv({arguments})")
    if not packed and encoding != "utf-16" and 2 * sum(map(_is_unnamed, rows.columns)) >= len(rows.columns):
        below, above = without_titles(table, scratch)
        if above:
            return _read_csv(connection, below, missing, scratch, packed=False)
    uneven = _first_line(connection, table, encoding, rows.columns)
    if uneven is None:
        if not all(map(_is_unnamed, rows.columns)):
            return _materialised(connection, arguments, scratch) if parsed is None else parsed
        # Nothing told the engine that the first line is the header, as where all are words and one column is blank.
        return _materialised(connection, f"{arguments}, header=true", scratch)
    # Lines of other lengths made the engine see other columns; told which there are, it names the line at fault.
    separator, columns = uneven
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in columns)
    explicit = f"delim={literal(separator)}, header=true, auto_detect=false, columns={{{types}}}"
    return _materialised(connection, f"{literal(table)}, encoding={literal(encoding)}, {explicit}", scratch)


def _materialised(connection: duckdb.DuckDBPyConnection, arguments: str, scratch: Path) -> duckdb.DuckDBPyRelation:
    """The rows of a CSV copied to Parquet, so that it is sniffed and parsed once, however often it is queried."""
    file = scratch / f"{len(list(scratch.iterdir()))}.parquet"
    connection.execute(f"COPY (SELECT * FROM read_csv({arguments})) TO {literal(file)} (FORMAT parquet)")
    return connection.sql(f"SELECT * FROM read_parquet({literal(file)})")


def _first_line(
    connection: duckdb.DuckDBPyConnection, table: Path, encoding: str, detected: Sequence[str]
) -> tuple[str, list[str]] | None:
    """Separator and column names from a CSV's first line, where the engine detected none of them: one column of whole
    lines, or as many unnamed ones as the longest line has."""
    if len(detected) > 1 and not all(map(_is_unnamed, detected)):
        return None
    query = f"SELECT * FROM read_csv({literal(table)}, encoding={literal(encoding)}, {_WHOLE_LINES}) LIMIT 1"
    first = connection.execute(query).fetchone()
    head = (first and first[0]) or ""
    separator = next((separator for separator in _SEPARATORS if separator in head), None)
    if separator is None or head.count(separator) + 1 == len(detected):
        return None
    return separator, [name.strip().strip('"') for name in head.split(separator)]


def _is_unnamed(column: str) -> bool:
    return _UNNAMED.fullmatch(column) is not None


def _without_time_zones(rows: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Timestamps with a zone as UTC: DuckDB needs another package to hand the former to Python."""
    zoned = [quote(name) for name, kind in types_of(rows).items() if kind == "TIMESTAMP WITH TIME ZONE"]
    return rows.project(f"* REPLACE ({', '.join(f'{name}::TIMESTAMP AS {name}' for name in zoned)})") if zoned else rows


def _encoding(table: Path) -> str:
    """UTF-8 where all bytes are valid, UTF-16 by its byte order mark, else Latin-1; InputError for binary files."""
    decoder = getincrementaldecoder("utf-8")()
    encoding = "utf-8"
    with table.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            if file.tell() == len(chunk) and chunk[:2] in (BOM_UTF16_LE, BOM_UTF16_BE):
                return "utf-16"
            if b"\0" in chunk:
                raise InputError("O arquivo não é um texto", value=table, hint="Dê um CSV, um Parquet ou uma planilha")
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                encoding = "latin-1"
    return encoding


def types_of(rows: duckdb.DuckDBPyRelation) -> dict[str, str]:
    """The engine's type of each column, without its parameters."""
    return {name: str(kind).split("(")[0] for name, kind in zip(rows.columns, rows.types, strict=True)}


def write_table(parts: Iterable[pa.Table], out: Path, refusal: str) -> None:
    """Write tables in turn to a .csv or .parquet file, atomically; StorageError with `refusal` when the disk fails."""
    try:
        with atomic_output(out) as partial:
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
