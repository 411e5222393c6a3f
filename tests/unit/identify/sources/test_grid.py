"""Workbooks and Parquet files give the rows that a CSV of the same table gives."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from b2shift.identify.api import ingest
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.grid import grid_of
from b2shift.identify.sources.quoted import JOIN
from b2shift.kernel.errors import B2ShiftError, SourceError
from b2shift.lake.api import writing

HEADER = ["Código", "Empresa", "Cliente desde", "Funcionários"]
ROWS: list[list[Any]] = [[7, "Padaria São João", date(2020, 5, 17), 12], ["A-9", "Mercado\nZé", date(2021, 3, 4), 4.0]]
DECLARED: dict[str, Any] = {
    "source": "clientes_excel", "description": "x", "files": "clientes.xlsx", "reader": "excel", "grain": "um cliente",
    "freshness": "x", "owner": "x", "target": "companies", "customers": "registry", "key": ["customer_id"],
    "columns": {
        "Código": {"to": "customer_id", "kind": "customer", "required": True, "codes": "erp"},
        "Empresa": {"to": "name", "kind": "name"},
        "Cliente desde": {"kind": "date"},
        "Funcionários": {"to": "employees", "kind": "integer"},
    },
    "also": {"customer_registry": 'SELECT customer_id, "Cliente desde" AS customer_since FROM accepted'},
}  # fmt: skip


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    """Sheets of rows; days are serial numbers shown as days."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return path


def titled(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows under a title, an empty line and their header."""
    return [["Relatório de clientes"], [], HEADER, *rows]


def told(path: Path, **changed: Any) -> list[list[str]]:
    """Header and rows as read."""
    shape, batches = grid_of(path, Source.model_validate(DECLARED | changed))
    return [list(shape.columns), *(text.split(JOIN) for b in batches for text in b.column("_text").to_pylist())]


def test_a_sheet_is_read_under_its_title_rows_days_as_iso(tmp_path: Path) -> None:
    path = workbook(tmp_path / "clientes.xlsx", {"Resumo": [["total", 2]], "Base": titled(ROWS)})
    expected = [
        HEADER,
        ["7", "Padaria São João", "2020-05-17", "12"],
        ["A-9", "Mercado\nZé", "2021-03-04", "4"],
    ]
    assert told(path) == expected
    assert told(path, sheet="base") == expected


def test_a_serial_date_without_its_format_is_a_day_in_a_column_of_days_only(tmp_path: Path) -> None:
    path = workbook(tmp_path / "clientes.xlsx", {"Base": titled([[1, "A", 43968, 43968]])})
    assert told(path)[1] == ["1", "A", "2020-05-17", "43968"]


def test_a_missing_sheet_offers_the_near_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "clientes.xlsx", {"Base": titled(ROWS)})
    with pytest.raises(SourceError, match="Quis dizer Base"):
        told(path, sheet="Bases")


@pytest.mark.parametrize("reader", ["excel", "parquet"])
def test_a_file_of_another_kind_is_refused_in_words(tmp_path: Path, reader: str) -> None:
    path = tmp_path / "clientes.xlsx"
    path.write_text("Código;Empresa\n1;A\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"clientes\.xlsx"):
        told(path, reader=reader)


@given(st.binary(min_size=1, max_size=40), st.floats(0, 1), st.sampled_from(["excel", "parquet"]))
@settings(max_examples=60)
def test_damaged_bytes_end_in_rows_or_in_an_error_for_people(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, where: float, reader: str
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    path = workbook(folder / "c.xlsx", {"Base": titled(ROWS)})
    if reader == "parquet":
        parquet.write_table(pa.table({"Código": ["1"], "Empresa": ["A"]}), path)
    whole = path.read_bytes()
    at = int(where * len(whole))
    path.write_bytes(whole[:at] + noise + whole[at + len(noise) :])
    errors: list[B2ShiftError] = []
    try:
        told(path, reader=reader)
    except B2ShiftError as error:
        errors.append(error)
    assert all(error.hint for error in errors)


def parquet_table() -> pa.Table:
    """One column of each type a warehouse exports."""
    return pa.table({
        "Código": pa.array([7, 8], pa.int64()), "Empresa": ["Padaria", None],
        "Cliente desde": [date(2020, 5, 17), None], "Funcionários": [12.0, None], "Valor": [Decimal("10.50"), None],
        "Em": [datetime(2020, 5, 17, 8, 30), None],  # noqa: DTZ001 - exports tell wall clocks
        "Ativo": [True, False], "Tags": [["a", "b"], None],
    })  # fmt: skip


def test_parquet_values_are_shown_as_people_write_them(tmp_path: Path) -> None:
    parquet.write_table(parquet_table(), tmp_path / "clientes.parquet")
    assert told(tmp_path / "clientes.parquet", reader="parquet")[1:] == [
        ["7", "Padaria", "2020-05-17", "12", "10.50", "2020-05-17 08:30:00.000000", "true", '["a", "b"]'],
        ["8", "", "", "", "", "", "false", ""],
    ]


@pytest.fixture(params=["xlsx", "parquet", "zip"])
def drop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A delivery of one file, or of a zip with it."""
    from zipfile import ZipFile

    folder = tmp_path / "entrega"
    folder.mkdir()
    if request.param == "parquet":
        columns = {name: [str(v) for v in values] for name, values in zip(HEADER, zip(*ROWS, strict=True), strict=True)}
        parquet.write_table(pa.table(columns), folder / "clientes.parquet")
    else:
        workbook(folder / "clientes.xlsx", {"Base": titled(ROWS)})
    if request.param == "zip":
        with ZipFile(tmp_path / "entrega.zip", "w") as packed:
            packed.write(folder / "clientes.xlsx", "clientes.xlsx")
        yield tmp_path / "entrega.zip"
    else:
        yield folder


def test_a_delivery_of_it_becomes_customers_whose_codes_keep_their_keys(drop: Path, tmp_path: Path) -> None:
    import yaml

    (tmp_path / "home" / "sources").mkdir(parents=True)
    kind = "parquet" if drop.is_dir() and any(drop.glob("*.parquet")) else "excel"
    declared = DECLARED | {"reader": kind, "files": "clientes.*"}
    (tmp_path / "home" / "sources" / "clientes.yaml").write_text(yaml.safe_dump(declared), encoding="utf-8")
    seen = []
    for _ in range(2):
        with writing(tmp_path / "home") as session:
            ingest(session, drop)
            seen.append(
                session.query(
                    "SELECT code, name, customer_since, employees FROM customer_codes "
                    "JOIN companies USING (customer_id) JOIN customer_registry USING (customer_id) ORDER BY code"
                ).to_pylist()
            )
            seen.append(session.query("FROM customer_codes ORDER BY ALL").to_pylist())
            session.commit(date(2025, 3, 31))
    assert seen[0] == [
        {"code": "7", "name": "Padaria São João", "customer_since": date(2020, 5, 17), "employees": 12},
        {"code": "a-9", "name": "Mercado Zé", "customer_since": date(2021, 3, 4), "employees": 4},
    ]
    assert seen[2:] == seen[:2]
