"""Days that a spreadsheet wrote into a CSV as its own numbers: proposed, told, loaded; no other number is a day."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.identify.wizard.test_accounts import firms, load

from b2shift.identify.api import propose_sources, write_sources
from b2shift.identify.cleansing.dates import Written, decide
from b2shift.identify.sources.cells import is_serial_text, moment_of_serial, moment_of_serial_sql
from b2shift.identify.sources.declaration import DateOrder
from b2shift.identify.wizard.column_summary import summarise
from b2shift.lake.api import literal

TOLD = "Dias como 45231 são números de planilhas, contados desde 1900: 01/11/2023; confira"


def bills(tmp_path: Path, days: list[str]) -> tuple[Any, Any]:
    """The proposal of invoices of these days, and the lake they are loaded into."""
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    rows = [f"{500 + i};{1000 + 7 * (i % 30):06d};{day};{10 + i},50" for i, day in enumerate(days)]
    path = drop / "faturas.csv"
    path.write_text("\n".join(["Nota Fiscal;Cliente;Emissão;Valor", *rows, ""]), encoding="utf-8")
    found = propose_sources([firms(drop), path])
    write_sources(found, home)
    return found[1], load(home, drop)


def issued(lake: Any) -> list[date]:
    rows = lake.query("SELECT issued_on FROM invoices ORDER BY CAST(invoice_id AS INTEGER)").to_pylist()
    return [row["issued_on"] for row in rows]


def test_days_as_numbers_of_a_spreadsheet_are_days_and_told(tmp_path: Path) -> None:
    proposal, lake = bills(tmp_path, [f"{45231 + i}" if i % 3 else f"{45231 + i},5" for i in range(60)])
    assert TOLD in proposal.warnings
    assert {one.header: one.to for one in proposal.mapped}["Emissão"] == "issued_on"
    assert next(one.told for one in proposal.seen if one.header == "Emissão").startswith("datas como números")
    assert issued(lake) == [date(2023, 11, 1) + timedelta(i) for i in range(60)]
    [told] = lake.query("SELECT date_order, date_evidence FROM loads WHERE file = 'faturas.csv'").to_pylist()
    assert told["date_order"] == "serial"
    assert "60 como números de série de planilhas, contados desde 1900" in told["date_evidence"]


def test_a_stray_number_among_days_is_no_day(tmp_path: Path) -> None:
    proposal, lake = bills(tmp_path, [*(f"{1 + i % 28:02d}/11/2023" for i in range(59)), "45231"])
    assert TOLD not in proposal.warnings
    assert issued(lake)[-1] is None
    assert lake.query("SELECT before, after FROM repairs").to_pylist() == [{"before": "45231", "after": None}]


def test_numbers_are_days_only_under_the_name_of_a_day() -> None:
    numbers = [str(45231 + i) for i in range(50)]
    assert summarise(numbers).kind == "integer"
    assert summarise(numbers, dated=True).kind == "date"
    assert summarise([str(i) for i in range(50)], dated=True).kind == "integer"


def test_a_form_of_so_many_days_is_usual() -> None:
    assert decide(Written(year_first=9, serial=1), DateOrder.DAY_FIRST).serial
    assert not decide(Written(year_first=10, serial=1), DateOrder.DAY_FIRST).serial


@given(
    st.one_of(st.text(alphabet="0123456789.,", max_size=12), st.floats(10_000, 99_999).map(lambda one: f"{one:.6f}"))
)
def test_python_and_the_engine_read_the_same(text: str) -> None:
    [(moment,)] = duckdb.sql(f"SELECT {moment_of_serial_sql(literal(text))}").fetchall()
    expected = moment_of_serial(float(text.replace(",", "."))) if is_serial_text(text) else None
    assert (moment is None) == (expected is None)
    if expected is not None:
        assert abs(moment - expected) <= timedelta(seconds=1)
        assert datetime(1950, 1, 1) <= moment < datetime(2100, 1, 2)  # noqa: DTZ001 - a wall clock
