"""Next best actions on pages: who sees which, why each, and how one becomes a contact."""

from collections.abc import Callable

import pytest
from django.test import Client

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import NextAction
from b2shift.web.crm.reading import proposed, visible_actions, visible_customers
from b2shift.web.outreach.models import Draft

SignIn = Callable[[Role], Client]


@pytest.mark.parametrize("role", list(Role))
def test_one_sees_the_actions_of_the_customers_one_sees(people: dict[Role, User], role: Role) -> None:
    seen = set(visible_customers(people[role]).values_list("customer_id", flat=True))
    mine = set(visible_actions(people[role]).values_list("customer_id", flat=True))
    expected = seen & set(NextAction.objects.values_list("customer_id", flat=True))
    assert mine == (set() if role is Role.ADMINISTRATOR else expected)


def test_the_dearest_first_with_reason_evidence_and_what_was_left(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/proximas-acoes/")
    text = page.text.replace("\xa0", " ")
    worth = [row.action.expected for row in page.context["rows"]]
    assert worth == sorted(worth, reverse=True)
    assert page.context["rows"][0].left == [
        ("Lembrete com a segunda via", "não cumpre: faturas vencidas a partir de 1")
    ]
    for told in ("Segunda melhor: Convite a quem nos recomenda, R$ 40,00.", "Percentil de uso", "R$ 79,00 a R$"):
        assert told in text, told
    assert "R$ 12,50" in text, "what one more contact is worth"


def test_only_who_sees_the_whole_base_reads_its_limits(signed_in: SignIn) -> None:
    for role in (Role.MANAGER, Role.EXECUTOR, Role.MARKETING):
        page = signed_in(role).get("/proximas-acoes/")
        assert page.context["limits"] == []
        assert "Quanto custam os limites" not in page.text
    assert signed_in(Role.ADMINISTRATOR).get("/proximas-acoes/").status_code == 403


def test_filters_and_a_search(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    every = browser.get("/proximas-acoes/").context["total"]
    for address in (
        "?action=oferta_digital",
        "?role=executor",
        "?week=1",
        "?owner=U0002",
        "?customer=10003",
        "?q=forja",
    ):
        total = browser.get(f"/proximas-acoes/{address}").context["total"]
        assert 0 < total < every, address
    assert browser.get("/proximas-acoes/?week=x").status_code == 400
    assert browser.get("/proximas-acoes/?sort=nada").status_code == 400


def test_a_customer_has_its_actions_on_its_page(signed_in: SignIn) -> None:
    page = signed_in(Role.EXECUTOR).get("/clientes/10024/")
    assert "Próxima melhor ação" in page.text
    assert 'href="/contatos-devidos/n_24/contato/"' in page.text


def test_an_action_becomes_a_task_as_a_due_contact_does(signed_in: SignIn, people: dict[Role, User]) -> None:
    assert proposed(people[Role.EXECUTOR], "n_1") is None, "another seller's customer"
    browser = signed_in(Role.EXECUTOR)
    page = browser.get("/contatos-devidos/n_24/contato/")
    assert "Há um módulo que completa esse trabalho." in page.text
    asked = {"channel": "telefone", "subject": "Ligar", "text": "Falar do módulo.", "send": "1"}
    assert browser.post("/contatos-devidos/n_24/contato/", asked).status_code == 302
    draft = Draft.objects.get()
    assert (draft.proposal_id, draft.rule_id, draft.effect["group"]) == ("n_24", "modulo_adicional", "pessoas")
    assert signed_in(Role.ADMINISTRATOR).post("/contatos-devidos/n_24/contato/", asked).status_code == 403
    assert Draft.objects.count() == 1
