"""Unchanged answers: 304 while the publication and the caller's rights are the same, never for contacts."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date, parse_http_date

from b2shift.web.accounts.models import Team, User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Publication
from b2shift.web.ledger.models import AuditEvent

pytestmark = pytest.mark.records

CACHED = [
    "customers", "customers/10000", "customers/10000/360", "segments", "segments/s0", "segments/s0/members",
    "proposals", "proposals/p_0", "next-actions", "rules", "segments/models", "scores/cards", "scores/accuracy",
    "quality", "quality/loads",
]  # fmt: skip


@pytest.fixture(autouse=True)
def later() -> Any:
    """A minute after the publication, so that its date may be told."""
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        yield


def etag(client: Client, path: str = "customers", **headers: str) -> str:
    return client.get(f"/api/v1/{path}", headers=headers).headers["ETag"]


@pytest.mark.parametrize("path", CACHED)
def test_an_unchanged_answer_is_304_without_a_body(analyst: Client, path: str) -> None:
    first = analyst.get(f"/api/v1/{path}")
    again = analyst.get(f"/api/v1/{path}", headers={"if-none-match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    for name in ("ETag", "Last-Modified", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie", "Accept-Language"} <= set(first.headers["Vary"].split(", "))
    assert analyst.get(f"/api/v1/{path}", headers={"if-none-match": 'W/"other"'}).content == first.content


def test_a_new_publication_changes_every_answer(analyst: Client, published: Publication) -> None:
    before = {path: etag(analyst, path) for path in CACHED}
    published.pk = None
    published.published_at = timezone.now()
    published.save()
    assert not [path for path in CACHED if etag(analyst, path) == before[path]]
    assert analyst.get("/api/v1/customers", headers={"if-none-match": before["customers"]}).status_code == 200


def test_what_else_decides_an_answer_changes_its_tag(program: Any, people: dict[Role, User]) -> None:
    analyst, manager = program(Role.ANALYST), program(Role.MANAGER)
    assert etag(analyst) == etag(analyst)
    assert etag(analyst) == etag(program(Role.ANALYST)), "another token of the same person and scopes sees the same"
    different = [
        etag(analyst),
        etag(program(Role.EXECUTIVE)),
        etag(program(Role.ANALYST, ["customers:read"])),
        etag(analyst, "customers?limit=5"),
        etag(analyst, "customers?limit=5&sort=mrr"),
        etag(analyst, **{"accept-language": "en"}),
    ]
    assert len(set(different)) == len(different)
    before = etag(manager)
    Team.objects.get().members.clear()
    assert etag(manager) != before, "a team that changed shows other customers"
    User.objects.filter(pk=people[Role.ANALYST].pk).update(role=Role.EXECUTIVE)
    assert etag(analyst) != different[0]


def test_the_date_of_the_publication_counts_too(analyst: Client, published: Publication) -> None:
    first = analyst.get("/api/v1/customers")
    told = first.headers["Last-Modified"]
    assert parse_http_date(told) == int(published.published_at.timestamp())
    ask = lambda **headers: analyst.get("/api/v1/customers", headers=headers).status_code  # noqa: E731
    assert ask(**{"if-modified-since": told}) == 304
    assert ask(**{"if-modified-since": http_date(parse_http_date(told) - 1)}) == 200
    assert ask(**{"if-modified-since": told, "if-none-match": 'W/"other"'}) == 200, "the tag decides"
    assert ask(**{"if-modified-since": "yesterday"}) == 200


def test_a_publication_of_this_second_has_no_date_yet(analyst: Client, published: Publication) -> None:
    Publication.objects.filter(pk=published.pk).update(published_at=timezone.now())
    answer = analyst.get("/api/v1/customers")
    assert "Last-Modified" not in answer.headers
    assert "ETag" in answer.headers


def test_a_tag_opens_nothing(program: Any) -> None:
    """Neither the tag of what one may see nor a made-up one gives 304 for what one may not."""
    seen = etag(program(Role.ANALYST), "customers/10001")
    for tag in (seen, "*"):
        answer = program(Role.ADMINISTRATOR).get("/api/v1/customers/10001", headers={"if-none-match": tag})
        assert answer.status_code == 403
    answer = program(Role.EXECUTOR).get("/api/v1/customers/10001", headers={"if-none-match": seen})
    assert answer.status_code == 404


def test_contacts_are_never_cached_and_every_reading_is_written(program: Any) -> None:
    client = program(Role.EXECUTOR)
    path = "/api/v1/customers/10000/contacts?purpose=venda"
    first = client.get(path)
    assert first.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in first.headers
    assert "Last-Modified" not in first.headers
    again = client.get(path, headers={"if-none-match": "*", "if-modified-since": http_date(4e9)})
    assert again.status_code == 200
    assert AuditEvent.objects.filter(action=AuditEvent.Action.PERSONAL_READ).count() == 2


def test_before_the_first_publication_lists_are_empty_and_have_no_tag(analyst: Client) -> None:
    from b2shift.web.crm.models import Customer, Proposal

    Proposal.objects.all().delete()
    Customer.objects.all().delete()
    Publication.objects.all().delete()
    answer = analyst.get("/api/v1/customers")
    assert answer.json() == {"items": [], "next": None, "previous": None, "total": 0}
    assert "ETag" not in answer.headers
    assert analyst.get("/api/v1/me").json()["publication"] is None
