"""What scores said and what happened: to whom it may be, each number the way to its customers, an alarm told once."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import translation
from tests.unit.web.checked_scores import make_checked_home
from tests.unit.web.drawn import payload

from b2shift.kernel.errors import AccessError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.reading import visible_customers
from b2shift.web.crm.score_accuracy import accuracies_of, foretold_customers
from b2shift.web.watch.models import HouseNotice
from b2shift.web.watch.score_alarms import tell_score_alarms

SignIn = Callable[[Role], Client]
PAGE, CUSTOMERS = "/modelos/conferencia/", "/modelos/conferencia/churn_90d/clientes/"
DO_NOT = [Role.EXECUTIVE, Role.EXECUTOR, Role.MANAGER, Role.ADMINISTRATOR]


def _page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_who_sees_models_sees_what_became_of_what_they_said(signed_in: SignIn, checked: None) -> None:
    html = _page(signed_in(Role.ANALYST), PAGE)
    assert "2 scores conferidos: 1 desviou do que aconteceu, 1 em ordem." in html
    assert "Desviou: aconteceu menos" in html
    drawn = payload(html, "previsto-e-acontecido")
    assert [row[1] for row in drawn["rows"]] == pytest.approx([1 / 3, 1.0])
    assert "Grupos que desviaram" in html


@pytest.mark.parametrize("role", DO_NOT)
def test_others_learn_nothing_by_no_door(
    signed_in: SignIn, people: dict[Role, User], checked: None, role: Role
) -> None:
    browser = signed_in(role)
    for address in (PAGE, CUSTOMERS, f"{CUSTOMERS}?happened=1"):
        for headers in ({}, {"HX-Request": "true"}):
            answer = browser.get(address, headers=headers)
            assert answer.status_code == 403
            assert not re.search(r"Desviou|conferidos|10000", answer.content.decode())
    with pytest.raises(AccessError):
        accuracies_of(people[role])
    with pytest.raises(AccessError):
        foretold_customers(people[role], "churn_90d", {})


def test_nobody_enters_without_signing_in(checked: None, client: Client) -> None:
    for address in (PAGE, CUSTOMERS):
        assert client.get(address).status_code == 302


def test_a_score_tells_it_by_date_and_group_on_its_card(signed_in: SignIn, checked: None) -> None:
    answer = signed_in(Role.ANALYST).get("/modelos/scores/churn_90d/")
    html = answer.content.decode()
    drawn = payload(html, "previsto-por-data")
    assert [(row[0], row[1], row[4]) for row in drawn["rows"]] == [
        ("2026-04-30", 0.1, pytest.approx(0.3)), ("2026-05-31", 0.1, pytest.approx(0.3)),
    ]  # fmt: skip
    assert [title for title, _rows in answer.context["accuracy_groups"]] == [
        "Todos", "Por segmento de mercado", "Por faixa de receita", "Por tempo de casa",
    ]  # fmt: skip
    assert 'href="#versions"' in html, "the way back to an earlier version"
    assert answer.context["alarm"].one.grouping == ""


def test_a_number_opens_as_many_customers_as_it_says(signed_in: SignIn, checked: None) -> None:
    browser = signed_in(Role.ANALYST)
    context = browser.get("/modelos/scores/churn_90d/").context
    doors = [(row.one.customers, row.href) for row in context["accuracy_dates"]]
    doors += [(row.one.events, row.href_of_events) for row in context["accuracy_dates"]]
    for _title, rows in context["accuracy_groups"]:
        doors += [(row.one.customers, row.href) for row in rows] + [
            (row.one.observed, row.href_of_events) for row in rows
        ]
    assert len(doors) > 15
    for count, href in doors:
        assert browser.get(href).context["total"] == count, href


def test_a_part_that_does_not_exist_is_refused_in_words(signed_in: SignIn, checked: None) -> None:
    browser = signed_in(Role.ANALYST)
    assert browser.get(f"{CUSTOMERS}?market_segment=NADA").status_code == 400
    assert browser.get(f"{CUSTOMERS}?de=ontem").status_code == 400
    assert browser.get("/modelos/conferencia/health/clientes/").status_code == 404


def test_who_looks_at_a_unit_is_told_of_that_part(signed_in: SignIn, checked: None) -> None:
    browser = signed_in(Role.ANALYST)
    everybody = browser.get(CUSTOMERS).context["total"]
    browser.post("/unidade/", {"unit": "techfin"})
    answer = browser.get(PAGE)
    assert "Só sobre os clientes que você acompanha agora" in answer.content.decode()
    narrowed = browser.get(CUSTOMERS).context["total"]
    assert 0 < narrowed < everybody == 1200
    assert sum(row.one.customers for row, _label in answer.context["rows"] if row.one.score == "churn_90d") < everybody


def test_who_sees_part_of_the_base_is_told_of_that_part_and_no_other_customer(
    signed_in: SignIn, people: dict[Role, User], checked: None
) -> None:
    mine = set(visible_customers(people[Role.MARKETING]).values_list("customer_id", flat=True))
    browser = signed_in(Role.MARKETING)
    assert "Só sobre os clientes que você acompanha agora" in _page(browser, PAGE)
    answer = browser.get(CUSTOMERS)
    assert {row.customer_id for row, _of in answer.context["rows"]} <= mine
    assert 0 < answer.context["total"] == 2 * len(mine) < 1200
    tell_score_alarms()
    assert not HouseNotice.objects.filter(person=people[Role.MARKETING]).exists()


def test_before_the_first_horizon_is_over_it_says_until_when(
    signed_in: SignIn, settings: LazySettings, published: object, tmp_path: Path
) -> None:
    settings.HOME = make_checked_home(tmp_path, over=False)
    told = "Ainda não dá para saber: o horizonte do primeiro cálculo termina em 29/07/2026"
    assert told in _page(signed_in(Role.ANALYST), PAGE)
    assert told in _page(signed_in(Role.ANALYST), "/modelos/scores/churn_90d/")


def test_a_home_that_kept_nothing_says_so(signed_in: SignIn, published: object) -> None:
    assert "Nenhuma previsão foi guardada ainda." in _page(signed_in(Role.ANALYST), PAGE)


def test_an_alarm_is_told_once_to_who_steers_models(people: dict[Role, User], checked: None, signed_in: SignIn) -> None:
    new = tell_score_alarms()
    notices = HouseNotice.objects.filter(path__startswith="/modelos/scores/")
    assert notices.count() == new > 0
    assert set(notices.values_list("person_id", flat=True)) == {people[Role.ANALYST].pk}
    first = notices.order_by("pk")[0]
    assert first.title == "Risco de churn: aconteceu menos do que o previsto"
    assert "Previstos 180,0, aconteceram 60: 0,33 vez" in first.text
    assert tell_score_alarms() == 0
    assert first.title.split(":")[0] in _page(signed_in(Role.ANALYST), "/avisos/")


def test_an_alarm_is_told_in_the_language_of_the_person(people: dict[Role, User], checked: None) -> None:
    User.objects.filter(pk=people[Role.ANALYST].pk).update(language="en")
    tell_score_alarms()
    title = HouseNotice.objects.filter(path__startswith="/modelos/scores/").order_by("pk")[0].title
    assert title.endswith("less happened than predicted")


def test_the_pages_are_told_in_english_too(signed_in: SignIn, people: dict[Role, User], checked: None) -> None:
    User.objects.filter(pk=people[Role.ANALYST].pk).update(language="en")
    with translation.override("en"):
        html = _page(signed_in(Role.ANALYST), PAGE)
    assert "What was predicted and what happened" in html
    assert "Deviates: less happened" in html
