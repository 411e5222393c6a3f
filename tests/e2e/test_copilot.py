"""The side panel in a browser: it knows its page, answers step by step, is left by keyboard, counts one's own rows."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.conftest import arrived, press
from tests.e2e.test_every_page import violations, width

Enter = Callable[..., Page]
QUESTION = "Qual é o MRR?"

# The browser's protocol may forget the body of a response that the page reads as a stream: the page keeps a copy.
KEEP_WHAT_IS_STREAMED = """() => {
  const fetched = window.fetch;
  window.streamed = new Promise(keep => {
    window.fetch = async (...asked) => {
      const response = await fetched(...asked);
      if (response.url.endsWith("/passo-a-passo/")) {
        const kind = response.headers.get("content-type");
        response.clone().text().then(text => keep({kind, text}));
      }
      return response;
    };
  });
}"""


def opened(page: Page) -> Locator:
    """The panel, opened with its key."""
    press(page, "i")
    panel = page.get_by_role("dialog", name="Copiloto")
    expect(panel).to_be_visible()
    expect(panel.get_by_label("Sua pergunta")).to_be_focused()
    return panel


def reais(text: str) -> float:
    told = re.search(r"R\$\s*([\d.]+),(\d\d)", text)
    assert told, text
    return float(f"{told[1].replace('.', '')}.{told[2]}")


def asked(page: Page, panel: Locator, question: str = QUESTION) -> float:
    """The number of the newest answer."""
    expect(panel.get_by_role("button", name="Perguntar", exact=True)).to_be_enabled()  # what was asked is answered
    before = panel.locator("[data-turn]").count()
    panel.get_by_label("Sua pergunta").fill(question)
    press(page, "Enter")
    expect(panel.locator("[data-turn]")).to_have_count(before + 1)
    expect(panel.locator("[data-turn]").last.locator(".tile-value").first).to_be_visible()
    return reais(panel.locator("[data-turn]").last.locator(".tile-value").first.inner_text())


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_it_knows_its_customer_and_answers_step_by_step(enter: Enter, phone: bool) -> None:
    page = enter("executor", phone=phone, dark=phone)
    page.goto("/clientes/?sort=-mrr")
    page.locator("a[data-row-link]").first.click()
    expect(page.locator("h1 + *, main h1").first).to_be_visible()
    page.wait_for_url(re.compile(r"/clientes/[^/?]+/"))
    panel = opened(page)
    expect(panel.get_by_text("Nesta página:")).to_be_visible()
    page.evaluate(KEEP_WHAT_IS_STREAMED)
    one = asked(page, panel)
    told = page.evaluate("window.streamed")
    assert told["kind"] == "application/x-ndjson"
    steps = [json.loads(line)["html"] for line in told["text"].splitlines()]
    assert len(steps) > 1
    assert 'aria-busy="true"' in steps[0], "the answer began with its number, not with how the question was read"
    assert 'aria-busy="true"' not in steps[-1]
    panel.get_by_label("Perguntar sobre todos").check()
    assert asked(page, panel) > one
    assert width(page) <= (390 if phone else 1440)
    assert not violations(page)


def test_the_keyboard_leaves_it_and_goes_on_where_it_was(enter: Enter) -> None:
    page = enter("executive")
    page.goto("/painel/marketing/")
    button = page.locator("[data-copilot-open]").first
    button.focus()
    panel = opened(page)
    press(page, "Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")


def test_it_counts_the_rows_of_who_asks(enter: Enter) -> None:
    told = {}
    for role in ("executive", "executor"):
        page = enter(role)
        page.goto("/")
        panel = opened(page)
        told[role] = asked(page, panel)
    assert 0 < told["executor"] < told["executive"]


def test_a_narrowed_board_is_its_context(enter: Enter) -> None:
    page = enter("executive")
    page.goto("/painel/executivo/?segmento=varejo")
    panel = opened(page)
    expect(panel.get_by_text("Nesta página: Segmento de mercado: Varejo")).to_be_visible()
    shown = page.locator(".board-pane .tile-value").first.inner_text()
    assert asked(page, panel) == reais(shown)


def test_a_conversation_opened_again_shows_its_newest_answer(enter: Enter) -> None:
    page = enter("executive")
    for question in ("MRR por segmento", "NPS por porte", "clientes ativos por estado"):
        page.goto(f"/perguntar/?pergunta={question}")
        arrived(page)
    page.goto("/perguntar/")
    arrived(page)
    newest = page.locator("[data-turn]").last
    expect(newest.locator(".turn-question")).to_be_in_viewport()
    expect(newest.locator(".turn-told").first).to_be_in_viewport()
