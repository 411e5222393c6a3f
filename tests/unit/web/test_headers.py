"""What every answer carries to keep a page's text from becoming its script, and data out of shared caches."""

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client, override_settings

from b2shift.web.accounts.roles import Role
from b2shift.web.config.headers import POLICY
from b2shift.web.crm.models import Publication

pytestmark = pytest.mark.records

PATHS = ["/entrar/", "/saude/", "/api/v1/customers", "/api/v1/openapi.json", "/nada/", "/api/v1/nada"]


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (one.split() for one in policy.split("; "))}


def test_the_policy_trusts_our_own_files_only() -> None:
    told = directives(POLICY)
    assert told["default-src"] == ["'none'"]
    assert told["script-src"] == told["style-src"] == told["connect-src"] == ["'self'"]
    assert told["frame-ancestors"] == told["base-uri"] == ["'none'"]
    assert told["form-action"] == ["'self'"]
    for unsafe in ("unsafe-inline", "unsafe-eval", "http:", "https:", "*"):
        assert unsafe not in POLICY


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_them(published: Publication, path: str) -> None:
    answer = Client().get(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["X-Request-ID"]
    assert "private" in answer.headers["Cache-Control"]
    assert "Strict-Transport-Security" not in answer.headers
    assert "Server" not in answer.headers


def test_pages_with_data_are_not_stored(signed_in: Any) -> None:
    answer = signed_in(Role.ANALYST).get("/")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["/entrar/", "/nada/"])
def test_no_page_brings_a_script_or_style_of_its_own(published: Publication, path: str) -> None:
    html = Client().get(path).content.decode()
    assert "<style" not in html
    assert " style=" not in html
    assert "javascript:" not in html
    assert not [
        tag for tag in html.split("<script")[1:] if "src=" not in tag.split(">")[0] and "json" not in tag.split(">")[0]
    ]


def test_a_foreign_host_is_refused(published: Publication) -> None:
    assert Client().get("/saude/", headers={"host": "mau.example"}).status_code == 400
    answer = Client().get("/api/v1/customers", headers={"host": "mau.example"})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


@override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=31_536_000)
def test_with_https_the_plain_address_leads_there(published: Publication) -> None:
    answer = Client().get("/saude/?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://testserver/saude/?x=1")
    assert Client().get("/saude/", secure=True).headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_probe_tells_the_publication_and_nothing_else(published: Publication) -> None:
    assert Client().get("/saude/").json() == {
        "status": "ok",
        "records": True,
        "lake_version": 1,
        "as_of": "2026-10-31",
    }
    Publication.objects.all().delete()
    assert Client().get("/saude/").json()["lake_version"] is None


@pytest.mark.parametrize("error", [OperationalError("segredo"), InterfaceError("segredo")])
def test_the_probe_says_when_the_records_do_not_answer(
    published: Publication, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def down(*_told: object) -> None:
        raise error

    from b2shift.web.config import health

    monkeypatch.setattr(health.Publication.objects, "first", down)
    answer = Client().get("/saude/")
    assert (answer.status_code, answer.json()) == (503, {"status": "down", "records": False})
