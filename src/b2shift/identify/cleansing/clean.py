"""One source cleansed: raw rows in, accepted rows of its tables out, every refusal and every change told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from b2shift.identify.cleansing.again import (
    Earlier,
    content_of_settled,
    keep_settled,
    look_beside,
    mark_repeated,
    take_repairs,
    told,
    unsettled_sql,
)
from b2shift.identify.cleansing.forms import Form, form_of
from b2shift.identify.cleansing.moved import compare, first_load
from b2shift.identify.cleansing.outcome import Lines, as_told, counted, rejects_sql, repairs_sql
from b2shift.identify.cleansing.parts import drop_temporary, hold, typed, write_beside, write_part
from b2shift.identify.cleansing.refuse import refuse_keys
from b2shift.identify.cleansing.repeats import mark_repeats
from b2shift.identify.cleansing.values import Seen, as_delivered, judge_odd_values, values_taken
from b2shift.identify.sources.codes import prospect_sql, tidy
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import tables, target_spec
from b2shift.identify.sources.held_lines import fresh_lines, lines_as_delivered, take_lines
from b2shift.identify.sources.known_lines import worth_knowing
from b2shift.identify.sources.passing_lines import UNSETTLED
from b2shift.lake.api import Session, TableFiles, literal, quote
from b2shift.lake.contracts import ROW_CONTENT, TableSpec

_MACROS = Path(__file__).with_name("macros.sql")
_TEMPORARY = (
    "_odd", "_clean", "_refused", "_twins", "_hurt", "_repairs", "_left", "_look", "_met", "_alike", "_near", "_again",
    "_beside", "_fresh", "_repeated", "_mended",
)  # fmt: skip


@dataclass
class Cleansed:
    """What cleansing one source gave: where the rows of each table lie, and the facts of each of its files."""

    parts: dict[str, TableFiles] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)
    files: dict[str, dict[str, object]] = field(default_factory=dict)
    forms: dict[str, list[object]] = field(default_factory=dict)
    kept: int = 0


def teach_words(session: Session) -> None:
    """Let statements of the session use the words declarations may use in their derived columns."""
    session.connection.execute(_MACROS.read_text(encoding="utf-8"))
    session.connection.execute(f"CREATE OR REPLACE TEMP MACRO account_code(code) AS {tidy('code')}")


def clean(
    session: Session,
    source: Source,
    files: Mapping[str, Lines],
    cut: pa.Table,
    spelt: Collection[str],
    last: Mapping[str, int] | None = None,
    earlier: Earlier | None = None,
    before: TableFiles | None = None,
) -> Cleansed:
    """Cleanse the rows of `raw_<source>`, which come from `files`, as they are now in the session.

    `cut`: the lines that never became rows (columns of `rejects`); `spelt`: the vocabularies that correct anything;
    `last`: the last row of each file that ends in the middle of a line. Settled rows of `earlier` that came again are
    taken over; `before` is what the delivery before gave to the source's table, to tell what moved.
    Needs `teach_words`.
    """
    connection = session.connection
    forms = [form_of(session, source, file) for file in sorted(files)]
    try:
        fresh = keep_settled(session, source, forms, earlier)
        earlier = earlier if fresh is not None else None
        seen = _look_at(session, source, forms, earlier, spelt, fresh or ())
        refuse_keys(session, source)
        mark_repeats(session, source, damaged=seen.damaged)
        connection.execute(
            "CREATE OR REPLACE TEMP VIEW accepted AS SELECT * FROM _clean ANTI JOIN _refused USING (_file, _row)"
        )
        connection.register("_lines_cut", cut)
        mark_repeated(session, source)
        _repairs(session, source, seen)
        if earlier is not None:
            take_repairs(session, source, earlier, fresh or ())
        result = _write(session, source, forms, files, last or {}, earlier)
        after = result.parts[target_spec(source).name]
        if before is None:
            result.moved = first_load(session, after)
        else:
            result.moved, changes = compare(session, source, before, after, kept=result.kept)
            if changes is not None:
                result.parts["changes"] = TableFiles(files=(changes,))
        return result
    finally:
        connection.execute("DROP VIEW IF EXISTS accepted; DROP VIEW IF EXISTS _rows")
        connection.unregister("_lines_cut")
        drop_temporary(connection, _TEMPORARY)


def _look_at(
    session: Session,
    source: Source,
    forms: list[Form],
    earlier: Earlier | None,
    spelt: Collection[str],
    fresh: Sequence[str],
) -> Seen:
    """Make `_clean` of the rows that must be looked at, and `_rows` with them as delivered; the others are taken over
    from `earlier`. All lines of `fresh` files are looked at, and the unsettled ones of files that passed by."""
    connection = session.connection
    if earlier is None:
        raw = f"SELECT * FROM {lines_as_delivered(session, source)}"
    else:
        take_lines(session, source, "_again", "_look", besides=fresh)
        for tables in earlier.passing.values():
            connection.execute(
                f"INSERT INTO _again BY NAME SELECT * RENAME ({ROW_CONTENT} AS _hash) FROM {tables.whole}"
            )
        raw = "SELECT * FROM _again"
        raw += f" UNION ALL BY NAME SELECT * FROM {fresh_lines(session, fresh)}" if fresh else ""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW _rows AS {raw}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _clean AS {values_taken(source, forms, '_rows', spelt)}")
    seen = judge_odd_values(session, source, forms)
    if earlier is not None and look_beside(session, source, earlier, damaged=seen.damaged):
        take_lines(session, source, "_beside", "_met", besides=fresh)
        connection.execute("INSERT INTO _again BY NAME FROM _beside")
        connection.execute(f"INSERT INTO _clean {values_taken(source, forms, '_beside', spelt)}")
        seen = judge_odd_values(session, source, forms)
    return seen


def _repairs(session: Session, source: Source, seen: Seen) -> None:
    """Make `_repairs` of the rows looked at; those of settled rows with their content."""
    refused = "(file, row) IN (SELECT (_file, _row) FROM _refused)"
    found = (
        f"SELECT * REPLACE (CASE WHEN NOT {refused} THEN {ROW_CONTENT} END AS {ROW_CONTENT}) "
        f"FROM ({repairs_sql(source, seen, content_of_settled(source, 'c.'))})"
    )
    session.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _repairs AS {typed(tables()['repairs'], found, content=True)}"
    )


def _write(
    session: Session,
    source: Source,
    forms: list[Form],
    files: Mapping[str, Lines],
    last: Mapping[str, int],
    earlier: Earlier | None,
) -> Cleansed:
    result = Cleansed()
    spec = target_spec(source)
    rows = f"SELECT {_filled(source, spec)}, {content_of_settled(source)} AS {ROW_CONTENT} FROM accepted"
    if earlier is not None:
        session.connection.execute(f"CREATE OR REPLACE TEMP TABLE _fresh AS {typed(spec, rows, content=True)}")
        result.parts[spec.name] = write_beside(session, spec, earlier.rows)
    else:
        result.parts[spec.name] = TableFiles(files=(write_part(session, spec, rows, content=True),))
    found = counted(session, files)
    for table, select in (source.also | {"rejects": rejects_sql(source, last, found.values())}).items():
        result.parts[table] = TableFiles(files=(write_part(session, tables()[table], select),))
    if worth_knowing(source, sum(lines.read for lines in files.values())):
        unsettled = unsettled_sql(source, broken=any(facts.broken for facts in found.values()))
        result.parts[UNSETTLED] = TableFiles(files=(write_part(session, tables()[UNSETTLED], unsettled),))
    repairs = "SELECT * FROM _repairs ORDER BY file, row"
    result.parts["repairs"] = TableFiles(files=(write_part(session, tables()["repairs"], repairs, content=True),))
    for form in forms:
        result.files[form.file] = as_told(form, found[form.file])
        result.forms[form.file] = told(form)
    result.kept = hold(session, earlier.rows) if earlier is not None else 0
    return result


def _filled(source: Source, spec: TableSpec) -> str:
    """Every column of the target: derived, published, collected in a map, told by the customer's code, or null."""
    values: dict[str, str] = {}
    if source.customer and source.customer.codes:
        values["prospect_id"] = prospect_sql(source.customer.codes, quote(as_delivered(source.customer)))
    values |= {column.to: quote(column.name) for column in source.columns if column.to}
    values |= {column.into: _map(source, column.into) for column in source.columns if column.into}
    values |= source.derived
    return ", ".join(f"{values.get(column.name, 'NULL')} AS {quote(column.name)}" for column in spec.columns)


def _map(source: Source, name: str) -> str:
    entries = ", ".join(
        f"{{'k': {literal(column.label or column.header)}, 'v': {quote(column.name)}}}"
        for column in source.columns
        if column.into == name
    )
    return f"map_from_entries(list_filter([{entries}], entry -> entry.v IS NOT NULL))"
