"""Business units belong to the house: its own on pages, in REST and of people; only an administrator changes them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest
from django.conf import LazySettings
from django.test import Client

from b2shift.identify.api import keep_units, product_units, read_units, units_number, units_of
from b2shift.web.accounts.models import Team, User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.units.forms import NEW
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import Unlinked, unlinked, visible_customers
from b2shift.web.ledger.models import AuditEvent

SignIn = Callable[[Role], Client]
People = dict[Role, User]
PAGES = ("/unidades/", "/unidades/mudar/", "/unidades/versoes/")
OWN = """
units:
- {key: totvs_gestao, name: Matriz, default: true}
- {key: rd_station, name: Filial do Sul, families: [CRM]}
"""
ONE = "units: [{key: casa, name: A casa, default: true}]"


@pytest.fixture
def home(tmp_path: Path, lake_home: Path, settings: LazySettings, published: object) -> Path:
    """A home with the factory's lake, free to be changed."""
    settings.HOME = copytree(lake_home, tmp_path / "home")
    return Path(settings.HOME)


def declare(home: Path, text: str) -> None:
    keep_units(home, read_units(text, "unidades.yaml"), datetime(2026, 11, 1, tzinfo=UTC))


def typed(**changes: object) -> dict[str, object]:
    """The form of the product's units as a browser sends it, with changes."""
    units = product_units()
    sent: dict[str, object] = {
        "number": "0", "key": list(units.keys), "default": units.default.key, "added": "",
        "family": ["CRM", "ERP"], "family_unit": ["rd_station", ""],
    }  # fmt: skip
    return sent | {f"name-{one.key}": one.name for one in units.units} | changes


def page(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_only_administrators_see_and_change_units(signed_in: SignIn, home: Path) -> None:
    declare(home, OWN)
    for role in Role:
        browser = signed_in(role)
        expected = 200 if role is Role.ADMINISTRATOR else 403
        for path in PAGES:
            assert browser.get(path).status_code == expected, (role, path)
        if role is not Role.ADMINISTRATOR:
            for path in ("/unidades/mudar/", "/unidades/versoes/0/voltar/"):
                assert browser.post(path, typed(number="1", keep="1")).status_code == 403, (role, path)
    assert Client().post("/unidades/mudar/", typed(number="1", keep="1")).status_code == 302
    assert units_number(home) == 1
    assert units_of(home).names["totvs_gestao"] == "Matriz"
    assert not AuditEvent.objects.filter(action="units_changed").exists()


def test_units_are_changed_after_a_look_and_undone(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert "Techfin" in page(browser, "/unidades/")
    sent = typed(added="Água & Óleo", family_unit=["rd_station", NEW])
    shown = browser.post("/unidades/mudar/", sent)
    assert shown.status_code == 200
    assert "+ Água &amp; Óleo (agua_oleo): ERP" in shown.content.decode()
    # Every customer of the factory has CRM and ERP.
    ahead = {row.unit.key: row.then for row in shown.context["rows"]}
    assert ahead == {"totvs_gestao": 0, "rd_station": 60, "techfin": 0, "agua_oleo": 60}, (
        "every customer has CRM and ERP"
    )
    assert (units_number(home), AuditEvent.objects.filter(action="units_changed").count()) == (0, 0), "only looked at"
    assert browser.post("/unidades/mudar/", sent | {"keep": "1"}).status_code == 302
    assert units_of(home).unit_of_family == {"CRM": "rd_station", "ERP": "agua_oleo"}, "TECHFIN was not on the form"
    [event] = AuditEvent.objects.filter(action="units_changed")
    assert (event.actor_email, event.object_kind, event.details["version"]) == (
        "administrator@empresa.example", "units", 1,
    )  # fmt: skip
    told = browser.get("/unidades/")
    assert 'action="/unidades/versoes/0/voltar/"' in told.content.decode(), "the toast offers to undo it"
    assert browser.post("/unidades/versoes/0/voltar/").status_code == 302
    assert units_of(home) == product_units()
    assert AuditEvent.objects.filter(action="units_changed").count() == 2
    assert browser.post("/unidades/versoes/9/voltar/").status_code == 404


def test_a_wrong_or_outrun_form_changes_nothing(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    wrong = browser.post("/unidades/mudar/", typed(**{"out-totvs_gestao": "on", "keep": "1"}))
    assert wrong.status_code == 422
    assert "Escolha qual unidade, das que ficam" in wrong.content.decode()
    nameless = browser.post("/unidades/mudar/", typed(**{"name-techfin": " ", "keep": "1"}))
    assert "Escreva o nome de cada unidade que fica" in nameless.content.decode()
    same = browser.post("/unidades/mudar/", typed(**{"name-techfin": "RD Station", "keep": "1"}))
    assert "Duas unidades com o mesmo nome: rd station" in same.content.decode()
    declare(home, OWN)
    late = browser.post("/unidades/mudar/", typed(added="Sul", keep="1"))
    assert late.status_code == 422
    assert units_number(home) == 1


def test_taking_a_unit_out_tells_who_loses_sight_and_which_rules_go_silent(
    signed_in: SignIn, people: People, home: Path
) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    sent = typed(**{"out-rd_station": "on", "out-techfin": "on"})
    shown = browser.post("/unidades/mudar/", sent).content.decode()
    for told in (people[Role.MARKETING].name, "rd_station.revisao_de_funil", "techfin.credito_prudente",
                 "ofertas de crédito à unidade techfin"):  # fmt: skip
        assert told in shown, told
    browser.post("/unidades/mudar/", sent | {"keep": "1"})
    assert units_of(home).keys == ("totvs_gestao",)
    listed = page(browser, "/pessoas/")
    assert "1 é de uma unidade de negócio que não existe mais e não vê nenhum cliente" in listed
    assert "Não existe mais" in listed
    marketing = people[Role.MARKETING]
    assert unlinked(marketing) is Unlinked.LOST_UNIT
    Customer.objects.update(units_key="|totvs_gestao|")  # what the next load publishes
    assert not visible_customers(marketing).exists()
    assert "A sua unidade de negócio não existe mais" in page(signed_in(Role.MARKETING), "/clientes/")


def test_the_houses_units_are_the_ones_pages_and_rest_name(signed_in: SignIn, people: People, home: Path) -> None:
    declare(home, OWN)
    analyst = signed_in(Role.ANALYST)
    shown = page(analyst, "/clientes/")
    assert "Filial do Sul" in shown
    assert "Techfin" not in shown
    assert analyst.post("/unidade/", {"unit": "techfin"}).status_code == 400
    assert analyst.post("/unidade/", {"unit": "rd_station"}).status_code == 302
    assert "Filial do Sul" in page(signed_in(Role.MARKETING), "/clientes/"), "the unit of who is tied to one"
    assert "Filial do Sul" in page(signed_in(Role.ADMINISTRATOR), f"/pessoas/{people[Role.MARKETING].pk}/")
    found = analyst.get("/api/v1/customers", {"unit": "rd_station"})
    assert (found.status_code, found.json()["total"]) == (200, 15)
    refused = analyst.get("/api/v1/customers", {"unit": "techfin"})
    assert refused.status_code == 422
    [wrong] = refused.json()["errors"]
    assert (wrong["field"], wrong["message"]) == ("unit", "Deve ser um destes: totvs_gestao, rd_station")


def test_a_house_of_one_unit_is_never_asked_which(signed_in: SignIn, people: People, home: Path) -> None:
    analyst = signed_in(Role.ANALYST)
    assert "Unidades de negócio" in page(analyst, "/clientes/")  # what is kept of a page must not outlive it
    declare(home, ONE)
    customer = Customer.objects.order_by("customer_id")[0]
    for path in ("/clientes/", f"/clientes/{customer.customer_id}/"):
        shown = page(analyst, path)
        for told in ("Todas as unidades", "Unidades de negócio", "RD Station", "TOTVS"):
            assert told not in shown, (path, told)
    administrator = signed_in(Role.ADMINISTRATOR)
    assert 'name="business_unit"' not in page(administrator, "/pessoas/nova/")
    sent = {"name": "Mia Sá", "email": "mia@empresa.example", "role": "marketing", "is_active": "on"}
    assert administrator.post("/pessoas/nova/", sent).status_code == 200
    assert User.objects.get(email="mia@empresa.example").business_unit == "casa"
    assert "tem uma unidade só" in page(administrator, "/unidades/")


def test_a_person_of_a_missing_unit_is_given_another(signed_in: SignIn, people: People, home: Path) -> None:
    declare(home, OWN.replace("rd_station", "sul"))
    administrator, person = signed_in(Role.ADMINISTRATOR), people[Role.MARKETING]
    path = f"/pessoas/{person.pk}/"
    assert "A unidade rd_station não existe mais" in page(administrator, path)
    sent = {"name": person.name, "email": person.email, "role": "marketing", "is_active": "on"}
    assert administrator.post(path, sent | {"business_unit": "rd_station"}).status_code == 422
    person.refresh_from_db()
    assert person.business_unit == "rd_station"
    assert administrator.post(path, sent | {"business_unit": "sul"}).status_code == 302
    person.refresh_from_db()
    assert person.business_unit == "sul"


def test_who_is_linked_to_nobody_is_told_why_instead_of_zeros(signed_in: SignIn, people: People) -> None:
    for role in (Role.MANAGER, Role.EXECUTOR, Role.MARKETING):
        assert unlinked(people[role]) is None
        assert 'id="unlinked"' not in page(signed_in(role), "/clientes/")
    Team.objects.all().delete()
    lacks = {Role.MANAGER: Unlinked.NO_TEAM, Role.EXECUTOR: Unlinked.NO_CODE, Role.MARKETING: Unlinked.NO_UNIT}
    User.objects.filter(role__in=lacks).update(vendor_user_id="", business_unit="")
    for role, why in lacks.items():
        assert unlinked(User.objects.get(pk=people[role].pk)) is why
        browser = signed_in(role)
        for path in ("/", "/clientes/", "/contatos-devidos/" if role is not Role.MARKETING else "/segmentos/"):
            shown = page(browser, path)
            assert "Nenhum cliente aparece para você" in shown, (role, path)
            assert "em Pessoas" in shown, (role, path)
        assert "R$" not in page(browser, "/"), "no figure is told of customers nobody follows"
    assert unlinked(people[Role.ADMINISTRATOR]) is None
    assert unlinked(people[Role.EXECUTIVE]) is None
