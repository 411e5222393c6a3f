"""Load of the star schema into PostgreSQL in one transaction."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from b2shift.kernel.errors import InputError, StateError
from b2shift.metrics.api import star_tables, table_statements, view_statements

SCHEMA = "b2shift_star"


def load_star(folder: Path, address: str) -> None:
    """Fill the schema `b2shift_star` from the Parquet files of a folder. Raises InputError or StateError."""
    try:
        import psycopg
    except ImportError as error:
        raise StateError("Falta o driver do PostgreSQL", hint="pip install 'b2shift[postgres]'") from error
    try:
        with psycopg.connect(address) as connection, connection.cursor() as cursor:
            for statement in table_statements():
                cursor.execute(statement)
            for name in star_tables():
                _copy(cursor, name, folder / f"{name}.parquet")
            for statement in view_statements():
                cursor.execute(statement)
    except psycopg.Error as error:
        hint = str(error).strip().splitlines()[:1]
        raise InputError(
            "O PostgreSQL não aceitou a estrela", hint=hint[0] if hint else type(error).__name__
        ) from error


def _copy(cursor: Any, name: str, file: Path) -> None:
    columns = ", ".join(column.name for column in star_tables()[name].columns)
    with cursor.copy(f"COPY {SCHEMA}.{name}_rows ({columns}) FROM STDIN") as copy:
        for batch in pq.ParquetFile(file).iter_batches():
            for row in batch.to_pylist():
                copy.write_row(list(row.values()))
