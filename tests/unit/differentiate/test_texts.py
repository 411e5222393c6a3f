"""Texts of a table read as the numbers that they are, with a decimal comma or a decimal point."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from b2shift.differentiate.texts import like, ways_of


def relation(texts: list[str]) -> duckdb.DuckDBPyRelation:
    return duckdb.connect().from_arrow(pa.table({"value": texts}))


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["12.5%", "7.25%", "10%"], [12.5, 7.25, 10.0]),
        (["12,5%", "7,25%", "10%"], [12.5, 7.25, 10.0]),
        (["$1,234.56", "$12.50", "-$999"], [1234.56, 12.5, -999.0]),
        (["1,234", "999", "1,234,567"], [1234.0, 999.0, 1234567.0]),
        (["1,234", "0,8", "12"], [1.234, 0.8, 12.0]),
        (["1,234", "5,678"], [1.234, 5.678]),
        (["R$ 1.234,56", "R$ 12,00", "-R$ 1.000,50"], [1234.56, 12.0, -1000.5]),
        (["R$ 12.500", "R$ 950"], [12500.0, 950.0]),
        (["1.000,00 €", "12,00 €"], [1000.0, 12.0]),
        (["1e5", "2.5e3"], [100000.0, 2500.0]),
        (["12.5"] * 98 + ["1,250.5", "1,000"], [12.5] * 98 + [1250.5, 1000.0]),
    ],
)
def test_the_mark_of_decimals_is_what_the_whole_column_allows(texts: list[str], numbers: list[float]) -> None:
    rows = relation(texts)
    way = ways_of(rows, ["value"])["value"]
    assert way is not None
    assert [number for (number,) in rows.project(way.sql).fetchall()] == numbers


def test_another_file_is_read_as_the_one_that_taught() -> None:
    taught = ways_of(relation(["1,234", "999"]), ["value"])
    few = relation(["1,234"])
    way = like(few, taught)["value"]
    assert way is not None
    assert few.project(way.sql).fetchall() == [(1234.0,)]


def test_days_of_two_forms_side_by_side_are_days() -> None:
    rows = relation(["2024-02-01", "01/03/2024", "2024-01-31 12:00:00"])
    way = ways_of(rows, ["value"], 0.5)["value"]
    assert way is not None
    assert way.is_day
    assert np.diff([day for (day,) in rows.project(way.sql).fetchall()]).tolist() == [29.0, -29.5]
