"""On a phone every place is two touches away, long tables begin with a few cards, drawings where they say something."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import arrived
from tests.e2e.test_every_page import violations

Enter = Callable[..., Page]


def test_the_menu_reaches_what_the_bar_has_no_room_for(visit: Enter) -> None:
    page = visit("executor", phone=True)
    page.goto("/")
    expect(page.locator(".bottom-bar a")).to_have_count(4)
    page.get_by_role("button", name="Menu", exact=True).click()
    places = page.get_by_role("dialog", name="Todas as páginas")
    expect(places.get_by_role("link", name="Meu dia")).to_have_attribute("aria-current", "page")
    assert not violations(page)
    page.keyboard.press("Escape")
    expect(places).to_be_hidden()
    expect(page.get_by_role("button", name="Menu", exact=True)).to_be_focused()
    page.get_by_role("button", name="Menu", exact=True).click()
    places.get_by_role("link", name="Etapas da jornada").click()
    expect(page).to_have_url("/etapas/")


def test_a_long_table_shows_its_first_cards_and_then_all(visit: Enter) -> None:
    page = visit("analyst", phone=True)
    page.goto("/qualidade/")
    arrived(page)
    rows = page.get_by_role("group", name="Fontes").locator("tbody tr:visible")
    expect(rows).to_have_count(6)
    page.get_by_role("button", name="Mostrar mais").first.click()
    expect(rows.nth(6)).to_be_visible()


def test_a_journey_begins_at_its_first_step(visit: Enter) -> None:
    page = visit("marketing", phone=True)
    page.goto("/jornadas/detrator/desenhar/")
    arrived(page)
    first = page.locator("[data-centre]").bounding_box()
    assert first
    assert abs(first["x"] + first["width"] / 2 - 195) < 8


def test_a_long_name_of_a_segment_makes_no_page_wider(visit: Enter) -> None:
    page = visit("analyst", phone=True)
    page.goto("/clientes/")
    page.goto(page.locator("tbody a[href^='/clientes/']").first.get_attribute("href") or "")
    arrived(page)
    chip = page.locator(".identity .chip").first
    chip.evaluate("one => { one.append(' prestadores de serviços com muitos chamados, Backoffice e uso em queda') }")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


HIDDEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  if (one === document.body || one.closest("header, .bottom-bar, .skip-link")) return "";
  const bar = document.querySelector(".bottom-bar").getBoundingClientRect().top;
  return box.bottom > bar + 1 ? one.outerHTML.slice(0, 120) : "";
}"""


@pytest.mark.parametrize("path", ["/alertas/novo/", "/relatorios/novo/", "/simulador/"])
def test_what_has_the_focus_does_not_hide_behind_the_bar(visit: Enter, path: str) -> None:
    page = visit("executive", phone=True)
    page.goto(path)
    arrived(page)
    hidden = []
    for _key in range(30):
        page.keyboard.press("Tab")
        hidden.append(page.evaluate(HIDDEN))
    assert not [one for one in hidden if one]
