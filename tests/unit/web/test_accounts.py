"""People, teams and their language."""

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.test import Client
from tests.unit.web.conftest import PASSWORD

from b2shift.web.accounts.models import SignInAttempt, Team, Token, User
from b2shift.web.accounts.roles import Role

pytestmark = [pytest.mark.records, pytest.mark.django_db]


def test_an_address_is_kept_and_found_without_case() -> None:
    person = User.objects.create_user("  Ana.Souza@Empresa.EXAMPLE ", PASSWORD, name="Ana Souza", role=Role.ANALYST)
    assert person.email == "ana.souza@empresa.example"
    assert get_user_model().objects.get_by_natural_key("ANA.Souza@empresa.example ") == person
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(None)


def test_an_address_belongs_to_one_person() -> None:
    User.objects.create_user("ana@empresa.example", name="Ana", role=Role.ANALYST)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ANA@empresa.example", name="Outra", role=Role.ANALYST)


def test_a_password_is_never_stored_as_it_is() -> None:
    person = User.objects.create_user("ana@empresa.example", PASSWORD, name="Ana", role=Role.ANALYST)
    assert PASSWORD not in person.password
    assert person.check_password(PASSWORD)
    assert not User.objects.create_user("b@empresa.example", name="B", role=Role.ANALYST).has_usable_password()


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ana Souza", "AS"), ("ana", "A"), ("Élis  Regina de Carvalho", "ÉC"), ("", ""), ("  ", "")],
)
def test_initials(name: str, initials: str) -> None:
    assert User(name=name).initials == initials


def test_a_manager_of_a_team_stays_and_tokens_go_with_their_person(
    people: dict[Role, User],
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        people[Role.MANAGER].delete()
    assert str(Team.objects.get()) == "Equipe Sul"
    people[Role.ANALYST].delete()
    assert not Token.objects.exists()


def test_names_of_records_are_readable(people: dict[Role, User]) -> None:
    assert str(people[Role.EXECUTOR]) == "Executor da Silva"
    token, _secret = Token.issue(people[Role.EXECUTOR], "robô", ["rules:read"], people[Role.EXECUTOR].created_at)
    assert str(token) == f"robô ({token.hint}…)"
    attempt = SignInAttempt.objects.create(email="x@y.example")
    assert str(attempt).startswith("x@y.example 20")


def test_the_persons_language_wins_over_the_browsers(people: dict[Role, User]) -> None:
    browser = Client(headers={"accept-language": "en"})
    assert browser.get("/api/v1/me").headers["Content-Language"] == "en"
    browser.force_login(people[Role.ANALYST])
    assert browser.get("/api/v1/me").headers["Content-Language"] == "pt-br"
    User.objects.filter(pk=people[Role.ANALYST].pk).update(language="en")
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "pt-BR"
    assert browser.get("/api/v1/me").headers["Content-Language"] == "en"
    assert Client().get("/api/v1/me").headers["Content-Language"] == "pt-br", "the next caller has their own"
