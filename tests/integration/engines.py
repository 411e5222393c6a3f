"""The tables of a lake carried to another engine, for tests that ask the same there."""

import csv
import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import without_spark

from b2shift.lake.api import Lake
from b2shift.metrics.api import measures, tables_of

NAMES = {"DOUBLE": "double precision", "TINYINT": "smallint", "UTINYINT": "smallint", "FLOAT": "real",
         "TIMESTAMP WITH TIME ZONE": "timestamptz", "VARCHAR[]": "text[]", "VARCHAR": "text"}  # fmt: skip
FEATURES_ARE_READ_FROM = {"activities", "campaign_events", "companies", "contract_lines", "customer_registry",
                          "mrr_vendor", "purchases", "purchases_12m", "quote_items", "usage_daily"}  # fmt: skip


def read_tables() -> list[str]:
    """Every table that a metric, a dimension or a rollup is read from."""
    names = [*measures()["measures"], *measures()["joins"]]
    found = set().union(*(tables_of(name) for name in names)) - {"csat_answers"}
    told = {
        "customers",
        "users",
        "segment_catalogue",
        "revenue_bridge",
        "metric_members",
        "metric_facts",
        "metric_cube",
    }
    return sorted({*found, *told})


def columns(lake: Lake, table: str) -> dict[str, str]:
    """Columns that another engine has a type for."""
    told = lake.query(f"DESCRIBE SELECT * FROM {table}").to_pylist()
    kept = {row["column_name"]: row["column_type"] for row in told}
    return {name: kind for name, kind in kept.items() if not re.match(r"STRUCT|MAP|.*\)\[\]$|JSON", kind)}


def fill_postgres(lake: Lake, connection: Any) -> None:
    """The tables in the connection's search path."""
    with connection.cursor() as cursor:
        for table in filter(lake.has, read_tables()):
            kinds = columns(lake, table)
            declared = ", ".join(f'"{name}" {NAMES.get(kind, kind)}' for name, kind in kinds.items())
            cursor.execute(f'CREATE TABLE "{table}" ({declared})')
            rows = lake.query(f"SELECT {', '.join(map(quoted, kinds))} FROM {table}").to_pylist()
            text = io.StringIO()
            writer = csv.writer(text)
            for row in rows:
                writer.writerow(map(_cell, row.values()))
            with cursor.copy(f"COPY \"{table}\" FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
                copy.write(text.getvalue())
    connection.commit()


def fill_spark(lake: Lake, session: Any, folder: Path) -> None:
    """The tables, and those that features are read from, as views over Parquet files."""
    for table in filter(lake.has, sorted({*read_tables(), *FEATURES_ARE_READ_FROM})):
        lake.query(f"COPY (SELECT * FROM {table}) TO '{folder / table}.parquet' (FORMAT parquet)")
        session.read.parquet(f"{folder / table}.parquet").createOrReplaceTempView(table)


@contextmanager
def spark_session(executors: int = 2) -> Iterator[Any]:
    """A session whose work is done by executors of their own, as on a cluster; skips where there is no Spark."""
    if why := without_spark():
        pytest.skip(why)
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # Each statement runs once: optimising its code costs more than it gives.
    quick = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    session = (
        SparkSession.builder.master(f"local-cluster[{executors},1,1024]")
        .appName("b2shift-tests")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.extraJavaOptions", quick)
        .config("spark.executor.extraJavaOptions", quick)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.codegen.wholeStage", "false")  # compiling takes longer than these tables
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    try:
        yield session
    finally:
        session.stop()


def quoted(name: str) -> str:
    """A column's name for DuckDB."""
    return f'"{name}"'


def _cell(value: Any) -> Any:
    if value is None:
        return r"\N"
    if isinstance(value, list):
        return "{" + ",".join(f'"{one}"' for one in value) + "}"
    return value
