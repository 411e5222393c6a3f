"""Changing one's own password: the current one asked, other sessions ended, guesses counted, a trace left."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from tests.unit.web.conftest import PASSWORD

from b2shift.web.accounts.models import SignInAttempt, User
from b2shift.web.accounts.roles import Role
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import verify

pytestmark = pytest.mark.records

SignIn = Callable[[Role], Client]
NEW = "outra frase bem longa"
ASKED = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
EMAIL = "executor@empresa.example"


def opens(password: str) -> bool:
    """Whether the executor may sign in with it."""
    return User.objects.get(email=EMAIL).check_password(password)


@pytest.mark.parametrize("role", Role)
def test_everybody_changes_their_own_from_the_menu(signed_in: SignIn, people: dict[Role, User], role: Role) -> None:
    browser = signed_in(role)
    assert 'href="/senha/"' in browser.get("/preferencias/").text
    assert browser.get("/senha/").status_code == 200
    answer = browser.post("/senha/", ASKED)
    assert (answer.status_code, answer.url) == (302, "/preferencias/")
    assert "Senha trocada" in browser.get("/preferencias/").text
    assert User.objects.get(pk=people[role].pk).check_password(NEW)
    others = [one for one in people.values() if one != people[role]]
    assert all(User.objects.get(pk=one.pk).check_password(PASSWORD) for one in others)


def test_the_other_sessions_end_and_this_one_stays(signed_in: SignIn) -> None:
    here, elsewhere, colleague = signed_in(Role.EXECUTOR), signed_in(Role.EXECUTOR), signed_in(Role.ANALYST)
    before = here.session.session_key
    here.post("/senha/", ASKED)
    assert here.get("/clientes/").status_code == 200
    assert here.session.session_key != before
    assert elsewhere.get("/clientes/").url == "/entrar/?next=/clientes/"
    assert elsewhere.get("/api/v1/me").status_code == 401
    assert colleague.get("/clientes/").status_code == 200


def test_it_leaves_a_trace_without_the_password(signed_in: SignIn, people: dict[Role, User]) -> None:
    browser = signed_in(Role.EXECUTOR)
    browser.post("/senha/", ASKED | {"old_password": "errada"})
    browser.post("/senha/", ASKED)
    changed, refused = AuditEvent.objects.order_by("-sequence")[:2]
    assert (changed.action, changed.details) == ("person_changed", {"what": "own_password"})
    assert (refused.action, refused.details) == ("sign_in_refused", {"what": "own_password_refused"})
    for event in (changed, refused):
        assert (event.actor, event.object_kind) == (people[Role.EXECUTOR], "person")
        assert event.object_id == str(people[Role.EXECUTOR].pk)
    assert verify().intact
    trail = signed_in(Role.ADMINISTRATOR).get("/auditoria/").text
    assert "Trocou a própria senha" in trail
    assert "Errou a senha atual ao trocá-la" in trail
    assert NEW not in trail


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"old_password": "errada"}, "A senha atual não confere"),
        ({"old_password": ""}, "Este campo é obrigatório"),
        ({"new_password2": NEW + "!"}, "As duas senhas novas são diferentes"),
        ({"new_password1": "curta", "new_password2": "curta"}, "pelo menos 10 caracteres"),
        ({"new_password1": "password1234", "new_password2": "password1234"}, "muito comum"),
        ({"new_password1": EMAIL, "new_password2": EMAIL}, "muito parecida"),
        ({"new_password1": "executor da silva", "new_password2": "executor da silva"}, "muito parecida"),
        ({"new_password1": PASSWORD, "new_password2": PASSWORD}, "igual à atual"),
    ],
)
def test_what_is_refused_changes_nothing(signed_in: SignIn, asked: dict[str, str], told: str) -> None:
    browser = signed_in(Role.EXECUTOR)
    events = AuditEvent.objects.filter(action="person_changed").count()
    answer = browser.post("/senha/", ASKED | asked)
    assert answer.status_code == 422
    assert told in answer.text
    assert PASSWORD not in answer.text
    assert NEW not in answer.text
    assert opens(PASSWORD)
    assert AuditEvent.objects.filter(action="person_changed").count() == events
    assert browser.get("/clientes/").status_code == 200


def test_guessing_the_current_one_is_slow(signed_in: SignIn, people: dict[Role, User]) -> None:
    browser = signed_in(Role.EXECUTOR)
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(5):
            assert "não confere" in browser.post("/senha/", ASKED | {"old_password": "errada"}).text
        assert "Muitas tentativas" in browser.post("/senha/", ASKED).text
        assert opens(PASSWORD)
        assert "Muitas tentativas" in Client().post("/entrar/", {"username": EMAIL, "password": PASSWORD}).text
        assert signed_in(Role.ANALYST).post("/senha/", ASKED).status_code == 302, "others change theirs"
        clock.shift(timedelta(minutes=15, seconds=1))
        assert browser.post("/senha/", ASKED).status_code == 302
    assert opens(NEW)


def test_the_right_one_forgets_the_wrong_ones_before_it(signed_in: SignIn) -> None:
    browser = signed_in(Role.EXECUTOR)
    for _ in range(4):
        browser.post("/senha/", ASKED | {"old_password": "errada"})
    browser.post("/senha/", ASKED)
    assert not SignInAttempt.objects.filter(email=EMAIL).exists()


def test_nobody_changes_it_from_outside(people: dict[Role, User]) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/senha/", ASKED).status_code == 403
    assert Client().post("/senha/", ASKED).url == "/entrar/?next=/senha/"
    browser.force_login(people[Role.EXECUTOR])
    assert browser.post("/senha/", ASKED).status_code == 403
    assert browser.put("/senha/").status_code in {403, 405}
    assert opens(PASSWORD)


def test_it_speaks_english_too(signed_in: SignIn, people: dict[Role, User]) -> None:
    User.objects.filter(pk=people[Role.EXECUTOR].pk).update(language="en")
    browser = signed_in(Role.EXECUTOR)
    page = browser.get("/senha/").text
    assert "Change password" in page
    assert "Senha" not in page
    assert "The current password is not right" in browser.post("/senha/", ASKED | {"old_password": "x"}).text
