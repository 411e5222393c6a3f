"""Telemetry accumulates: a file that comes again with other days adds to what it said before."""

from pathlib import Path

from tests.unit.identify.sources.small import EVENTS, TELEMETRY, deliver, write_small

DAYS = "SELECT day, CAST(sum(events) AS INTEGER) AS events FROM usage_daily GROUP BY day ORDER BY day"
WEEK_2 = EVENTS + "TFAAA100,3.000,7,2,2025-03-24,0,Conectado,,\n" * 3
BOTH = EVENTS + "TFAAA100,3.000,7,2,2025-03-18,0,Conectado,,\n" * 5 + WEEK_2.removeprefix(EVENTS)


def days(home: Path, drop: Path) -> dict[str, int]:
    _, [rows] = deliver(home, drop, DAYS)
    return {row["day"].isoformat()[5:]: row["events"] for row in rows}


def test_a_new_week_under_the_same_name_adds_its_days(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert days(home, write_small(tmp_path / "a")) == {"03-17": 2, "03-18": 1}
    assert days(home, write_small(tmp_path / "b", telemetria_1=WEEK_2)) == {"03-17": 2, "03-18": 1, "03-24": 3}
    changed, _ = deliver(home, tmp_path / "b")
    assert not changed, "the same week again changes nothing"


def test_a_day_that_comes_again_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    home = tmp_path / "home"
    days(home, write_small(tmp_path / "a"))
    assert days(home, write_small(tmp_path / "b", telemetria_1=BOTH)) == {"03-17": 2, "03-18": 5, "03-24": 3}


def test_an_older_week_delivered_again_back_fills_without_counting_twice(tmp_path: Path) -> None:
    home = tmp_path / "home"
    days(home, write_small(tmp_path / "b", telemetria_1=WEEK_2))
    assert days(home, write_small(tmp_path / "a")) == {"03-17": 2, "03-18": 1, "03-24": 3}
    assert days(home, write_small(tmp_path / "b", telemetria_1=WEEK_2)) == {"03-17": 2, "03-18": 1, "03-24": 3}


def test_a_week_that_cannot_be_read_leaves_the_earlier_ones(tmp_path: Path) -> None:
    home = tmp_path / "home"
    days(home, write_small(tmp_path / "a", telemetria_1=TELEMETRY))
    assert days(home, write_small(tmp_path / "b", telemetria_1="nothing,of,this\n1,2,3\n")) == {"03-17": 2, "03-18": 1}
    assert days(home, write_small(tmp_path / "c", telemetria_1=EVENTS)) == {"03-17": 2, "03-18": 1}


def test_a_customer_who_appears_later_gets_the_days_of_every_week(tmp_path: Path) -> None:
    home = tmp_path / "home"
    stranger = EVENTS + "TFCCC301,1.000,7,2,2025-03-17,0,Conectado,,\n"
    assert days(home, write_small(tmp_path / "a", telemetria_1=stranger)) == {}
    assert days(home, write_small(tmp_path / "b", telemetria_1=WEEK_2)) == {"03-24": 3}
    registry = "CLIENTE;CLIENTE_DESDE\nTFAAA1;2020-05-17\nTFBBB2;2021-03-04\nTFCCC3;2025-03-01\n"
    told = days(home, write_small(tmp_path / "c", telemetria_1=WEEK_2, clientes_desde=registry))
    assert told == {"03-17": 1, "03-24": 3}
