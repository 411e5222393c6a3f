"""Deliveries one after the other: what the lake then holds is what the newest would have given alone."""

import random
import shutil
from datetime import date
from pathlib import Path

import pytest
from tests.integration.running import content

from b2shift.demo.api import write_drop
from b2shift.identify.api import ingest
from b2shift.identify.cleansing import reuse, table_parts
from b2shift.identify.customers.revenue import build_revenue
from b2shift.identify.sources import incremental_lines
from b2shift.identify.sources.declarations import all_sources
from b2shift.identify.sources.stored_lines import lines_as_delivered
from b2shift.lake.api import kept_versions, open_lake, writing

# Tables that remember deliveries, and telemetry, which accumulates.
OF_EVERY_LOAD = {"changes", "load_history", "loads", "rule_results", "usage_daily", "usage_strays"}


def as_delivered(home: Path) -> dict[str, tuple[int, object]]:
    """What the lake holds; lines as delivered where they stand today, whichever delivery brought them; repairs and
    rejects but those of telemetry."""
    found = content(home)
    assert found.pop("line_places") is not None
    with writing(home) as session:
        rows = {name: f"SELECT * FROM {name} WHERE source <> 'telemetria'" for name in ("repairs", "rejects")}
        for source in all_sources(home):
            if source.raw_table in found:
                rows[source.raw_table] = f"SELECT * EXCLUDE (_hash) FROM {lines_as_delivered(session, source)}"
        for name, of_rows in rows.items():
            told = session.query(f"SELECT count(*) AS n, sum(hash(t)) AS told FROM ({of_rows}) AS t").to_pylist()
            found[name] = (0, tuple(told[0].values()))
    return found


def load(home: Path, drop: Path) -> None:
    with writing(home) as session:
        ingest(session, drop)
        build_revenue(session, date(2025, 3, 31))
        session.commit(date(2025, 3, 31))


def next_delivery(drop: Path, folder: Path, seed: int) -> Path:
    """The delivery a month later: rows gone, new, moved, and mistyped at random, in every file of rows."""
    chance = random.Random(seed)
    shutil.copytree(drop, folder, ignore=shutil.ignore_patterns("_truth", "telemetria_*"))
    for path in sorted(folder.iterdir()):
        head, *lines = path.read_bytes().split(b"\n")
        if path.suffix == ".csv":
            lines = [_moved(line, lines, chance) for line in lines if line and chance.random() > 0.02]
        else:
            head, lines = lines[0], lines[chance.randrange(5) :]
        path.write_bytes(b"\n".join([head, *lines, b""]))
    events = [path for number in (2, 1) if (path := drop / f"telemetria_{number}.csv").exists()]
    (folder / "telemetria_1.csv").write_bytes(events[0].read_bytes())
    return folder


def _moved(line: bytes, lines: list[bytes], chance: random.Random) -> bytes:
    """The line as it is, or with one field of another line."""
    if chance.random() > 0.1:
        return line
    other, fields = chance.choice(lines).split(b";"), line.split(b";")
    place = chance.randrange(len(fields))
    if len(other) == len(fields):
        fields[place] = other[place]
    return b";".join(fields)


@pytest.mark.parametrize(("seed", "least", "noted"), [(1, 0, True), (2, 0, False), (3, table_parts.LEAST, True)])
def test_loads_one_after_the_other_give_what_the_last_alone_gives(
    tmp_path: Path, seed: int, least: int, *, noted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`noted`: whether the load before noted its lines, as older releases did not."""
    monkeypatch.setattr(table_parts, "LEAST", least)
    monkeypatch.setattr(incremental_lines, "LEAST", least)
    if not noted:
        monkeypatch.setattr(reuse, "_told_by_lists", lambda *_: None)
    first = tmp_path / "first"
    write_drop(first, customers=60, seed=seed, dirty=1.0)
    second = next_delivery(first, tmp_path / "second", seed)
    load(tmp_path / "over", first)
    load(tmp_path / "over", second)
    load(tmp_path / "alone", second)
    over, alone = as_delivered(tmp_path / "over"), as_delivered(tmp_path / "alone")
    assert over.keys() == alone.keys()
    assert {name for name in over if over[name] != alone[name]} <= OF_EVERY_LOAD


@pytest.mark.slow
def test_six_deliveries_give_what_the_sixth_alone_gives_and_every_one_stays_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_parts, "LEAST", 0)
    monkeypatch.setattr(incremental_lines, "LEAST", 0)
    drops = [tmp_path / "1"]
    write_drop(drops[0], customers=40, seed=8, dirty=0.3)
    for number in range(2, 7):
        drops.append(next_delivery(drops[-1], tmp_path / str(number), number))
    seen = []
    for drop in drops:
        load(tmp_path / "over", drop)
        seen.append(content(tmp_path / "over"))
    load(tmp_path / "alone", drops[-1])
    over, alone = as_delivered(tmp_path / "over"), as_delivered(tmp_path / "alone")
    assert {name for name in alone if over[name] != alone[name]} <= OF_EVERY_LOAD
    assert [content(tmp_path / "over", version) for version in range(1, 7)] == seen
    lake = open_lake(tmp_path / "over")
    assert {len(one.tables["tickets"].files) for one in kept_versions(tmp_path / "over")} > {1}, "files that hold stay"
    told = lake.query(
        "SELECT load, rows_unchanged, rows_read FROM load_history WHERE source = 'receita_mensal' ORDER BY load"
    ).to_pylist()
    assert [row["load"] for row in told] == [1, 2, 3, 4, 5, 6]
    assert all(row["rows_unchanged"] > row["rows_read"] / 2 for row in told[1:])
    assert lake.query("SELECT count(DISTINCT load) AS n FROM changes").to_pylist() == [{"n": 5}]


def test_telemetry_of_two_deliveries_is_that_of_both_at_once(tmp_path: Path) -> None:
    """Loaded one after the other under one name, or together under two."""
    drop, later, both = tmp_path / "drop", tmp_path / "later", tmp_path / "both"
    write_drop(drop, customers=40, seed=5, dirty=0.3)
    shutil.copytree(drop, later)
    shutil.copytree(drop, both)
    for path in sorted(later.glob("telemetria_*.csv")):
        path.write_bytes(path.read_bytes().replace(b"2025-03-", b"2025-04-"))
        shutil.copy(path, both / path.name.replace(".csv", "_again.csv"))
    load(tmp_path / "over", drop)
    load(tmp_path / "over", later)
    load(tmp_path / "at_once", both)
    for table in ("usage_daily", "usage_strays"):
        assert content(tmp_path / "over")[table] == content(tmp_path / "at_once")[table]


def test_the_lake_is_readable_as_of_every_load(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    write_drop(drop, customers=40, seed=6, dirty=0)
    load(tmp_path / "home", drop)
    before = content(tmp_path / "home")
    load(tmp_path / "home", next_delivery(drop, tmp_path / "next", 6))
    assert open_lake(tmp_path / "home").version == 2
    assert content(tmp_path / "home", 1) == before
