"""Rows that came again are taken over, and the lake is what the newer delivery alone would have given."""

from pathlib import Path

import pyarrow.parquet as parquet
import pytest
from tests.unit.identify.sources.small import LINES, REGISTRY, TICKETS, deliver, write_small

from b2shift.identify.cleansing import clean, reuse, table_parts
from b2shift.identify.sources import incremental_lines, reading
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import all_sources
from b2shift.identify.sources.reading import register_raw, stored_rows
from b2shift.identify.sources.stored_lines import fetch_lines, lines_as_delivered
from b2shift.lake.api import Session, open_lake, writing

HEAD = TICKETS.splitlines()[0]
THREE = REGISTRY + "TFCCC3;2021-03-04\r\n"
CITIES = "CD_CLIENTE;DS_PROD;CIDADE;DS_SEGMENTO;SITUACAO_CONTRATO;VL_TOTAL_CONTRATO;DT_ASSINATURA_CONTRATO\n"
NONE = "0000-00-00"
TABLES = ("tickets", "contract_lines", "repairs", "rejects", "customer_registry", "nps_answers")


def ticket(number: int, group: str = "PC - WMS", day: str = "2025-01-11", customer: str = "TFBBB2") -> str:
    return f"{customer};{group};question;open;{day};2025-01-15;{number};high"


def tickets(*rows: str) -> str:
    return "\n".join([HEAD, *rows, ""])


def lines(*rows: str) -> str:
    return CITIES + "".join(f"{row}\n" for row in rows)


def line(product: str, city: str = "RECIFE", customer: str = "TFAAA1", value: str = "10,25") -> str:
    return f"{customer};{product};{city};VAREJO;ATIVO;{value};2020-05-17"


def answers(*groups: str) -> str:
    rows = (f"{number};9;{group};TFBBB2\n" for number, group in enumerate(groups, 1))
    return f"ticket;resposta_NPS;grupo_NPS;cliente\n{''.join(rows)}"


def told(home: Path) -> dict[str, list[object]]:
    lake = open_lake(home)
    return {name: lake.query(f"SELECT * FROM {name} ORDER BY ALL").to_pylist() for name in TABLES}


def kept(home: Path, source: str) -> int:
    return int(str(open_lake(home).manifest.stages[f"clean {source}"].notes["kept"]))


def test_a_row_is_taken_over_with_its_repairs_and_a_spoilt_one_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_parts, "LEAST", 0)
    rest = [ticket(20, customer="tfbbb2"), ticket(21, "pc - wms"), ticket(22, day="05.01.2025"), ticket(23, day=NONE)]
    first, second = (tickets(*map(ticket, some), *rest) for some in (range(9), range(11, 2, -1)))
    deliver(tmp_path / "home", write_small(tmp_path / "a", tickets=first))
    deliver(tmp_path / "home", write_small(tmp_path / "b", tickets=second))
    assert kept(tmp_path / "home", "tickets") == 6 + 2
    repairs = open_lake(tmp_path / "home").query("SELECT row, before FROM repairs WHERE source = 'tickets' ORDER BY 1")
    assert [row["row"] for row in repairs.to_pylist()] == [9, 10, 11, 12]


def test_answers_stay_when_the_tickets_they_read_say_what_they_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_parts, "LEAST", 0)
    for folder, day in (("a", "2025-01-11"), ("b", "2025-01-12")):
        some = tickets(*map(ticket, range(1, 9)), ticket(9, day=day))
        drop = write_small(tmp_path / folder, tickets=some, nps_transacional_suporte=answers(*["promotor"] * 9))
        deliver(tmp_path / "home", drop)
    assert kept(tmp_path / "home", "nps_transacional_suporte") == 8


def test_lines_that_pass_while_their_file_is_read_are_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (table_parts, incremental_lines):
        monkeypatch.setattr(module, "LEAST", 0)
    fetched: list[int] = []

    def fetch(session: Session, source: Source, table: str, among: str, *told: object, **named: object) -> None:
        fetched.append(session.query(f"SELECT count(*) AS n FROM {among}")["n"].to_pylist()[0])
        fetch_lines(session, source, table, among, *told, **named)  # type: ignore[arg-type]

    refused, repaired = ticket(20, customer="TFZZZ9"), ticket(21, customer="tfbbb2")
    first, second = ([*map(ticket, range(n)), refused, repaired] for n in (9, 10))
    deliver(tmp_path / "home", write_small(tmp_path / "a", tickets=tickets(*first)))
    for module in (reuse, clean):
        monkeypatch.setattr(module, "fetch_lines", fetch)
    deliver(tmp_path / "home", write_small(tmp_path / "b", tickets=tickets(*second)))
    assert fetched
    assert not any(fetched)
    lake = open_lake(tmp_path / "home")
    assert lake.query("SELECT row FROM repairs WHERE source = 'tickets'")["row"].to_pylist() == [11]
    assert lake.query("SELECT row FROM rejects WHERE source = 'tickets'")["row"].to_pylist() == [10]
    assert kept(tmp_path / "home", "tickets") == 10


MANY = [line(f"P{number}") for number in range(320)]
OTHERS = [line(f"P{number}", customer="TFBBB2") for number in range(9)]
DAYS = [ticket(number, day=f"2025-01-{number:02}") for number in range(1, 29)]
LATER = [ticket(100 + number, day=f"2027-02-{number:02}") for number in range(1, 29)]
KEYLESS = "TFBBB2;PC - WMS;question;open;{day};2025-01-15;;high"
CASES = {
    "a group is written another way by most": (
        {"tickets": tickets(ticket(1, "Cobranca"), ticket(2))},
        {"tickets": tickets(ticket(1, "Cobranca"), *(ticket(n, "Cobrança") for n in range(3, 9)))},
    ),
    "the days of the file mean something else": (
        {"tickets": tickets(ticket(1, day="02/03/2025"), ticket(2, day="13/03/2025"))},
        {"tickets": tickets(ticket(1, day="02/03/2025"), ticket(2, day="03/13/2025"))},
    ),
    "a key comes twice": (
        {"tickets": tickets(ticket(1), ticket(2))},
        {"tickets": tickets(ticket(1), ticket(2), ticket(1, "CST - Fiscal"))},
    ),
    "the twin of a refused row goes": (
        {"tickets": tickets(ticket(1), ticket(1), ticket(2))},
        {"tickets": tickets(ticket(1), ticket(2))},
    ),
    "equal rows come nearer": (
        {"dados_clientes": lines(*MANY[:120], line("ERP"), *MANY[120:320], line("ERP"))},
        {"dados_clientes": lines(*MANY[:120], line("ERP"), *MANY[240:320], line("ERP"), *MANY[120:240])},
    ),
    "a spoilt row repeats one that was plain": (
        {"dados_clientes": lines(line("ERP"), line("CRM"))},
        {"dados_clientes": lines(line("ERP"), line("CRM"), line("ERP", value="0,0,0"))},
    ),
    "a customer is nobody any more": (
        {"tickets": tickets(ticket(1), ticket(2, customer="TFCCC3")), "clientes_desde": THREE},
        {"tickets": tickets(ticket(1), ticket(2, customer="TFCCC3"))},
    ),
    "a stray row finds its customer": (
        {"tickets": tickets(ticket(1), ticket(2, customer="TFCCC3"))},
        {"tickets": tickets(ticket(1), ticket(2, customer="TFCCC3")), "clientes_desde": THREE},
    ),
    "a city is known to be mistyped": (
        {"dados_clientes": lines(line("ERP", "RECIFF"), line("CRM", "OLINDA", "TFBBB2"))},
        {"dados_clientes": lines(line("ERP", "RECIFF"), *MANY[:5], line("CRM", "OLINDA", "TFBBB2"))},
    ),
    "the columns change places": (
        {"dados_clientes": LINES + "TFBBB2;SMS;SMS;ATIVO;8,25;2021-03-04\n"},
        {"dados_clientes": LINES.replace("DS_PROD;DS_SEGMENTO", "DS_SEGMENTO;DS_PROD")},
    ),
    "a repaired row stands elsewhere": (
        {"tickets": tickets(*map(ticket, range(1, 9)), ticket(9, customer="tfbbb2"))},
        {"tickets": tickets(ticket(10), ticket(9, customer="tfbbb2"), *map(ticket, range(1, 9)))},
    ),
    "a repaired row goes and another comes": (
        {"tickets": tickets(*map(ticket, range(1, 9)), ticket(9, customer="tfbbb2"))},
        {"tickets": tickets(*map(ticket, range(1, 9)), ticket(9, customer="tfaaa1"))},
    ),
    "a repair becomes surer": (
        {"tickets": tickets(*map(ticket, range(1, 9)), ticket(9, "pc - wms"))},
        {"tickets": tickets(*map(ticket, range(10, 20)), *map(ticket, range(1, 9)), ticket(9, "pc - wms"))},
    ),
    "what was repaired is how most write": (
        {"tickets": tickets(*map(ticket, range(1, 9)), ticket(9, "pc - wms"))},
        {"tickets": tickets(*map(ticket, range(1, 9)), *(ticket(n, "pc - wms") for n in range(9, 29)))},
    ),
    "a later day can be meant": (
        {"tickets": tickets(*DAYS, ticket(30, day="2046-05-05"), ticket(31, day="2099-05-05"))},
        {"tickets": tickets(*DAYS, ticket(30, day="2046-05-05"), ticket(31, day="2099-05-05"), *LATER)},
    ),
    "a repaired row comes a second time": (
        {"tickets": tickets(*map(ticket, range(1, 9)), ticket(9, day="05.01.2025"))},
        {"tickets": tickets(ticket(9, day="2025-01-05"), *map(ticket, range(1, 9)), ticket(9, day="05.01.2025"))},
    ),
    "a repaired row repeats a row that comes": (
        {"dados_clientes": lines(*MANY[:20], line("ERP", customer="tfaaa1"))},
        {"dados_clientes": lines(*MANY[:10], line("ERP"), *MANY[10:20], line("ERP", customer="tfaaa1"))},
    ),
    "a spoilt row repeats a row that comes": (
        {"dados_clientes": lines(*MANY[:20], line("ERP", value="0,0,0"))},
        {"dados_clientes": lines(*MANY[:10], line("ERP"), *MANY[10:20], line("ERP", value="0,0,0"))},
    ),
    "a spoilt row without its key repeats one that comes": (
        {"tickets": tickets(*map(ticket, range(1, 9)), KEYLESS.format(day=NONE))},
        {"tickets": tickets(*map(ticket, range(1, 9)), KEYLESS.format(day="2025-01-11"), KEYLESS.format(day=NONE))},
    ),
    "a repaired row loses its customer": (
        {"tickets": tickets(*map(ticket, range(1, 9)), ticket(9, customer="tfccc3")), "clientes_desde": THREE},
        {"tickets": tickets(*map(ticket, range(1, 9)), ticket(9, customer="tfccc3"))},
    ),
    "a city is corrected by other rows": (
        {"dados_clientes": lines(*MANY[:9], line("ERP", "Olinda"), line("CRM", "RECIFF"))},
        {"dados_clientes": lines(*OTHERS, line("ERP", "Olinda"), line("CRM", "RECIFF"))},
    ),
    "the ticket of an answer is of another day": (
        {"tickets": tickets(*map(ticket, range(1, 9))), "nps_transacional_suporte": answers(*["promotor"] * 9)},
        {
            "tickets": tickets(*map(ticket, range(1, 8)), ticket(8, day="2025-01-12"), ticket(9)),
            "nps_transacional_suporte": answers(*["promotor"] * 9),
        },
    ),
    "a word that no table has is written another way by most": (
        {"nps_transacional_suporte": answers("promotor", "Promotor", "Promotor")},
        {"nps_transacional_suporte": answers("promotor", "Promotor", "Promotor", *["promotor"] * 9)},
    ),
    "only the registry changes": (
        {"tickets": tickets(ticket(1), ticket(2))},
        {"tickets": tickets(ticket(1), ticket(2)), "clientes_desde": THREE},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_taken_over_is_what_would_have_been_found(
    tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_parts, "LEAST", 0)
    monkeypatch.setattr(incremental_lines, "LEAST", 0)
    first, second = CASES[case]
    deliver(tmp_path / "over", write_small(tmp_path / "a", **first))
    deliver(tmp_path / "over", write_small(tmp_path / "b", **second))
    deliver(tmp_path / "alone", write_small(tmp_path / "b", **second))
    assert told(tmp_path / "over") == told(tmp_path / "alone")


def test_files_are_read_again_by_newer_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop = write_small(tmp_path / "a")
    deliver(tmp_path / "home", drop)
    before = open_lake(tmp_path / "home").path("raw_tickets")
    deliver(tmp_path / "home", drop)
    assert open_lake(tmp_path / "home").path("raw_tickets") == before
    monkeypatch.setattr(reading, "CODE_VERSION", reading.CODE_VERSION + 1)
    deliver(tmp_path / "home", drop)
    assert open_lake(tmp_path / "home").path("raw_tickets") != before


def test_lines_of_older_releases_take_the_form_of_today(tmp_path: Path) -> None:
    """They lay in one file, with their content as a column like any other, or without one."""
    source = next(one for one in all_sources(tmp_path) if one.source == "tickets")
    deliver(tmp_path / "home", write_small(tmp_path / "a"))
    stage, contents = "read tickets: tickets.csv", {}
    for column in ("_content AS _hash", "* EXCLUDE (_content)"):
        with writing(tmp_path / "home") as session:
            notes = dict(session.stages[stage].notes)
            old, rows = session.new_file("raw_tickets"), session.rows(stored_rows(notes))
            told = column if column.startswith("*") else f"* EXCLUDE (_content), {column}"
            session.connection.execute(f"COPY (SELECT {told} FROM {rows}) TO '{old}' (FORMAT parquet)")
            del notes["held"], notes["places"]
            session.keep_stage(stage, notes | {"parquet": str(old.relative_to(session.store.root))})
            register_raw(session, source)
            found = session.query(f"SELECT * FROM {lines_as_delivered(session, source)} ORDER BY _row").to_pylist()
            contents[column] = [row.pop("_hash") for row in found]
            assert [row["BK_TICKET"] for row in found] == ["1", "2"]
    assert None not in contents["_content AS _hash"]
    assert contents["* EXCLUDE (_content)"] == [None, None]


def test_lines_that_came_before_stay_in_their_file_and_are_reported_where_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incremental_lines, "LEAST", 0)
    monkeypatch.setattr(table_parts, "LEAST", 0)
    source = next(one for one in all_sources(tmp_path) if one.source == "tickets")
    twice = [*map(ticket, range(1, 9)), ticket(9), ticket(9)]
    second = [ticket(0), *twice[1:8], ticket(3), "broken;line", ticket(9), ticket(9)]
    deliver(tmp_path / "over", write_small(tmp_path / "a", tickets=tickets(*twice)))
    deliver(tmp_path / "over", write_small(tmp_path / "b", tickets=tickets(*second)))
    deliver(tmp_path / "alone", write_small(tmp_path / "b", tickets=tickets(*second)))
    found = []
    for home in ("over", "alone"):
        with writing(tmp_path / home) as session:
            found.append(session.query(f"FROM {lines_as_delivered(session, source)} ORDER BY _row").to_pylist())
            files = session.info("raw_tickets").files
            assert len(files) == (2 if home == "over" else 1)
    assert found[0] == found[1]
    assert [row["_line"] for row in found[0]] == [*range(2, 14)]
    assert told(tmp_path / "over") == told(tmp_path / "alone")
    places = open_lake(tmp_path / "over").query("SELECT row FROM line_places ORDER BY 1")["row"].to_pylist()
    assert places == [], "these lines stand where they stood: one line went where one came"


SEVERAL = {
    "lines come and go, are said twice and said once again": (
        [*range(1, 20)], [5, *range(1, 19), 30, 7, 7], [*range(4, 19), 7, 31, 5, 1], [31, *range(1, 20)]
    ),
    "in another order": ([*range(1, 20)], [*range(19, 0, -1)], [*range(10, 20), *range(1, 10)], [*range(1, 20)]),
    "nothing of before, then all of it": ([*range(1, 20)], [*range(30, 60)], [*range(1, 20)], [*range(1, 60)]),
}  # fmt: skip


@pytest.mark.parametrize("numbers", SEVERAL.values(), ids=SEVERAL)
@pytest.mark.parametrize("ends", [["\n"] * 4, ["\n", "\r\n", "\n", "\n"]])
def test_lines_of_several_deliveries_stand_where_the_last_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, numbers: tuple[list[int], ...], ends: list[str]
) -> None:
    monkeypatch.setattr(incremental_lines, "LEAST", 0)
    monkeypatch.setattr(table_parts, "LEAST", 0)
    for turn, (some, end) in enumerate(zip(numbers, ends, strict=True)):
        text = tickets(*(ticket(n, "Água" if n % 5 == 0 else "PC - WMS") for n in some)).replace("\n", end)
        drop = write_small(tmp_path / "drop", tickets=text.encode("cp1252" if turn == 2 else "utf-8"))
        deliver(tmp_path / "over", drop)
    deliver(tmp_path / "alone", drop)
    assert as_delivered(tmp_path / "over") == as_delivered(tmp_path / "alone")
    assert told(tmp_path / "over") == told(tmp_path / "alone")


def as_delivered(home: Path) -> list[dict[str, object]]:
    source = next(one for one in all_sources(home) if one.source == "tickets")
    with writing(home) as session:
        return session.query(f"FROM {lines_as_delivered(session, source)} ORDER BY _row").to_pylist()


def test_places_noted_line_by_line_are_taken_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As older releases noted them: row, line and content of each line that moved."""
    monkeypatch.setattr(incremental_lines, "LEAST", 0)
    monkeypatch.setattr(table_parts, "LEAST", 0)
    deliver(tmp_path / "over", write_small(tmp_path / "a", tickets=tickets(*map(ticket, range(1, 30)))))
    moved = [ticket(40), *map(ticket, range(2, 20)), ticket(41), "", *map(ticket, range(20, 30))]
    deliver(tmp_path / "over", write_small(tmp_path / "b", tickets=tickets(*moved)))
    source = next(one for one in all_sources(tmp_path) if one.source == "tickets")
    with writing(tmp_path / "over") as session:
        rows = session.query(f"FROM {lines_as_delivered(session, source)} ORDER BY _row")
        stage = reading.stage_name(source, "tickets.csv")
        path = session.new_file("line_places")
        old = rows.select(["_row", "_line", "_hash"]).rename_columns(["row", "line", "content"])
        parquet.write_table(old, path)
        places = str(path.relative_to(session.store.root))
        session.keep_stage(stage, {**session.stages[stage].notes, "code": 6, "places": places})
        session.drop("line_places")
        reading.register_places(session, [source])
        found = session.query(f"FROM {lines_as_delivered(session, source)} ORDER BY _row")
        assert found.to_pylist() == rows.to_pylist()
        assert session.info("line_places").rows == 1


@pytest.mark.parametrize("end", [ticket(3), "TFBBB2;PC - WMS"])
def test_only_the_last_line_of_a_file_is_cut(tmp_path: Path, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incremental_lines, "LEAST", 0)
    monkeypatch.setattr(table_parts, "LEAST", 0)
    deliver(tmp_path / "over", write_small(tmp_path / "a", tickets=tickets(*map(ticket, range(1, 19)))))
    second = "\n".join([HEAD, *map(ticket, range(4, 19)), "broken;line", end])
    for home in ("over", "alone"):
        deliver(tmp_path / home, write_small(tmp_path / "b", tickets=second))
    assert told(tmp_path / "over") == told(tmp_path / "alone")
    rejects = open_lake(tmp_path / "over").query("SELECT kind FROM rejects ORDER BY row")["kind"].to_pylist()
    assert rejects == (["field_count"] if end == ticket(3) else ["field_count", "truncated_last_line"])


def test_a_row_settled_by_a_later_delivery_is_not_lost_with_the_line_it_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incremental_lines, "LEAST", 0)
    monkeypatch.setattr(table_parts, "LEAST", 0)
    plain = [*map(ticket, range(10, 40))]
    deliveries = ([ticket(1), ticket(1), *plain], [ticket(1), *plain], [ticket(1), *plain[1:]])
    for number, rows in enumerate(deliveries):
        deliver(tmp_path / "over", write_small(tmp_path / str(number), tickets=tickets(*rows)))
    deliver(tmp_path / "alone", write_small(tmp_path / "last", tickets=tickets(*deliveries[-1])))
    assert told(tmp_path / "over") == told(tmp_path / "alone")
    assert kept(tmp_path / "over", "tickets") == len(plain)


def test_an_export_without_rows_leaves_the_lines_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incremental_lines, "LEAST", 0)
    first = tickets(*map(ticket, range(9)))
    deliver(tmp_path / "home", write_small(tmp_path / "a", tickets=first))
    deliver(tmp_path / "home", write_small(tmp_path / "b", tickets=HEAD + "\n"))
    lake = open_lake(tmp_path / "home")
    assert len(lake.query("FROM tickets")) == 9
    loads = lake.query("SELECT status, message FROM loads WHERE source = 'tickets'").to_pylist()
    assert [row["status"] for row in loads] == ["failed"]
    assert "só tem o cabeçalho" in loads[0]["message"]
