"""Signing in, and the lockout that makes guessing slow."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone
from tests.unit.web.conftest import PASSWORD

from b2shift.web.accounts.models import SignInAttempt, User
from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.sign_in import address_of, locked_out, plain_address
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import verify

pytestmark = [pytest.mark.records, pytest.mark.django_db]

EMAIL = "executor@empresa.example"
Try = Callable[..., Any]


@pytest.fixture
def attempt(people: dict[Role, User]) -> Try:
    """Try to sign in, from an address."""

    def enter(password: str, email: str = EMAIL, address: str = "10.0.0.1") -> Any:
        request = RequestFactory().post("/entrar/", REMOTE_ADDR=address)
        return authenticate(request, username=email, password=password)

    return enter


def test_the_right_password_opens_whatever_the_case_of_the_address(attempt: Try, people: dict[Role, User]) -> None:
    assert attempt(PASSWORD) == people[Role.EXECUTOR]
    assert attempt(PASSWORD, email="  Executor@EMPRESA.example ") == people[Role.EXECUTOR]
    assert attempt(PASSWORD.upper()) is None
    assert attempt(PASSWORD, email="outra@empresa.example") is None
    assert attempt("") is None


def test_who_left_does_not_enter(attempt: Try) -> None:
    User.objects.filter(email=EMAIL).update(is_active=False)
    assert attempt(PASSWORD) is None


def test_a_person_without_a_password_does_not_enter(attempt: Try) -> None:
    User.objects.create_user("novo@empresa.example", None, name="Novo", role=Role.ANALYST)
    assert attempt("", email="novo@empresa.example") is None
    assert attempt("!", email="novo@empresa.example") is None


def test_five_failures_lock_the_address_even_for_the_right_password(attempt: Try) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for n in range(5):
            assert not locked_out(EMAIL, None), n
            assert attempt("errada") is None
        assert locked_out(EMAIL, None)
        assert attempt(PASSWORD) is None
        assert attempt(PASSWORD, address="10.0.0.2") is None, "from anywhere"
        assert attempt(PASSWORD, email="manager@empresa.example") is not None, "others enter"
        assert SignInAttempt.objects.filter(email=EMAIL).count() == 5, "what is refused at once does not prolong it"
        clock.shift(timedelta(minutes=15))
        assert attempt(PASSWORD) is None
        clock.shift(timedelta(seconds=1))
        assert attempt(PASSWORD) is not None


def test_success_forgets_the_failures_before_it(attempt: Try) -> None:
    for _ in range(4):
        attempt("errada")
    assert attempt(PASSWORD) is not None
    for _ in range(4):
        attempt("errada")
    assert attempt(PASSWORD) is not None


def test_unknown_addresses_are_counted_like_known_ones(attempt: Try) -> None:
    for _ in range(5):
        attempt("x", email="ninguem@empresa.example")
    assert locked_out("ninguem@empresa.example", None)


def test_one_address_that_tries_many_people_is_locked(attempt: Try) -> None:
    for n in range(50):
        assert not locked_out(EMAIL, "10.0.0.1"), n
        attempt("x", email=f"pessoa{n}@empresa.example")
    assert attempt(PASSWORD) is None
    assert attempt(PASSWORD, address="10.0.0.2") is not None


def test_old_failures_are_forgotten(attempt: Try) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=1), tick=False):
        attempt("x", email="a@empresa.example")
    attempt("x", email="b@empresa.example")
    assert list(SignInAttempt.objects.values_list("email", flat=True)) == ["b@empresa.example"]


# ---------------------------------------------------------------- the page


def test_entering_and_leaving_is_written(people: dict[Role, User]) -> None:
    browser = Client()
    answer = browser.post("/entrar/", {"username": EMAIL, "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/")  # type: ignore[attr-defined]
    assert browser.get("/api/v1/me").json()["email"] == EMAIL
    assert browser.get("/sair/").status_code == 405
    assert browser.post("/sair/").status_code == 302
    assert browser.get("/api/v1/me").status_code == 401
    told = list(AuditEvent.objects.order_by("sequence").values_list("action", "actor__email", "channel"))
    assert told == [("sign_in", EMAIL, "web"), ("sign_out", EMAIL, "web")]
    assert verify().intact


def test_a_refusal_is_written_without_the_password_and_says_nothing_of_who_exists(people: dict[Role, User]) -> None:
    told = []
    for email in (EMAIL, "ninguem@empresa.example"):
        answer = Client().post("/entrar/", {"username": email, "password": "segredo-errado"})
        assert answer.status_code == 200
        told.append(answer.content.decode().replace(email, ""))
    assert "E-mail ou senha não conferem" in told[0]
    assert len(told[0]) == len(told[1])
    events = list(AuditEvent.objects.order_by("sequence"))
    assert [(one.action, one.actor, one.actor_email) for one in events] == [
        ("sign_in_refused", None, EMAIL),
        ("sign_in_refused", None, "ninguem@empresa.example"),
    ]
    assert "segredo-errado" not in str([vars(one) for one in events])


def test_the_page_says_that_it_is_locked_and_for_how_long(people: dict[Role, User]) -> None:
    for _ in range(6):
        answer = Client().post("/entrar/", {"username": EMAIL, "password": "errada"})
    assert "Aguarde 15 minutos" in answer.content.decode()


@pytest.mark.parametrize("username", ["", "\x00", "a" * 5000, "x\x00@y.example", "😀", "' OR 1=1 --"])
def test_odd_names_are_refused_without_failing(people: dict[Role, User], username: str) -> None:
    assert Client().post("/entrar/", {"username": username, "password": "x"}).status_code == 200
    assert Client().post("/entrar/", {}).status_code == 200
    assert AuditEvent.objects.filter(action="sign_in_refused").count() == 2
    assert verify().intact


def test_where_to_go_next_stays_on_this_site(people: dict[Role, User]) -> None:
    for target, lands in (("/segmentos/", "/segmentos/"), ("https://mau.example/", "/"), ("//mau.example", "/")):
        answer = Client().post("/entrar/", {"username": EMAIL, "password": PASSWORD, "next": target})
        assert answer.url == lands  # type: ignore[attr-defined]


def test_a_form_of_another_site_is_refused(people: dict[Role, User]) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/entrar/", {"username": EMAIL, "password": PASSWORD}).status_code == 403


# ---------------------------------------------------------------- whose address it is


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "1.1.1.1", "10.0.0.1"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "1.1.1.1", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "unknown", None),
        (1, "2001:DB8:0::1", "2001:db8::1"),
    ],
)
def test_the_address_is_the_one_the_trusted_proxy_saw(proxies: int, forwarded: str, found: str | None) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": forwarded})
    with override_settings(TRUSTED_PROXIES=proxies):
        assert address_of(request) == found


def test_an_address_has_one_spelling() -> None:
    assert plain_address("::ffff:10.0.0.1") == "10.0.0.1"
    assert plain_address("fe80::1%eth0") == "fe80::1"
    assert plain_address("10.0.0.1:8080") is None
    assert plain_address("") is None
    assert plain_address(None) is None
