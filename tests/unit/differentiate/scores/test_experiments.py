"""What campaigns brought: only against those left out by lot, and only once their 90 days have passed."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.identify.refined import fill

from b2shift.differentiate.scores.experiments import campaign_effect, pooled_difference
from b2shift.lake.api import open_lake, writing

DAY = date(2025, 3, 31)
BEGAN = datetime(2024, 9, 2, 9, tzinfo=UTC)


def _campaign(name: str, treated: int, held: int, buys: int, buys_held: int, began: datetime = BEGAN) -> list[Any]:
    told = []
    for arm, size, events in (("A", treated, buys), ("control", held, buys_held)):
        for k in range(size):
            who = {
                "campaign_id": name,
                "product_family": "CRM",
                "variant": arm,
                "customer_id": f"{name}{arm[0]}{k:03d}",
            }
            told.append(who | {"event_id": f"{name}{arm}{k}", "kind": "assigned", "at": began})
            if k < events:
                bought = began + timedelta(days=40)
                told.append(who | {"event_id": f"{name}{arm}{k}p", "kind": "purchase", "at": bought})
    return told


def _lake(folder: Path, rows: list[Any]) -> Any:
    with writing(folder) as session:
        fill(session, campaign_events=rows)
        session.commit(DAY)
    return open_lake(folder)


def test_an_effect_is_the_difference_between_the_arms_of_each_campaign(tmp_path: Path) -> None:
    """Campaigns with other base rates and shares of control: adding up the arms would see an effect where none is."""
    rows = _campaign("a", 300, 100, 60, 20) + _campaign("b", 100, 300, 50, 150)
    lake = _lake(tmp_path / "none", rows)
    found = campaign_effect(lake, DAY, "crm")
    assert found is not None
    assert found.difference == pytest.approx(0.0, abs=1e-12)
    assert found.low < 0 < found.high
    assert (found.campaigns, found.treated, found.control) == (2, 400, 400)
    assert campaign_effect(lake, DAY, "rh") is None
    rows = _campaign("a", 300, 200, 60, 10)
    more = campaign_effect(_lake(tmp_path / "some", rows), DAY, "crm")
    assert more is not None
    assert more.difference == pytest.approx(0.15)
    assert more.low > 0


def test_campaigns_without_a_control_too_small_or_too_young_report_nothing(tmp_path: Path) -> None:
    young = datetime(2025, 2, 10, 9, tzinfo=UTC)
    for name, rows in {
        "none": _campaign("a", 400, 0, 60, 0),
        "small": _campaign("a", 400, 99, 60, 10),
        "young": _campaign("a", 300, 300, 60, 10, young),
    }.items():
        assert campaign_effect(_lake(tmp_path / name, rows), DAY, "crm") is None, name


def test_the_interval_holds_the_true_difference_nineteen_times_in_twenty() -> None:
    rng, held = np.random.default_rng(3), 0
    for _ in range(800):
        sizes = np.array([[400, 100], [900, 250]])
        events = [[rng.binomial(n, p) for n, p in zip(size, (0.03, 0.01), strict=True)] for size in sizes]
        arms = np.array([[s[0], e[0], s[1], e[1]] for s, e in zip(sizes, events, strict=True)], dtype=float)
        difference, error = pooled_difference(arms)
        held += abs(difference - 0.02) <= 1.96 * error
    assert 0.93 <= held / 800 <= 0.99
