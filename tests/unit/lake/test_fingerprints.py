"""A fingerprint changes with the rows, their number and their columns, and with nothing else."""

from itertools import count
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.lake.numbers_table import spec

from b2shift.lake.api import writing
from b2shift.lake.content import content_fingerprint

ROWS = st.lists(st.tuples(st.integers(-2, 2) | st.none(), st.text("ab", max_size=2) | st.none()), max_size=6)


@pytest.fixture(scope="module")
def fingerprint(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """The fingerprint of a statement's rows."""
    folder, connection, numbers = tmp_path_factory.mktemp("content"), duckdb.connect(), count()

    def of(statement: str) -> str:
        path = folder / f"{next(numbers)}.parquet"
        connection.execute(f"COPY ({statement}) TO '{path}' (FORMAT parquet)")
        return content_fingerprint(connection, f"'{path}'")

    return of


def values(rows: list[tuple[int | None, str | None]]) -> str:
    told = ", ".join(f"({'NULL' if n is None else n}, {'NULL' if t is None else repr(t)})" for n, t in rows)
    typed = "SELECT CAST(n AS INTEGER) AS n, CAST(t AS VARCHAR) AS t"
    return (
        f"{typed} FROM (VALUES {told}) AS v(n, t)" if rows else f"{typed} FROM (VALUES (1, 'a')) AS v(n, t) WHERE n > 1"
    )


@settings(max_examples=150)
@given(ROWS, ROWS)
def test_equal_fingerprints_are_equal_rows(fingerprint, first, second) -> None:  # type: ignore[no-untyped-def]
    key = repr
    same = sorted(first, key=key) == sorted(second, key=key)
    assert (fingerprint(values(first)) == fingerprint(values(second))) == same


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([(1, "a"), (1, "a")], [(2, "b"), (2, "b")]),  # equal rows must not cancel
        ([(1, "a"), (1, "a")], []),
        ([(1, "a"), (1, "a"), (2, "b")], [(1, "a"), (2, "b"), (2, "b")]),
        ([(1, None)], [(None, "1")]),
        ([(None, None)], []),
    ],
)
def test_rows_that_come_twice_count_twice(fingerprint, first, second) -> None:  # type: ignore[no-untyped-def]
    assert fingerprint(values(first)) != fingerprint(values(second))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("SELECT 1 AS a", "SELECT 1 AS b"),
        ("SELECT 1::INTEGER AS a", "SELECT 1::BIGINT AS a"),
        ("SELECT 1 AS a, 2 AS b", "SELECT 2 AS b, 1 AS a"),
        ("SELECT []::INTEGER[] AS a", "SELECT NULL::INTEGER[] AS a"),
        ("SELECT [1, NULL] AS a", "SELECT [NULL, 1] AS a"),
        ("SELECT {'x': 1, 'y': 2} AS a", "SELECT {'x': 2, 'y': 1} AS a"),
        ("SELECT DATE '2025-03-31' AS a", "SELECT DATE '2025-03-30' AS a"),
        ("SELECT 0.1::DOUBLE AS a", "SELECT 0.1::DOUBLE + 1e-17 AS a UNION ALL SELECT 0"),
    ],
)
def test_columns_types_and_nested_values_count(fingerprint, first, second) -> None:  # type: ignore[no-untyped-def]
    assert fingerprint(first) != fingerprint(second)


def test_a_named_content_depends_on_its_name_and_its_columns(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        one = session.write(spec(), pa.table({"n": [1]}), content_key="file a").fingerprint
        same = session.write(spec(), pa.table({"n": [2]}), content_key="file a").fingerprint
        other = session.write(spec(), pa.table({"n": [1]}), content_key="file b").fingerprint
        typed = session.write(spec(kind="BIGINT"), pa.table({"n": [1]}), content_key="file a").fingerprint
    assert one == same
    assert len({one, other, typed}) == 3
