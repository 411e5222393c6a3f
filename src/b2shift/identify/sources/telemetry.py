"""Telemetry aggregated while it is read: events never enter Python, a file becomes a few mergeable partials."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from b2shift.identify.sources.declaration import Source, same_header
from b2shift.identify.sources.lines import Field, Shape, shape_of
from b2shift.identify.sources.rows import Reading, places
from b2shift.kernel.errors import SchemaError, SourceError, StorageError
from b2shift.lake.api import Session, literal, quote

_TYPES = {"customer_id": "VARCHAR", "duration": "DOUBLE", "module": "INTEGER", "product_line": "INTEGER", "day": "DATE"}
_NEEDED = ("customer_id", "duration", "module", "product_line", "day", "status")
_DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y")
_BROKEN_SHARE = 0.05
# floor(log2(d)) from 1 on, -1 below, -2 for zero, -3 for negative; without branches, thirty million times.
_BIN = "CAST(floor(log2(greatest(duration, 0.5))) AS TINYINT) - CAST(duration <= 0 AS TINYINT) - CAST(duration < 0 AS TINYINT)"


@dataclass
class Partials:
    """What one telemetry file became."""

    reading: Reading
    known: int = 0
    strays: int = 0
    date_order: str = "iso"
    evidence: str = ""


def read_telemetry(session: Session, source: Source, name: str, path: Path, known: Path, strays: Path) -> Partials:
    """Write the partials of one file: customers that are known to `known`, the others to `strays`.

    Rows are counted the same whatever is projected: every column of a line is read, so a line with a broken byte or
    a missing field never counts. Sums are rounded to thousandths, so that threads may add in any order.
    """
    shape = shape_of(path, source.encoding, source.separator, session.scratch)
    where = places(source, shape)
    form, evidence = _date_form(shape, where["referencedatestart"])
    connection = session.connection
    scan, rest = _scan(source, shape, where, form)
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE _partials AS {_aggregate(scan, rest)}")
        bad = connection.execute(
            "SELECT DISTINCT line, line_byte_position - 1, error_type FROM reject_errors ORDER BY line"
        ).fetchall()
        events, stray = write_partials(session, "_partials", known, strays)
    except (duckdb.IOException, OSError) as error:
        raise StorageError("A telemetria não pôde ser guardada", value=name, hint=str(error)) from error
    except duckdb.InvalidInputException as error:
        raise SourceError("O arquivo não pode ser lido", value=name, hint=str(error).splitlines()[0]) from error
    finally:
        connection.execute(
            "DROP TABLE IF EXISTS _partials; DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans"
        )
    accidents, injected = _accidents(shape, [(line, place) for line, place, _ in bad])
    rows = events + stray + len(accidents) - injected
    if events + stray == 0 or len(accidents) > max(100, _BROKEN_SHARE * rows):
        raise SchemaError(
            "As linhas da telemetria não têm a forma combinada", value=f"{name}: {len(accidents)} linhas recusadas",
            hint="Confira as colunas, o separador e as datas",
        )  # fmt: skip
    reading = Reading(rows, 0, shape.encoding, shape.evidence, [], accidents)
    return Partials(
        reading,
        events,
        stray,
        "iso" if form == _DATE_FORMS[0] else "day_first" if form == _DATE_FORMS[1] else "month_first",
        evidence,
    )


def write_partials(session: Session, rows: str, known: Path, strays: Path) -> tuple[int, int]:
    """Write partials of customers to `known`, the others to `strays`; the events in each."""
    events = []
    for target, join in ((known, "SEMI"), (strays, "ANTI")):
        session.connection.execute(
            f"COPY (SELECT * FROM {rows} {join} JOIN known_customers USING (customer_id) ORDER BY ALL) "
            f"TO {literal(target)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
        told = session.connection.execute(f"SELECT coalesce(sum(events), 0) FROM read_parquet({literal(target)})")
        events.append(int(told.fetchall()[0][0]))
    return events[0], events[1]


def _scan(source: Source, shape: Shape, where: dict[str, int], form: str) -> tuple[str, list[str]]:
    """read_csv of the file, and the columns that nothing needs."""
    names = {place: next(c for c in source.columns if c.header == header) for header, place in where.items()}
    called = [names[i].name if i in names else f"extra {i}" for i in range(len(shape.columns))]
    columns = ", ".join(f"{literal(name)}: {literal(_TYPES.get(name, 'VARCHAR'))}" for name in called)
    quotation = "'\"'" if shape.quoted else "''"
    return (
        f"read_csv({literal(shape.path)}, auto_detect = false, header = true, delim = {literal(shape.separator)}, "
        f"quote = {quotation}, escape = {quotation}, nullstr = '', dateformat = {literal(form)}, "
        f"columns = {{{columns}}}, store_rejects = true, rejects_limit = 0)"
    ), [name for name in called if name not in _NEEDED]


def _aggregate(scan: str, rest: list[str]) -> str:
    read = f"WHERE hash({', '.join(map(quote, rest))}) <> 0" if rest else ""
    return f"""
        SELECT CASE WHEN key = upper(key) THEN left(key, -2) ELSE upper(left(key, -2)) END AS customer_id,
               right(key, 2) AS store, day, product_line, module, status, duration_bin,
               CAST(sum(events) AS BIGINT) AS events, round(sum(duration), 3) AS duration
        FROM (SELECT trim(customer_id) AS key, day, product_line, module, status, {_BIN} AS duration_bin,
                     count(*) AS events, sum(duration) AS duration
              FROM {scan} {read} GROUP BY ALL) GROUP BY ALL"""


def _date_form(shape: Shape, place: int) -> tuple[str, str]:
    """The form of the days, from the first thousands of rows."""
    with shape.path.open("rb") as file:
        file.seek(shape.start)
        head = file.read(1 << 20).split(b"\n")[:-1] or [b""]
    texts = {
        line.split(shape.separator.encode())[place] for line in head if line.count(shape.separator.encode()) >= place
    }
    told = {text.decode("utf-8", "replace").strip('"\r ') for text in texts}
    fits = {form: sum(_is_day(text, form) for text in told) for form in _DATE_FORMS}
    best = max(_DATE_FORMS, key=lambda form: fits[form])
    return best, f"{len(told)} dias diferentes no começo do arquivo, {fits[best]} na forma {best}"


def _is_day(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return False
    return True


def _accidents(shape: Shape, bad: list[tuple[int, int]]) -> tuple[list[Field], int]:
    """The refused lines as they are in the file, told apart; and how many of them were never rows."""
    found: list[Field] = []
    injected = 0
    header = same_header(shape.header.decode(shape.encoding, "replace"))
    size = shape.path.stat().st_size
    with shape.path.open("rb") as file:
        for line, place in bad:
            file.seek(place)
            raw = file.readline(1 << 16)
            kind = _kind(raw, header, shape.encoding, last=file.tell() >= size)
            found.append(
                [kind, line - 2 - injected, line, raw[:2000].rstrip(b"\r\n").decode("utf-8", "backslashreplace")]
            )
            injected += kind in ("repeated_header", "foreign_bytes_line")
    return found, injected


def _kind(raw: bytes, header: str, encoding: str, *, last: bool) -> str:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return "foreign_bytes_line"
    if same_header(text.strip()) == header:
        return "repeated_header"
    return "truncated_last_line" if last and not raw.endswith(b"\n") else "invalid_line"
