"""One source cleansed: raw rows in, accepted rows of its tables out, every refusal and every change told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from b2shift.identify.cleansing.company_told import accepted_sql, company_name_sql, work_domain_sql
from b2shift.identify.cleansing.duplicates import mark_duplicates
from b2shift.identify.cleansing.file_forms import Form, form_of
from b2shift.identify.cleansing.named_months import first_of_month_sql
from b2shift.identify.cleansing.outcome import Lines, count_facts, load_facts, rejects_sql, repairs_sql
from b2shift.identify.cleansing.refused_keys import refuse_keys
from b2shift.identify.cleansing.reuse import (
    Earlier,
    content_of_settled,
    find_neighbours,
    form_note,
    mark_repeated,
    plan_reuse,
    reuse_repairs,
    unsettled_sql,
)
from b2shift.identify.cleansing.row_changes import compare, first_load
from b2shift.identify.cleansing.table_parts import (
    count_kept,
    drop_temporary,
    typed_select,
    write_incrementally,
    write_part,
)
from b2shift.identify.cleansing.typed_values import OddValues, delivered_column, judge_odd_values, typed_values_sql
from b2shift.identify.sources.codes import prospect_sql, tidy
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import tables, target_spec
from b2shift.identify.sources.incremental_lines import keeps_known_lines
from b2shift.identify.sources.requested_lines import UNSETTLED
from b2shift.identify.sources.stored_lines import fetch_lines, lines_as_delivered, lines_of_files
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
    session.connection.execute(f"CREATE OR REPLACE TEMP MACRO company_name(told) AS {company_name_sql('told')}")
    session.connection.execute(f"CREATE OR REPLACE TEMP MACRO work_domain(email) AS {work_domain_sql('email')}")
    session.connection.execute(f"CREATE OR REPLACE TEMP MACRO first_of_month(told) AS {first_of_month_sql('told')}")


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
        fresh = plan_reuse(session, source, forms, earlier)
        earlier = earlier if fresh is not None else None
        seen = _look_at(session, source, forms, earlier, spelt, fresh or ())
        refuse_keys(session, source)
        mark_duplicates(session, source, damaged=seen.damaged)
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW accepted AS {accepted_sql(source, companies=session.has('companies'))}"
        )
        connection.register("_lines_cut", cut)
        mark_repeated(session, source)
        _repairs(session, source, seen)
        if earlier is not None:
            reuse_repairs(session, source, earlier, fresh or ())
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
) -> OddValues:
    """Make `_clean` of the rows that must be looked at, and `_rows` with them as delivered; the others are taken over
    from `earlier`. All lines of `fresh` files are looked at, and the unsettled ones of files that passed by."""
    connection = session.connection
    if earlier is None:
        raw = f"SELECT * FROM {lines_as_delivered(session, source)}"
    else:
        fetch_lines(session, source, "_again", "_look", besides=fresh)
        for tables in earlier.passing.values():
            connection.execute(
                f"INSERT INTO _again BY NAME SELECT * RENAME ({ROW_CONTENT} AS _hash) FROM {tables.whole}"
            )
        raw = "SELECT * FROM _again"
        raw += f" UNION ALL BY NAME SELECT * FROM {lines_of_files(session, fresh)}" if fresh else ""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW _rows AS {raw}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _clean AS {typed_values_sql(source, forms, '_rows', spelt)}")
    seen = judge_odd_values(session, source, forms)
    if earlier is not None and find_neighbours(session, source, earlier, damaged=seen.damaged):
        fetch_lines(session, source, "_beside", "_met", besides=fresh)
        connection.execute("INSERT INTO _again BY NAME FROM _beside")
        connection.execute(f"INSERT INTO _clean {typed_values_sql(source, forms, '_beside', spelt)}")
        seen = judge_odd_values(session, source, forms)
    return seen


def _repairs(session: Session, source: Source, seen: OddValues) -> None:
    """Make `_repairs` of the rows looked at; those of settled rows with their content."""
    refused = "(file, row) IN (SELECT (_file, _row) FROM _refused)"
    found = (
        f"SELECT * REPLACE (CASE WHEN NOT {refused} THEN {ROW_CONTENT} END AS {ROW_CONTENT}) "
        f"FROM ({repairs_sql(source, seen, content_of_settled(source, 'c.'))})"
    )
    session.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _repairs AS {typed_select(tables()['repairs'], found, content=True)}"
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
        session.connection.execute(f"CREATE OR REPLACE TEMP TABLE _fresh AS {typed_select(spec, rows, content=True)}")
        result.parts[spec.name] = write_incrementally(session, spec, earlier.rows)
    else:
        result.parts[spec.name] = TableFiles(files=(write_part(session, spec, rows, content=True),))
    found = count_facts(session, files)
    for table, select in (source.also | {"rejects": rejects_sql(source, last, found.values())}).items():
        result.parts[table] = TableFiles(files=(write_part(session, tables()[table], select),))
    if keeps_known_lines(source, sum(lines.read for lines in files.values())):
        unsettled = unsettled_sql(source, broken=any(facts.broken for facts in found.values()))
        result.parts[UNSETTLED] = TableFiles(files=(write_part(session, tables()[UNSETTLED], unsettled),))
    repairs = "SELECT * FROM _repairs ORDER BY file, row"
    result.parts["repairs"] = TableFiles(files=(write_part(session, tables()["repairs"], repairs, content=True),))
    for form in forms:
        result.files[form.file] = load_facts(form, found[form.file])
        result.forms[form.file] = form_note(form)
    result.kept = count_kept(session, earlier.rows) if earlier is not None else 0
    return result


def _filled(source: Source, spec: TableSpec) -> str:
    """Every column of the target: derived, published, collected in a map, told by the customer's code, or null."""
    values: dict[str, str] = {}
    if source.customer and source.customer.codes:
        values["prospect_id"] = prospect_sql(source.customer.codes, quote(delivered_column(source.customer)))
    values |= {column.to: quote(column.name) for column in source.columns if column.to}
    if source.company_by:
        for name, told in (("customer_id", "customer_told"), ("prospect_id", "company_told")):
            values[name] = f"coalesce({values.get(name, 'NULL')}, {told})"
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
