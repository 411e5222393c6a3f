"""The first page of each role: its own figures, every one a door, at a fixed cost."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.formats import money_short
from b2shift.web.console.home.attention import most_overdue, riskiest
from b2shift.web.console.home.executor import sentence
from b2shift.web.crm.models import Customer, Publication
from b2shift.web.crm.reading import visible_customers, visible_proposals
from b2shift.web.crm.revenue import visible_revenue
from b2shift.web.crm.totals import Totals, totals_of

SignIn = Callable[[Role], Client]
TITLES = {
    Role.EXECUTIVE: "Visão executiva",
    Role.MARKETING: "Segmentos e contatos",
    Role.ANALYST: "Dados e modelos",
    Role.MANAGER: "Minha equipe",
    Role.EXECUTOR: "Meu dia",
    Role.ADMINISTRATOR: "Administração",
}


@pytest.mark.parametrize("role", Role)
def test_each_role_has_its_own_page(signed_in: SignIn, role: Role) -> None:
    page = signed_in(role).get("/").content.decode()
    assert re.search(rf"<h1>\s*{TITLES[role]}\s*</h1>", page)
    told = re.search(r'<p class="page-sentence" id="sentence">([^<]+)</p>', page)
    assert told
    assert told[1].strip().endswith(".")


@pytest.mark.parametrize("role", Role)
def test_every_door_of_the_first_page_opens(signed_in: SignIn, role: Role) -> None:
    browser = signed_in(role)
    page = browser.get("/").content.decode()
    main = page[page.index('<main class="content"') : page.index("</main>")]
    doors = {unescape(door).partition("#")[0] for door in re.findall(r'href="(/[^"]*)"', main)}
    assert doors
    for door in doors:
        assert browser.get(door).status_code == 200, door


def test_the_executor_sees_their_portfolio_only(signed_in: SignIn, people: dict[Role, User]) -> None:
    page = signed_in(Role.EXECUTOR).get("/").content.decode()
    own = set(visible_customers(people[Role.EXECUTOR]).values_list("customer_id", flat=True))
    shown = set(re.findall(r'href="/clientes/(\w+)/', page))
    assert shown
    assert shown <= own
    totals = totals_of(visible_customers(people[Role.EXECUTOR]))
    assert f">{totals.customers}</span>" in page
    assert money_short(totals.mrr) in page


def test_due_contacts_come_by_priority(signed_in: SignIn, people: dict[Role, User]) -> None:
    page = signed_in(Role.EXECUTOR).get("/").content.decode()
    first = visible_proposals(people[Role.EXECUTOR]).order_by("-priority", "-proposal_id").first()
    assert first is not None
    lists = page[page.index("O que fazer primeiro") :]
    assert re.search(r'href="/clientes/(\w+)/', lists)[1] == first.customer_id  # type: ignore[index]


def test_a_due_contact_is_one_step_from_the_day(signed_in: SignIn, people: dict[Role, User]) -> None:
    for role in (Role.EXECUTOR, Role.MANAGER):
        due = visible_proposals(people[role]).order_by("-priority", "-proposal_id")
        first = next(one for one in due if one.channels)
        assert f'href="/contatos-devidos/{first.proposal_id}/contato/"' in signed_in(role).get("/").text


def test_customers_ask_for_attention_by_the_money_they_may_take(people: dict[Role, User]) -> None:
    seen = visible_customers(people[Role.ANALYST])
    losses = [float(one.mrr) * (one.churn_90d or 0) for one in riskiest(seen)]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] == pytest.approx(max(float(one.mrr) * (one.churn_90d or 0) for one in seen))
    owed = [one.overdue_amount for one in most_overdue(seen)]
    assert owed == sorted((one.overdue_amount for one in seen), reverse=True)[:5]


def test_the_manager_sees_each_portfolio_of_the_team(signed_in: SignIn, people: dict[Role, User]) -> None:
    page = signed_in(Role.MANAGER).get("/").content.decode()
    owners = set(visible_customers(people[Role.MANAGER]).values_list("owner_id", flat=True))
    assert set(re.findall(r'data-row-link\s+href="/clientes/\?owner=(\w+)"', page)) == owners


def test_sentences_say_what_is_there() -> None:
    assert sentence(Totals(), 0) == "Sua carteira está vazia."
    assert sentence(Totals(customers=3), 0) == "Nenhum cliente pede atenção na data de referência."
    assert sentence(Totals(customers=3, risky=1), 2) == "2 contatos para fazer em 7 dias; 1 cliente em risco alto."


def test_no_usable_signal_is_not_no_risk(signed_in: SignIn) -> None:
    Customer.objects.update(churn_90d=None, churn_90d_low=None, churn_90d_high=None, churn_band="")
    for role in (Role.EXECUTIVE, Role.MANAGER, Role.EXECUTOR):
        page = signed_in(role).get("/").content.decode()
        assert "sem sinal que baste" in page, role
        assert "R$\xa00,00, em clientes de risco alto" not in page, role
        assert "Nenhum cliente com MRR em risco alto" not in page, role


def test_revenue_of_the_base_is_for_who_sees_totals(people: dict[Role, User]) -> None:
    assert visible_revenue(people[Role.EXECUTOR]) == ()
    assert visible_revenue(people[Role.EXECUTIVE]) == ()  # the factory's lake has no monthly revenue


def test_before_the_first_publication_pages_say_so(signed_in: SignIn, people: dict[Role, User]) -> None:
    Publication.objects.all().delete()
    for role in Role:
        answer = signed_in(role).get("/")
        assert answer.status_code == 200
        expected = "nenhum dado publicado" if role is Role.ADMINISTRATOR else "Ainda não há dados"
        assert expected in answer.text, role
        assert ('class="button" href="/fontes/"' in answer.text) == (role is Role.ANALYST), role


@pytest.mark.parametrize("role", Role)
def test_a_first_page_costs_few_queries(signed_in: SignIn, role: Role) -> None:
    browser = signed_in(role)
    with CaptureQueriesContext(connection) as asked:
        browser.get("/")
    assert len(asked) <= 16, [one["sql"][:140] for one in asked]
