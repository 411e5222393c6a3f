"""What a customer showed of interest in a family by a day: talks that ended, answers to campaigns, nothing later."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from tests.unit.identify.refined import fill

from b2shift.differentiate.scores.interest import ANSWERS, ANY_TALKS, BOUGHT, TALKS, interest
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
