"""Loads held against their rules: what breaks a critical one is set aside, the rows before it stay."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests.unit.identify.sources.small import LINES, REGISTRY, TELEMETRY, TICKETS, deliver, write_small

from b2shift.identify.api import (
    ingest,
    loads_in_quarantine,
    reject_stale_delivery,
    release_load,
    revoke_release,
)
from b2shift.identify.quality.stability import stability_index
from b2shift.identify.sources.declarations import built_in
from b2shift.identify.sources.rule import Rule
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import open_lake, writing

NOW = datetime(2025, 4, 1, 9, tzinfo=UTC)
COUNT = "SELECT count(*) AS n FROM tickets"
STATUS = "SELECT file, status, message FROM loads WHERE status = 'quarantined'"
BROKEN = """
    SELECT load, source, rule, value FROM rule_results WHERE NOT passed AND rule IN ('volume', 'complete') ORDER BY ALL
"""
NEW_LINE = "TFBBB2;ERP;VAREJO;ATIVO;9,25;2021-03-05\n"
MANY = TICKETS + "".join(
    f"TFAAA1;PC - WMS;question;open;2025-01-{n:02d};2025-01-20;{n + 10};low\n" for n in range(1, 9)
)


def test_a_load_that_breaks_a_critical_rule_leaves_the_rows_before_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a", tickets=MANY))
    more = REGISTRY + "TFCCC3;2025-03-01\r\n"
    few = write_small(tmp_path / "b", tickets=TICKETS, clientes_desde=more)
    _, [[tickets], [told], broken, customers] = deliver(
        home, few, COUNT, STATUS, BROKEN, "SELECT * FROM customer_registry"
    )
    assert tickets == {"n": 10}
    assert told["file"] == "tickets.csv"
    assert "linhas contra a carga anterior: 20% (mínimo 80%)" in told["message"]
    assert broken == [{"load": 2, "source": "tickets", "rule": "volume", "value": pytest.approx(0.2)}]
    assert len(customers) == 3, "the other files were loaded"


def test_a_delivery_weeks_older_than_the_one_that_serves_is_refused(tmp_path: Path) -> None:
    """It would take the place of newer rows; a newest row withdrawn, a week of telemetry late, would not."""
    home = tmp_path / "home"
    later = TICKETS + "TFAAA1;PC - WMS;question;open;2025-03-02;2025-03-02;3;low\n"
    deliver(home, write_small(tmp_path / "b", tickets=later))
    late = TELEMETRY.replace("2025-03-1", "2025-02-1")
    for name, tickets, telemetry, refused in (
        ("older", TICKETS, TELEMETRY, True),
        ("withdrawn", later.replace("2025-03-02;2025", "2025-02-25;2025"), TELEMETRY, False),
        ("late", later, late, False),
    ):
        drop = write_small(tmp_path / name, tickets=tickets, telemetria_1=telemetry)
        with writing(home) as session:
            ingest(session, drop)
            if refused:
                with pytest.raises(InputError, match=r"vai até 11/01/2025, a que vale até 02/03/2025"):
                    reject_stale_delivery(session, date(2025, 3, 2))
                reject_stale_delivery(session, date(2025, 1, 31))
            else:
                reject_stale_delivery(session)


def test_what_was_let_in_by_hand_is_not_refused_for_its_age(tmp_path: Path) -> None:
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a", tickets=MANY.replace("open;2025-01", "open;2025-03")))
    few = write_small(tmp_path / "b", tickets=TICKETS)
    deliver(home, few)
    release_load(open_lake(home), home, "tickets", reason="corte pedido", by="ana", at=NOW)
    with writing(home) as session:
        ingest(session, few)
        reject_stale_delivery(session)
        assert session.query(COUNT).to_pylist() == [{"n": 2}]


def test_the_quarantined_delivery_again_changes_nothing_and_a_good_one_is_loaded(tmp_path: Path) -> None:
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a", tickets=MANY))
    few = write_small(tmp_path / "b", tickets=TICKETS)
    assert deliver(home, few, BROKEN)[0]
    changed, [broken] = deliver(home, few, BROKEN)
    assert not changed
    assert len(broken) == 1
    good = MANY + "TFAAA1;PC - WMS;question;open;2025-01-21;2025-01-21;99;low\n"
    changed, [[tickets], told] = deliver(home, write_small(tmp_path / "c", tickets=good), COUNT, STATUS)
    assert (changed, tickets, told) == (True, {"n": 11}, [])


def test_a_broken_registry_does_not_take_the_other_files_with_it(tmp_path: Path) -> None:
    """Half of the customers gone make half of the tickets nobody's: it is the registry that is set aside."""
    home = tmp_path / "home"
    registry = REGISTRY + "".join(f"TFCCC{n};2025-03-01\r\n" for n in range(10))
    tickets = TICKETS + "".join(
        f"TFCCC{n};PC - WMS;question;open;2025-01-1{n};2025-01-20;{n + 10};low\n" for n in range(10)
    )
    deliver(home, write_small(tmp_path / "a", clientes_desde=registry, tickets=tickets))
    again = tickets + "TFAAA1;PC - WMS;question;open;2025-01-21;2025-01-21;99;low\n"
    _, [told, [found]] = deliver(home, write_small(tmp_path / "b", tickets=again), STATUS, COUNT)
    assert [row["file"] for row in told] == ["clientes_desde.csv"]
    assert found == {"n": 13}


def test_a_warning_is_reported_and_the_load_serves(tmp_path: Path) -> None:
    turned = MANY.replace("2025-01-05;2025-01-20", "2025-01-05;2025-01-04")
    broken_rules = "SELECT rule, value, critical FROM rule_results WHERE NOT passed AND rule <> 'fresh'"
    _, [broken, [tickets]] = deliver(
        tmp_path / "home", write_small(tmp_path / "a", tickets=turned), broken_rules, COUNT
    )
    assert broken == [{"rule": "valid", "value": pytest.approx(0.9), "critical": False}]
    assert tickets == {"n": 10}


@pytest.mark.parametrize(
    ("of_the_year", "rule", "told"),
    [
        ("1925", "complete", "preenchimento de created_on: 0% (mínimo 90%)"),
        ("2015", "pace", "dias que as datas avançaram além do resto da entrega: -3654 (mínimo -45)"),
    ],
)
def test_a_file_with_the_dates_of_another_year_leaves_the_rows_before_it(
    tmp_path: Path, of_the_year: str, rule: str, told: str
) -> None:
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a", tickets=MANY))
    wrong = write_small(
        tmp_path / "b", tickets=MANY.replace("2025-", f"{of_the_year}-"), dados_clientes=LINES + NEW_LINE
    )
    _, [[tickets], [quarantined], broken] = deliver(
        home, wrong, "SELECT count(*) AS n, min(created_on) AS first FROM tickets", STATUS,
        "SELECT rule FROM rule_results WHERE NOT passed AND critical",
    )  # fmt: skip
    assert tickets == {"n": 10, "first": date(2025, 1, 1)}
    assert told in quarantined["message"]
    assert broken == [{"rule": rule}]


def test_every_source_has_rules_and_freshness_is_measured_between_sources(tmp_path: Path) -> None:
    assert all(source.rules for source in built_in())
    query = "SELECT value, passed FROM rule_results WHERE rule = 'fresh' AND source = 'tickets'"
    drop = write_small(tmp_path / "a")
    _, [[row]] = deliver(tmp_path / "home", drop, query)
    assert row == {"value": (date(2025, 3, 18) - date(2025, 1, 11)).days, "passed": False}


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"rule": "complete", "at_least": 1}, "its column"),
        ({"rule": "complete", "column": "a"}, "at_least or at_most"),
        ({"rule": "valid", "at_least": 1}, "its check"),
        ({"rule": "known", "column": "a", "at_least": 1}, "the place it is found in"),
    ],
)
def test_a_rule_must_be_whole(told: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Rule.model_validate(told)


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),
    [
        ("range(1000)", "range(1000)", 0, 1e-9),
        ("range(1000)", "range(500, 1500)", 0.25, 20),
        ("range(1000)", "range(10, 1010)", 0, 0.1),
    ],
)
def test_the_stability_index_tells_how_far_a_distribution_moved(
    tmp_path: Path, before: str, after: str, low: float, high: float
) -> None:
    with writing(tmp_path) as session:
        for column in ("n", "DATE '2024-01-01' + CAST(n AS INTEGER)", "CAST(n // 100 AS VARCHAR)"):
            rows = [f"(SELECT {column} AS x FROM {each} AS r(n))" for each in (before, after)]
            index = stability_index(session, *rows, "x")
            assert index is not None
            assert low <= index <= high, column
        assert stability_index(session, "(SELECT NULL AS x)", "(SELECT 1 AS x)", "x") is None


def test_a_person_lets_a_delivery_in_and_it_says_so(tmp_path: Path) -> None:
    home, few = tmp_path / "home", write_small(tmp_path / "b", tickets=TICKETS)
    deliver(home, write_small(tmp_path / "a", tickets=MANY))
    deliver(home, few)
    [waiting] = loads_in_quarantine(open_lake(home), home)
    assert (waiting.source, waiting.files, waiting.load, waiting.release) == ("tickets", ("tickets.csv",), 2, None)
    assert waiting.broken == ("linhas contra a carga anterior: 20% (mínimo 80%)",)
    release_load(open_lake(home), home, "tickets", reason="a base encolheu mesmo", by="ana@empresa.example", at=NOW)
    assert loads_in_quarantine(open_lake(home), home)[0].release is not None
    _, [[tickets], [told]] = deliver(home, few, COUNT, "SELECT status, message FROM loads WHERE source = 'tickets'")
    assert tickets == {"n": 2}
    message = "liberada da quarentena por ana@empresa.example em 01/04/2025: a base encolheu mesmo"
    assert told == {"status": "loaded", "message": message}
    assert loads_in_quarantine(open_lake(home), home) == ()
    assert not deliver(home, few)[0], "the same again changes nothing"


def test_a_release_taken_back_keeps_the_quarantine_and_one_that_was_used_is_not_taken_back(tmp_path: Path) -> None:
    home, few = tmp_path / "home", write_small(tmp_path / "b", tickets=TICKETS)
    deliver(home, write_small(tmp_path / "a", tickets=MANY))
    deliver(home, few)
    said = {"reason": "a base encolheu mesmo", "by": "ana@empresa.example", "at": NOW}
    with pytest.raises(InputError, match="não foi liberada"):
        revoke_release(open_lake(home), home, "tickets", **said)
    release_load(open_lake(home), home, "tickets", **said)
    revoke_release(open_lake(home), home, "tickets", **said)
    _, [[tickets]] = deliver(home, few, COUNT)
    assert tickets == {"n": 10}
    release_load(open_lake(home), home, "tickets", **said)
    deliver(home, few)
    with pytest.raises(UnknownNameError, match="tickets"):
        revoke_release(open_lake(home), home, "tickets", **said)


def test_a_release_is_of_one_delivery_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a", tickets=MANY))
    deliver(home, write_small(tmp_path / "b", tickets=TICKETS))
    release_load(open_lake(home), home, "tickets", reason="conferido", by="ana@empresa.example", at=NOW)
    other = write_small(tmp_path / "c", tickets=TICKETS.replace(";low", ";high"))
    _, [[tickets], [told]] = deliver(home, other, COUNT, STATUS)
    assert (tickets, told["status"]) == ({"n": 10}, "quarantined")
