"""Where the rows of a source lie: beside those of the load before, until too many of these no longer hold."""

from pathlib import Path

import pytest
from tests.unit.identify.cleansing.test_reuse import ticket, tickets
from tests.unit.identify.sources.small import deliver, write_small

from b2shift.identify.cleansing import table_parts
from b2shift.lake.api import open_lake

HEAD = (
    "contato_id;cliente;nome;cargo;email;telefone;canal_preferido;consentimento_email;consentimento_whatsapp;"
    "consentimento_sms;consentimento_em;papel;sentimento\n"
)


def contact(number: int) -> str:
    return f"K{number:07};TFAAA1;Pedro Ametista;Gerente;p{number}@a.example;;email;S;N;N;2025-01-02;decisor;neutro\n"


def load(home: Path, folder: Path, *numbers: int) -> tuple[int, list[int]]:
    """Deliver these tickets; how many files their table has, and its tickets."""
    deliver(home, write_small(folder, tickets=tickets(*map(ticket, numbers))))
    lake = open_lake(home)
    found = lake.query("SELECT CAST(ticket_id AS INTEGER) AS n FROM tickets ORDER BY 1")["n"].to_pylist()
    assert lake.info("tickets").rows == len(found)
    return len(lake.info("tickets").files), found


def test_rows_that_hold_stay_where_they_are_until_too_few_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_parts, "LEAST", 1)
    home = tmp_path / "home"
    assert load(home, tmp_path / "1", *range(1, 11)) == (1, [*range(1, 11)])
    first = open_lake(home).info("tickets").files
    assert load(home, tmp_path / "2", *range(3, 12)) == (2, [*range(3, 12)])
    assert open_lake(home).info("tickets").files[:1] == first
    assert load(home, tmp_path / "3", 1, *range(3, 12)) == (3, [1, *range(3, 12)]), "one that went is back"
    last = [1, *range(7, 12), *range(21, 25)]
    assert load(home, tmp_path / "4", *last) == (1, last), "written whole again"


def test_a_small_table_is_written_whole(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, tmp_path / "1", 1, 2, 3)
    assert load(home, tmp_path / "2", 1, 2, 4) == (1, [1, 2, 4])


def test_who_was_withdrawn_stays_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_parts, "LEAST", 1)
    home = tmp_path / "home"
    for last in (9, 8):
        text = HEAD + "".join(map(contact, range(1, last)))
        deliver(home, write_small(tmp_path / f"{last}", contatos=text))
    lake = open_lake(home)
    assert (len(lake.info("contacts").files), lake.info("contacts").rows) == (1, 7)
