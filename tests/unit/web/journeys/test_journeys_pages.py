"""The pages of journeys: who enters which door, what it shows, and that a refused one changes nothing."""

from collections.abc import Callable

import pytest
from django.test import Client
from tests.unit.web.journeys.world import SHORT, entrants, published
from tests.unit.web.outreach.world import CUSTOMER, NOW

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Proposal
from b2shift.web.journeys import advancing
from b2shift.web.journeys.drafts import text_of
from b2shift.web.journeys.enrolling import enrol
from b2shift.web.journeys.models import Running, Sketch, Version
from b2shift.web.ledger.trail import Doer

pytestmark = pytest.mark.records
SignedIn = Callable[[Role], Client]
DRAW = "/jornadas/curta/desenhar/"


@pytest.fixture
def running(manager: Doer, another_manager: Doer, due: Proposal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A customer of the executor's waits at the second step; one nobody follows was stopped."""
    published(another_manager, manager)
    with entrants(monkeypatch, CUSTOMER, "10013"):
        enrol(NOW)
    advancing.advance_due(NOW)


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_who_may_look_draw_and_run(running: None, signed_in: SignedIn) -> None:
    for role in Role:
        browser = signed_in(role)
        for address in ("/jornadas/", "/jornadas/curta/", "/jornadas/curta/clientes/"):
            assert browser.get(address).status_code == (403 if role is Role.ADMINISTRATOR else 200)
        draws, runs = role in {Role.MARKETING, Role.ANALYST, Role.MANAGER}, role in {Role.MANAGER, Role.EXECUTIVE}
        assert browser.get(DRAW).status_code == (200 if draws else 403)
        assert Sketch.objects.count() == int(draws)
        browser.post(f"{DRAW}mudar/", {"what": "text", "text": SHORT.replace("days: 3", "days: 4")})
        assert browser.post(f"{DRAW}propor/").status_code == (302 if draws else 403)
        assert Version.objects.exclude(number=1).count() == int(draws)
        assert browser.post("/jornadas/curta/mudar/", {"what": "pause"}).status_code == (302 if runs else 403)
        assert Running.objects.get().mode == ("paused" if runs else "active")
        Running.objects.update(mode="active")
        Version.objects.exclude(number=1).delete()


def test_who_changed_how_a_journey_runs_is_shown_by_name(running: None, signed_in: SignedIn) -> None:
    signed_in(Role.MANAGER).post("/jornadas/curta/mudar/", {"what": "pause"})
    by = User.objects.get(email=Running.objects.get().by)
    main = text(signed_in(Role.ANALYST).get("/jornadas/curta/")).partition("<main")[2]
    assert f"{by.name}, " in main
    assert by.email not in main


def test_every_number_opens_its_rows(running: None, signed_in: SignedIn) -> None:
    browser = signed_in(Role.ANALYST)
    page = text(browser.get("/jornadas/curta/"))
    assert "<svg" in page
    assert "2 vieram" in page
    assert "1 aqui" in page
    assert text(browser.get("/jornadas/curta/clientes/?passo=esperar")).count("data-row-link") == 1
    assert text(browser.get("/jornadas/curta/clientes/?passo=carta&vieram=1")).count("data-row-link") == 2
    stopped = text(browser.get("/jornadas/curta/clientes/?impedidos=1"))
    assert stopped.count("data-row-link") == 1
    assert "Não há consentimento" in page, "suppressed, with its reasons"
    assert text(browser.get("/jornadas/curta/clientes/?desfecho=sem_canal")).count("data-row-link") == 1
    assert text(browser.get("/jornadas/curta/clientes/?estado=held")).count("data-row-link") == 0
    queued = "/jornadas/curta/clientes/?passo=carta&vieram=1&contato="
    assert f"{queued.replace('&', '&amp;')}pending" in page
    assert text(browser.get(f"{queued}pending")).count("data-row-link") == 1
    assert text(browser.get(f"{queued}sent")).count("data-row-link") == 0


def test_an_executor_counts_only_customers_they_follow(running: None, signed_in: SignedIn) -> None:
    browser = signed_in(Role.EXECUTOR)
    page = text(browser.get("/jornadas/curta/"))
    assert "1 veio" in page
    assert "Não há consentimento" not in page
    other = Version.objects.get().enrolments.get(customer_id="10013")
    assert browser.get(f"/jornadas/estadas/{other.pk}/").status_code == 404
    mine = Version.objects.get().enrolments.get(customer_id=CUSTOMER)
    story = text(browser.get(f"/jornadas/estadas/{mine.pk}/"))
    assert "Porque sim." in story
    assert "Seguiu para" in story
    customer = text(browser.get(f"/clientes/{CUSTOMER}/"))
    assert 'id="jornadas"' in customer
    assert "Entrou na jornada: Jornada curta" in customer


def test_a_version_is_approved_on_its_page_by_another(signed_in: SignedIn, people: object) -> None:
    drawer, approver = signed_in(Role.MANAGER), signed_in(Role.EXECUTIVE)
    assert drawer.post("/jornadas/nova/", {"name": "?!"}).status_code == 400
    assert (
        drawer.post("/jornadas/nova/", {"name": " Régua curta "}).headers["Location"]
        == "/jornadas/regua_curta/desenhar/"
    )
    assert drawer.post("/jornadas/nova/", {"name": "Curta"}).headers["Location"] == DRAW
    drawer.post(f"{DRAW}mudar/", {"what": "text", "text": SHORT})
    place = drawer.post(f"{DRAW}propor/", {"note": "primeira"}).headers["Location"]
    assert not Sketch.objects.exists()
    assert "primeira" in text(approver.get(place))
    drawer.post(f"{place}resposta/", {"answer": "approve"})
    assert not Running.objects.exists(), "not by its author"
    approver.post(f"{place}resposta/", {"answer": "approve"})
    assert Running.objects.get().version.number == 1
    assert "Em vigor" in text(drawer.get(place))


def test_the_forms_speak_in_words_and_keep_codes(signed_in: SignedIn, people: object) -> None:
    browser = signed_in(Role.MANAGER)
    browser.get(DRAW)
    change = f"{DRAW}mudar/"
    browser.post(change, {"what": "text", "text": SHORT})
    page = text(browser.get(DRAW))
    assert 'value="WhatsApp, E-mail"' in page
    case = {"cases-0-0-metric": "usage_ratio", "cases-0-0-operator": "below", "cases-0-0-value": "0,5"}
    browser.post(change, {"what": "add", "step": "carta", "kind": "branch"})
    told = {"what": "fill", "step": "branch_1", "kind": "branch", "id": "branch_1", "name": "Uso"}
    browser.post(change, {**told, **case, "cases-0-next": "fim", "otherwise": "fim"})
    page = text(browser.get(DRAW))
    assert '<option value="usage_ratio" selected>Uso ante a média do segmento</option>' in page
    assert '<optgroup label="Contrato">' in page
    letter = {"what": "fill", "step": "carta", "kind": "message", "id": "carta", "name": "Carta", "message": "Oi"}
    browser.post(change, {**letter, "channels": "e-mail, sms, pombo", "next": "fim"})
    assert "- email" in text_of(Sketch.objects.get())
    assert "- pombo" in text_of(Sketch.objects.get()), "what is no word stays, for the checker to name"
    unknown = {**case, "cases-0-0-metric": "lua"}
    browser.post(change, {**told, **unknown, "cases-0-next": "fim", "otherwise": "fim"})
    assert '<option value="lua" selected>lua</option>' in text(browser.get(DRAW))


def test_a_journey_is_drawn_with_forms_alone_and_every_change_is_undone(signed_in: SignedIn, people: object) -> None:
    browser = signed_in(Role.MANAGER)
    browser.get("/jornadas/minha/desenhar/")
    change = "/jornadas/minha/desenhar/mudar/"

    def said() -> str:
        return text_of(Sketch.objects.get())

    first = said()
    browser.post(change, {"what": "add", "step": "carta", "kind": "wait"})
    assert "id: wait_1" in said()
    assert "next: wait_1" in said(), "the step before leads to the new one"
    told = {"what": "fill", "step": "wait_1", "kind": "wait", "id": "espera", "name": "Espera", "business_days": "7"}
    browser.post(change, {**told, "days": "", "until": "respondeu, aceitou", "next": "fim", "otherwise": ""})
    assert "next: espera" in said(), "a new code is followed by whoever led to it"
    assert "business_days: 7" in said()
    page = text(browser.get("/jornadas/minha/desenhar/"))
    assert "Propor esta versão" in page
    assert "Jornada nova, com" in page
    browser.post(change, {**told, "step": "espera", "business_days": "sete", "next": "fim"})
    assert "o valor precisa ser um número inteiro" in text(browser.get("/jornadas/minha/desenhar/"))
    assert "Propor esta versão" not in text(browser.get("/jornadas/minha/desenhar/"))
    browser.post(change, {"what": "undo"})
    assert "business_days: 7" in said()
    browser.post(change, {"what": "down", "step": "carta"})
    assert said().index("id: espera") < said().index("id: carta")
    browser.post(change, {"what": "undo"})
    browser.post(change, {"what": "remove", "step": "espera"})
    assert said() == first, "who led to it leads on"
    browser.post(change, {"what": "undo"})
    browser.post(change, {"what": "redo"})
    assert said() == first
    browser.post(change, {"what": "discard"})
    assert not Sketch.objects.exists()


def test_a_branch_and_an_experiment_are_forms_too(signed_in: SignedIn, people: object) -> None:
    browser = signed_in(Role.ANALYST)
    change = "/jornadas/minha/desenhar/mudar/"
    browser.post(change, {"what": "add", "step": "carta", "kind": "branch"})
    browser.post(change, {"what": "add", "step": "carta", "kind": "split"})
    browser.post(
        change,
        {
            "what": "fill", "step": "branch_1", "kind": "branch", "id": "branch_1", "name": "Vale muito?",
            "cases-0-0-metric": "mrr", "cases-0-0-operator": "at_least", "cases-0-0-value": "1000,5",
            "cases-0-1-metric": "class_6m", "cases-0-1-operator": "equals", "cases-0-1-value": "promotor",
            "cases-0-next": "fim", "cases-1-0-metric": "", "otherwise": "fim",
        },
    )  # fmt: skip
    browser.post(
        change,
        {
            "what": "fill", "step": "split_1", "kind": "split", "id": "split_1", "name": "Teste",
            "arms-0-name": "a", "arms-0-share": "0,3", "arms-0-next": "branch_1",
            "arms-1-name": "b", "arms-1-share": "0.7", "arms-1-next": "fim",
        },
    )  # fmt: skip
    said = text_of(Sketch.objects.get())
    assert "at_least: 1000.5" in said
    assert "equals: promotor" in said
    assert "share: 0.3" in said
    page = text(browser.get("/jornadas/minha/desenhar/"))
    assert "Propor esta versão" in page
    assert 'value="1000.5"' in page
    assert 'value="0.3"' in page


def test_the_journey_itself_is_a_form(signed_in: SignedIn, people: object) -> None:
    browser = signed_in(Role.ANALYST)
    change = "/jornadas/minha/desenhar/mudar/"
    head = {"what": "head", "name": "Minha jornada", "type": "promotor", "theme": "uso", "measure.within_days": "30"}
    browser.post(change, {**head, "enter.classes.now": "promotor, neutro", "enter.reentry_days": "90"})
    said = text_of(Sketch.objects.get())
    for line in ("name: Minha jornada", "type: promotor", "theme: uso", "within_days: 30", "reentry_days: 90"):
        assert line in said
    page = text(browser.get("/jornadas/minha/desenhar/"))
    assert 'value="Promotor, Neutro"' in page
    assert "Propor esta versão" in page
    browser.post(change, {"what": "head", "enter.classes.now": "", "enter.reentry_days": ""})
    assert "classes" not in text_of(Sketch.objects.get())
    assert "reentry_days: null" in text_of(Sketch.objects.get())
    browser.post(change, {"what": "head", "enter.classes.now": "promoter"})
    assert "Quis dizer promotor" in text(browser.get("/jornadas/minha/desenhar/"))


def test_a_text_that_is_no_journey_stays_a_text_to_mend(signed_in: SignedIn, people: object) -> None:
    browser = signed_in(Role.ANALYST)
    browser.post("/jornadas/minha/desenhar/mudar/", {"what": "text", "text": "steps: [um, dois"})
    page = text(browser.get("/jornadas/minha/desenhar/"))
    assert "o YAML está malformado" in page
    assert browser.post("/jornadas/minha/desenhar/mudar/", {"what": "up", "step": "x"}).status_code == 400
    assert browser.post("/jornadas/minha/desenhar/propor/").status_code == 422
    assert not Version.objects.exists()
    assert browser.get("/jornadas/Não%20há/desenhar/").status_code == 404


def test_a_first_version_is_no_list_of_changes_from_nothing(signed_in: SignedIn) -> None:
    signed_in(Role.MARKETING).post("/jornadas/promotor/desenhar/propor/", {"note": "primeira"})
    page = text(signed_in(Role.MANAGER).get(f"/jornadas/versoes/{Version.objects.get().pk}/"))
    assert "Jornada nova, com 12 passos: nenhuma versão dela está em vigor." in page
    assert "null" not in page.partition('id="text"')[0]


def test_ready_journeys_are_translated_to_english(signed_in: SignedIn) -> None:
    browser = signed_in(Role.MARKETING)
    browser.post("/preferencias/", {"language": "en"})
    told = text(browser.get("/jornadas/"))
    assert "Partnership with promoters" in told
    assert "Parceria com promotores" not in told
    drawn = text(browser.get("/jornadas/promotor/desenhar/"))
    assert "Was a promoter a year ago already?" in drawn
    assert 'value="Já era promotor há um ano?"' in drawn  # what one edits stays as it is written
