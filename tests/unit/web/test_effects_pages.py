"""What worked, told by those left out by lot: with its doubt, to whom it may be, customers only to who sees them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from tests.unit.web.drawn import payload
from tests.unit.web.measured_campaigns import make_measured_home

from b2shift.kernel.errors import AccessError
from b2shift.lake.api import open_lake
from b2shift.learn.api import campaign_results
from b2shift.learn.contracts import CONTROL, EVERY, TREATED, Effect, Measure
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.effects.words import Reading, sentence
from b2shift.web.console.home.outlook import effects_of
from b2shift.web.crm.campaign_effects import customers_of, measured_campaigns, measured_together
from b2shift.web.crm.reading import visible_customers

SignIn = Callable[[Role], Client]
SEE = [Role.EXECUTIVE, Role.MARKETING, Role.ANALYST, Role.MANAGER]
DO_NOT = [Role.EXECUTOR, Role.ADMINISTRATOR]
ADDRESSES = ["/efeitos/", "/efeitos/boa/", "/efeitos/boa/clientes/", "/efeitos/boa/clientes/?arm=control&did=bought"]


def _page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize("role", SEE)
def test_who_sees_campaigns_sees_what_they_did(signed_in: SignIn, measured: None, role: Role) -> None:
    browser = signed_in(role)
    for address in ADDRESSES:
        assert "boa" in _page(browser, address)
    assert 'href="/efeitos/"' in _page(browser, "/preferencias/")


@pytest.mark.parametrize("role", DO_NOT)
def test_others_learn_nothing_by_no_door(
    signed_in: SignIn, people: dict[Role, User], measured: None, role: Role
) -> None:
    browser = signed_in(role)
    for address in [*ADDRESSES, "/efeitos/nada/"]:
        for headers in ({}, {"HX-Request": "true"}):
            answer = browser.get(address, headers=headers)
            assert answer.status_code == 403
            assert not re.search(r">\s*boa\b|p\.p\.|velha|acaso", answer.content.decode())
    assert 'href="/efeitos/"' not in _page(browser, "/preferencias/")
    assert effects_of(people[role]) is None
    for read in (measured_campaigns, measured_together):
        with pytest.raises(AccessError):
            read(people[role])
    with pytest.raises(AccessError):
        customers_of(people[role], "boa", {})


def test_nobody_enters_without_signing_in(measured: None, client: Client) -> None:
    for address in ADDRESSES:
        assert client.get(address).status_code == 302


def test_all_campaigns_are_told_in_one_sentence_with_its_doubt(signed_in: SignIn, measured: None) -> None:
    answer = signed_in(Role.EXECUTIVE).get("/efeitos/")
    assert re.match(
        r"Em 3 campanhas, quem recebeu comprou [\d,]+.p\.p\. a mais do que quem ficou de fora por sorteio \([\d,]+ a "
        r"[\d,]+.p\.p\.\): cerca de [\d.]+ compras que não viriam sozinhas \([\d.]+ a [\d.]+\)\.$",
        answer.context["sentence"],
    )
    (card,) = answer.context["cards"]
    assert card.reading.verdict == "helped"
    assert 'tone-good"' in answer.content.decode()


def test_each_campaign_is_drawn_with_its_verdict(signed_in: SignIn, measured: None) -> None:
    html = _page(signed_in(Role.EXECUTIVE), "/efeitos/")
    told = payload(html, "efeitos")
    assert [(row[0], row[4]) for row in told["rows"]] == [
        ("nova · CRM, em andamento", "Não se distingue do acaso"),
        ("boa · CRM", "Ajudou"),
        ("velha · CRM", "Ajudou"),
        ("ruim · CRM", "Prejudicou"),
    ]
    assert told["options"] == {
        "marks": {"Ajudou": "good", "Prejudicou": "bad", "Não se distingue do acaso": "muted"}, "still": [0],
    }  # fmt: skip
    assert [row[-1] for row in told["rows"]] == [f"/efeitos/{row[0].split(' ')[0]}/" for row in told["rows"]]
    assert "3 de 4 campanhas diferem" in html


def test_what_still_runs_has_the_interval_that_holds_whenever_one_looks(
    signed_in: SignIn, measured: None, measured_home: Path
) -> None:
    found = {one.campaign_id: one.effect(Measure.BOUGHT) for one in campaign_results(open_lake(measured_home))}
    rows = {row[0]: row for row in payload(_page(signed_in(Role.ANALYST), "/efeitos/"), "efeitos")["rows"]}
    runs, over = found["nova"], found["boa"]
    assert runs is not None
    assert over is not None
    assert rows["nova · CRM, em andamento"][2:4] == [runs.always_low, runs.always_high] != [runs.low, runs.high]
    assert rows["boa · CRM"][2:4] == [over.low, over.high]
    page = _page(signed_in(Role.ANALYST), "/efeitos/nova/")
    assert "Em andamento: os últimos clientes" in page
    assert "Os grupos aparecem quando todos os clientes tiverem 90 dias" in page
    assert "efeito-por-market-segment-data" not in page
    assert "efeito-por-market-segment-data" in _page(signed_in(Role.ANALYST), "/efeitos/boa/")


def test_a_purchase_that_would_not_have_come_has_a_cost_only_where_it_is_certain(
    signed_in: SignIn, measured: None
) -> None:
    rows = {row.result.campaign_id: row for row in signed_in(Role.ANALYST).get("/efeitos/").context["rows"]}
    assert list(rows) == ["nova", "boa", "velha", "ruim"]
    assert re.match(r"R\$\s[\d,]+ \(R\$\s[\d,]+ a R\$\s[\d,]+\)$", rows["boa"].cost_of_one)
    assert rows["nova"].cost_of_one == rows["ruim"].cost_of_one == ""


def test_a_campaign_tells_its_arms_pairs_and_prospects(signed_in: SignIn, measured: None) -> None:
    answer = signed_in(Role.EXECUTIVE).get("/efeitos/boa/")
    arms = {row.name: row for row in answer.context["arms"]}
    assert {name: row.customers for name, row in arms.items()} == {
        "Quem recebeu": 480, "A": 240, "B": 240, "De fora por sorteio": 120,
    }  # fmt: skip
    told = {share.label: (share.count, share.share) for share in arms["Quem recebeu"].shares}
    assert (told["Enviadas"], told["Abriram"], told["Compraram"]) == ((480, 1.0), (120, 0.25), (320, 320 / 480))
    assert {share.label: share.count for share in arms["De fora por sorteio"].shares} == {
        label: 30 if label == "Compraram" else None for label in told
    }
    names = [one.name for one in answer.context["comparisons"]]
    assert names == [
        "Quem recebeu × de fora por sorteio",
        "A × de fora por sorteio",
        "B × de fora por sorteio",
        "A × B",
    ]
    html = answer.content.decode()
    assert "Também foram sorteados 7 prospects." in html
    assert "Menor efeito que este teste distinguiria do acaso" in html
    assert [title for title, _picture, _rows in answer.context["groups"]] == [
        "Por segmento de mercado", "Por faixa de receita",
    ]  # fmt: skip


def test_a_number_opens_as_many_customers_as_it_says(signed_in: SignIn, measured: None) -> None:
    browser = signed_in(Role.ANALYST)
    answer = browser.get("/efeitos/boa/")
    doors = [(share.count, share.href) for row in answer.context["arms"] for share in row.shares if share.count]
    doors += [(row.customers, row.href) for row in answer.context["arms"]]
    groups = [one for _title, _picture, rows in answer.context["groups"] for one in rows]
    for one in (*answer.context["comparisons"], *groups):
        doors += [(one.reading.effect.customers, one.href), (one.reading.effect.others, one.href_of_others)]
    assert len(doors) > 20
    for count, href in doors:
        assert browser.get(href).context["total"] == count, href


@pytest.mark.parametrize("role", [Role.MANAGER, Role.MARKETING])
@pytest.mark.parametrize("asked", ["", "?arm=control", "?did=bought", "?arm=treated&did=sent"])
def test_customers_are_told_only_to_who_sees_them(
    signed_in: SignIn, people: dict[Role, User], measured: None, role: Role, asked: str
) -> None:
    answer = signed_in(role).get(f"/efeitos/boa/clientes/{asked}")
    whole = signed_in(Role.ANALYST).get(f"/efeitos/boa/clientes/{asked}").context["total"]
    mine = set(visible_customers(people[role]).values_list("customer_id", flat=True))
    told = {row.customer_id for row, _arm, _done in answer.context["rows"]}
    assert told <= mine
    assert 0 < answer.context["total"] == len(told) < whole
    assert str(whole) not in answer.context["sentence"], "how many others there are is of the whole base"
    codes = set(re.findall(r"\b(?:1\d{4}|C\d{5})\b", re.sub(r"<nav.*?</nav>", "", answer.content.decode())))
    assert codes <= mine


@pytest.mark.parametrize("role", [Role.MANAGER, Role.MARKETING])
def test_who_sees_part_of_the_base_is_told_of_that_part(
    signed_in: SignIn, people: dict[Role, User], measured: None, role: Role
) -> None:
    """Figures of the whole base are for who sees all of it, on every door."""
    mine = visible_customers(people[role]).values_list("customer_id", flat=True)
    answer = signed_in(role).get("/efeitos/")
    assert "Só sobre os clientes que você acompanha agora" in answer.content.decode()
    for row in answer.context["rows"]:
        assert row.customers + row.others <= len(mine)
    told = signed_in(role).get("/efeitos/boa/")
    everybody = signed_in(role).get("/efeitos/boa/clientes/").context["total"]
    assert 0 < everybody == sum(arm.customers for arm in told.context["one"].arms) < 600
    assert "foram sorteados" not in told.content.decode(), "prospects are nobody's customers"


def test_a_unit_in_view_narrows_the_effect_too(signed_in: SignIn, measured: None) -> None:
    browser = signed_in(Role.EXECUTIVE)
    everybody = browser.get("/efeitos/boa/clientes/").context["total"]
    assert "Só sobre os clientes" not in _page(browser, "/efeitos/")
    browser.post("/unidade/", {"unit": "techfin"})
    narrowed = browser.get("/efeitos/boa/clientes/")
    assert narrowed.context["total"] < everybody == 600
    assert "Só sobre os clientes" in _page(browser, "/efeitos/")


def test_deals_of_a_customer_are_for_who_may_see_deals(
    signed_in: SignIn, people: dict[Role, User], measured: None
) -> None:
    assert "Negócios ganhos</th>" in _page(signed_in(Role.MANAGER), "/efeitos/boa/clientes/")
    for role in (Role.EXECUTIVE, Role.MARKETING):
        assert "Negócios ganhos</th>" not in _page(signed_in(role), "/efeitos/boa/clientes/")
        assert {row.won for row in customers_of(people[role], "boa", {}).rows} == {None}


def test_customers_come_page_by_page(signed_in: SignIn, measured: None) -> None:
    browser = signed_in(Role.ANALYST)
    seen: list[str] = []
    address = "/efeitos/boa/clientes/?arm=A"
    for cursor in range(1, 6):
        answer = browser.get(f"{address}&cursor={cursor}", headers={"HX-Request": "true"})
        assert "<html" not in answer.content.decode()
        seen += [row.customer_id for row, _arm, _done in answer.context["rows"]]
    assert answer.context["page"].next is None
    assert len(set(seen)) == len(seen) == 240


@pytest.mark.parametrize(
    "address",
    ["/efeitos/?medida=nada", "/efeitos/?cursor=0", "/efeitos/boa/?medida=x", "/efeitos/boa/clientes/?did=nada",
     "/efeitos/boa/clientes/?arm=C", "/efeitos/boa/clientes/?known=x", "/efeitos/boa/clientes/?cursor=x",
     "/efeitos/boa/clientes/?revenue_band=' OR 1=1"],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(signed_in: SignIn, measured: None, address: str) -> None:
    answer = signed_in(Role.EXECUTIVE).get(address)
    assert answer.status_code == 400
    assert "customer-cell" not in answer.content.decode()


@pytest.mark.parametrize("more", ["", "clientes/"])
def test_an_unknown_campaign_is_not_found(signed_in: SignIn, measured: None, more: str) -> None:
    answer = signed_in(Role.EXECUTIVE).get(f"/efeitos/nada/{more}")
    assert answer.status_code == 404
    assert "Não há campanha medida com este código." in answer.content.decode()


def test_a_code_with_a_slash_has_its_pages() -> None:
    assert reverse("console:effect", args=["2026/maio"]) == "/efeitos/2026/maio/"
    assert reverse("console:effect_customers", args=["2026/maio"]) == "/efeitos/2026/maio/clientes/"


def test_where_nothing_was_drawn_it_is_said_how_to(signed_in: SignIn, published: object) -> None:
    answer = signed_in(Role.EXECUTIVE).get("/efeitos/")
    assert answer.context["sentence"] == "Nenhuma campanha com sorteio foi entregue ainda."
    html = answer.content.decode()
    assert "grupo de controle" in html
    assert "Como se mede" not in html
    assert signed_in(Role.EXECUTIVE).get("/efeitos/boa/").status_code == 404


def test_before_the_first_load_nothing_breaks(signed_in: SignIn, settings: LazySettings, tmp_path: Path) -> None:
    browser = signed_in(Role.EXECUTIVE)
    settings.HOME = tmp_path / "nothing"
    assert measured_campaigns(User(role=Role.EXECUTIVE)) == ()
    assert measured_together(User(role=Role.EXECUTIVE)) == {}
    assert browser.get("/efeitos/").status_code == 200


def test_the_pages_speak_english(signed_in: SignIn, measured: None, people: dict[Role, User]) -> None:
    browser = signed_in(Role.EXECUTIVE)
    User.objects.filter(pk=people[Role.EXECUTIVE].pk).update(language="en")
    html = _page(browser, "/efeitos/")
    assert "What worked" in html
    assert re.search(r"In 3 campaigns, those who received it bought [\d.]+\spp more than those left out by lot", html)
    assert "Left out by lot" in _page(browser, "/efeitos/boa/")


def test_the_demo_home_is_told_whole(
    signed_in: SignIn, published: object, settings: LazySettings, demo_home: Path
) -> None:
    settings.HOME = demo_home
    browser = signed_in(Role.ANALYST)
    campaigns = campaign_results(open_lake(demo_home))
    assert campaigns
    for measure in Measure:
        assert browser.get(f"/efeitos/?medida={measure}").status_code == 200
    for one in campaigns:
        assert _page(browser, f"/efeitos/{one.campaign_id}/")
        customers = browser.get(f"/efeitos/{one.campaign_id}/clientes/")
        assert customers.context["total"] == sum(arm.customers for arm in one.arms)


def effect(measure: Measure, difference: float, low: float, high: float) -> Effect:
    """An effect of all campaigns on ten thousand customers."""
    return Effect(
        campaign_id=EVERY, measure=measure, arm=TREATED, against=CONTROL, customers=10_000, others=2_000, mean=0.5,
        mean_of_others=0.5 - difference, difference=difference, low=low, high=high, always_low=low - 1,
        always_high=high + 1, detectable=0.1, variance_cut=0,
    )  # fmt: skip


OTHERS = "do que quem ficou de fora por sorteio"
SAID = [
    (Measure.BOUGHT, 0.004, 0.002, 0.006, (f"recebeu comprou 0,40 p.p. a mais {OTHERS} (0,20 a 0,60 p.p.): cerca de 40 "
     "compras que não viriam sozinhas (20 a 60).")),
    (Measure.BOUGHT, -0.004, -0.006, -0.002, (f"recebeu comprou 0,40 p.p. a menos {OTHERS} (−0,60 a −0,20 p.p.): cerca "
     "de 40 compras que deixaram de vir (20 a 60).")),
    (Measure.BOUGHT, 0.004, -0.002, 0.01, ("recebeu comprou não se distingue do acaso: +0,40 p.p. sobre quem ficou de "
     "fora por sorteio (−0,20 a 1,00 p.p.).")),
    (Measure.WON, -20, -30, -10, (f"trouxe R$ 20,00 a menos em negócios ganhos, por cliente, {OTHERS} (−R$ 30,00 a "
     "−R$ 10,00).")),
    (Measure.MRR_CHANGE, 5, 1, 9, ("ficou R$ 5,00 por cliente acima do de quem ficou de fora por sorteio (R$ 1,00 a "
     "R$ 9,00).")),
    (Measure.LOST, -0.01, -0.02, -0.005, f"deixou de pagar 1,00 p.p. a menos {OTHERS} (−2,00 a −0,50 p.p.)."),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "difference", "low", "high", "told"), SAID)
def test_the_sentence_says_which_way_and_how_sure(
    measured_home: Path, measure: Measure, difference: float, low: float, high: float, told: str
) -> None:
    campaigns = campaign_results(open_lake(measured_home))
    text = sentence({measure: effect(measure, difference, low, high)}, campaigns).replace("\u00a0", " ")
    assert text.endswith(told)
    assert text.startswith("Em 3 campanhas" if measure is Measure.BOUGHT else "Nas campanhas que completaram 90 dias")


def test_a_campaign_alone_is_not_pooled(measured_home: Path) -> None:
    (first, *_) = campaign_results(open_lake(measured_home))
    assert sentence({}, [first]).startswith("1 campanha com sorteio; o efeito de todas juntas sai quando")


@pytest.mark.parametrize(
    ("measure", "difference", "verdict"),
    [(Measure.LOST, -0.1, "helped"), (Measure.LOST, 0.1, "harmed"), (Measure.WON, 9.0, "helped"),
     (Measure.WON, -9.0, "harmed")],
)  # fmt: skip
def test_less_of_what_is_lost_is_help(measure: Measure, difference: float, verdict: str) -> None:
    one = effect(measure, difference, difference - 0.01, difference + 0.01)
    assert Reading(one).verdict == verdict
    assert Reading(effect(Measure.LOST, 0.1, 0.05, 0.2), runs=True).verdict == "unclear", "its interval is wider"


def test_points_and_amounts_are_signed() -> None:
    one = Reading(effect(Measure.BOUGHT, 0.0041, 0.0019, 0.0063))
    assert (one.difference, one.detectable) == ("+0,41\u00a0p.p.", "10,00\u00a0p.p.")
    assert one.interval == "0,19 a 0,63\u00a0p.p."
    other = Reading(effect(Measure.WON, -3, -8, 2))
    assert (other.difference, other.interval) == ("−R$\u00a03,00", "−R$\u00a08,00 a R$\u00a02,00")
    with translation.override("en"):
        assert one.difference == "+0.41\u00a0pp"


def test_the_return_of_campaigns_with_deals_is_told_by_channel(
    signed_in: SignIn, settings: LazySettings, published: object, tmp_path: Path
) -> None:
    settings.HOME = make_measured_home(tmp_path, deals=True)
    page = signed_in(Role.EXECUTIVE).get("/efeitos/")
    returns = page.context["returns"]
    assert "o retorno foi de +R$" in returns.sentence
    (channels, families) = (rows for _title, rows in returns.tables)
    assert [row.name for row in channels] == ["E-mail"]
    assert [row.name for row in families] == ["CRM"]
    assert channels[0].verdict == "helped"
    assert "Retorno</h2>" in page.content.decode()


def test_without_deals_no_return_is_told(signed_in: SignIn, measured: None) -> None:
    page = signed_in(Role.EXECUTIVE).get("/efeitos/")
    assert page.context["returns"] is None
    assert "Retorno</h2>" not in page.content.decode()
