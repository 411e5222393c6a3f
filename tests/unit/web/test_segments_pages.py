"""Segments as pages: who sees them, figures of one's own customers only, the map, two side by side, one."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.unit.web.drawn import payload
from tests.unit.web.factory import specs, stage

from b2shift.differentiate.segments import search_space
from b2shift.lake.api import open_lake, writing
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.segments import persona as persona_told
from b2shift.web.console.segments.kpis import kpis_of
from b2shift.web.console.segments.map import reading as map_reading
from b2shift.web.console.segments.map import segment_map
from b2shift.web.console.segments.mixes import LIFE_STAGES, Mix, Share, mixes
from b2shift.web.console.segments.overview import SegmentRow, overview, sentence
from b2shift.web.console.segments.pictures import map_picture, mix_picture
from b2shift.web.console.selection.candidates import algorithm
from b2shift.web.crm import offers, persona
from b2shift.web.crm.models import Customer, Segment
from b2shift.web.crm.reading import visible_customers

SignIn = Callable[[Role], Client]
PAGES = ("/segmentos/", "/segmentos/s0/", "/segmentos/comparar/", "/segmentos/mapa/", "/segmentos/fluxos/")
SEES = (Role.EXECUTIVE, Role.MARKETING, Role.ANALYST, Role.MANAGER, Role.EXECUTOR)


def seen_by(person: User) -> list[SegmentRow]:
    """The segments as a person sees them."""
    return overview(person, visible_customers(person))


@pytest.mark.parametrize("path", PAGES)
def test_only_roles_with_segments_enter(signed_in: SignIn, path: str) -> None:
    for role in Role:
        assert signed_in(role).get(path).status_code == (200 if role in SEES else 403), role
    away = Client().get(path)
    assert (away.status_code, away.url) == (302, f"/entrar/?next={path}")


@pytest.mark.parametrize("path", PAGES)
def test_pages_only_answer_questions(signed_in: SignIn, path: str) -> None:
    assert signed_in(Role.ANALYST).post(path).status_code == 405


def test_figures_are_of_ones_own_customers(people: dict[Role, User]) -> None:
    everybody = {row.code: row.figures.customers for row in seen_by(people[Role.ANALYST])}
    assert everybody == {"s0": 20, "s1": 20, "s2": 20}
    own = visible_customers(people[Role.EXECUTOR])
    rows = seen_by(people[Role.EXECUTOR])
    assert {row.code: row.figures.customers for row in rows} == {
        code: own.filter(segment=code).count() for code in ("s0", "s1", "s2")
    }
    assert sum(row.figures.customers for row in rows) == own.count() < 60


def test_nps_is_of_ones_own_customers_answers(people: dict[Role, User]) -> None:
    """The factory's customer i answered i % 11 once; the executor follows every sixth, but not every thirteenth."""
    mine = {row.code: row.nps for row in seen_by(people[Role.EXECUTOR])}
    answers = [i % 11 for i in range(60) if i % 6 == 0 and i % 13 != 12 and i % 3 == 0]
    expected = 100 * (sum(a >= 9 for a in answers) - sum(a <= 6 for a in answers)) / len(answers)
    assert mine["s0"] is not None
    assert (mine["s0"].answers, mine["s0"].value) == (len(answers), pytest.approx(expected))
    assert mine["s0"].low < mine["s0"].value < mine["s0"].high
    everybody = {row.code: row.nps for row in seen_by(people[Role.ANALYST])}
    assert everybody["s0"] is not None
    assert everybody["s0"].answers == 20


def test_the_unit_in_view_narrows_figures_and_answers(people: dict[Role, User]) -> None:
    analyst = people[Role.ANALYST]
    analyst.unit_in_view = "rd_station"
    rows = seen_by(analyst)
    assert sum(row.figures.customers for row in rows) == 15
    assert sum(row.nps.answers for row in rows if row.nps) == 15


def test_the_list_is_sorted_as_asked(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    by_risk = [row.figures.churn_mean for row in browser.get("/segmentos/?sort=-churn").context["rows"]]
    assert by_risk == sorted(by_risk, reverse=True)
    by_money = [row.figures.mrr for row in browser.get("/segmentos/?sort=mrr").context["rows"]]
    assert by_money == sorted(by_money)
    wrong = browser.get("/segmentos/?sort=color")
    assert wrong.status_code == 400
    assert "color" in wrong.text


def test_a_partial_request_gets_the_table_alone(signed_in: SignIn) -> None:
    answer = signed_in(Role.ANALYST).get("/segmentos/?sort=mrr", headers={"HX-Request": "true"})
    assert 'id="list"' in answer.text
    assert "<html" not in answer.text


def test_the_map_holds_only_visible_customers(signed_in: SignIn, people: dict[Role, User]) -> None:
    drawn = payload(signed_in(Role.EXECUTOR).get("/segmentos/mapa/").text, "mapa")
    labels = " ".join(str(row[3]) for row in drawn["rows"])
    own = set(visible_customers(people[Role.EXECUTOR]).values_list("customer_id", flat=True))
    others = set(Customer.objects.values_list("customer_id", flat=True)) - own
    assert len(drawn["rows"]) == len(own)
    assert all(f"({code})" in labels for code in own)
    assert not [code for code in others if f"({code})" in labels]


def test_the_list_asks_for_the_map_once_it_stands(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    assert 'hx-get="/segmentos/mapa/"' in browser.get("/segmentos/").text
    part = browser.get("/segmentos/mapa/", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert len(payload(part.text, "mapa")["rows"]) == 60


def test_the_map_is_sampled_and_says_so(people: dict[Role, User]) -> None:
    drawn = segment_map(visible_customers(people[Role.ANALYST]), most=25)
    assert (drawn.shown, drawn.total, drawn.sampled) == (25, 60, True)
    again = segment_map(visible_customers(people[Role.ANALYST]), most=25)
    assert [group.points for group in drawn.groups] == [group.points for group in again.groups]
    assert "Amostra de 25 dos 60 clientes" in str(map_picture(drawn).note)


@pytest.mark.django_db
def test_segments_have_marks_of_their_own_and_those_beyond_share_the_last(people: dict[Role, User]) -> None:
    """Thirty segments: the 23 largest of the base keep a mark, the others are one."""
    for n in range(30):
        Segment.objects.create(segment_id=f"x{n:02}", name=f"Segmento {n}", customers=1000 - n, row_hash="")
    for n, customer in enumerate(Customer.objects.order_by("customer_id")):
        Customer.objects.filter(pk=customer.pk).update(segment=f"x{n % 30:02}")
    groups = segment_map(visible_customers(people[Role.ANALYST])).groups
    assert [group.segment_id for group in groups] == [f"x{n:02}" for n in range(23)] + [""]
    assert groups[-1].name == "Outros segmentos"
    Segment.objects.filter(segment_id="x04").update(customers=2000)
    outgrown = segment_map(visible_customers(people[Role.ANALYST])).groups
    assert [group.segment_id for group in outgrown] == [group.segment_id for group in groups]
    assert len(groups[-1].points) == 14
    assert {point.segment for point in groups[-1].points} == {f"Segmento {n}" for n in range(23, 30)}


def test_the_map_is_shown_in_words(people: dict[Role, User]) -> None:
    groups = segment_map(visible_customers(people[Role.ANALYST])).groups
    told = map_reading(groups)
    assert all(group.name in told or len(groups) > 3 for group in groups)
    assert map_reading(groups[:1]) == "Com menos de dois segmentos no mapa não há vizinhança a comparar."


def test_a_segment_shows_its_profile_rules_and_people(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/segmentos/s0/").text
    assert "Varejo que cresce" in page
    assert "Mesmo segmento de mercado" in page  # why this archetype
    assert "90% de semelhança" in page
    assert "Queda de uso" in page  # a rule of the archetype
    assert 'href="/clientes/?segment=s0"' in page
    rows = payload(page, "tracos")["rows"]
    assert rows[0] == ["com o traço 0", 2.0, 1.6, 2.4, 0.5, 0.25, 10]


def test_offers_are_what_members_buy_more_than_others(
    people: dict[Role, User], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud_chance = "CASE WHEN (i // 6) % 2 = 0 THEN 0.5 ELSE 0.1 END"
    chances = {"propensity_cloud": cloud_chance, "propensity_crm": "0.2", "propensity_rh": "NULL::DOUBLE"}
    told = {"customer_id": "(10000 + i)::VARCHAR", "segment_id": "'s' || ((i // 6) % 2)"}
    with writing(tmp_path) as session:
        for name, further in (("segments", {}), ("scores", chances)):
            stage(session, specs()["differentiate"], name, 60, told, further=further)
        session.commit(date(2026, 10, 31))
    monkeypatch.setattr(offers, "lake", lambda: open_lake(tmp_path))
    (cloud,) = offers.visible_offers(people[Role.ANALYST], "s0")
    assert (cloud.label, cloud.members) == ("propensity_cloud", 0.5)
    assert cloud.everybody == pytest.approx(0.3)
    assert offers.visible_offers(people[Role.ANALYST], "s1") == []
    own = visible_customers(people[Role.EXECUTOR])
    known = [int(one.customer_id) - 10000 for one in own if one.customer_id.isdigit()]
    seen = [0.5 if (i // 6) % 2 == 0 else 0.1 for i in known]
    (narrow,) = offers.visible_offers(people[Role.EXECUTOR], "s0")
    assert narrow.everybody == pytest.approx(sum(seen) / len(seen))
    assert offers.visible_offers(people[Role.ADMINISTRATOR], "s0") == []


def test_a_persona_is_made_of_many_and_tells_nothing_of_few(
    people: dict[Role, User], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"customer_id": "(10000 + i % 60)::VARCHAR"}
    known = told | {"segment_id": "'s' || (i % 2)"}
    person = {
        "role": "CASE WHEN i < 100 THEN 'decisor' ELSE 'usuario' END",
        "job_title": "CASE WHEN i % 2 = 0 THEN 'Controller' ELSE 'Presidente' END", "preferred_channel": "'whatsapp'",
    }  # fmt: skip
    event = {
        "campaign_id": "'C' || (i % 120)",
        "channel": "'email'",
        "kind": "CASE WHEN i < 120 THEN 'sent' ELSE 'reply' END",
    }
    answer = {
        "survey": "'relacional'",
        "score": "i % 11",
        "drivers": "MAP {'Nota_Custos': i % 11, 'Nota_Software': 10 - i % 3}",
    }
    with writing(tmp_path) as session:
        for package, name, rows, further in (
            ("differentiate", "segments", 60, {}), ("identify", "contacts", 140, person),
            ("identify", "campaign_events", 150, event), ("identify", "nps_answers", 120, answer),
        ):  # fmt: skip
            stage(session, specs()[package], name, rows, known if name == "segments" else told, further=further)
        session.commit(date(2026, 10, 31))
    monkeypatch.setattr(persona, "lake", lambda: open_lake(tmp_path))
    found = persona.visible_persona(people[Role.ANALYST], "s0")
    assert [(one.label, one.share, one.everybody, one.of) for one in found.titles] == [("Controller", 1.0, 0.5, 50)]
    assert [(one.label, one.share) for one in found.channels] == [("whatsapp", 1.0)]
    (email,) = found.answering
    assert (email.label, email.share, email.of) == ("email", 0.25, 60)
    assert found.drivers[0].name == "Nota_Custos"
    assert found.drivers[0].follows == pytest.approx(1)
    assert persona_told.sentence(found) == (
        "Quem decide é mais vezes Controller; prefere WhatsApp; responde mais por E-mail; "
        "a sua nota segue sobretudo: custos."
    )
    few = persona.visible_persona(people[Role.EXECUTOR], "s0")
    assert not few
    assert persona_told.sentence(few) == ""
    assert not persona.visible_persona(people[Role.ADMINISTRATOR], "s0")


def test_a_point_of_another_survey_is_shown_as_its_column_says() -> None:
    assert [persona_told.point(name) for name in ("Nota_Custos", "Nota Prazos", "Ease_of_use")] == [
        "custos",
        "prazos",
        "ease of use",
    ]


def test_kpis_hold_a_segment_against_everybody(people: dict[Role, User]) -> None:
    Customer.objects.update(churn_90d=0.2, health=50, mrr=100, overdue_amount=0)
    Customer.objects.filter(segment="s0").update(churn_90d=0.5, health=51, mrr=400)
    told = {one.name: one for one in kpis_of(visible_customers(people[Role.ANALYST]), "s0")}
    assert (told["Churn em 90 dias"].here, told["Churn em 90 dias"].better) == ("50,0%", False)
    assert told["MRR por cliente"].better is True
    assert told["Saúde"].better is None
    assert told["Em atraso por cliente"].better is None


def test_border_cases_are_the_least_sure_of_ones_own(signed_in: SignIn, people: dict[Role, User]) -> None:
    page = signed_in(Role.EXECUTOR).get("/segmentos/s0/").text
    told = re.search(r'aria-labelledby="border".*?</section>', page, re.DOTALL)
    own = visible_customers(people[Role.EXECUTOR]).filter(segment="s0").order_by("confidence", "customer_id")
    assert told
    assert re.findall(r"/clientes/(\w+)/", told[0]) == [one.customer_id for one in own[:5]]


def test_exemplars_of_others_are_not_shown(signed_in: SignIn) -> None:
    """The factory names customers 10000 and 10001 typical of every segment; the executor follows the first only."""
    page = signed_in(Role.EXECUTOR).get("/segmentos/s0/").text
    assert "/clientes/10000/" in page
    assert "10001" not in page
    other = signed_in(Role.MARKETING).get("/segmentos/s1/").text
    assert "/clientes/10000/" not in other


def test_due_contacts_of_a_segment_are_ones_own(signed_in: SignIn, people: dict[Role, User]) -> None:
    context = signed_in(Role.EXECUTOR).get("/segmentos/s0/").context
    own = set(visible_customers(people[Role.EXECUTOR]).values_list("customer_id", flat=True))
    assert context["due_total"] == 4  # of rows 0, 6, 18 and 24
    assert {proposal.customer_id for proposal in context["due"]} <= own


def test_two_segments_side_by_side(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/segmentos/comparar/?a=s0&b=s1")
    assert [side.code for side, _told in page.context["sides"]] == ["s0", "s1"]
    rows = payload(page.text, "lado-a-lado")["rows"]
    assert {row[0] for row in rows} == {f"com o traço {n}" for n in (0, 3, 6, 1, 4, 7)}
    default = signed_in(Role.ANALYST).get("/segmentos/comparar/")
    assert [side.code for side, _told in default.context["sides"]] == ["s0", "s1"]
    same = signed_in(Role.ANALYST).get("/segmentos/comparar/?a=s0&b=s0")
    assert "Escolha dois segmentos diferentes" in same.text


@pytest.mark.parametrize("path", ["/segmentos/nada/", "/segmentos/comparar/?a=s0&b=nada"])
def test_an_unknown_segment_is_not_found(signed_in: SignIn, path: str) -> None:
    answer = signed_in(Role.ANALYST).get(path)
    assert answer.status_code == 404
    assert "nada" in answer.text


def test_an_empty_portfolio_is_reported(signed_in: SignIn, people: dict[Role, User]) -> None:
    User.objects.filter(pk=people[Role.EXECUTOR].pk).update(vendor_user_id="")
    page = signed_in(Role.EXECUTOR).get("/segmentos/")
    assert page.status_code == 200
    assert "Nenhum dos clientes que você acompanha está em um segmento." in page.text
    assert "O mapa ainda não tem pontos" in signed_in(Role.EXECUTOR).get("/segmentos/mapa/").text
    assert signed_in(Role.EXECUTOR).get("/segmentos/s0/").status_code == 200


def test_before_any_segmentation_the_page_says_what_to_do(signed_in: SignIn) -> None:
    Customer.objects.update(segment=None)
    Segment.objects.all().delete()
    assert "Ainda não há segmentos" in signed_in(Role.ANALYST).get("/segmentos/").text
    assert "Não há dois segmentos para comparar" in signed_in(Role.ANALYST).get("/segmentos/comparar/").text


def test_the_sentence_says_what_matters(people: dict[Role, User]) -> None:
    told = sentence(seen_by(people[Role.ANALYST]))
    assert told.startswith("3 segmentos. Maior risco médio de churn: ")
    assert sentence([]) == "Nenhum dos clientes que você acompanha está em um segmento."


@pytest.mark.parametrize(
    ("path", "most"), [("/segmentos/", 5), ("/segmentos/s0/", 10), ("/segmentos/comparar/", 6), ("/segmentos/mapa/", 7)]
)
def test_pages_ask_few_questions(signed_in: SignIn, path: str, most: int) -> None:
    for role, teams in ((Role.ANALYST, 0), (Role.MANAGER, 7)):  # three times whose portfolios, once whose answers
        browser = signed_in(role)
        browser.get(path)
        with CaptureQueriesContext(connection) as asked:
            browser.get(path)
        assert len(asked) <= most + teams, "\n".join(one["sql"][:300] for one in asked.captured_queries)


def test_mixes_are_of_ones_own_customers(signed_in: SignIn, people: dict[Role, User]) -> None:
    """Classes in the order of life; the second bar is everybody the person sees."""
    rows = payload(signed_in(Role.EXECUTOR).get("/segmentos/s0/").text, "life-stage")["rows"]
    own = visible_customers(people[Role.EXECUTOR])
    stages = [stage for stage in LIFE_STAGES if own.filter(life_stage=stage).exists()]
    expected = [
        own.filter(segment="s0", life_stage=stage).count() / own.filter(segment="s0").count() for stage in stages
    ]
    assert rows[0] == ["Este segmento", *expected, own.filter(segment="s0").count()]
    assert rows[1][0] == "Todos"
    assert rows[1][-1] == own.count()


@pytest.mark.django_db
def test_those_without_a_class_are_told_last(people: dict[Role, User]) -> None:
    Customer.objects.filter(segment="s0").update(life_stage="")
    Customer.objects.filter(segment="s1", life_stage="Novos").update(life_stage="Outro")
    found = mixes(Customer.objects.all(), ["s0", "s1"], "life_stage", LIFE_STAGES)
    assert [share.label for share in found["s1"].shares] == ["Em Expansão", "Fiéis", "Estratégicos", "Outro", ""]
    assert (found["s0"].shares[-1].share, found["s0"].total, found["s1"].total) == (1.0, 20, 20)
    assert mixes(Customer.objects.none(), ["s0"], "life_stage")["s0"].total == 0


def test_sizes_and_money_of_the_whole_base_are_for_those_who_see_it(signed_in: SignIn) -> None:
    """The paragraph and the members of a trait are counted over everybody."""
    Segment.objects.filter(pk="s0").update(paragraph="20 clientes, com R$ 1.000 de receita.")
    for role in SEES:
        told = role in (Role.EXECUTIVE, Role.ANALYST)
        assert ("20 clientes, com" in signed_in(role).get("/segmentos/s0/").text) == told, role
        page = signed_in(role).get("/segmentos/s0/").text
        assert ("Membros" in {column["label"] for column in payload(page, "tracos")["columns"]}) == told
    assert "O que mais marca Varejo que cresce: com o traço 0" in signed_in(Role.EXECUTOR).get("/segmentos/s0/").text


def test_a_card_shows_how_common_its_traits_are_here_and_in_the_base(signed_in: SignIn) -> None:
    Segment.objects.filter(pk="s0").update(top_traits=["com o traço 0", "sem número"])
    page = signed_in(Role.EXECUTOR).get("/segmentos/").text
    assert re.search(r"com o traço 0</span>.*?50%.*?25% na base", page, re.S)
    assert "sem número" not in page


def test_without_a_risk_the_page_says_why(signed_in: SignIn) -> None:
    Customer.objects.update(churn_90d=None)
    page = signed_in(Role.ANALYST).get("/segmentos/").text
    assert "Risco de churn desconhecido" in page
    assert 'href="/modelos/"' in page
    assert "Ver o cartão do score" not in signed_in(Role.EXECUTOR).get("/segmentos/").text


def test_beyond_eight_classes_the_smallest_share_a_hue_and_the_table_tells_all() -> None:
    shares = [Share(f"c{n}", 10 - n, (10 - n) / 55) for n in range(10)]
    figure = mix_picture("rfm", "RFM", "rfm_class", [("A", Mix("a", shares, 55)), ("B", Mix("b", shares, 55))])
    assert [str(column.label) for column in figure.table.columns][1:-1] == [
        *(f"c{n}" for n in range(7)),
        "Outras classes",
    ]
    assert sum(figure.table.rows[0][1:-1]) == pytest.approx(1.0)
    assert len(figure.accessible_table.columns) == 12


def test_every_algorithm_has_a_name_for_people() -> None:
    found = {
        search_space.KMEANS,
        search_space.MOVED_KMEANS,
        search_space.MIXTURE,
        search_space.DENSITY,
        search_space.WARD,
        search_space.LATENT,
    }
    assert all(algorithm(name) != name for name in {*found, *search_space.BY_RULES})
