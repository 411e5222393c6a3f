"""What campaigns changed, to programs: totals only, by scope, the same figures as on the pages."""

import json
from typing import Any

import pytest

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.scopes import TokenScope
from b2shift.web.crm.campaign_effects import measured_campaign

pytestmark = pytest.mark.records
ADDRESS = "/api/v1/effects"


def test_campaigns_are_told_as_on_the_pages(program: Any, people: dict[Role, User], measured: None) -> None:
    told = program(Role.ANALYST).get(f"{ADDRESS}/campaigns").json()
    assert [one["campaign_id"] for one in told["items"]] == ["nova", "boa", "velha", "ruim"]
    one = program(Role.ANALYST).get(f"{ADDRESS}/campaigns/boa").json()
    found = measured_campaign(people[Role.ANALYST], "boa")
    assert found is not None
    control = one["arms"][-1]
    assert (control["variant"], control["customers"], control["sent"], control["bought"]) == ("control", 120, 0, 30)
    first = one["effects"][0]
    assert found.main is not None
    assert (first["measure"], first["verdict"]) == ("bought", "helped")
    assert first["difference"] == pytest.approx(found.main.difference)
    assert (first["low"], first["high"]) == pytest.approx((found.main.low, found.main.high))


def test_who_sees_part_of_the_base_is_told_of_that_part(program: Any, measured: None) -> None:
    whole = program(Role.ANALYST).get(f"{ADDRESS}/campaigns/boa").json()
    for role in (Role.MARKETING, Role.MANAGER):
        part = program(role).get(f"{ADDRESS}/campaigns/boa").json()
        assert 0 < sum(arm["customers"] for arm in part["arms"]) < sum(arm["customers"] for arm in whole["arms"]) == 600
        assert program(role).get(ADDRESS).json()["items"] == []


def test_of_a_running_campaign_the_interval_holds_whenever_one_looks(
    program: Any, people: dict[Role, User], measured: None
) -> None:
    one = program(Role.EXECUTIVE).get(f"{ADDRESS}/campaigns/nova").json()
    found = measured_campaign(people[Role.EXECUTIVE], "nova")
    assert found is not None
    assert found.main is not None
    assert one["running"]
    assert one["effects"][0]["low"] == pytest.approx(found.main.always_low)
    assert found.main.always_low < found.main.low


def test_all_campaigns_together_and_no_customer_among_them(program: Any, measured: None) -> None:
    answer = program(Role.ANALYST).get(ADDRESS)
    assert "bought" in {one["measure"] for one in answer.json()["items"]}
    whole = program(Role.ANALYST).get(f"{ADDRESS}/campaigns").content.decode()
    assert "10001" not in whole
    assert "customer_id" not in json.dumps(json.loads(whole))


def test_a_campaign_there_is_not_and_a_token_of_another_scope(program: Any, measured: None) -> None:
    assert program(Role.ANALYST).get(f"{ADDRESS}/campaigns/nada").status_code == 404
    refused = program(Role.ANALYST, [TokenScope.CUSTOMERS]).get(ADDRESS)
    assert refused.status_code == 403
    assert "bought" not in refused.content.decode()
    assert program(Role.EXECUTOR).get(ADDRESS).status_code == 403
