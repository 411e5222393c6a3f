"""What scores said and what happened, to programs: totals only, the same figures as on the pages."""

from typing import Any

import pytest

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.score_accuracy import accuracies_of

pytestmark = pytest.mark.records
ADDRESS = "/api/v1/scores"


def test_figures_are_those_of_the_pages(program: Any, people: dict[Role, User], checked: None) -> None:
    found = accuracies_of(people[Role.ANALYST])
    rows = program(Role.ANALYST).get(f"{ADDRESS}/accuracy").json()["items"]
    assert [(one["score"], one["as_of"], one["events"]) for one in rows] == [
        (one.score, one.as_of.isoformat(), one.events) for one in found.rows
    ]
    levels = program(Role.ANALYST).get(f"{ADDRESS}/calibration").json()["items"]
    assert [(one["score"], one["level"]) for one in levels if not one["grouping"]] == [
        ("churn_90d", "deviates"), ("nps_detractor_risk", "in_order"),
    ]  # fmt: skip


def test_who_sees_part_of_the_base_is_told_of_that_part(program: Any, checked: None) -> None:
    def everybody(role: Role) -> int:
        rows = program(role).get(f"{ADDRESS}/accuracy").json()["items"]
        return sum(one["customers"] for one in rows if not one["grouping"])

    assert 0 < everybody(Role.MARKETING) < everybody(Role.ANALYST) == 2400


def test_a_home_whose_predictions_still_run_tells_nothing(program: Any, published: object) -> None:
    for what in ("accuracy", "calibration"):
        assert program(Role.ANALYST).get(f"{ADDRESS}/{what}").json()["items"] == []
