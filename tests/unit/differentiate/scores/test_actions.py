"""Effects of actions in the dated history: told where the comparison withstands its tests, refused with the reason."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.differentiate.scores.world import AS_OF, FAMILIES, ledgers
from tests.unit.identify.refined import fill

from b2shift.differentiate.api import build_features
from b2shift.differentiate.contracts import WhatIf
from b2shift.differentiate.scores.actions import TABLE, Treatment, action_effects
from b2shift.differentiate.scores.build import _SPECS, _effects
from b2shift.differentiate.scores.evidence import Evidence, gather
from b2shift.differentiate.scores.levers import levers
from b2shift.identify.api import build_customers
from b2shift.kernel.progress import silent
from b2shift.lake.api import Lake, open_lake, writing

CUSTOMERS = 400
_NOBODY = Treatment("nothing", "Nada", "SELECT customer_id FROM activities WHERE $start = $end")


def _world() -> dict[str, list[dict[str, Any]]]:
    """Half of all customers leave; sellers call anybody, and whoever has just bought."""
    told, rng = ledgers(CUSTOMERS, range(0, CUSTOMERS, 2)), np.random.default_rng(5)
    for row in told["revenue_monthly"]:
        row["mrr"] = 100 - 10 * int(rng.random() < 0.1)
    began = date(2023, 4, 1)
    calls = [(k, began + timedelta(days=int(rng.integers(0, 720)))) for k in rng.integers(0, CUSTOMERS, 2000)]
    bought = [(k, began + timedelta(days=int(rng.integers(0, 690)))) for k in rng.integers(0, CUSTOMERS, 500)]
    calls += [(k, day + timedelta(days=int(rng.integers(5, 60)))) for k, day in bought]
    told["opportunities"] += [
        {"opportunity_id": f"C{n}", "customer_id": f"T{k:05d}", "kind": "cross_sell", "result": "ganho"}
        | {"product_family": FAMILIES[n % 3], "created_on": day - timedelta(days=20), "closed_on": day}
        for n, (k, day) in enumerate(bought)
    ]
    told["activities"] = [
        {"activity_id": f"A{n}", "customer_id": f"T{k:05d}", "kind": "ligacao", "opportunity_id": None}
        | {"at": datetime(day.year, day.month, day.day, 10, tzinfo=UTC)}
        for n, (k, day) in enumerate(calls)
    ]
    return told


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Evidence, list[dict[str, Any]], Path]]:
    home = tmp_path_factory.mktemp("actions") / "home"
    with writing(home) as session:
        fill(session, **_world())
        build_customers(session, AS_OF)
        build_features(session, AS_OF)
        evidence = gather(session, AS_OF, 7, {}, silent)
        yield evidence, action_effects(evidence), home


def test_calls_that_nothing_about_leaving_decided_are_estimated_and_calls_after_purchases_are_not(
    known: tuple[Evidence, list[dict[str, Any]], Path],
) -> None:
    by_score = {row["score"]: row for row in known[1]}
    leaving, buying = by_score["churn_90d"], by_score["purchase_90d"]
    assert leaving["usable"], leaving
    assert leaving["low"] < 0 < leaving["high"], "calls do nothing in this world"
    assert "não passa do acaso" in leaving["verdict"]
    assert (leaving["dates"], leaving["acted"] > 200) == (4, True)
    assert not buying["usable"]
    assert buying["placebo_low"] > 0
    assert "O placebo falhou" in buying["verdict"]


def test_what_hardly_anybody_did_is_refused_with_its_count(
    known: tuple[Evidence, list[dict[str, Any]], Path],
) -> None:
    rows = action_effects(known[0], [_NOBODY])
    assert [row["usable"] for row in rows] == [False, False]
    assert all("Só 0 clientes" in str(row["verdict"]) for row in rows)


def _told(home: Path, rows: list[dict[str, Any]], score: str) -> tuple[WhatIf, ...]:
    with writing(home) as session:
        session.write(_SPECS[TABLE], _effects(rows))
        session.commit(AS_OF)
    lake: Lake = open_lake(home)
    return levers(lake, AS_OF, score, 0.04)


def test_a_customer_is_told_the_estimate_with_its_interval_and_never_a_refused_one(
    known: tuple[Evidence, list[dict[str, Any]], Path], tmp_path: Path
) -> None:
    (one,) = _told(tmp_path / "home", known[1], "churn_90d")
    assert one.evidence == "estimated"
    assert one.low is not None
    assert one.low <= one.after <= (one.high or 0)
    assert "Supõe que" in one.basis
    assert _told(tmp_path / "other", known[1], "purchase_90d") == ()
