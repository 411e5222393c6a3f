"""The new rows of a load, told from two kept versions, are those it counted."""

from pathlib import Path

import pytest
from tests.unit.identify.sources.small import LINES, TELEMETRY, TICKETS, deliver, write_small

from b2shift.identify.api import new_rows
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import Retention, reading, retain

SECOND = TICKETS.replace("question;open", "question;closed") + (
    "TFAAA1;PC - WMS;question;open;2025-02-01;2025-02-01;4;high\n"
    "TFBBB2;PC - WMS;question;open;2025-02-03;2025-02-03;3;low\n"
    "TFAAA1;PC - WMS;question;open;2024-12-30;2025-02-01;5;high\n"
)


@pytest.fixture
def twice(tmp_path: Path) -> Path:
    """A home that took two deliveries: tickets came, one of them late, one moved on."""
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a"))
    deliver(home, write_small(tmp_path / "b", tickets=SECOND))
    return home


def keys(home: Path, load: int, **told: object) -> list[str | None]:
    return [row.key for row in new_rows(home, "tickets", load, limit=50, **told).rows]  # type: ignore[arg-type]


def test_rows_that_came_are_told_and_late_or_moved_ones_are_not(twice: Path) -> None:
    found = new_rows(twice, "tickets", 2, limit=50)
    assert [(row.key, row.customer_id) for row in found.rows] == [("3", "TFBBB2"), ("4", "TFAAA1")]
    assert found.total == 2
    assert found.rows[0].values["created_on"] == "2025-02-03"
    assert "billing" not in found.rows[0].values


def test_pages_and_customers_part_them(twice: Path) -> None:
    assert keys(twice, 2, offset=1) == ["4"]
    assert new_rows(twice, "tickets", 2, limit=1).total == 2
    assert keys(twice, 2, customer="TFAAA1") == ["4"]


def test_all_rows_of_a_first_load_are_new(twice: Path) -> None:
    assert keys(twice, 1) == ["1", "2"]


def test_rows_without_a_key_are_told_as_they_were_counted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a"))
    again = LINES + "TFBBB2;ERP;VAREJO;ATIVO;7,25;2021-03-04\nTFAAA1;WMS;VAREJO;ATIVO;9,5;2025-03-04\n"
    lines = again.replace("ATIVO;1234,5", "CANCELADO;1234,5")
    _, [[row]] = deliver(
        home, write_small(tmp_path / "b", dados_clientes=lines), "SELECT * FROM load_history WHERE load = 2"
    )
    found = new_rows(home, "dados_clientes", 2, limit=50)
    assert found.total == row["rows_new"] == 1
    assert found.rows[0].values["value"] == "9.5000"


def test_rows_that_stayed_in_their_files_are_told_apart_as_they_were_counted(tmp_path: Path) -> None:
    head = TICKETS.splitlines()[0]

    def tickets(first: int, end: int, status: str = "open") -> list[str]:
        return [
            f"TFAAA1;PC - WMS;question;{status};2025-01-{1 + n % 28:02d};2025-02-01;{n};low" for n in range(first, end)
        ]

    deliveries = [
        tickets(0, 25_000),
        [*tickets(100, 25_000), *tickets(25_000, 25_010)],  # some left, some came
        [*tickets(100, 200, "closed"), *tickets(200, 24_990), *tickets(25_005, 25_020)],  # some moved on
    ]
    for nth, rows in enumerate(deliveries):
        drop = write_small(tmp_path / str(nth), tickets="\n".join([head, *rows, ""]))
        _, (counts,) = deliver(tmp_path / "home", drop, "SELECT * FROM load_history WHERE source = 'tickets'")
    [last] = [row for row in counts if row["load"] == 3]
    assert (last["rows_changed"], last["rows_new"], last["rows_withdrawn"]) == (100, 10, 15)
    with reading(tmp_path / "home") as session:
        assert len(session.info("tickets").files) > 1, "rows stay in their files"
    for load, came in ((2, range(25_000, 25_010)), (3, range(25_010, 25_020))):
        assert [row.key for row in new_rows(tmp_path / "home", "tickets", load, limit=50).rows] == [
            str(n) for n in came
        ]


def test_what_is_no_longer_kept_is_said(twice: Path, tmp_path: Path) -> None:
    retain(twice, Retention(versions=1))
    assert new_rows(twice, "tickets", 2, limit=50).lost == 1
    deliver(twice, write_small(tmp_path / "c", tickets=SECOND + TICKETS.splitlines()[1].replace(";1;", ";9;") + "\n"))
    assert new_rows(twice, "tickets", 2, limit=50).lost == 2


def test_events_are_only_counted(twice: Path, tmp_path: Path) -> None:
    assert TELEMETRY in (tmp_path / "a" / "telemetria_1.csv").read_text(encoding="utf-8")
    assert new_rows(twice, "telemetria", 1, limit=50).events


def test_an_unknown_source_or_load_is_refused(twice: Path) -> None:
    for source, load in (("nada", 2), ("tickets", 7), ("dados_clientes", 2)):
        with pytest.raises(UnknownNameError):
            new_rows(twice, source, load, limit=50)
