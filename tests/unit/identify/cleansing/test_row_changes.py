"""What a delivery says that the one before did not, counted by what it means."""

from pathlib import Path
from typing import Any

from tests.unit.identify.sources.small import LINES, TICKETS, deliver, write_small

HISTORY = "SELECT * FROM load_history WHERE source = '{source}' ORDER BY load DESC LIMIT 1"
CHANGES = "SELECT kind, key, \"column\", before, after FROM changes WHERE source = '{source}' ORDER BY ALL"
HEAD = TICKETS.splitlines()[0]


def moved(tmp_path: Path, source: str, first: str, second: str) -> tuple[dict[str, int], list[tuple[Any, ...]]]:
    """Counts that are not zero, and the changes told."""
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a", **{source: first}))
    queries = [text.format(source=source) for text in (HISTORY, CHANGES)]
    _, [[counts], changes] = deliver(home, write_small(tmp_path / "b", **{source: second}), *queries)
    told = {name.removeprefix("rows_"): n for name, n in counts.items() if n and name.startswith("rows_")}
    for name in ("read", "accepted", "rejected"):
        told.pop(name, None)
    return told, [tuple(row.values()) for row in changes]


def test_a_first_load_is_all_new(tmp_path: Path) -> None:
    _, [[row]] = deliver(tmp_path / "home", write_small(tmp_path / "a"), HISTORY.format(source="tickets"))
    assert (row["rows_new"], row["rows_unchanged"], row["rows_withdrawn"]) == (2, 0, 0)


def test_new_changed_corrected_late_and_withdrawn_rows_are_distinguished(tmp_path: Path) -> None:
    second = "\n".join([
        HEAD,
        "TFAAA1;CST - Cobrança;task;closed;2025-01-10;2025-01-12;1;low",  # its type was wrong
        "TFBBB2;PC - WMS;question;closed;2025-01-11;2025-01-19;2;high",  # it went on
        "TFAAA1;PC - WMS;question;open;2025-02-01;2025-02-01;4;high",  # new
        "TFAAA1;PC - WMS;question;open;2024-12-30;2025-02-01;5;high",  # of a month that was over
    ])  # fmt: skip
    first = TICKETS + "TFBBB2;PC - WMS;question;open;2025-01-12;2025-01-15;3;high\n"
    counts, changes = moved(tmp_path, "tickets", first, second + "\n")
    assert counts == {"new": 1, "late": 1, "changed": 1, "corrected": 1, "withdrawn": 1}
    assert changes == [
        ("changed", "2", "status", "open", "closed"),
        ("changed", "2", "updated_on", "2025-01-15", "2025-01-19"),
        ("corrected", "1", "type", "question", "task"),
        ("late", "5", None, None, None),
        ("withdrawn", "3", None, None, None),
    ]


def test_a_defect_is_no_correction(tmp_path: Path) -> None:
    spoilt = TICKETS.replace("2025-01-10;", "0000-00-00;").replace("question;open", "QUESTION ;open")
    counts, changes = moved(tmp_path, "tickets", TICKETS, spoilt)
    assert counts == {"spoilt": 1, "unchanged": 1}
    assert changes == [("spoilt", "1", "created_on", "2025-01-10", None)]


def test_a_row_refused_today_was_not_withdrawn(tmp_path: Path) -> None:
    counts, changes = moved(tmp_path, "tickets", TICKETS, TICKETS.replace("TFBBB2;PC", "TZZZZ9;PC"))
    assert counts == {"refused": 1, "unchanged": 1}
    assert changes == []


def test_rows_without_a_key_are_recognised_by_what_does_not_move(tmp_path: Path) -> None:
    lines = LINES + "TFBBB2;ERP;VAREJO;ATIVO;8,25;2021-03-05\n"
    second = lines.replace("ATIVO;7,25", "CANCELADO;7,25").replace("1234,5;", "1235,5;")
    counts, changes = moved(tmp_path, "dados_clientes", lines, second)
    assert counts == {"changed": 1, "corrected": 1, "unchanged": 1}
    assert changes == [
        ("changed", "TFBBB2 ERP", "situation", "ATIVO", "CANCELADO"),
        ("corrected", "TFAAA1 ERP", "value", "1234.5000", "1235.5000"),
    ]


def test_today_s_dictionaries_move_nothing(tmp_path: Path) -> None:
    """Tickets are read again when another file makes one more customer known: no row of theirs has moved."""
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a"))
    registry = "CLIENTE;CLIENTE_DESDE\nTFAAA1;2020-05-17\nTFBBB2;2021-03-04\nTFCCC3;2025-03-01\n"
    query = HISTORY.format(source="tickets")
    _, [[row]] = deliver(home, write_small(tmp_path / "a", clientes_desde=registry), query)
    assert row["load"] == 1


def test_a_month_that_was_spoilt_is_not_taken_for_a_new_month(tmp_path: Path) -> None:
    head = "cliente;mes;familia_produto;mrr;usuarios_contratados\n"
    march, april = (f"TFAAA1;2025-0{month}-01;ERP;100,00;3\n" for month in (3, 4))
    months = [f"{year}-{month:02}-01" for year in range(2013, 2025) for month in range(1, 13)]
    steady = "".join(f"TFBBB2;{month};RH;50,00;2\n" for month in months)
    second = head + april + steady + march.replace("2025-03-01", "0000-00-00")
    counts, changes = moved(tmp_path, "receita_mensal", head + steady + march, second)
    assert counts == {"spoilt": 1, "new": 1, "unchanged": 144}
    assert changes == [("spoilt", "TFAAA1 ERP", "month", "2025-03-01", None)]
