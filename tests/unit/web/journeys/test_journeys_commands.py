"""What the terminal does with journeys under way: the same rights, the same trail."""

import pytest
from tests.unit.web.journeys.world import SHORT, entrants
from tests.unit.web.outreach.world import CUSTOMER, NOW

from b2shift.kernel.errors import AccessError, UnknownNameError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Proposal
from b2shift.web.journeys import publishing
from b2shift.web.journeys.commands import obey
from b2shift.web.journeys.models import Version
from b2shift.web.journeys.serving import serve_journeys
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer

pytestmark = pytest.mark.records


def test_a_journey_is_published_shown_paused_and_resumed(
    people: dict[Role, User], due: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyst, manager = people[Role.ANALYST].email, people[Role.MANAGER].email
    with pytest.raises(UnknownNameError, match="analyst"):
        obey("publish", {"text": SHORT, "by": "analist@empresa.example"}, NOW)
    assert not Version.objects.exists()
    made = obey("publish", {"text": SHORT, "by": analyst}, NOW)
    assert (made["journey"], made["state"]) == ("curta", "proposed")
    forged = obey("publish", {"text": SHORT, "by": analyst, "approved_by": manager}, NOW)
    assert forged["state"] == "proposed", "a terminal cannot say yes in somebody's name"
    with pytest.raises(UnknownNameError):
        obey("show", {"journey": "curta"}, NOW)
    person = people[Role.MANAGER]
    publishing.approve(Doer(person, person.email, None, "web"), made["key"], NOW)
    with entrants(monkeypatch, CUSTOMER, "10013"):
        serve_journeys(NOW)
    first, *ready = obey("list", {}, NOW)
    assert (first["journey"], first["mode"], first["inside"], first["ended"]) == ("curta", "active", 1, 1)
    assert {one["mode"] for one in ready} == {"ready"}
    assert len(ready) == 9
    told = obey("show", {"journey": "curta"}, NOW)
    steps = {one["step"]: one for one in told["steps"]}
    assert (steps["carta"]["came"], steps["carta"]["stopped"], steps["esperar"]["here"]) == (2, 1, 1)
    assert steps["carta"]["contacts"] == {"pending": 1}
    assert told["outcomes"] == {"sem_canal": 1}
    with pytest.raises(AccessError):
        obey("pause", {"journey": "curta", "by": analyst}, NOW)
    assert obey("pause", {"journey": "curta", "by": manager}, NOW)["mode"] == "paused"
    assert obey("resume", {"journey": "curta", "by": manager}, NOW)["mode"] == "active"
    with pytest.raises(UnknownNameError):
        obey("show", {"journey": "curto"}, NOW)
    told = AuditEvent.objects.filter(action="journey")
    assert set(told.values_list("channel", flat=True)) == {"cli", "web"}
    assert told.filter(channel="web").count() == 1, "only the yes came from a page"
