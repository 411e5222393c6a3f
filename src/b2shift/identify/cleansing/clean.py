"""One source cleansed: raw rows in, accepted rows of its tables out, every refusal and every change told."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from b2shift.identify.cleansing.forms import Form, form_of
from b2shift.identify.cleansing.odd import as_table, delivered, odd_values
from b2shift.identify.cleansing.repairs import repairs_sql
from b2shift.identify.cleansing.repeats import mark_repeats
from b2shift.identify.cleansing.usual import PARSED, type_of, usual
from b2shift.identify.cleansing.vocabularies import spoken, vocabulary_of
from b2shift.identify.sources.declaration import Kind, Source
from b2shift.identify.sources.declarations import tables, target_spec
from b2shift.kernel.errors import StorageError
from b2shift.lake.api import Session, literal, quote
from b2shift.lake.contracts import TableSpec

_MACROS = Path(__file__).with_name("macros.sql")


@dataclass
class Cleansed:
    """What cleansing one source gave: Parquet parts by table, and the facts of each of its files."""

    parts: dict[str, str] = field(default_factory=dict)
    files: dict[str, dict[str, object]] = field(default_factory=dict)


def clean(session: Session, source: Source, lines: pa.Table, unterminated: Iterable[str] = ()) -> Cleansed:
    """Cleanse the rows of `raw_<source>` as they are now in the session.

    `lines` never became rows (columns of `rejects`); the files in `unterminated` end in the middle of a line.
    """
    session.connection.execute(_MACROS.read_text(encoding="utf-8"))
    files = [row[0] for row in session.connection.execute(
        f"SELECT DISTINCT _file FROM {quote(source.raw_table)} ORDER BY _file").fetchall()]  # fmt: skip
    forms = [form_of(session, source, file) for file in files]
    try:
        _judge(session, source, forms)
        _cleanse(session, source, forms)
        _refuse(session, source)
        mark_repeats(session, source)
        session.connection.register("_lines_cut", lines)
        return _write(session, source, forms, list(unterminated))
    finally:
        session.connection.execute(
            "DROP VIEW IF EXISTS accepted; DROP VIEW IF EXISTS _odd_values; DROP VIEW IF EXISTS _lines_cut"
        )
        for table in ("_odd", "_clean", "_refused", "_twins", "_hurt", "_repairs"):
            session.connection.execute(f"DROP TABLE IF EXISTS {table}")


def _judge(session: Session, source: Source, forms: list[Form]) -> None:
    """`_odd`: file, column, before → after, with the reason."""
    rows = [row for form in forms for row in odd_values(session, source, form)]
    session.connection.register("_odd_values", as_table(rows))
    session.connection.execute("CREATE OR REPLACE TEMP TABLE _odd AS SELECT * FROM _odd_values")
    session.connection.unregister("_odd_values")
    for column in spoken(source):
        if column.kind is not Kind.TEXT:
            session.connection.execute(
                f"INSERT INTO _odd SELECT file, {literal(column.name)}, delivered, spelling, kind, rule, confidence "
                f"FROM spellings, (SELECT unnest(?) AS file) WHERE vocabulary = {literal(vocabulary_of(source, column))}",
                [[form.file for form in forms]],
            )


def _cleanse(session: Session, source: Source, forms: list[Form]) -> None:
    """`_clean`: one typed row for each raw row whose fields fit."""
    judged = {row[0] for row in session.connection.execute('SELECT DISTINCT "column" FROM _odd').fetchall()}
    target = {column.name: column.type for column in target_spec(source).columns}
    selects = [_select(source, form, judged, target) for form in forms]
    session.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _clean AS {' UNION ALL '.join(selects)} ORDER BY _file, _row"
        if len(selects) > 1 else f"CREATE OR REPLACE TEMP TABLE _clean AS {selects[0]}"
    )  # fmt: skip


def _select(source: Source, form: Form, judged: set[str], target: dict[str, str]) -> str:
    columns, joins, hurt = [], [], []
    for place, column in enumerate(source.columns):
        text, odd = delivered(column, source), f"o{place}"
        kind = type_of(column.kind, target.get(column.name))
        value = usual(column.kind, text, form, kind) if column.kind in PARSED else text
        if column.name in judged:
            joins.append(
                f"LEFT JOIN _odd AS {odd} ON {odd}.file = r._file AND {odd}.column = {literal(column.name)} "
                f"AND {odd}.before = {text}"
            )
            after = f"TRY_CAST({odd}.after AS {kind})"
            value = f"coalesce({value}, {after})" if column.kind in PARSED else f"coalesce({after}, {value})"
            if column.kind in (Kind.DATE, Kind.TIMESTAMP, Kind.DECIMAL):
                hurt.append(f"{odd}.before IS NOT NULL")
        if column.filled:
            hurt.append(f"{text} IS NULL")
        if column.kind is Kind.CITY:
            joins += _place_joins(source, text)
            value = (
                f"coalesce(p1.spelling, p0.spelling, {text})" if source.customer else f"coalesce(p0.spelling, {text})"
            )
        columns.append(f"{value} AS {quote(column.name)}")
        if column.kind is Kind.CNPJ:
            columns.append(f"{text} AS {quote(column.name + '_delivered')}")
    return (
        f"SELECT r._file, r._row, r._line, {', '.join(columns)}, {' OR '.join(hurt) or 'FALSE'} AS _damaged "
        f"FROM {quote(source.raw_table)} AS r {' '.join(joins)} WHERE r._text IS NULL AND r._file = {literal(form.file)}"
    )


def _place_joins(source: Source, city: str) -> list[str]:
    joins = [f"LEFT JOIN places AS p0 ON p0.customer_id IS NULL AND p0.delivered = {city}"]
    if source.customer:
        key = f"upper(replace({delivered(source.customer, source)}, ' ', ''))"
        joins.append(f"LEFT JOIN places AS p1 ON p1.customer_id = {key} AND p1.delivered = {city}")
    return joins


def _refuse(session: Session, source: Source) -> None:
    """`_refused`: rows whose key cannot be anybody's, or is nobody's."""
    session.connection.execute(
        'CREATE OR REPLACE TEMP TABLE _refused (_file VARCHAR, _row BIGINT, kind VARCHAR, "column" VARCHAR, '
        "value VARCHAR, reason VARCHAR)"
    )
    if source.customer is None:
        return
    name, header = quote(source.customer.name), literal(source.customer.header)
    text = delivered(source.customer, source)
    keep_empty = f"AND {text} IS NOT NULL" if source.anonymous else ""
    session.connection.execute(f"""
        INSERT INTO _refused
        SELECT c._file, c._row, CASE WHEN c.{name} IS NULL THEN 'invalid_key' ELSE 'orphan_key' END, {header}, {text},
               CASE WHEN {text} IS NULL THEN 'a linha não diz de que cliente é'
                    WHEN c.{name} IS NULL THEN 'não tem a forma de um código de cliente'
                    ELSE 'nenhum cliente tem este código' END
        FROM _clean AS c JOIN {quote(source.raw_table)} AS r USING (_file, _row)
        LEFT JOIN known_customers AS k ON k.customer_id = c.{name}
        WHERE k.customer_id IS NULL {keep_empty}
    """)


def _write(session: Session, source: Source, forms: list[Form], unterminated: list[str]) -> Cleansed:
    session.connection.execute(
        "CREATE OR REPLACE TEMP VIEW accepted AS SELECT * FROM _clean ANTI JOIN _refused USING (_file, _row)"
    )
    result = Cleansed()
    spec = target_spec(source)
    result.parts[spec.name] = write_part(session, spec, f"SELECT {_filled(source, spec)} FROM accepted")
    for table, select in source.also.items():
        result.parts[table] = write_part(session, tables()[table], select)
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE _repairs AS {repairs_sql(session, source)}")
    result.parts["repairs"] = write_part(session, tables()["repairs"], "SELECT * FROM _repairs")
    result.parts["rejects"] = write_part(session, tables()["rejects"], _rejects(source, unterminated))
    for form in forms:
        result.files[form.file] = _facts(session, source, form)
    return result


def _filled(source: Source, spec: TableSpec) -> str:
    """Every column of the target: published, derived, collected in a map, or null."""
    published = {column.to: quote(column.name) for column in source.columns if column.to}
    maps = {column.into for column in source.columns if column.into}
    values = [
        f"{source.derived.get(c.name) or published.get(c.name) or (_map(source, c.name) if c.name in maps else 'NULL')} "
        f"AS {quote(c.name)}"
        for c in spec.columns
    ]
    return ", ".join(values)


def _map(source: Source, name: str) -> str:
    entries = ", ".join(
        f"{{'k': {literal(column.label or column.header)}, 'v': {quote(column.name)}}}"
        for column in source.columns if column.into == name
    )  # fmt: skip
    return f"map_from_entries(list_filter([{entries}], entry -> entry.v IS NOT NULL))"


def _rejects(source: Source, unterminated: list[str]) -> str:
    """The refused rows as they were delivered, the lines whose fields do not fit, and the lines that were no rows."""
    columns = ", ".join(f"coalesce(r.{quote(column.header)}, '')" for column in source.columns)
    key = f"c.{quote(source.customer.name)}" if source.customer else "NULL"
    cut_files = ", ".join(map(literal, ["", *unterminated]))
    name, raw = literal(source.source), quote(source.raw_table)
    return f"""
        SELECT {name} AS source, f._file AS file, f._row AS row, r._line AS line, f.kind, f."column", f.value, f.reason,
               {key} AS customer_id, left(concat_ws({literal(source.separator)}, {columns}), 2000) AS delivered
        FROM _refused AS f JOIN {raw} AS r USING (_file, _row) JOIN _clean AS c USING (_file, _row)
        UNION ALL BY NAME
        SELECT {name} AS source, _file AS file, _row AS row, _line AS line,
               CASE WHEN cut THEN 'truncated_last_line' ELSE 'field_count' END AS kind, NULL AS "column", NULL AS value,
               CASE WHEN cut THEN 'a última linha foi cortada' ELSE 'o número de campos não é o do cabeçalho' END AS reason,
               NULL AS customer_id, left(_text, 2000) AS delivered
        FROM (SELECT *, _row = max(_row) OVER (PARTITION BY _file) AND _file IN ({cut_files}) AS cut
              FROM {raw} QUALIFY _text IS NOT NULL)
        UNION ALL BY NAME SELECT * FROM _lines_cut
        ORDER BY file, row, line
    """


def _facts(session: Session, source: Source, form: Form) -> dict[str, object]:
    file = literal(form.file)
    row = session.connection.execute(
        f"SELECT (SELECT count(*) FROM accepted WHERE _file = {file}), (SELECT count(*) FROM _refused WHERE _file = {file}),"
        f" (SELECT count(*) FROM _repairs WHERE file = {file})"
    ).fetchall()[0]
    return {
        "accepted": row[0], "refused": row[1], "repaired": row[2],
        "date_order": form.dates.told if form.dates else None,
        "date_evidence": form.dates.evidence if form.dates else None,
        "decimal_mark": str(form.mark) if form.mark else None,
    }  # fmt: skip


def write_part(session: Session, spec: TableSpec, select: str) -> str:
    """Write rows of a table to a file of its own, typed as declared; its place relative to the lake."""
    columns = ", ".join(f"CAST({quote(c.name)} AS {c.type}) AS {quote(c.name)}" for c in spec.columns)
    target = session.new_file(spec.name)
    try:
        session.connection.execute(
            f"COPY (SELECT {columns} FROM ({select})) TO {literal(target)} "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
    except (duckdb.IOException, OSError) as error:
        raise StorageError(
            "Uma tabela não pôde ser gravada", value=spec.name, hint=f"{error}. Libere espaço e rode de novo"
        ) from error
    return str(target.relative_to(session.store.root))
