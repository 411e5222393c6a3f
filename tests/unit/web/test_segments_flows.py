"""Flows between segments: who moved, what the matrix says, what is expected, and for whom."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation
from tests.unit.web.drawn import payload

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.segments import flows, views
from b2shift.web.console.segments.matrix import matrix
from b2shift.web.crm.flows import Flow
from b2shift.web.crm.models import Customer, Segment
from b2shift.web.crm.reading import visible_customers

SignIn = Callable[[Role], Client]


def test_flows_show_who_stayed_moved_and_came(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/segmentos/fluxos/")
    assert "4 de 58 clientes mudaram de segmento (6,9%); chegadas à base: 2, saídas: 0." in page.text
    assert "Segmento 2 separou-se de Segmento 1." in page.text
    drawn = payload(page.text, "fluxos")["rows"]
    assert sum(row[2] for row in drawn) == 60
    assert ["Novos na base", "Segmento 2", 2, 1.0, 500.0, "/segmentos/s2/"] in drawn


def test_the_matrix_of_transition_has_the_shares_of_those_who_stayed_in_the_base(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/segmentos/fluxos/")
    flows_drawn = payload(page.text, "fluxos")["rows"]
    cells = {(row[1].split()[0], row[0]): row[2] for row in payload(page.text, "transicao")["rows"]}
    codes = sorted({before for before, _ in cells})
    for code in codes:
        assert sum(cells[code, goal] for goal in {now for _, now in cells}) == pytest.approx(1)
        name = f"Segmento {code[1:]}"
        had = sum(row[2] for row in flows_drawn if row[0] == name)
        stayed = sum(row[2] for row in flows_drawn if row[:2] == [name, name])
        assert cells[code, code] == pytest.approx(stayed / had)
    assert min(cells[code, code] for code in codes) < 1
    assert "O que menos retém é" in page.text
    assert matrix([], newest=True) is None


def test_names_that_the_product_gave_are_shown_in_the_language_of_the_page() -> None:
    names = {"s1": "Varejo com Backoffice", "s2": "Contas da Marta"}
    taken = [
        Flow(before=None, as_of=None, from_id=here, from_name=names[here], to_id=there, to_name=names[there],
             customers=1, mrr=Decimal(1))
        for here, there in (("s1", "s1"), ("s1", "s2"), ("s2", "s2"))
    ]  # fmt: skip
    with translation.override("en"):
        drawn = matrix(flows.named_now(taken), newest=True)
        assert drawn is not None
        assert drawn.accessible_table.rows == [("s1 Retail with Backoffice", 0.5, 0.5), ("s2 Contas da Marta", 0, 1)]
        assert str(drawn.reading).startswith("The one that keeps fewest is Retail with Backoffice")


def test_who_stays_in_a_segment_that_was_renamed_goes_straight_on() -> None:
    ended = Flow(before=None, as_of=None, from_id="s2", from_name="Fim", to_id="s1", to_name="Novo", customers=2, mrr=0)
    stays = ended.model_copy(update={"from_id": "s1", "from_name": "Velho", "customers": 8})
    drawn = flows.picture(flows.named_now([stays, ended]), newest=True)
    assert drawn is not None
    assert [row[:2] for row in drawn.table.rows] == [("Novo", "Novo"), ("Fim", "Novo")]


def test_a_way_of_the_newest_step_opens_the_customers_that_took_it(signed_in: SignIn, people: dict[Role, User]) -> None:
    moved = visible_customers(people[Role.EXECUTOR]).order_by("customer_id").first()
    assert moved is not None
    before = "s1" if moved.segment_id != "s1" else "s2"
    Customer.objects.filter(pk=moved.pk).update(migrated_from=before)
    browser = signed_in(Role.EXECUTOR)
    page = browser.get("/segmentos/fluxos/").text
    way = [Segment.objects.get(pk=code).name for code in (before, moved.segment_id)]
    [door] = [row[5] for row in payload(page, "fluxos")["rows"] if row[:2] == way]
    assert door in {row[3] for row in payload(page, "transicao")["rows"]}
    listed = browser.get(door).text
    assert moved.customer_id in listed
    assert "Segmento anterior" in listed
    told = browser.get(f"/clientes/{moved.customer_id}/").text
    assert f"Veio de {way[0]}" in told
    assert f"Veio de {before}" not in told


def test_an_older_step_opens_the_segment_for_its_customers_moved_on() -> None:
    way = Flow(before=None, as_of=None, from_id="s1", from_name="A", to_id="s2", to_name="B", customers=2, mrr=0)
    assert flows.door_of(way, newest=False) == "/segmentos/s2/"
    assert flows.door_of(way.model_copy(update={"from_id": "s2"}), newest=True) == "/segmentos/s2/"
    assert flows.door_of(way.model_copy(update={"to_id": ""}), newest=True) == ""


def test_expected_flows_come_with_their_test_or_the_reason_there_are_none(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/segmentos/fluxos/")
    drawn = payload(page.text, "previstos-90")["rows"]
    assert [row[:4] for row in drawn][1] == ["Segmento 0", "Segmento 1", 2.0, pytest.approx(2 / 19.6)]
    assert all(row[2] >= flows.HALF for row in drawn)
    totals = payload(page.text, "previstos-90")["options"]["totals"]
    assert sum(totals["x"].values()) == pytest.approx(60)
    assert sum(totals["y"].values()) == pytest.approx(60)
    assert "Espera-se que 2 de 60 clientes mudem de segmento." in page.text
    assert "Testado em 60 clientes." in page.text
    assert "Sem previsão para 30 dias" in page.text
    assert "História curta demais para prever 30 dias." in page.text


def test_segments_of_a_first_run_are_not_said_to_have_gone_on(
    signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "visible_flows", lambda _user: ())
    browser = signed_in(Role.ANALYST)
    assert "O que aconteceu com os segmentos" in browser.get("/segmentos/fluxos/").text
    monkeypatch.setattr(views, "visible_events", lambda _user: ())
    page = browser.get("/segmentos/fluxos/").text
    assert "Ainda sem fluxos" in page
    assert "continuaram como eram" not in page


def test_flows_of_a_portfolio_are_of_its_customers(signed_in: SignIn, people: dict[Role, User]) -> None:
    own = visible_customers(people[Role.EXECUTOR])
    moved = own.order_by("customer_id").first()
    assert moved is not None
    Customer.objects.filter(pk=moved.pk).update(migrated_from="s1" if moved.segment_id != "s1" else "s2")
    page = signed_in(Role.EXECUTOR).get("/segmentos/fluxos/")
    assert sum(row[2] for row in payload(page.text, "fluxos")["rows"]) == own.count()
    assert f"1 de {own.count()} clientes mudou de segmento" in page.text
    assert "separou-se" not in page.text
    assert "previstos-90" not in page.text


def test_a_step_is_asked_for_by_its_dates(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    assert browser.get("/segmentos/fluxos/?ciclo=2025-02-28_2026-10-31").status_code == 200
    assert browser.get("/segmentos/fluxos/?ciclo=2020-01-01_2020-02-01").status_code == 404


def test_without_a_second_cycle_the_page_says_what_is_to_come() -> None:
    assert "a próxima entrega" in flows.sentence([])
    assert flows.picture([], newest=True) is None
