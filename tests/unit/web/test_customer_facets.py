"""The facets of the 360 beyond the page: how it moved, who decides, what became of actions."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.unit.web import factory
from tests.unit.web.test_customer_360_pages import EMPTY

from b2shift.identify.contracts import CampaignEvent, Contact
from b2shift.lake.api import writing
from b2shift.web.accounts.roles import Role
from b2shift.web.console.customer import tables
from b2shift.web.console.customer.influence import influence_map
from b2shift.web.crm import evolution
from b2shift.web.crm.models import Customer, Publication

pytestmark = pytest.mark.records
SignIn = Callable[[Role], Client]


@pytest.fixture
def moved_home(tmp_path: Path, lake_home: Path, settings: Any, published: Publication) -> Path:
    """The factory's lake and one run later, when customer 10006 is in another segment and riskier."""
    home = tmp_path / "home"
    shutil.copytree(lake_home / "lake", home / "lake")
    with writing(home) as session:
        told = factory.specs()["differentiate"]
        for table, changes in (("segments", {"segment_name": "'Outro segmento'"}), ("scores", {"churn_90d": "0.9"})):
            names = [column.name for column in told[table].columns]
            select = ", ".join(f"{changes.get(name, name)} AS {name}" for name in names)
            session.write(told[table], f"SELECT {select} FROM {table}")
        history = (
            "SELECT '10006' AS customer_id, 'situation' AS attribute, value, valid_from, valid_to, 1 AS load, NULL AS "
            "closed_by FROM (VALUES ('ativo', DATE '2026-10-31', DATE '2026-11-30'), ('cancelado', DATE '2026-11-30', "
            "NULL)) t(value, valid_from, valid_to) UNION ALL "
            "SELECT '10006', 'city', 'CURITIBA', DATE '2026-10-31', DATE '2026-11-30', 1, NULL UNION ALL "
            "SELECT '10006', 'city', 'SAOJOSEDOSCAMPOS', DATE '2026-11-30', NULL, 1, NULL UNION ALL "
            "SELECT '10006', 'phone', '(11) 9', DATE '2026-10-31', NULL, 1, NULL"
        )
        session.write(factory.specs()["identify"]["customer_history"], history)
        session.write(
            factory.specs()["identify"]["customer_environment"],
            "SELECT '10006' AS customer_id, 'pib' AS indicator, 'PIB do município' AS label, 'mil reais' AS unit, "
            "'IBGE' AS institute, DATE '2024-01-01' AS month, 110.0 AS value, 100.0 AS year_before, "
            "'SAOPAULO/SP' AS municipality, '' AS activity",
        )
        version = session.commit(date(2026, 11, 30))
    Publication.objects.update(lake_version=version)
    settings.HOME = home
    return home


def test_segment_and_scores_run_by_run(moved_home: Path, signed_in: SignIn) -> None:
    told = evolution.moments(Customer.objects.get(customer_id="10006"))
    assert [(one.as_of, one.segment) for one in told] == [
        (date(2026, 11, 30), "Outro segmento"), (date(2026, 10, 31), "Varejo que cresce"),
    ]  # fmt: skip
    assert (told[0].churn_90d, told[1].churn_90d) == (0.9, pytest.approx(6 * 31 % 997 / 1000))
    page = signed_in(Role.EXECUTOR).get("/clientes/10006/evolucao/").content.decode()
    assert "Outro segmento" in page
    assert "Cancelado" in page
    assert "São José dos Campos" in page
    assert "São Paulo, SP" in page, "the place of a figure as people write it"
    assert "(11) 9" not in page, "addresses are nobody's business here"
    assert "PIB do município" in page
    assert "10%" in page
    other = signed_in(Role.ANALYST).get("/clientes/10001/evolucao/").content.decode()
    assert "Praça e mercado" not in other


def test_only_ones_own_customers_tell_how_they_moved(moved_home: Path, signed_in: SignIn) -> None:
    assert signed_in(Role.EXECUTOR).get("/clientes/10001/evolucao/").status_code == 404
    assert signed_in(Role.ADMINISTRATOR).get("/clientes/10006/evolucao/").status_code == 403


def test_the_customer_as_a_kept_version_tells_of_it(moved_home: Path, signed_in: SignIn) -> None:
    seller = signed_in(Role.EXECUTOR)
    before, after = (seller.get(f"/clientes/10006/como-era/{asked}").text for asked in ("", "?versao=2"))
    assert "Outro segmento" not in before
    assert "Varejo que cresce" in before
    assert "31/10/2026" in before
    assert "Outro segmento" in after
    assert "90%" in after
    assert "Como era" in seller.get("/clientes/10006/evolucao/").text
    assert seller.get("/clientes/10006/como-era/?versao=77").status_code == 400
    assert seller.get("/clientes/10001/como-era/").status_code == 404
    assert signed_in(Role.ADMINISTRATOR).get("/clientes/10006/como-era/").status_code == 403


def test_profile_and_quality_of_a_kept_version(moved_home: Path, signed_in: SignIn) -> None:
    analyst = signed_in(Role.ANALYST)
    told = [analyst.get(f"/catalogo/segments/perfil/?inteiro&versao={n}").text for n in (1, 2)]
    assert ["Outro segmento" in one for one in told] == [False, True]
    assert "sem versão anterior" in told[0]
    assert "contra a versão 1" in told[1]
    assert "versão 1" in analyst.get("/catalogo/segments/perfil/").text
    assert analyst.get("/catalogo/segments/perfil/?versao=77").status_code == 400
    report = analyst.get("/qualidade/relatorio.html?versao=1")
    assert "dados até 31/10/2026" in report.text
    assert signed_in(Role.EXECUTOR).get("/qualidade/relatorio.html").status_code == 403


def person(code: str, role: str | None, sentiment: str | None) -> Contact:
    told = dict.fromkeys(Contact.model_fields)
    return Contact.model_validate(told | {"contact_id": code, "role": role, "sentiment": sentiment})


def test_people_stand_by_influence_and_sentiment() -> None:
    told = influence_map(
        [person("u", "usuario", "negativo"), person("x", "fiscal", None), person("n", "usuario", None),
         person("p", "usuario", "positivo"), person("d", "decisor", "positivo")]
    )  # fmt: skip
    assert [(one.role, [each.contact_id for each in one.people]) for one in told] == [
        ("decisor", ["d"]), ("usuario", ["p", "u", "n"]), ("fiscal", ["x"]),
    ]  # fmt: skip


def test_the_map_comes_with_the_people(published: Publication, signed_in: SignIn) -> None:
    page = signed_in(Role.EXECUTOR).post(
        "/clientes/10006/contatos/", {"purpose": "venda"}, headers={"HX-Request": "true"}
    )
    assert "Mapa de influência" in page.content.decode()
    assert "/clientes/10006/pessoas/k6/consentimentos/" in page.content.decode()


def test_an_action_shows_how_far_it_went() -> None:
    def event(day: int, kind: str, campaign: str = "c1") -> CampaignEvent:
        at = datetime(2026, 1, day, tzinfo=UTC)
        return CampaignEvent(at=at, kind=kind, campaign_id=campaign, channel="email", variant="A")

    view = EMPTY.model_copy(
        update={"campaigns": (event(9, "open"), event(5, "purchase"), event(1, "sent"), event(3, "unsubscribe", "c2"))}
    )
    told = tables.outcomes(view).rows
    assert [(row[0], row[3], row[4]) for row in told] == [
        ("c1", date(2026, 1, 1), "purchase"), ("c2", date(2026, 1, 3), "unsubscribe"),
    ]  # fmt: skip
