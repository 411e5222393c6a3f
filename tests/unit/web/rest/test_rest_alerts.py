"""A program reads its person's alerts and what fired, and nobody else's."""

from django.utils import timezone
from tests.unit.web.factory import AS_OF
from tests.unit.web.rest.conftest import Program

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.watch.models import Alert, Firing


def test_a_program_reads_its_persons_alerts_only(people: dict[Role, User], program: Program) -> None:
    rule = {"condition": {"field": "mrr", "op": "gt", "value": 10}}
    alert = Alert.objects.create(
        owner=people[Role.ANALYST],
        text="MRR",
        query={"intent": "alert", "metrics": ["mrr"]} | rule,
        rule=rule,
        scope={},
    )
    told = {"value": 12.5, "counted": 3, "query": {}, "fingerprint": "a1", "version": 1, "as_of": AS_OF}
    Firing.objects.create(alert=alert, look="v1", at=timezone.now(), **told)
    mine, others = program(Role.ANALYST), program(Role.EXECUTIVE)
    assert [one["alert_id"] for one in mine.get("/api/v1/alerts").json()["items"]] == [alert.pk]
    fired = mine.get(f"/api/v1/alerts/{alert.pk}/firings").json()["items"]
    assert fired[0]["value"] == 12.5
    assert others.get("/api/v1/alerts").json()["items"] == []
    assert others.get(f"/api/v1/alerts/{alert.pk}/firings").status_code == 404
    assert program(Role.ANALYST, ["segments:read"]).get("/api/v1/alerts").status_code == 403
