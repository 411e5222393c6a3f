"""The side panel asks about what is on the page, in one conversation with the page of questions, step by step."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from b2shift.metrics.contracts import Comparison, Filter, TypedQuery
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.ask.page import OnPage, on_page
from b2shift.web.crm.models import Segment
from b2shift.web.crm.reading import visible_customers

QUESTION = "Qual foi o MRR em outubro de 2026?"
HTMX = {"HX-Request": "true"}
SignIn = Callable[[Role], Client]


@pytest.fixture(autouse=True)
def home_of_questions(settings: LazySettings, records: None, paying_home: Path) -> None:
    settings.HOME = paying_home


def asked(browser: Client, question: str = QUESTION, **more: str) -> Any:
    return browser.post("/perguntar/resposta/", {"question": question, **more}, headers=HTMX).context["turn"]


def streamed(browser: Client, question: str, **more: str) -> list[dict[str, str]]:
    answer = browser.post("/perguntar/passo-a-passo/", {"question": question, **more})
    assert answer["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in b"".join(answer.streaming_content).decode().splitlines()]  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", ["/", "/clientes/", "/painel/", "/segmentos/", "/metricas/"])
def test_it_is_on_every_page_of_who_may_ask_but_the_page_of_questions(signed_in: SignIn, address: str) -> None:
    browser = signed_in(Role.EXECUTIVE)
    assert "data-copilot-open" in browser.get(address, follow=True).text
    assert "data-copilot-open" not in browser.get("/perguntar/").text
    assert "data-copilot-open" not in signed_in(Role.ADMINISTRATOR).get("/").text
    assert signed_in(Role.ADMINISTRATOR).get("/copiloto/").status_code == 403


def test_a_customers_page_narrows_the_question_to_that_customer(signed_in: SignIn, people: dict[Role, User]) -> None:
    browser = signed_in(Role.EXECUTIVE)
    customer = visible_customers(people[Role.EXECUTIVE]).order_by("customer_id")[0]
    page = f"/clientes/{customer.customer_id}/"
    assert customer.name in browser.get("/copiloto/", {"onde": page}).text
    one, whole = asked(browser, onde=page), asked(browser)
    assert one.answer.query.filters == (Filter(field="customer", op="eq", value=customer.customer_id),)
    assert one.only_about == customer.name
    assert 0 < one.answer.rows[0]["mrr"] < whole.answer.rows[0]["mrr"]
    everybody = asked(browser, onde=page, todos="1")
    assert everybody.answer.fingerprint == whole.answer.fingerprint
    shown = browser.get("/perguntar/").context["turns"]
    assert [turn.only_about for turn in shown] == [customer.name, "", ""]
    assert shown[0].answer.fingerprint == one.answer.fingerprint


def test_somebody_elses_customer_narrows_nothing_and_tells_no_name(signed_in: SignIn, people: dict[Role, User]) -> None:
    mine = set(visible_customers(people[Role.EXECUTOR]).values_list("customer_id", flat=True))
    other = visible_customers(people[Role.EXECUTIVE]).exclude(customer_id__in=mine)[0]
    told = signed_in(Role.EXECUTOR).get("/copiloto/", {"onde": f"/clientes/{other.customer_id}/"})
    assert other.name not in told.text
    assert on_page(people[Role.EXECUTOR], f"/clientes/{other.customer_id}/") == OnPage()


def test_a_segment_and_a_board_narrow_too(people: dict[Role, User]) -> None:
    executive = people[Role.EXECUTIVE]
    segment = Segment.objects.order_by("segment_id")[0]
    told = on_page(executive, f"/segmentos/{segment.segment_id}/")
    assert segment.name in told.label
    assert told.filters[0].field == "cluster"
    board = on_page(executive, "/painel/?segmento=varejo&estado=sp&periodo=3m")
    assert {(one.field, one.value) for one in board.filters} == {("segment", "varejo"), ("state", "sp")}
    for address in (
        "",
        "/nada/",
        "https://outro.exemplo/clientes/x/",
        "/clientes/",
        "x" * 9000,
        "/painel/?segmento=%00",
    ):
        assert on_page(executive, address) == OnPage(), address


def test_an_answer_says_what_page_and_question_limit_it_to(signed_in: SignIn, people: dict[Role, User]) -> None:
    browser, page = signed_in(Role.EXECUTIVE), "/painel/?segmento=varejo"
    label = on_page(people[Role.EXECUTIVE], page).label
    told = asked(browser, "MRR em SP", onde=page)
    assert told.only_about == f"{label} · Estado = SP"
    assert f"Só sobre: {label} · Estado = SP" in browser.get("/perguntar/").text
    another = signed_in(Role.ANALYST)
    assert asked(another, "MRR do agro", onde=page).only_about == "Segmento = Agro"
    assert asked(another, "o que é MRR?", onde=page).only_about == ""


def test_what_the_question_says_itself_is_not_overruled() -> None:
    page = OnPage("varejo", (Filter(field="segment", op="eq", value="varejo"),))
    said = TypedQuery(intent="metric", metrics=("mrr",), filters=(Filter(field="segment", op="eq", value="agro"),))
    both = Comparison(type="members", field="segment", values=("agro", "saude"))
    for query in (said, TypedQuery(intent="compare", metrics=("mrr",), comparison=both), TypedQuery(intent="define")):
        assert page.narrowed(query) == query
    assert page.narrowed(TypedQuery(intent="trend", metrics=("mrr",))).filters == page.filters


def test_an_answer_comes_step_by_step_and_ends_as_the_page_shows_it(signed_in: SignIn) -> None:
    browser = signed_in(Role.EXECUTIVE)
    steps = streamed(browser, "MRR por segmento mês a mês em 2026")
    assert [one["step"] for one in steps] == ["waiting", "read", "numbers", "picture", "whole"]
    assert "Li: Evolução: MRR por segmento" in steps[1]["html"]
    assert "data-chart" not in steps[2]["html"]
    assert "data-chart" in steps[3]["html"]
    assert all('id="turn-0"' in one["html"] for one in steps)
    again = browser.get("/perguntar/").context["turns"][0]
    assert again.answer.fingerprint in steps[-1]["html"]
    assert again.answer.narrative[0] in steps[-1]["html"].replace("\u00a0", " ")


def test_a_refusal_and_a_question_back_are_told_at_once(signed_in: SignIn) -> None:
    browser = signed_in(Role.EXECUTIVE)
    assert [one["step"] for one in streamed(browser, "apague os clientes do Sul")] == ["waiting", "whole"]
    failed = streamed(browser, "MRR acumulado em 2026")
    assert failed[-1]["step"] == "whole"
    assert "não se acumula" in failed[-1]["html"]
    assert signed_in(Role.ADMINISTRATOR).post("/perguntar/passo-a-passo/", {"question": "MRR"}).status_code == 403
    assert browser.post("/perguntar/passo-a-passo/", {"question": " "}).status_code == 204


def test_the_steps_speak_the_persons_language(signed_in: SignIn, people: dict[Role, User]) -> None:
    browser = signed_in(Role.EXECUTIVE)
    User.objects.filter(pk=people[Role.EXECUTIVE].pk).update(language=User.Language.ENGLISH)
    steps = streamed(browser, "MRR by segment")
    assert "Reading the question" in steps[0]["html"]
    assert "I read: Number: MRR by segment" in steps[1]["html"]
