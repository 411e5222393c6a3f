"""From files to tables: what is kept, what is told, what a second delivery costs."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.identify.sources.small import EVENTS, LINES, REGISTRY, TELEMETRY, TICKETS, deliver, touched, write_small

from b2shift.identify.api import build_quality, ingest, quality_report
from b2shift.kernel.errors import DropError
from b2shift.lake.api import open_lake, writing

VISITS = (
    "source: visitas\ndescription: Visitas técnicas.\nfiles: visitas.csv\ngrain: one visit\nfreshness: daily\n"
    "owner: Campo\nkey: [visit]\ncolumns:\n  id: {to: visit, kind: id, required: true}\n"
    "  cliente: {to: customer_id, kind: customer}\n  quando: {to: day, kind: date}\n"
    "  custo: {to: cost, kind: decimal}\n"
)
STATUS = "SELECT file, status, message FROM loads WHERE status <> 'missing' ORDER BY file"


def test_a_small_delivery_fills_its_tables(tmp_path: Path) -> None:
    _, (lines, usage, tickets, loads) = deliver(
        tmp_path / "home",
        write_small(tmp_path / "drop"),
        "SELECT customer_id, value, signed_on, revenue_line_group FROM contract_lines ORDER BY 1",
        "SELECT customer_id, store, duration_bin, events, duration FROM usage_daily ORDER BY 1, 3",
        "SELECT ticket_id, billing FROM tickets ORDER BY 1",
        STATUS,
    )
    assert [(r["customer_id"], r["value"], r["signed_on"]) for r in lines] == [
        ("TFAAA1", Decimal("1234.5"), date(2020, 5, 17)), ("TFBBB2", Decimal("7.25"), date(2021, 3, 4)),
    ]  # fmt: skip
    assert [tuple(row.values()) for row in usage] == [("TFAAA1", "00", 1, 2, 6.5), ("TFBBB2", "01", -2, 1, 0.0)]
    assert [row["billing"] for row in tickets] == [True, False]
    assert {row["status"] for row in loads} == {"loaded"}


def test_the_same_delivery_twice_changes_nothing_and_reads_nothing(tmp_path: Path) -> None:
    home, drop = tmp_path / "home", write_small(tmp_path / "drop")
    assert deliver(home, drop)[0]
    version = open_lake(home).version
    assert not deliver(home, drop)[0]
    assert open_lake(home).version == version


def test_a_file_that_did_not_come_is_reported_as_kept_and_since_when(tmp_path: Path) -> None:
    home, drop = tmp_path / "home", write_small(tmp_path / "drop")
    deliver(home, drop)
    told = "não veio nesta entrega; valem as linhas da versão 1 (dados até 31/03/2025)"
    for lines in (LINES, LINES + LINES.splitlines()[1] + "\n"):
        _, (loads, kept) = deliver(
            home, write_small(drop, tickets=None, telemetria_1=None, dados_clientes=lines), STATUS,
            "SELECT rows_accepted FROM loads WHERE file = 'tickets.csv'",
        )  # fmt: skip
        status = {row["file"]: (row["status"], row["message"]) for row in loads}
        assert status["tickets.csv"] == ("kept", told)
        assert status["dados_clientes.csv"] == ("loaded", "")
        assert status["telemetria_1.csv"] == ("loaded", ""), "days add up: a file of others is not missing"
        assert kept == [{"rows_accepted": 2}]
    _, (loads,) = deliver(home, write_small(drop), STATUS)
    assert {row["status"] for row in loads} == {"loaded"}


def test_a_house_with_sources_of_its_own_misses_only_those_and_what_ever_came(tmp_path: Path) -> None:
    home, drop = tmp_path / "home", write_small(tmp_path / "drop")
    missing = "SELECT source FROM loads WHERE status = 'missing' ORDER BY source"
    _, (told,) = deliver(home, drop, missing)
    assert {"nps_relacional", "telemetria"} <= {row["source"] for row in told}
    (home / "sources").mkdir()
    (home / "sources" / "visitas.yaml").write_text(VISITS, encoding="utf-8")
    _, (told,) = deliver(home, drop, missing)
    assert [row["source"] for row in told] == ["telemetria", "visitas"], "one of the files of telemetry came"


def test_a_touched_file_with_the_same_content_changes_nothing(tmp_path: Path) -> None:
    home, drop = tmp_path / "home", write_small(tmp_path / "drop")
    deliver(home, drop)
    (drop / "tickets.csv").touch()
    assert not deliver(home, drop)[0]


def test_a_changed_file_replaces_only_its_rows(tmp_path: Path) -> None:
    home, drop = tmp_path / "home", write_small(tmp_path / "drop")
    deliver(home, drop)
    write_small(drop, tickets=TICKETS + "TFBBB2;PC - WMS;task;open;2025-02-01;2025-02-02;3;low\n")
    with writing(home) as session:
        ingest(session, drop)
        done = touched(session)
        assert session.info("tickets").rows == 3
        session.commit(date(2025, 3, 31))
    assert "clean tickets" in done
    assert not {"clean dados_clientes", "read telemetria: telemetria_1.csv", "known_customers"} & done


def test_a_new_day_of_telemetry_is_added_to_the_days_before(tmp_path: Path) -> None:
    home, drop = tmp_path / "home", write_small(tmp_path / "drop")
    deliver(home, drop)
    later = tmp_path / "later"
    write_small(later, clientes_desde=None, dados_clientes=None, tickets=None, telemetria_1=None,
                telemetria_12=EVENTS + "TFAAA100,9.000,7,2,2025-03-24,0,Conectado,,\n")  # fmt: skip
    changed, (days, lines) = deliver(
        home, later, "SELECT day, sum(events)::INT AS n FROM usage_daily GROUP BY 1 ORDER BY 1", "FROM contract_lines"
    )
    assert changed
    assert [(row["day"].day, row["n"]) for row in days] == [(17, 2), (18, 1), (24, 1)]
    assert len(lines) == 2, "what is not delivered again stays"


def test_a_customer_who_appears_later_gets_the_usage_that_waited(tmp_path: Path) -> None:
    home = tmp_path / "home"
    stray = "TFCCC300,5.000,7,2,2025-03-19,0,Conectado,,\n"
    drop = write_small(tmp_path / "drop", telemetria_1=TELEMETRY + stray)
    _, (before, rejected) = deliver(
        home, drop, "FROM usage_daily", "SELECT kind, value, delivered FROM rejects WHERE source = 'telemetria'"
    )
    assert len(before) == 2
    assert [(row["kind"], row["value"]) for row in rejected] == [("orphan_key", "TFCCC300")]
    write_small(drop, clientes_desde=REGISTRY + "TFCCC3;2025-01-20\r\n", telemetria_1=TELEMETRY + stray)
    _, (after, rejected) = deliver(home, drop, "SELECT * FROM usage_daily WHERE customer_id = 'TFCCC3'", "FROM rejects")
    assert [row["duration"] for row in after] == [5.0]
    assert rejected == []


def test_orphans_are_refused_with_what_was_delivered(tmp_path: Path) -> None:
    drop = write_small(tmp_path / "drop", dados_clientes=LINES + "TX00ZZ;ERP;VAREJO;ATIVO;1,5;2020-01-02\n")
    _, (rows, lines) = deliver(tmp_path / "home", drop, "FROM rejects", "FROM contract_lines")
    (row,) = rows
    assert (row["kind"], row["column"], row["value"], row["row"], row["line"]) == (
        "orphan_key",
        "CD_CLIENTE",
        "TX00ZZ",
        2,
        4,
    )
    assert row["delivered"].startswith("TX00ZZ;ERP;")
    assert len(lines) == 2


def test_two_sources_make_a_customer_whom_the_registry_forgot(tmp_path: Path) -> None:
    drop = write_small(
        tmp_path / "drop",
        dados_clientes=LINES + "TFCCC3;ERP;VAREJO;ATIVO;1,5;2020-01-02\n",
        empresas="cliente;razao_social;cnpj\nTFCCC3;Aurora Ltda;\n",
    )
    _, (lines,) = deliver(tmp_path / "home", drop, "SELECT customer_id FROM contract_lines ORDER BY 1")
    assert [row["customer_id"] for row in lines] == ["TFAAA1", "TFBBB2", "TFCCC3"]


def test_nobody_is_lost_to_the_form_of_a_date(tmp_path: Path) -> None:
    registry = "CLIENTE;CLIENTE_DESDE\n" + "".join(f"TF{n:04d};{n % 28 + 1:02d}/0{n % 9 + 1}/2020\n" for n in range(60))
    _, (rows, loads) = deliver(
        tmp_path / "home",
        write_small(tmp_path / "drop", clientes_desde=registry),
        "SELECT customer_id, customer_since FROM customer_registry ORDER BY 1",
        "SELECT date_order, date_evidence FROM loads WHERE file = 'clientes_desde.csv'",
    )
    assert [row["customer_since"] for row in rows] == [date(2020, n % 9 + 1, n % 28 + 1) for n in range(60)]
    assert loads[0]["date_order"] == "day_first"
    assert "só podem ter o dia primeiro" in loads[0]["date_evidence"]


def test_impossible_values_are_unknown_and_the_row_stays(tmp_path: Path) -> None:
    lines = LINES + "".join(
        f"TFAAA1;ERP;VAREJO;ATIVO;{v};{d}\n" for v, d in (("", "2025-02-30"), ("R$ 1.234,56", "17/05/2020"))
    )
    _, (rows, repairs) = deliver(
        tmp_path / "home",
        write_small(tmp_path / "drop", dados_clientes=lines),
        "SELECT value, signed_on FROM contract_lines WHERE customer_id = 'TFAAA1' ORDER BY value NULLS FIRST",
        'SELECT row, kind, "column", before, after FROM repairs ORDER BY row, "column"',
    )
    assert [tuple(row.values()) for row in rows] == [
        (None, None), (Decimal("1234.5"), date(2020, 5, 17)), (Decimal("1234.56"), date(2020, 5, 17)),
    ]  # fmt: skip
    assert [tuple(row.values()) for row in repairs] == [
        (2, "invalid_or_other_date", "DT_ASSINATURA_CONTRATO", "2025-02-30", None),
        (2, "mixed_decimal", "VL_TOTAL_CONTRATO", "", None),
        (3, "invalid_or_other_date", "DT_ASSINATURA_CONTRATO", "17/05/2020", "2020-05-17"),
        (3, "mixed_decimal", "VL_TOTAL_CONTRATO", "R$ 1.234,56", "1234.56"),
    ]


def test_the_newest_of_two_tickets_with_one_number_wins(tmp_path: Path) -> None:
    again = "TFAAA1;PC - WMS;task;solved;2025-01-10;2025-02-20;1;low\n"
    same = TICKETS.splitlines()[2] + "\n"
    _, (tickets, rejects) = deliver(
        tmp_path / "home",
        write_small(tmp_path / "drop", tickets=TICKETS + again + same),
        "SELECT ticket_id, updated_on FROM tickets ORDER BY 1",
        "SELECT row, kind FROM rejects ORDER BY row",
    )
    assert [(row["ticket_id"], row["updated_on"]) for row in tickets] == [
        ("1", date(2025, 2, 20)),
        ("2", date(2025, 1, 15)),
    ]
    assert [tuple(row.values()) for row in rejects] == [(0, "repeated_id"), (3, "duplicate_row")]


def test_equal_rows_are_one_only_when_they_are_near(tmp_path: Path) -> None:
    row = LINES.splitlines()[1] + "\n"
    others = "".join(f"TFBBB2;ERP;VAREJO;ATIVO;{n},5;2021-03-04\n" for n in range(200))
    _, (lines, rejects) = deliver(
        tmp_path / "home",
        write_small(tmp_path / "drop", dados_clientes=LINES + row + others + row),
        "SELECT * FROM contract_lines WHERE customer_id = 'TFAAA1'",
        "SELECT row, kind FROM rejects",
    )
    assert len(lines) == 2
    assert [tuple(row.values()) for row in rejects] == [(2, "duplicate_row")]


def test_telemetry_reads_again_what_the_engine_refuses(tmp_path: Path) -> None:
    odd = (
        "tfaaa100 ,2.000,7,2,2025-03-19,0,Conectado,,\nTFAAA100,1234.50,7,2,19/03/2025,0,Conectado,,\n"
        "TFAAA100,5.000,7,2,2025-02-30,0,Conectado,,\n" + EVENTS + "TFAAA100,5.000,7,2\n"
    )
    _, (usage, rejects, repairs, loads) = deliver(
        tmp_path / "home",
        write_small(tmp_path / "drop", telemetria_1=TELEMETRY + odd),
        "SELECT day, sum(duration) AS s FROM usage_daily WHERE customer_id = 'TFAAA1' GROUP BY 1 ORDER BY 1 NULLS LAST",
        "SELECT row, line, kind FROM rejects ORDER BY row",
        "SELECT kind, \"column\", before, after FROM repairs WHERE source = 'telemetria' ORDER BY before",
        "SELECT rows_read, rows_accepted, rows_rejected, values_repaired FROM loads WHERE file = 'telemetria_1.csv'",
    )
    assert [(row["day"], row["s"]) for row in usage] == [
        (date(2025, 3, 17), 6.5), (date(2025, 3, 19), 1236.5), (None, 5.0),
    ]  # fmt: skip
    assert [tuple(row.values()) for row in rejects] == [(6, 8, "repeated_header"), (6, 9, "field_count")]
    assert [tuple(row.values()) for row in repairs] == [
        ("invalid_or_other_date", "referencedatestart", "19/03/2025", "2025-03-19"),
        ("invalid_or_other_date", "referencedatestart", "2025-02-30", None),
        ("key_whitespace_or_case", "clienteid", "tfaaa100 ", "TFAAA100"),
    ]
    assert [tuple(row.values()) for row in loads] == [(8, 6, 2, 3)]


@pytest.mark.parametrize("column", range(9))
def test_an_event_with_foreign_bytes_never_counts(tmp_path: Path, column: int) -> None:
    cells = b"TFAAA100,3.500,7,2,2025-03-17,0,Conectado,,".split(b",")
    cells[column] = cells[column][:1] + b"\xe7\xe3o" + cells[column][1:]
    _, (rejects, usage) = deliver(
        tmp_path / "home",
        write_small(tmp_path / "drop", telemetria_1=TELEMETRY.encode() + b",".join(cells) + b"\n"),
        "SELECT line, kind FROM rejects WHERE source = 'telemetria'",
        "SELECT sum(events) AS events FROM usage_daily",
    )
    assert [tuple(row.values()) for row in rejects] == [(5, "foreign_bytes_line")]
    assert usage == [{"events": 3}]


def test_a_line_above_the_header_of_telemetry_is_reported_and_those_below_keep_their_numbers(tmp_path: Path) -> None:
    more = "TFAAA100,3.500,7,2,2025-03-18,0,Conectado,,\n" * 3
    spoilt = "Uso do dia 17\n" + TELEMETRY + more + "TFAAA100,3.500,x\n"
    _, (rejects, usage) = deliver(
        tmp_path / "home",
        write_small(tmp_path / "drop", telemetria_1=spoilt.encode()),
        "SELECT line, kind, delivered FROM rejects WHERE source = 'telemetria' ORDER BY line",
        "SELECT sum(events) AS events FROM usage_daily",
    )
    assert [tuple(row.values())[:2] for row in rejects] == [(1, "above_header"), (9, "field_count")]
    assert rejects[0]["delivered"] == "Uso do dia 17"
    assert usage == [{"events": 6}]


@pytest.mark.parametrize("spoilt", ['TF"AAA100', '"TFAAA100",3.500,7,2,"2025-03-17'])
def test_a_quote_nobody_closed_loses_no_event(tmp_path: Path, spoilt: str) -> None:
    again = f"{spoilt},3.500,7,2,2025-03-17,0,Conectado,,\n" + '"TFAAA100","3.500",7,2,2025-03-17,0,"Conectado",,\n'
    _, (loads, usage) = deliver(
        tmp_path / "home",
        write_small(tmp_path / "drop", telemetria_1=TELEMETRY + again),
        "SELECT rows_read, rows_accepted, rows_rejected FROM loads WHERE file = 'telemetria_1.csv'",
        "SELECT sum(events) AS events FROM usage_daily",
    )
    assert [tuple(row.values()) for row in loads] == [(5, 4, 1)]
    assert usage == [{"events": 4}]


@pytest.mark.parametrize("more", [b"", b'"TFAAA100",1.500,7,2,2025-03-17,0,Conectado,,\n'])
def test_lines_of_twenty_megabytes_are_told_one_by_one(tmp_path: Path, more: bytes) -> None:
    cells = b"TFAAA100,3.500,7,2,2025-03-17,0,Conectado,,".split(b",")
    cells[0 if more else 8] += b"A" * 20_000_000
    longest = b",".join(cells) + b"\n"
    events = b"TFBBB201,1.000,7,2,2025-03-18,0,Conectado,,\n" * 245
    content = TELEMETRY.encode() + longest + events + more + longest + events
    _, (loads, rejects) = deliver(
        tmp_path / "home",
        write_small(tmp_path / "drop", telemetria_1=content),
        "SELECT rows_read, rows_accepted, rows_rejected FROM loads WHERE file = 'telemetria_1.csv'",
        "SELECT line, kind, length(delivered) < 3000 AS cut FROM rejects WHERE source = 'telemetria'",
    )
    lines = content.count(b"\n") - 1
    assert [tuple(row.values()) for row in loads] == [(lines, lines - 2, 2)]
    assert [tuple(row.values()) for row in rejects] == [
        (5, "field_count", True), (251 + bool(more), "field_count", True)
    ]  # fmt: skip


def test_an_event_of_nobody_is_refused(tmp_path: Path) -> None:
    _, (rejects, loads) = deliver(
        tmp_path / "home",
        write_small(tmp_path / "drop", telemetria_1=TELEMETRY + ",3.500,7,2,2025-03-17,0,Conectado,,\n"),
        "SELECT kind, delivered FROM rejects WHERE source = 'telemetria'",
        "SELECT rows_read, rows_accepted, rows_rejected FROM loads WHERE file = 'telemetria_1.csv'",
    )
    assert [tuple(row.values()) for row in rejects] == [("invalid_key", ",3.5,7,2,2025-03-17,Conectado")]
    assert [tuple(row.values()) for row in loads] == [(4, 3, 1)]


def test_one_bad_source_never_stops_the_others(tmp_path: Path) -> None:
    home, drop = tmp_path / "home", write_small(tmp_path / "drop", tickets=b"\x00\x01binary", estranho="x")
    _, (loads, lines) = deliver(home, drop, STATUS, "FROM contract_lines")
    told = {row["file"]: (row["status"], row["message"]) for row in loads}
    assert told["tickets.csv"][0] == "failed"
    assert "não é de texto" in told["tickets.csv"][1]
    assert told["estranho.csv"] == ("unknown", "nenhuma fonte declarada tem este nome")
    assert len(lines) == 2


def test_a_file_that_got_worse_keeps_its_earlier_rows(tmp_path: Path) -> None:
    home, drop = tmp_path / "home", write_small(tmp_path / "drop")
    deliver(home, drop)
    for content in (TICKETS.splitlines()[0] + "\n", "a;b\n1;2\n", b"\x00"):
        write_small(drop, tickets=content)
        _, (tickets, loads) = deliver(home, drop, "FROM tickets", "FROM loads WHERE file = 'tickets.csv'")
        assert len(tickets) == 2
        assert loads[0]["status"] == "failed"
        assert loads[0]["rows_accepted"] == 2


def test_a_delivery_without_customers_is_refused(tmp_path: Path) -> None:
    drop = write_small(tmp_path / "drop", clientes_desde=None, dados_clientes=None)
    with pytest.raises(DropError, match="não diz quem são os clientes"):
        deliver(tmp_path / "home", drop)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "tickets.csv").write_bytes(b"\0")
    with pytest.raises(DropError, match="Nada na entrega"):
        deliver(tmp_path / "home", tmp_path / "bad")


def test_a_source_of_ones_own_is_one_yaml_file(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "sources").mkdir(parents=True)
    (home / "sources" / "visitas.yaml").write_text(VISITS, encoding="utf-8")
    drop = write_small(
        tmp_path / "drop", visitas="id;cliente;quando;custo\n1;tfaaa1;17/05/2024;1.234,5\n2;TX9999;18/05/2024;1\n"
    )
    _, (rows, rejects) = deliver(home, drop, "FROM visitas", "SELECT kind FROM rejects")
    assert [tuple(row.values()) for row in rows] == [("1", "TFAAA1", date(2024, 5, 17), Decimal("1234.5"))]
    assert [row["kind"] for row in rejects] == ["orphan_key"]


def test_new_columns_are_kept_and_reported(tmp_path: Path) -> None:
    tickets = "\n".join(f"{line};{'canal' if n == 0 else 'web'}" for n, line in enumerate(TICKETS.splitlines())) + "\n"
    _, (raw, loads) = deliver(
        tmp_path / "home",
        write_small(tmp_path / "drop", tickets=tickets),
        "SELECT _extra['canal'] AS canal FROM raw_tickets",
        "SELECT new_columns FROM loads WHERE file = 'tickets.csv'",
    )
    assert [row["canal"] for row in raw] == ["web", "web"]
    assert loads == [{"new_columns": ["canal"]}]


def test_the_report_counts_what_was_done(tmp_path: Path) -> None:
    home = tmp_path / "home"
    drop = write_small(tmp_path / "drop", dados_clientes=LINES + "tfaaa1;ERP;VAREJO;ATIVO;2,5;2020-05-18\n")
    with writing(home) as session:
        ingest(session, drop)
        build_quality(session)
        session.commit(date(2025, 3, 31))
    report = quality_report(open_lake(home))
    source = next(source for source in report.sources if source.source == "dados_clientes")
    assert (source.rows_read, source.rows_accepted, source.rows_rejected, source.values_repaired) == (3, 3, 0, 1)
    assert [(d.kind, d.column, d.treatment, d.count) for d in source.defects] == [
        ("key_whitespace_or_case", "CD_CLIENTE", "repaired", 1)
    ]


def test_a_renamed_column_is_asked_for_with_the_names_nobody_declared(tmp_path: Path) -> None:
    """What the file has and the source declares is in its place, and no candidate."""
    renamed = TICKETS.replace("CODIGO_ORGANIZACAO", "CODIGO_DA_EMPRESA").replace("BK_TICKET", "CODIGO_CHAMADO")
    _, [told] = deliver(tmp_path / "home", write_small(tmp_path / "drop", tickets=renamed), STATUS)
    [failed] = [one for one in told if one["file"] == "tickets.csv"]
    assert failed["status"] == "failed"
    offered = failed["message"].partition("Quis dizer ")[2].partition("?")[0]
    assert set(offered.split(", ")) <= {"CODIGO_DA_EMPRESA", "CODIGO_CHAMADO"}
