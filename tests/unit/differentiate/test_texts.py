"""Texts of a table read as the numbers that they are, with a decimal comma or a decimal point."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from b2shift.differentiate.texts import compatible_parsers, infer_parsers


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
        (["(1.234,56)", "R$ (12,00)", "(R$ 8,00)", "1,50"], [-1234.56, -12.0, -8.0, 1.5]),
        (["(1,234.56)", "12.50", "(5)"], [-1234.56, 12.5, -5.0]),
        (["1.234,56-", "12,00", "R$ 3,00-", "\u22121,00"], [-1234.56, 12.0, -3.0, -1.0]),
        (["12.5"] * 98 + ["1,250.5", "1,000"], [12.5] * 98 + [1250.5, 1000.0]),
    ],
)
def test_the_mark_of_decimals_is_what_the_whole_column_allows(texts: list[str], numbers: list[float]) -> None:
    rows = relation(texts)
    way = infer_parsers(rows, ["value"])["value"]
    assert way is not None
    assert [number for (number,) in rows.project(way.sql).fetchall()] == numbers


def test_another_file_is_read_as_the_one_that_taught() -> None:
    taught = infer_parsers(relation(["1,234", "999"]), ["value"])
    few = relation(["1,234"])
    way = compatible_parsers(few, taught)["value"]
    assert way is not None
    assert few.project(way.sql).fetchall() == [(1234.0,)]


@pytest.mark.parametrize(
    ("texts", "months", "days"),
    [
        (["2020 Jan", "1999 Feb"], 1, ["2020-01-01", "1999-02-01"]),
        (["2020M01", "2020M12"], 1, ["2020-01-01", "2020-12-01"]),
        (
            ["jan/2025", "fev-24", "Março de 2020", "Dez 98"],
            1,
            ["2025-01-01", "2024-02-01", "2020-03-01", "1998-12-01"],
        ),
        (["1989 Q1", "1989Q4", "1989-T2"], 3, ["1989-01-01", "1989-10-01", "1989-04-01"]),
        (["1T89", "4T24"], 3, ["1989-01-01", "2024-10-01"]),
        (["T1/2025", "Q2 2020"], 3, ["2025-01-01", "2020-04-01"]),
        (["1º trimestre de 1989", "2º tri/2020"], 3, ["1989-01-01", "2020-04-01"]),
        (["1989 W28", "2020-W53", "2021-W01"], 0, ["1989-07-10", "2020-12-28", "2021-01-04"]),
        (["1º de fevereiro de 2025", "15 Mar 2024", "31-jan-25"], 0, ["2025-02-01", "2024-03-15", "2025-01-31"]),
        (["Jan 31, 2025", "Feb 1, 2025"], 0, ["2025-01-31", "2025-02-01"]),
        (["09/07/24 00:00", "15/03/98 00:00"], 0, ["2024-07-09", "1998-03-15"]),
        (["05/04/2024", "11/12/2023"], 0, ["2024-04-05", "2023-12-11"]),
        (["7/24/2022 12:00 AM", "1/2/2022 12:00 AM"], 0, ["2022-07-24", "2022-01-02"]),
        (["7/24/22", "12/31/21"], 0, ["2022-07-24", "2021-12-31"]),
        (["2020-01-01T00:00:00Z", "2020-02-01T00:00:00.5Z"], 0, ["2020-01-01", "2020-02-01"]),
        (["2020-01-01 00:00:00-03:00", "2020-02-01 00:00:00-03:00"], 0, ["2020-01-01", "2020-02-01"]),
    ],
)
def test_days_weeks_months_and_quarters_are_read_as_files_write_them(
    texts: list[str], months: int, days: list[str]
) -> None:
    rows = relation(texts)
    way = infer_parsers(rows, ["value"])["value"]
    assert way is not None
    assert way.is_day
    assert way.months == months
    told = [np.datetime64(int(day), "D") for (day,) in rows.project(way.sql).fetchall()]
    assert told == [np.datetime64(day) for day in days]


@pytest.mark.parametrize(
    "texts",
    [
        ["mar", "mai"],
        ["May 3", "Mar 5"],
        ["R1 2020", "R2 2020"],
        ["2020-W60"],
        ["5T20"],
        ["1T5"],
        ["1.2.3", "1.2.4"],
        ["1/2", "3/4"],
    ],
)
def test_words_alike_are_no_days(texts: list[str]) -> None:
    assert infer_parsers(relation(texts), ["value"])["value"] is None


def test_days_of_two_forms_side_by_side_are_days() -> None:
    rows = relation(["2024-02-01", "01/03/2024", "2024-01-31 12:00:00"])
    way = infer_parsers(rows, ["value"], 0.5)["value"]
    assert way is not None
    assert way.is_day
    assert np.diff([day for (day,) in rows.project(way.sql).fetchall()]).tolist() == [29.0, -29.5]


def test_many_columns_are_read_as_few_are() -> None:
    told = {
        "palavra": ["azul", "verde", "azul"], "valor": ["1.234,5", "7,0", ""], "dia": ["31/01/2025", "28/02/2025", "-"],
        "sim": ["True", "false", ""], "nada": ["", "", ""], "plano": ["plano 1", "plano 2", "x"],
    }  # fmt: skip
    many = {**told, **{f"{name} {at}": texts for name, texts in told.items() for at in range(3)}}
    few = infer_parsers(duckdb.connect().from_arrow(pa.table(told)), list(told))
    ways = infer_parsers(duckdb.connect().from_arrow(pa.table(many)), list(many))
    assert {name: ways[name] for name in told} == few
    assert [name for name, way in few.items() if way is not None] == ["valor", "dia", "sim"]
