"""The map of the journey as a page: only one's own customers are counted and named."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.unit.web import factory

from b2shift.lake.api import open_lake, writing
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm import stages
from b2shift.web.crm.models import Customer, Publication
from b2shift.web.crm.publication import publish_lake

pytestmark = pytest.mark.records
SignIn = Callable[[Role], Client]


@pytest.fixture
def mapped(tmp_path: Path, lake_home: Path, settings: Any, published: Publication) -> Path:
    """The factory's lake with every customer on one stage and customer 10006 on another."""
    home = tmp_path / "home"
    shutil.copytree(lake_home / "lake", home / "lake")
    with writing(home) as session:
        session.write(
            factory.specs()["differentiate"]["journey"],
            "SELECT customer_id, DATE '2026-10-31' AS as_of, 'Suporte e novos negócios' AS phase, "
            "CASE WHEN customer_id = '10006' THEN 'Em dificuldade' ELSE 'Operação estável' END AS stage, "
            "'receita: agora; casa: mais de um ano' AS why FROM customers",
        )
        version = session.commit(date(2026, 11, 30))
    Publication.objects.update(lake_version=version)
    settings.HOME = home
    return home


def test_everybody_stands_on_one_stage(mapped: Path, signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/etapas/")
    rows = {row.stage: row for _, group in page.context["phases"] for row in group}
    assert len(rows) == 14
    assert sum(row.customers for row in rows.values()) == Customer.objects.count()
    assert rows["Em dificuldade"].customers == 1
    own = signed_in(Role.EXECUTOR).get("/etapas/?etapa=Em+dificuldade")
    assert "receita: agora; casa: mais de um ano" in own.content.decode()
    counted = sum(row.customers for _, group in own.context["phases"] for row in group)
    assert 0 < counted < Customer.objects.count()
    assert stages.of_customer(Customer.objects.get(customer_id="10006")) == (
        "Suporte e novos negócios", "Em dificuldade", "receita: agora; casa: mais de um ano",
    )  # fmt: skip


def test_the_list_of_customers_keeps_those_of_one_stage(mapped: Path, signed_in: SignIn) -> None:
    publish_lake(open_lake(mapped))
    browser = signed_in(Role.ANALYST)
    for address in ("/clientes/?stage=Em+dificuldade", "/api/v1/customers?stage=Em+dificuldade"):
        text = browser.get(address).content.decode()
        assert "10006" in text
        assert "10005" not in text
    assert "stage=Em%20dificuldade" in browser.get("/etapas/?etapa=Em+dificuldade").content.decode()
    assert Customer.objects.exclude(journey_stage="Operação estável").count() == 1


def test_who_may_not_see_customers_sees_no_map_and_wrong_stages_are_refused(mapped: Path, signed_in: SignIn) -> None:
    assert signed_in(Role.ADMINISTRATOR).get("/etapas/").status_code == 403
    assert signed_in(Role.ANALYST).get("/etapas/?etapa=Lua").status_code == 400


def test_before_a_run_that_maps_it_the_page_says_so(published: Publication, signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/etapas/")
    assert "Jornada não mapeada" in page.content.decode()


def test_critical_points_are_stages_riskier_than_their_segment(
    mapped: Path, people: dict[Role, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    members = list(Customer.objects.filter(segment="s0").order_by("customer_id"))
    places = {one.customer_id: "Em dificuldade" if n < 10 else "Operação estável" for n, one in enumerate(members)}
    for n, one in enumerate(members):
        Customer.objects.filter(pk=one.pk).update(churn_90d=0.6 + n / 100 if n < 10 else 0.1 + n / 1000, mrr=100)
    monkeypatch.setattr(stages, "_places", lambda: places)
    worst, calm = stages.critical_points(people[Role.ANALYST], "s0")
    assert (worst.stage, worst.customers, worst.share, worst.critical) == ("Em dificuldade", 10, 0.5, True)
    assert worst.risk == pytest.approx(0.645)
    assert worst.low < worst.risk < worst.high
    assert worst.at_stake == pytest.approx(100 * 6.45)
    assert (calm.stage, calm.critical) == ("Operação estável", False)
    monkeypatch.setattr(stages, "_places", lambda: dict.fromkeys([one.customer_id for one in members[:9]], "Em risco"))
    assert stages.critical_points(people[Role.ANALYST], "s0") == []


def test_a_segments_page_leads_to_the_customers_behind_a_point(mapped: Path, signed_in: SignIn) -> None:
    Customer.objects.filter(segment="s0").update(churn_90d=0.2)
    page = signed_in(Role.ANALYST).get("/segmentos/s0/").content.decode()
    assert "Pontos críticos da jornada" in page
    assert "etapa=Opera%C3%A7%C3%A3o%20est%C3%A1vel&amp;segmento=s0#quem" in page
    people = signed_in(Role.ANALYST).get("/etapas/?etapa=Operação+estável&segmento=s0").context["people"]
    assert people
    assert {customer.segment_id for customer, _ in people} == {"s0"}
