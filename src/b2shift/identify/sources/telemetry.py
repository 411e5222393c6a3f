"""Telemetry aggregated while it is read: events never enter Python, a file becomes a few mergeable partials."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from b2shift.identify.cleansing.dates import Decision
from b2shift.identify.cleansing.keys import normalized_key
from b2shift.identify.cleansing.table_parts import drop_temporary, typed_select
from b2shift.identify.sources.declaration import Mark, Source
from b2shift.identify.sources.declarations import tables
from b2shift.identify.sources.events import reread_refused
from b2shift.identify.sources.file_shape import Shape
from b2shift.identify.sources.quoted import plain_lines
from b2shift.identify.sources.raw_rows import places
from b2shift.identify.sources.short_lines import short_lines
from b2shift.identify.sources.telemetry_form import telemetry_form
from b2shift.identify.sources.text_lines import FEW_FOREIGN, Accidents, is_utf8, record_titles, shape_of
from b2shift.kernel.errors import SchemaError, SourceError, StorageError
from b2shift.lake.api import Session, literal, quote

NEEDED = {
    "customer_id": "VARCHAR", "duration": "DOUBLE", "module": "INTEGER", "product_line": "INTEGER", "day": "DATE",
    "status": "VARCHAR",
}  # fmt: skip
# The engine reads ISO days by itself, faster than by a form.
_FORMS = {"day_first": "%d/%m/%Y", "month_first": "%m/%d/%Y"}
_BROKEN_SHARE = 0.05
# floor(log2(d)) from 1 on, -1 below, -2 for zero, -3 for negative; without branches, thirty million times.
_BIN = (
    "CAST(floor(log2(greatest(duration, 0.5))) AS TINYINT) - CAST(duration <= 0 AS TINYINT) "
    "- CAST(duration < 0 AS TINYINT)"
)
_KEYS_TOLD = 10_000


@dataclass
class Usage:
    """What one telemetry file became, under the names its stage notes it."""

    rows: int = 0
    encoding: str = ""
    evidence: str = ""
    date_order: str = "iso"
    date_evidence: str = ""
    decimal_mark: str = "point"
    events: int = 0
    stray_events: int = 0
    new_columns: list[str] = field(default_factory=list)
    accidents: list[list[Any]] = field(default_factory=list)
    repairs: list[list[Any]] = field(default_factory=list)
    keys: list[list[Any]] = field(default_factory=list)

    def notes(self) -> dict[str, Any]:
        """As the stage keeps it."""
        return asdict(self)


def read_telemetry(session: Session, source: Source, name: str, path: Path, known: Path, strays: Path) -> Usage:
    """Write the partials of one file: customers that are known to `known`, the others to `strays`.

    A line the engine refuses is looked at again by the rules of every other source; what is a broken line is told.
    Sums are rounded to thousandths, so that threads may add in any order.
    """
    shape = shape_of(path, source.encoding, source.separator, session.scratch)
    shape = short_lines(shape, session.scratch) if shape.long else shape
    shape = plain_lines(shape, session.scratch) if shape.quoted or b"\n" in shape.header else shape
    where = places(source, shape)
    dates, mark = telemetry_form(source, shape, where)
    connection = session.connection
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE _events AS {_scanned(source, shape, where, dates, mark)}")
        refusals = connection.execute(
            "SELECT DISTINCT line, line_byte_position - 1 FROM reject_errors ORDER BY line"
        ).fetchall()
        refused = reread_refused(source, shape, where, [(line, place) for line, place in refusals], dates, mark)
        _keep_keys(session, refused.rescued)
        keys = connection.execute(_UNTIDY_KEYS).fetchall()
        events, stray = write_partials(session, f"({_PARTIALS})", known, strays)
    except (duckdb.IOException, OSError) as error:
        raise StorageError("A telemetria não pôde ser guardada", value=name, hint=str(error)) from error
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise SourceError("O arquivo não pode ser lido", value=name, hint=str(error).splitlines()[0]) from error
    finally:
        drop_temporary(connection, ("_events", "_keys", "reject_errors", "reject_scans"))
    titles = Accidents()
    record_titles(shape, titles)
    usage = Usage(
        rows=events + stray + refused.lost, encoding=shape.encoding, evidence=shape.evidence, date_order=dates.told,
        date_evidence=dates.evidence, decimal_mark=str(mark), events=events, stray_events=stray,
        new_columns=[name for place, name in enumerate(shape.columns) if place not in where.values()],
        accidents=[*titles.lines, *refused.accidents], repairs=refused.repairs, keys=[list(key) for key in keys],
    )  # fmt: skip
    if refused.lost > (max(100, _BROKEN_SHARE * usage.rows) if events + stray else 0):
        raise SchemaError(
            "As linhas da telemetria não têm a forma combinada",
            value=f"{name}: {refused.lost} linhas recusadas de {usage.rows}",
            hint="Confira as colunas, o separador e as datas",
        )
    return usage


def _keep_keys(session: Session, rescued: pa.Table) -> None:
    """Add the events of lines that were read again, and make `_keys`."""
    connection = session.connection
    if not rescued.num_rows:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE _keys AS {_KEYS.format(again='')}")
        return
    connection.register("_rescued", rescued)
    connection.execute(
        f"INSERT INTO _events SELECT key, day, product_line, module, status, {_BIN}, 1, duration FROM _rescued"
    )
    again = "OR coalesce(bool_or(key IN (SELECT key FROM _rescued)) OVER same, FALSE)"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _keys AS {_KEYS.format(again=again)}")
    connection.unregister("_rescued")


def _scanned(source: Source, shape: Shape, where: dict[str, int], dates: Decision, mark: Mark) -> str:
    """Events counted and added by the key as delivered.

    A file is read by the columns needed; where that would hide bytes of another encoding, by all of them, so that a
    line that has some never counts.
    """
    names = {place: next(c for c in source.columns if c.header == header) for header, place in where.items()}
    called = [names[i].name if i in names else f"extra {i}" for i in range(len(shape.columns))]
    columns = ", ".join(f"{literal(name)}: {literal(NEEDED.get(name, 'VARCHAR'))}" for name in called)
    form = f"dateformat = {literal(_FORMS[dates.usual])}, " if dates.usual in _FORMS else ""
    scan = (
        f"read_csv({literal(shape.path)}, auto_detect = false, header = true, delim = {literal(shape.separator)}, "
        f"quote = '', escape = '', nullstr = '', {form}"
        f"decimal_separator = {literal(',' if mark is Mark.COMMA else '.')}, "
        f"columns = {{{columns}}}, store_rejects = true, rejects_limit = 0)"
    )
    rest = ", ".join(quote(name) for name in called if name not in NEEDED)
    every = f"WHERE hash({rest}) <> 0" if rest and _hidden(shape, called) else ""
    return (
        f"SELECT customer_id AS key, day, product_line, module, status, {_BIN} AS duration_bin, "
        f"count(*) AS events, sum(duration) AS duration FROM {scan} {every} GROUP BY ALL"
    )


def _hidden(shape: Shape, called: list[str]) -> bool:
    """Whether some line has, or may have, foreign bytes where reading the needed columns only does not refuse it.

    The engine also falls over such bytes in a column whose place is not below the number of columns read.
    """
    if shape.quoted or len(shape.foreign) == FEW_FOREIGN:
        return bool(shape.foreign)
    refused = {place for place, name in enumerate(called[: len(NEEDED)]) if name in NEEDED}
    cells = (enumerate(line.split(shape.separator.encode())) for line in shape.foreign)
    return any(place not in refused for line in cells for place, cell in line if not is_utf8(cell))


# Thousands of keys are tidied and compared, not a million groups. Groups are `shared` where another key is the same
# when tidy, or lines were read again: these are added up once more.
_KEYS = f"""
    SELECT key, tidy, left(tidy, -2) AS customer_id, right(tidy, 2) AS store,
           count(*) OVER same > 1 {{again}} AS shared
    FROM (SELECT key, {normalized_key("key")} AS tidy FROM (SELECT DISTINCT key FROM _events))
    WINDOW same AS (PARTITION BY tidy)"""
_TOLD = """
    SELECT customer_id, store, day, product_line, module, status, duration_bin, {events} AS events,
           {duration} AS duration
    FROM _events AS e JOIN _keys AS k ON e.key IS NOT DISTINCT FROM k.key WHERE {which}"""
_PARTIALS = " UNION ALL ".join((
    _TOLD.format(events="events", duration="round(duration, 3)", which="NOT shared"),
    _TOLD.format(events="CAST(sum(events) AS BIGINT)", duration="round(sum(duration), 3)", which="shared GROUP BY ALL"),
))  # fmt: skip
_UNTIDY_KEYS = f"""
    SELECT key, tidy, CAST(sum(events) AS BIGINT) AS events FROM _events JOIN _keys USING (key) WHERE key <> tidy
    GROUP BY ALL ORDER BY events DESC, key LIMIT {_KEYS_TOLD}"""


def write_partials(session: Session, rows: str, known: Path, strays: Path) -> tuple[int, int]:
    """Write partials of customers to `known`, the others to `strays`; the events in each."""
    for target, table, join in ((known, "usage_daily", "SEMI"), (strays, "usage_strays", "ANTI")):
        spec, chosen = tables()[table], f"SELECT * FROM {rows} {join} JOIN known_customers USING (customer_id)"
        copied = session.connection.execute(
            f"COPY ({typed_select(spec, f'{chosen} ORDER BY customer_id')}) TO {literal(target)} "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
        session.written(target, copied.fetchall()[0][0], spec)
    events = (f"(SELECT coalesce(sum(events), 0) FROM read_parquet({literal(target)}))" for target in (known, strays))
    found = session.connection.execute(f"SELECT {', '.join(events)}").fetchall()[0]
    return int(found[0]), int(found[1])
