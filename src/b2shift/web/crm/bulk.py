"""Bulk copies from the lake into a model's table: only changed rows are written, vanished ones are deleted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.db import connection, models

from b2shift.lake.api import Lake, literal, quote
from b2shift.web.crm.projections import Projection

_BATCH = 2_000


@dataclass(frozen=True)
class Copied:
    """What one copy did."""

    rows: int
    written: int
    deleted: int


def columns_of(projection: Projection) -> "list[models.Field[Any, Any]]":
    """The model's columns but for its automatic key."""
    return [
        f for f in projection.model._meta.concrete_fields if not isinstance(f, models.AutoField | models.BigAutoField)
    ]


def read(lake: Lake, projection: Projection) -> pa.Table:
    """The projection's rows, as the database stores them, and their `row_hash`; of rows with one key, one.

    A column that an older lake does not have yet is nothing in every row.
    """
    source, columns = projection.source(lake), []
    found = set(lake.query(f"SELECT * FROM ({source}) LIMIT 0").column_names)
    for field in columns_of(projection):
        column = str(field.column)
        if column != "row_hash":
            value = projection.expressions.get(column) or (quote(column) if column in found else "NULL")
            columns.append(f"{_stored(field, value)} AS {quote(column)}")
    keys = ", ".join(quote(name) for name in projection.key)
    return lake.query(
        f"SELECT *, printf('%016x', hash(t)) AS row_hash FROM (SELECT {', '.join(columns)} "
        f"FROM ({source})) AS t QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY hash(t)) = 1"
    )


def copy(projection: Projection, rows: pa.Table) -> Copied:
    """Make the model's table equal to the rows; call it inside a transaction."""
    table = projection.model._meta.db_table
    stored = _stored_hashes(table, projection.key)
    keys = list(zip(*(rows.column(name).to_pylist() for name in projection.key), strict=True))
    hashes = rows.column("row_hash").to_pylist()
    changed = [n for n, (key, row_hash) in enumerate(zip(keys, hashes, strict=True)) if stored.get(key) != row_hash]
    vanished = sorted(stored.keys() - set(keys))
    if vanished:
        _delete(table, projection.key, vanished)
    if changed:
        _write(table, projection.key, rows.take(changed))
    return Copied(rows=rows.num_rows, written=len(changed), deleted=len(vanished))


def empty(projection: Projection) -> Copied:
    """Leave the model's table without rows; call it inside a transaction."""
    deleted, _of_each = projection.model._default_manager.all().delete()
    return Copied(rows=0, written=0, deleted=deleted)


def _stored(field: "models.Field[Any, Any]", expression: str) -> str:
    """The expression cast to what this database keeps for the field, with the field's own value for nothing."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    sqlite = connection.vendor == "sqlite"
    match target:
        case models.JSONField():
            value, nothing = f"CAST(to_json({expression}) AS VARCHAR)", literal("[]")
        case models.CharField():
            value, nothing = f"left(replace(CAST({expression} AS VARCHAR), chr(0), ''), {target.max_length})", "''"
        case models.TextField():
            value, nothing = f"replace(CAST({expression} AS VARCHAR), chr(0), '')", "''"
        case models.BooleanField():
            value, nothing = f"CAST(CAST({expression} AS BOOLEAN) AS INTEGER)", "0"
        case models.FloatField():
            number = f"CAST({expression} AS DOUBLE)"
            value, nothing = f"CASE WHEN isfinite({number}) THEN {number} END", "0"
        case models.DecimalField():
            exact = f"CAST({expression} AS DECIMAL({target.max_digits},{target.decimal_places}))"
            value, nothing = f"CAST({exact} AS {'DOUBLE' if sqlite else 'VARCHAR'})", "0" if sqlite else "'0'"
        case models.IntegerField():
            value, nothing = f"CAST({expression} AS BIGINT)", "0"
        case models.DateField():
            value, nothing = f"CAST(CAST({expression} AS DATE) AS VARCHAR)", "NULL"
        case _:
            raise TypeError(f"No storage is known for {field}")
    return value if field.null else f"coalesce({value}, {nothing})"


def _stored_hashes(table: str, key: Sequence[str]) -> dict[tuple[Any, ...], str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(map(quote, key))}, row_hash FROM {quote(table)}")
        return {row[:-1]: row[-1] for row in cursor.fetchall()}


def _batches(rows: pa.Table) -> Iterator[list[tuple[Any, ...]]]:
    for batch in rows.to_batches(max_chunksize=_BATCH):
        yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _delete(table: str, key: Sequence[str], vanished: list[tuple[Any, ...]]) -> None:
    where = " AND ".join(f"{quote(name)} = %s" for name in key)
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {quote(table)} WHERE {where}", vanished)


def _write(table: str, key: Sequence[str], rows: pa.Table) -> None:
    columns = rows.column_names
    names = ", ".join(map(quote, columns))
    updates = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in columns if name not in key)
    upsert = f"ON CONFLICT ({', '.join(map(quote, key))}) DO UPDATE SET {updates}"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy_in(cursor, table, names, rows)
            cursor.execute(f"INSERT INTO {quote(table)} ({names}) SELECT {names} FROM arriving {upsert}")
            cursor.execute("DROP TABLE arriving")
            return
        marks = ", ".join(["%s"] * len(columns))
        for batch in _batches(rows):
            cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({marks}) {upsert}", batch)


def _copy_in(cursor: Any, table: str, names: str, rows: pa.Table) -> None:
    """PostgreSQL reads a stream of rows several times faster than statements."""
    cursor.execute(f"CREATE TEMPORARY TABLE arriving AS SELECT {names} FROM {quote(table)} WITH NO DATA")
    with cursor.copy(f"COPY arriving ({names}) FROM STDIN") as stream:
        for batch in _batches(rows):
            for row in batch:
                stream.write_row(row)
