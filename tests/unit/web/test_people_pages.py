"""People and teams as pages: only administrators, passwords shown once, every change in the trail."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from b2shift.web.accounts.models import Team, Token, User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.people.changes import one_time_password
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import verify

SignIn = Callable[[Role], Client]
NEW = {
    "name": "Nina Reis", "email": "Nina@Empresa.example", "role": "executor", "vendor_user_id": "u0005",
    "business_unit": "", "is_active": "on",
}  # fmt: skip


def told_of(person: User, **changes: str) -> dict[str, str]:
    """A person's form as the page sends it, with changes."""
    told = {
        "name": person.name, "email": person.email, "role": person.role, "vendor_user_id": person.vendor_user_id,
        "business_unit": person.business_unit,
    }  # fmt: skip
    if person.is_active:
        told["is_active"] = "on"
    return {key: value for key, value in (told | changes).items() if value != "off"}


def secret_of(page: str) -> str:
    """The password or key a page shows."""
    found = re.search(r"data-copy-text[^>]*>([^<]+)<", page)
    assert found
    return found[1].strip()


def test_only_administrators_enter(signed_in: SignIn, people: dict[Role, User]) -> None:
    key, team = people[Role.ANALYST].pk, Team.objects.get().pk
    pages = ["/pessoas/", "/pessoas/nova/", f"/pessoas/{key}/", "/pessoas/equipes/nova/", f"/pessoas/equipes/{team}/"]
    posts = [*pages[1:], f"/pessoas/{key}/senha/"]
    before = User.objects.get(pk=key).password
    for role in Role:
        browser = signed_in(role)
        allowed = role is Role.ADMINISTRATOR
        for path in pages:
            assert browser.get(path).status_code == (200 if allowed else 403), (role, path)
        if not allowed:
            for path in posts:
                assert browser.post(path, NEW).status_code == 403, (role, path)
    for path in pages:
        assert Client().get(path).status_code == 302
    assert not User.objects.filter(email="nina@empresa.example").exists()
    assert User.objects.get(pk=key).password == before
    assert not AuditEvent.objects.exists()


def test_a_new_person_can_enter_with_the_password_shown_once(signed_in: SignIn, people: dict[Role, User]) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    answer = browser.post("/pessoas/nova/", NEW)
    assert answer.status_code == 200
    password = secret_of(answer.text)
    nina = User.objects.get(email="nina@empresa.example")
    assert (nina.vendor_user_id, nina.role, nina.is_active) == ("U0005", "executor", True)
    assert nina.check_password(password)
    assert password not in browser.get(f"/pessoas/{nina.pk}/").text
    assert answer.headers["Cache-Control"] == "private, no-store"
    event = AuditEvent.objects.get(action=AuditEvent.Action.PERSON_CHANGED)
    assert (event.actor, event.object_kind, event.object_id) == (people[Role.ADMINISTRATOR], "person", str(nina.pk))
    assert event.details["what"] == "created"
    assert event.details["fields"]["role"] == [None, "executor"]
    assert password not in str(event.details)
    entering = Client()
    entering.post("/entrar/", {"username": "nina@empresa.example", "password": password})
    assert entering.get("/clientes/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "ANALYST@empresa.example"}, "Já existe uma pessoa com este e-mail."),
        ({"email": "isto não é"}, "email válido"),
        ({"vendor_user_id": "U9999"}, "Nenhuma pessoa do fornecedor tem o código U9999."),
        ({"vendor_user_id": "U0002"}, "O código U0002 já é de Executor da Silva."),
        ({"role": "imperador"}, "imperador"),
        ({"role": "marketing"}, "Marketing precisa de uma unidade"),
        ({"name": ""}, "obrigatório"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(signed_in: SignIn, changes: dict[str, str], words: str) -> None:
    answer = signed_in(Role.ADMINISTRATOR).post("/pessoas/nova/", NEW | changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Nada foi salvo" in answer.text
    assert not User.objects.filter(name="Nina Reis").exists()
    assert not AuditEvent.objects.exists()


def test_a_change_is_written_field_by_field(signed_in: SignIn, people: dict[Role, User]) -> None:
    analyst = people[Role.ANALYST]
    browser = signed_in(Role.ADMINISTRATOR)
    answer = browser.post(f"/pessoas/{analyst.pk}/", told_of(analyst, role="manager", vendor_user_id="U0001"))
    assert (answer.status_code, answer.url) == (302, "/pessoas/")
    event = AuditEvent.objects.get()
    assert event.details == {
        "what": "changed", "fields": {"role": ["analyst", "manager"], "vendor_user_id": ["", "U0001"]},
    }  # fmt: skip
    page = browser.get(f"/pessoas/{analyst.pk}/").text
    assert "papel: Analista → Gestor" in page
    assert verify().intact


def test_saving_without_a_change_writes_nothing(signed_in: SignIn, people: dict[Role, User]) -> None:
    analyst = people[Role.ANALYST]
    signed_in(Role.ADMINISTRATOR).post(f"/pessoas/{analyst.pk}/", told_of(analyst))
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("changes", [{"is_active": "off"}, {"role": "analyst"}])
def test_the_last_administrator_stays(signed_in: SignIn, people: dict[Role, User], changes: dict[str, str]) -> None:
    only = people[Role.ADMINISTRATOR]
    User.objects.create_user("antigo@empresa.example", None, name="Antigo", role=Role.ADMINISTRATOR, is_active=False)
    answer = signed_in(Role.ADMINISTRATOR).post(f"/pessoas/{only.pk}/", told_of(only, **changes))
    assert answer.status_code == 422
    assert "última pessoa que administra" in answer.text
    kept = User.objects.get(pk=only.pk)
    assert (kept.is_active, kept.role) == (True, Role.ADMINISTRATOR)
    assert not AuditEvent.objects.exists()


def test_another_administrator_may_go(signed_in: SignIn, people: dict[Role, User]) -> None:
    other = User.objects.create_user("outro@empresa.example", None, name="Outro", role=Role.ADMINISTRATOR)
    assert (
        signed_in(Role.ADMINISTRATOR).post(f"/pessoas/{other.pk}/", told_of(other, is_active="off")).status_code == 302
    )
    assert not User.objects.get(pk=other.pk).is_active


def test_who_is_deactivated_loses_sessions_and_keys(signed_in: SignIn, people: dict[Role, User]) -> None:
    executor = people[Role.EXECUTOR]
    theirs = signed_in(Role.EXECUTOR)
    Token.issue(executor, "planilha", ["customers:read"], timezone.now() + timedelta(days=30))
    assert theirs.get("/clientes/").status_code == 200
    signed_in(Role.ADMINISTRATOR).post(f"/pessoas/{executor.pk}/", told_of(executor, is_active="off"))
    assert theirs.get("/clientes/").status_code == 302
    assert Token.objects.get().revoked_at is not None
    executor.refresh_from_db()
    signed_in(Role.ADMINISTRATOR).post(f"/pessoas/{executor.pk}/", told_of(executor, is_active="on"))
    assert Token.objects.get().revoked_at is not None


def test_a_new_password_ends_sessions_and_is_written_without_it(signed_in: SignIn, people: dict[Role, User]) -> None:
    analyst = people[Role.ANALYST]
    theirs = signed_in(Role.ANALYST)
    answer = signed_in(Role.ADMINISTRATOR).post(f"/pessoas/{analyst.pk}/senha/")
    password = secret_of(answer.text)
    assert User.objects.get(pk=analyst.pk).check_password(password)
    assert theirs.get("/modelos/").status_code == 302
    event = AuditEvent.objects.get()
    assert event.details == {"what": "password_reset", "fields": {}}
    assert signed_in(Role.ADMINISTRATOR).get(f"/pessoas/{analyst.pk}/senha/").status_code == 405


def test_forms_need_proof_of_origin(people: dict[Role, User]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people[Role.ADMINISTRATOR])
    for path in ("/pessoas/nova/", f"/pessoas/{people[Role.ANALYST].pk}/senha/", "/pessoas/equipes/nova/"):
        assert browser.post(path, NEW).status_code == 403
    assert not AuditEvent.objects.exists()


def test_one_time_passwords_do_not_repeat() -> None:
    made = {one_time_password() for _time in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"(?:[a-zA-Z2-9]{5}-){2}[a-zA-Z2-9]{5}", password) for password in made)
    assert not any(letter in password for password in made for letter in "lIO01")


def test_teams(signed_in: SignIn, people: dict[Role, User]) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    manager, executor = people[Role.MANAGER], people[Role.EXECUTOR]
    told = {"name": "Equipe Norte", "manager": manager.pk, "members": [executor.pk]}
    assert browser.post("/pessoas/equipes/nova/", told).status_code == 302
    team = Team.objects.get(name="Equipe Norte")
    assert list(team.members.all()) == [executor]
    event = AuditEvent.objects.get()
    assert event.details == {
        "what": "created",
        "fields": {"name": "Equipe Norte", "manager": manager.pk, "members": [executor.pk]},
    }
    browser.post(f"/pessoas/equipes/{team.pk}/", told)
    assert AuditEvent.objects.count() == 1
    browser.post(f"/pessoas/equipes/{team.pk}/", {"name": "Equipe Norte", "manager": manager.pk})
    assert not team.members.exists()
    assert AuditEvent.objects.count() == 2
    page = browser.get("/pessoas/").text
    assert "Equipe Norte" in page


@pytest.mark.parametrize("role", [Role.EXECUTOR, Role.ANALYST])
def test_only_a_manager_manages_and_only_executors_are_managed(
    signed_in: SignIn, people: dict[Role, User], role: Role
) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    wrong = {"name": "Errada", "manager": people[role].pk, "members": [people[Role.ANALYST].pk]}
    answer = browser.post("/pessoas/equipes/nova/", wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"manager", "members"}
    assert not Team.objects.filter(name="Errada").exists()


def test_filters(signed_in: SignIn, people: dict[Role, User]) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    User.objects.filter(pk=people[Role.MARKETING].pk).update(is_active=False)
    for address, names in (
        ("?role=analyst", {"Analyst da Silva"}),
        ("?active=0", {"Marketing da Silva"}),
        ("?q=souza", {"Colega Souza"}),
        ("?q=u0002", {"Executor da Silva"}),
        ("?q=ninguem", set()),
    ):
        assert {person.name for person in browser.get(f"/pessoas/{address}").context["rows"]} == names, address
    assert "Ninguém com estes filtros" in browser.get("/pessoas/?q=ninguem").text
    assert "<html" not in browser.get("/pessoas/?role=analyst", headers={"HX-Request": "true"}).text


def test_the_sentence_names_those_without_a_portfolio(signed_in: SignIn, people: dict[Role, User]) -> None:
    assert "7 pessoas podem entrar." in signed_in(Role.ADMINISTRATOR).get("/pessoas/").text
    User.objects.filter(pk=people[Role.EXECUTOR].pk).update(vendor_user_id="")
    page = signed_in(Role.ADMINISTRATOR).get("/pessoas/").text
    assert "7 pessoas podem entrar; 1 sem código no fornecedor não tem carteira própria." in page


def test_unknown_people_and_teams_are_not_found(signed_in: SignIn) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    for path in ("/pessoas/999999/", "/pessoas/equipes/999999/"):
        assert browser.get(path).status_code == 404
    assert browser.post("/pessoas/999999/senha/").status_code == 404


def test_the_list_asks_few_questions(signed_in: SignIn) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    with CaptureQueriesContext(connection) as asked:
        browser.get("/pessoas/")
    assert len(asked) <= 10, "\n".join(one["sql"][:300] for one in asked.captured_queries)
