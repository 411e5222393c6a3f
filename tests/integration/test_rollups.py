"""Answers read from the rollups of a run are the answers read from its rows."""

import math
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from b2shift.identify.sources.declarations import tables
from b2shift.kernel.calendar import last_closed_month
from b2shift.lake.api import Lake, open_lake, writing
from b2shift.metrics.api import Bucket, Scope, aggregate, bucket, build_rollups, customers, measures
from b2shift.metrics.contracts import Filter

KEPT = sorted(name for name, told in measures()["measures"].items() if told.get("source") in measures()["facts"])
SPLITS = [(), ("segment",), ("region", "cluster"), ("account_owner",), ("customer",)]
FILTERS = [(), (Filter(field="state", op="neq", value="sp"),), (Filter(field="cluster", op="in", value=(1, 2)),)]


@pytest.fixture(scope="module")
def lake(demo_home: Path) -> Lake:
    return open_lake(demo_home)


def close(one: float | None, other: float | None) -> bool:
    return one is other or math.isclose(one or 0.0, other or 0.0, rel_tol=1e-9, abs_tol=1e-9)


def stretches(as_of: date) -> list[Bucket]:
    """The last closed month, the three and the year that end with it, and the running month."""
    closed = last_closed_month(as_of)
    end = (closed.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    firsts = {
        "month": closed.replace(day=1),
        "quarter": (closed - timedelta(days=62)).replace(day=1),
        "year": date(closed.year - 1, closed.month, 1),
    }
    whole = [bucket(name, first, end, closed) for name, first in firsts.items()]
    return [*whole, bucket("run", as_of.replace(day=1), as_of, closed)]


def read(
    lake: Lake, metric: str, split: tuple[str, ...], kept: tuple[Filter, ...], *, rolled: bool
) -> tuple[dict[tuple[Any, ...], tuple[float | None, int]], str]:
    as_of = lake.manifest.as_of
    buckets = stretches(as_of)
    told = aggregate(metric, buckets, split, kept, Scope(), filtered=buckets, rolled=as_of if rolled else None)
    rows = lake.query(told.sql, told.parameters).to_pylist()
    return {tuple(row[k] for k in ("bucket", *split)): (row["value"], row["customers"]) for row in rows}, told.sql


@pytest.mark.parametrize("metric", [*KEPT, "tickets_per_customer"])
def test_the_rollups_tell_what_the_rows_tell(lake: Lake, metric: str) -> None:
    """Months, quarters, years and the running month in one statement each."""
    for split in SPLITS:
        for kept in FILTERS:
            fast, statement = read(lake, metric, split, kept, rolled=True)
            slow, _ = read(lake, metric, split, kept, rolled=False)
            different = {k: (fast.get(k), slow.get(k)) for k in {*fast, *slow} if not same(fast.get(k), slow.get(k))}
            assert not different, (split, kept, statement[:200], dict(list(different.items())[:3]))


def same(one: tuple[float, int] | None, other: tuple[float, int] | None) -> bool:
    """Rows with nothing in them may be there or not."""
    one, other = one or (0.0, 0), other or (0.0, 0)
    return close(one[0], other[0]) and one[1] == other[1]


def test_the_whole_base_by_two_groups_reads_no_customer(lake: Lake) -> None:
    _, statement = read(lake, "mrr", ("region", "cluster"), (), rolled=True)
    assert "metric_cube" in statement
    assert "members" not in statement


def test_a_portfolio_is_never_answered_from_sums_of_the_whole_base(lake: Lake) -> None:
    day = lake.manifest.as_of
    buckets = [bucket("main", day.replace(day=1), day, last_closed_month(day))]
    told = aggregate("mrr", buckets, ("segment",), (), Scope(owners=("u1",)), filtered=buckets, rolled=day)
    assert "metric_cube" not in told.sql
    assert "account_owner" in told.sql


def test_customers_of_a_condition_are_the_same(lake: Lake) -> None:
    day = lake.manifest.as_of
    closed = last_closed_month(day)
    end = (closed.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    buckets = [bucket("main", closed, end, closed)]
    for kept in ((Filter(field="tickets", op="gt", value=1),), (Filter(field="mrr", op="lt", value=2000),)):
        fast, slow = (customers(kept, Scope(), filtered=buckets, rolled=on) for on in (day, None))
        found = [lake.query(told.sql, told.parameters).to_pylist() for told in (fast, slow)]
        assert found[0] == found[1]
        assert found[0]


def test_months_of_a_base_without_revenue_are_counted_from_what_happened_first(demo_home: Path, tmp_path: Path) -> None:
    shutil.copytree(demo_home / "lake", tmp_path / "lake")
    with writing(tmp_path) as session:
        as_of = open_lake(demo_home).manifest.as_of
        session.write(tables()["recurring_revenue"], "SELECT * FROM recurring_revenue WHERE FALSE")
        build_rollups(session, as_of)
        session.commit(as_of)
    bare = open_lake(tmp_path)
    for metric in ("overdue_amount", "tickets", "nps", "usage_hours"):
        fast, slow = (read(bare, metric, (), (), rolled=rolled)[0] for rolled in (True, False))
        assert fast.keys() == slow.keys()
        assert all(same(fast[key], slow[key]) for key in slow), (metric, fast, slow)
        assert slow["quarter",][1], "there is something to count"
