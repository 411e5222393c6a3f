"""The contact rules as a page: by archetype, with doors to the due contacts one sees."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.policy.rulebook import rulebook, sentence
from b2shift.web.crm.models import ContactRule
from b2shift.web.crm.reading import visible_proposals

SignIn = Callable[[Role], Client]


def further_rules() -> None:
    """Rules of every kind of audience beside the factory's two, which serve Varejo."""
    for code, name, told, archetypes in (
        ("quiet", "Calma", "Agro", ["Agro"]),
        ("shared", "Em comum", "Indústria, mais 1", ["Indústria", "Serviços"]),
        ("all", "Para todos", "Todos", []),
        ("stage", "Para novos", "estágio Novos", []),
    ):
        ContactRule.objects.create(rule_id=code, name=name, archetype=told, archetypes=archetypes, priority=9)


def test_everybody_signed_in_reads_the_rules(signed_in: SignIn) -> None:
    for role in Role:
        assert signed_in(role).get("/regua/").status_code == 200, role
    assert Client().get("/regua/").status_code == 302
    assert signed_in(Role.ANALYST).post("/regua/").status_code == 405


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_due_counts_are_of_ones_own_customers(people: dict[Role, User], role: Role) -> None:
    told = {row.rule.rule_id: row.due for chapter in rulebook(people[role]) for row in chapter.rows}
    own = visible_proposals(people[role])
    assert told == {code: own.filter(rule_id=code).count() for code in ("r0", "r1")}


def test_a_count_is_a_door(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/regua/").text
    assert 'href="/contatos-devidos/?rule=r0"' in page
    assert 'href="/segmentos/s0/"' in page  # governed by the archetype Varejo


def test_an_administrator_sees_rules_without_customers(signed_in: SignIn, people: dict[Role, User]) -> None:
    page = signed_in(Role.ADMINISTRATOR).get("/regua/").text
    assert "Queda de uso" in page
    assert "/contatos-devidos/" not in page
    assert "/segmentos/" not in page
    assert "Devidos" not in page
    assert [row.due for chapter in rulebook(people[Role.ADMINISTRATOR]) for row in chapter.rows] == [None, None]


def test_the_audience_of_the_base_is_for_those_who_see_totals(signed_in: SignIn) -> None:
    for role in Role:
        page = signed_in(role).get("/regua/").text
        assert ("Público" in page) == (role in (Role.EXECUTIVE, Role.ANALYST)), role


def test_chapters_with_due_contacts_come_first(people: dict[Role, User]) -> None:
    further_rules()
    chapters = rulebook(people[Role.ANALYST])
    assert [chapter.title for chapter in chapters] == [
        "Varejo", "Agro", "Comuns a 2 arquétipos", "Todos os clientes", "Estágio Novos",
    ]  # fmt: skip
    assert [chapter.anchor for chapter in chapters] == ["varejo", "agro", "industria-mais-1", "todos", "estagio-novos"]
    assert [segment.segment_id for segment in chapters[0].segments] == ["s0"]
    assert [segment.segment_id for segment in chapters[2].segments] == ["s1", "s2"]
    assert chapters[3].segments == []


def test_one_archetype_gets_its_own_rules_then_shared_ones_then_those_for_all(
    signed_in: SignIn, people: dict[Role, User]
) -> None:
    further_rules()
    told = rulebook(people[Role.ANALYST], "Serviços")
    assert [chapter.title for chapter in told] == ["Comuns a 2 arquétipos", "Todos os clientes", "Estágio Novos"]
    page = signed_in(Role.ANALYST).get("/regua/?archetype=Agro")
    assert "Calma" in page.text
    assert "Queda de uso" not in page.text
    part = signed_in(Role.ANALYST).get("/regua/?archetype=Agro", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    ContactRule.objects.filter(archetypes=[]).delete()
    assert "Nenhuma regra serve este arquétipo" in signed_in(Role.ANALYST).get("/regua/?archetype=Nada").text


def test_a_segment_is_served_by_every_rule_that_names_its_archetype(signed_in: SignIn) -> None:
    """Rules for several archetypes shorten their names in one column and tell them all in another."""
    further_rules()
    context = signed_in(Role.ANALYST).get("/segmentos/s1/").context
    assert ([rule.rule_id for rule in context["rules"]], context["rules_for_all"]) == (["shared"], 2)
    assert "Mais 2 regras servem a qualquer cliente." in signed_in(Role.ANALYST).get("/segmentos/s1/").text


def test_the_sentence_says_which_rule_asks_most(people: dict[Role, User]) -> None:
    told = sentence(rulebook(people[Role.ANALYST]))
    assert told == "2 regras em vigor; 2 pedem contatos agora. A que mais pede: Renovação (15)."
    assert sentence([]) == "Nenhuma regra está em vigor."


def test_without_rules_the_page_says_so(signed_in: SignIn) -> None:
    ContactRule.objects.all().delete()
    assert "Nenhuma regra em vigor" in signed_in(Role.ANALYST).get("/regua/").text


def test_the_page_asks_few_questions(signed_in: SignIn) -> None:
    for role, most in ((Role.ANALYST, 11), (Role.MANAGER, 17)):
        browser = signed_in(role)
        with CaptureQueriesContext(connection) as asked:
            browser.get("/regua/")
        assert len(asked) <= most, "\n".join(one["sql"][:300] for one in asked.captured_queries)
