"""The star for BI tools tells the numbers of the answers: by Parquet, by PostgreSQL, and by the model's measures."""

import json
import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from b2shift.cli.main import main
from b2shift.insight.api import answer_query
from b2shift.insight.contracts import Answer
from b2shift.lake.api import Lake, open_lake
from b2shift.metrics.api import Scope, load_dictionary, measures, star_tables, tables_of
from b2shift.metrics.contracts import TypedQuery
from b2shift.metrics.star.postgres import monthly_sql
from b2shift.metrics.star.recipes import is_of_today, recipes

POSTGRES = os.environ.get("B2SHIFT_TEST_POSTGRES", "")
WITH_DATA = [name for name in load_dictionary().metrics if name in measures()["measures"]]
OF_ORDERS = {name for name in WITH_DATA if tables_of(name) == {"orders"}}
"""The demo house sells by contract and has none of them."""


@pytest.fixture(scope="module")
def star(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The star of the demo home."""
    folder = tmp_path_factory.mktemp("star")
    main(["export", "star", "--out", str(folder), "--home", str(demo_home), "--json"])
    return folder


@pytest.fixture(scope="module")
def lake(demo_home: Path) -> Lake:
    """The lake it is of."""
    return open_lake(demo_home)


@pytest.fixture
def engine(star: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine that knows nothing but the files."""
    with duckdb.connect() as connection:
        for name in star_tables():
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{star / name}.parquet'")
        yield connection


def asked(lake: Lake, query: TypedQuery) -> list[dict[str, Any]]:
    """The rows of an answer; none where the house has no data for it, as for orders of one that sells by contract."""
    told = answer_query(lake, query, Scope())
    if isinstance(told, Answer):
        return list(told.rows)
    assert told.reason == "not_in_data", told
    assert set(query.metrics) <= OF_ORDERS, told
    return []


def test_every_metric_with_data_is_in_the_star() -> None:
    assert list(recipes()) == WITH_DATA


@pytest.mark.parametrize("name", [name for name in WITH_DATA if not is_of_today(name)])
def test_a_metric_of_a_month_is_the_answer_of_that_month(
    lake: Lake, engine: duckdb.DuckDBPyConnection, name: str
) -> None:
    by_month, _now = monthly_sql("facts", "today")
    rows = engine.execute(f"SELECT month, value FROM ({by_month}) WHERE metric = ?", [name]).fetchall()
    found: dict[date, float | None] = dict(rows)
    told = {
        date.fromisoformat(row["bucket"]): row[name] for row in asked(lake, TypedQuery(intent="trend", metrics=(name,)))
    }
    assert len(told) >= 12 or (name in OF_ORDERS and not any(found.values()))
    for month, value in told.items():
        kept = found.get(month)
        assert (kept or 0) == pytest.approx(value or 0, rel=1e-9, abs=1e-9), month


@pytest.mark.parametrize("name", [name for name in WITH_DATA if is_of_today(name)])
def test_a_metric_of_today_is_the_answer(lake: Lake, engine: duckdb.DuckDBPyConnection, name: str) -> None:
    _months, by_now = monthly_sql("facts", "today")
    found = engine.execute(f"SELECT value FROM ({by_now}) WHERE metric = ?", [name]).fetchall()
    rows = asked(lake, TypedQuery(intent="metric", metrics=(name,)))
    told = rows[0][name] if rows else None  # a sum over a score that nobody has is unknown
    assert (found[0][0] or 0) == pytest.approx(told or 0, rel=1e-9)


def test_keys_are_unique_and_lead_somewhere(engine: duckdb.DuckDBPyConnection) -> None:
    for table in star_tables().values():
        keys = ", ".join(table.key)
        twice = engine.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table.name} GROUP BY {keys} HAVING count(*) > 1)")
        assert twice.fetchall() == [(0,)], table.name
        described = engine.execute(f"DESCRIBE {table.name}").fetchall()
        assert [row[0] for row in described] == [column.name for column in table.columns]
    for table, column, one in (("facts", "customer_id", "customers"), ("facts", "month", "months")):
        lost = engine.execute(f"SELECT count(*) FROM {table} WHERE {column} NOT IN (SELECT {column} FROM {one})")
        assert lost.fetchall() == [(0,)]


def test_the_model_is_whole(star: Path) -> None:
    """What a measure or a relationship names is there, and every metric has its measure."""
    model = json.loads((star / "model.bim").read_text("utf-8"))["model"]
    tables = {table["name"]: table for table in model["tables"]}
    columns = {(name, column["name"]) for name, table in tables.items() for column in table["columns"]}
    measured = {one["name"]: one for one in tables["Medidas"]["measures"]}
    assert set(measured) == {load_dictionary().metrics[name].label for name in WITH_DATA}
    for one in measured.values():
        text = one["expression"]
        assert text.count("(") == text.count(")")
        for table, column in re.findall(r"'([^']+)'\[(\w+)\]", text):
            assert (table, column) in columns, text
        for other in re.findall(r"(?<!')\[([^\]]+)\]", re.sub(r"'[^']+'\[\w+\]", "", text)):
            assert other in measured, text
    for one in model["relationships"]:
        assert {(one["fromTable"], one["fromColumn"]), (one["toTable"], one["toColumn"])} <= columns
        assert any(c.get("isKey") for c in tables[one["toTable"]]["columns"] if c["name"] == one["toColumn"])
    files = re.findall(r"\\(\w+\.parquet)", json.dumps(model))
    assert {f"{name}.parquet" for name in star_tables()} == set(files)
    assert all((star / file).is_file() for file in files)


@pytest.mark.skipif(not POSTGRES, reason="B2SHIFT_TEST_POSTGRES is not set")
def test_postgres_holds_the_same(star: Path, demo_home: Path, engine: duckdb.DuckDBPyConnection) -> None:
    import psycopg

    for _twice in range(2):
        main(["export", "star", "--out", str(star), "--home", str(demo_home), "--postgres", POSTGRES])
    by_month, by_now = monthly_sql("facts", "today")
    with psycopg.connect(POSTGRES) as connection:
        told = connection.execute("SELECT metric, month, value FROM b2shift_star.metric_months").fetchall()
        found = engine.execute(f"SELECT metric, month, value FROM ({by_month})").fetchall()
        assert len(told) == len(found)
        there = {(name, month): value for name, month, value in found}
        for name, month, value in told:
            assert (value or 0) == pytest.approx(there[(name, month)] or 0, rel=1e-9, abs=1e-9)
        now = dict(connection.execute("SELECT metric, value FROM b2shift_star.metric_today").fetchall())
        here = dict(engine.execute(f"SELECT metric, value FROM ({by_now})").fetchall())
        assert now.keys() == here.keys()
        for name, value in now.items():
            assert (value or 0) == pytest.approx(here[name] or 0, rel=1e-9), name
        said = connection.execute("SELECT obj_description('b2shift_star.facts'::regclass)").fetchone()
        assert said == (star_tables()["facts"].about,)
        connection.execute("DROP SCHEMA b2shift_star CASCADE")
