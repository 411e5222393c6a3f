"""What a customer showed of interest in a family by a day: talks that ended, answers to campaigns, nothing later."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.identify.refined import fill

from b2shift.differentiate.scores.interest import (
    ANSWERS,
    ANY_BOUGHT,
    ANY_TALKS,
    ANY_TALKS_YEAR,
    BOUGHT,
    CLICK_RATE,
    OPEN_RATE,
    TALK_SHARE,
    TALKS,
    TALKS_YEAR,
    interest,
)
from b2shift.lake.api import writing

DAY = date(2025, 1, 31)


def _talk(key: str, closed_on: date | None, kind: str = "upsell", family: str = "RH") -> dict[str, Any]:
    return {"opportunity_id": key, "customer_id": "A", "kind": kind, "product_family": family, "closed_on": closed_on}


def _event(key: str, kind: str, day: date, family: str = "Distribuição") -> dict[str, Any]:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return {"event_id": key, "customer_id": "A", "kind": kind, "product_family": family, "at": at}


def test_only_what_had_ended_by_the_day_counts(tmp_path: Path) -> None:
    with writing(tmp_path / "home") as session:
        fill(
            session,
            opportunities=[
                _talk("1", date(2025, 1, 5)), _talk("2", date(2024, 6, 1), family="CRM"), _talk("3", date(2025, 2, 1)),
                _talk("4", None), _talk("5", date(2022, 1, 1)), _talk("6", date(2025, 1, 5), kind="renovacao"),
            ],
            campaign_events=[
                _event("1", "click", date(2025, 1, 3)), _event("2", "open", date(2025, 1, 3)),
                _event("3", "purchase", date(2025, 1, 9)), _event("4", "reply", date(2025, 2, 2)),
            ],
        )  # fmt: skip
        found = interest(session, DAY, np.array(["A", "B"], dtype=object), ["rh", "crm", "distribuicao"])
    assert found[TALKS].tolist() == [[1, 1, 0], [0, 0, 0]]
    assert found[ANY_TALKS].tolist() == [[2, 2, 2], [0, 0, 0]]
    assert found[ANSWERS].tolist() == [[0, 0, 1], [0, 0, 0]]
    assert found[BOUGHT].tolist() == [[0, 0, 1], [0, 0, 0]]
    assert found[ANY_BOUGHT].tolist() == [[1, 1, 1], [0, 0, 0]]


def test_a_short_file_of_talks_counts_by_the_year(tmp_path: Path) -> None:
    with writing(tmp_path / "home") as session:
        fill(session, opportunities=[_talk("1", date(2024, 8, 1)), _talk("2", date(2025, 1, 5))], campaign_events=[])
        found = interest(session, DAY, np.array(["A", "B"], dtype=object), ["rh", "crm"])
    years = (DAY - date(2024, 8, 1)).days / 365.25
    assert found[TALKS_YEAR] == pytest.approx(np.array([[2 / years, 0], [0, 0]]))
    assert found[ANY_TALKS_YEAR] == pytest.approx(np.array([[2 / years, 2 / years], [0, 0]]))
    assert found[TALK_SHARE] == pytest.approx(np.array([[0.75, 0.25], [0.5, 0.5]]))


def test_answers_are_told_against_the_messages_sent(tmp_path: Path) -> None:
    events = [
        *(_event(f"s{k}", "sent", date(2025, 1, 3), family) for k, family in enumerate(["CRM", "RH", "RH"])),
        _event("o", "open", date(2025, 1, 4), "RH"), _event("c", "click", date(2025, 1, 4), "RH"),
        _event("late", "open", date(2025, 2, 4), "RH"),
    ]  # fmt: skip
    with writing(tmp_path / "home") as session:
        fill(session, opportunities=[], campaign_events=events)
        found = interest(session, DAY, np.array(["A", "B"], dtype=object), ["rh", "crm"])
    assert found[OPEN_RATE] == pytest.approx(np.array([[2 / 6] * 2, [1 / 3] * 2]))
    assert found[CLICK_RATE] == pytest.approx(np.array([[1.3 / 6] * 2, [0.1] * 2]))
