"""The same drop again changes nothing, and a changed file changes what follows from it."""

import json
import shutil
from pathlib import Path

from tests.integration.running import content, run, stored

from b2shift.lake.api import open_lake


def test_a_second_run_changes_nothing(tmp_path: Path, demo_drop: Path, demo_home: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo_home, home)
    before, kept, files = open_lake(home).manifest, content(home), stored(home)
    done = run(demo_drop, home, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["changed"] is False
    assert told["version"] == before.version
    assert open_lake(home).manifest == before
    assert (content(home), stored(home)) == (kept, files)


def test_no_two_rows_have_the_same_declared_key(demo_home: Path) -> None:
    """A key of one column is never null; part of a longer one may be (a month whose date was impossible)."""
    lake = open_lake(demo_home)
    wrong = {}
    for name, table in lake.manifest.tables.items():
        key = [f'"{column}"' for column in table.spec.key]
        if not key or name == "places":  # its customer is null where a correction holds for any row
            continue
        whole = " AND ".join(f"{column} IS NOT NULL" for column in key)
        [row] = lake.query(
            f"SELECT count(*) FILTER ({whole}) - count(DISTINCT ({', '.join(key)})) FILTER ({whole}) AS repeated, "
            f'count(*) FILTER (NOT ({whole})) AS lacking FROM "{name}"'
        ).to_pylist()
        if row["repeated"] or (row["lacking"] and len(key) == 1):
            wrong[name] = row
    assert not wrong


def test_nobody_is_lost_and_every_view_of_the_base_has_everybody(demo_home: Path) -> None:
    lake = open_lake(demo_home)
    everybody = lake.query("SELECT customer_id FROM customers ORDER BY 1").column(0).to_pylist()
    assert len(everybody) == 300
    for table in ("customer_360", "features", "segments", "scores"):
        assert lake.query(f"SELECT customer_id FROM {table} ORDER BY 1").column(0).to_pylist() == everybody, table
