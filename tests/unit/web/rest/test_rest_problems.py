"""Every error is a problem in the caller's language, with a code to quote and nothing from inside."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, override_settings

from b2shift.kernel.errors import LakeEmptyError
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Publication
from b2shift.web.rest import customers

pytestmark = pytest.mark.records

FIELDS = ["type", "title", "status", "detail", "instance", "request_id", "errors"]


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Request-ID"]
    told = answer.json()
    assert list(told) == FIELDS
    assert told["status"] == status
    assert told["request_id"] == answer.headers["X-Request-ID"]
    return dict(told)


def test_an_unknown_address_is_a_problem(published: Publication) -> None:
    for path in ("/api/v1/nada", "/api/v1/", "/api/v2/customers", "/api/v1/customers/10000/nada", "/api/v1/customers/"):
        told = problem(Client().get(path), 404)
        assert told["instance"] == path
        assert told["type"] == "urn:b2shift:problem:not-found"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_another_method_is_a_problem_that_names_those_there_are(analyst: Client, method: str) -> None:
    answer = getattr(analyst, method)("/api/v1/customers")
    assert problem(answer, 405)["type"] == "urn:b2shift:problem:method-not-allowed"
    assert answer.headers["Allow"] == "GET"


@pytest.mark.parametrize(
    ("length", "status"), [("65536", 405), ("65537", 413), ("9" * 40, 413), ("-1", 413), ("abc", 413), ("", 405)]
)
def test_a_large_body_is_refused_unread(analyst: Client, length: str, status: int) -> None:
    answer = analyst.generic("POST", "/api/v1/customers", b"x", CONTENT_LENGTH=length)
    problem(answer, status)


def test_a_precondition_that_fails_is_a_problem(analyst: Client) -> None:
    assert problem(analyst.get("/api/v1/customers", headers={"if-match": '"x"'}), 412)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Exception]]:
    """An endpoint that fails with the error put into the list."""
    errors: list[Exception] = []

    def fail(*_args: object) -> None:
        raise errors[0]

    monkeypatch.setattr(customers, "visible_customers", fail)
    return errors


def test_an_error_of_ours_tells_nothing_from_inside(
    analyst: Client, broken: list[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    broken.append(RuntimeError("password=hunter2 in settings.py"))
    with caplog.at_level(logging.ERROR, logger="b2shift.rest"):
        answer = analyst.get("/api/v1/customers", headers={"x-request-id": "pedido-0001"})
    told = problem(answer, 500)
    assert told["request_id"] == "pedido-0001"
    assert "pedido-0001" in told["request_id"]
    for inside in ("hunter2", "RuntimeError", "Traceback", ".py"):
        assert inside not in answer.content.decode()
    ours = [record for record in caplog.records if record.name == "b2shift.rest"]
    assert len(ours) == 1
    assert "pedido-0001" in ours[0].getMessage()
    assert "hunter2" in str(ours[0].exc_info)


@pytest.mark.parametrize(
    ("error", "wait"),
    [(OperationalError("database is locked"), "5"), (LakeEmptyError("O lake está vazio", value="/segredo"), "30")],
)
def test_what_passes_by_itself_says_when_to_come_back(
    analyst: Client, broken: list[Exception], error: Exception, wait: str
) -> None:
    broken.append(error)
    answer = analyst.get("/api/v1/customers")
    problem(answer, 503)
    assert answer.headers["Retry-After"] == wait
    assert "locked" not in answer.content.decode()
    assert "/segredo" not in answer.content.decode()


def test_the_language_is_the_callers(analyst: Client) -> None:
    for accepted, language in (
        ("", "pt-br"), ("pt", "pt-br"), ("pt-PT,pt;q=0.9", "pt-br"), ("de", "pt-br"), ("en-GB,en;q=0.8", "en"),
    ):  # fmt: skip
        answer = analyst.get("/api/v1/customers/ZZZZZ9", headers={"accept-language": accepted} if accepted else {})
        assert answer.headers["Content-Language"] == language, accepted
    assert problem(analyst.get("/api/v1/customers/ZZZZZ9"), 404)["title"] == "Não encontrado"


def test_a_request_keeps_the_code_it_came_with(published: Publication) -> None:
    ask = lambda code: Client().get("/saude/", headers={"x-request-id": code}).headers["X-Request-ID"]  # noqa: E731
    assert ask("abc-DEF_0.123") == "abc-DEF_0.123"
    for wrong in ("curto", "x" * 65, "com espaço 123", "<script>alert</script>", ""):
        assert len(ask(wrong)) == 32
    assert ask("curto") != ask("curto")


@override_settings(API_PER_MINUTE=3)
def test_one_who_asks_too_often_waits(analyst: Client, program: Any, signed_in: Any) -> None:
    assert [analyst.get("/api/v1/me").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = analyst.get("/api/v1/me")
    assert problem(answer, 429)["type"] == "urn:b2shift:problem:rate-limited"
    assert 1 <= int(answer.headers["Retry-After"]) <= 20
    assert program(Role.ANALYST).get("/api/v1/me").status_code == 200, "each token has its own bucket"
    assert [signed_in(Role.ANALYST).get("/api/v1/me").status_code for _ in range(4)] == [200, 200, 200, 429]


@override_settings(API_PER_MINUTE=1)
def test_an_address_that_guesses_waits_too(published: Publication) -> None:
    guesses = [Client(headers={"authorization": f"Bearer b2s_{n}"}).get("/api/v1/me").status_code for n in range(7)]
    assert guesses == [401] * 5 + [429] * 2
    assert Client().get("/api/v1/me", REMOTE_ADDR="10.0.0.9").status_code == 401
    assert Client().get("/saude/").status_code == 200, "pages and probes are not limited here"
