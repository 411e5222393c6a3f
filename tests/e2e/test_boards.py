"""Boards: a bar narrows every tile, a chip widens again, the address keeps it; by mouse, by keyboard, on paper."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import arrived, press

Enter = Callable[..., Page]
UNDER_WAY = "document.querySelector('.htmx-request, .chip-filter') !== null"
"""A click on a bar asks at once, whenever the answer comes."""


def first_number(page: Page) -> str:
    return page.locator(".board-pane .tile-value").first.inner_text()


def narrow_by_mouse(page: Page, title: str) -> None:
    """Click the longest bar of a tile, which is its first, once every tile is drawn: nothing moves from then on."""
    arrived(page)
    canvas = page.get_by_role("article", name=title).locator(".chart-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    for height in range(12, int(box["height"]) - 12, 8):
        page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + height)
        if page.evaluate(UNDER_WAY):
            return


def test_a_bar_narrows_the_board_and_the_address_keeps_it(enter: Enter) -> None:
    page = enter("executive")
    page.goto("/painel/executivo/")
    before = first_number(page)
    narrow_by_mouse(page, "MRR por segmento")
    chip = page.locator(".chip-filter")
    expect(chip).to_have_count(1)
    expect(page.locator(".board-pane .tile-value").first).not_to_have_text(before)
    expect(page).to_have_url(re.compile(r"\bsegmento="))
    narrowed = first_number(page)
    page.reload()
    expect(page.locator(".board-pane .tile-value").first).to_have_text(narrowed)
    expect(page.locator("#filter-segmento")).not_to_have_value("")
    chip.click()
    expect(chip).to_have_count(0)
    expect(page.locator(".board-pane .tile-value").first).to_have_text(before)
    expect(page.locator("#filter-segmento")).to_have_value("")
    expect(page).not_to_have_url(re.compile(r"\bsegmento="))


def test_the_table_of_a_tile_narrows_by_keyboard(enter: Enter) -> None:
    page = enter("executive")
    page.goto("/painel/executivo/")
    tile = page.get_by_role("article", name="MRR por segmento")
    summary = tile.locator("summary")
    summary.focus()
    press(page, "Enter")
    way = tile.locator("a[data-narrow]").first
    expect(way).to_be_visible()
    segment = way.inner_text()
    way.focus()
    press(page, "Enter")
    expect(page.locator(".chip-filter")).to_contain_text(segment)
    expect(page.locator("#list")).to_be_focused()
    expect(page.locator("#list")).to_have_attribute("aria-label", re.compile(re.escape(segment)))
    rows = page.get_by_role("article", name="MRR por segmento").locator("tbody tr")
    expect(rows.nth(1)).to_be_attached()  # the bars of the dimension keep all their values


def test_a_ready_tile_goes_to_ones_own_board(enter: Enter) -> None:
    page = enter("marketing")
    page.goto("/painel/campanhas/")
    page.get_by_role("button", name="Adicionar Conversão por canal nos últimos 12 meses ao meu painel").click()
    expect(page.locator("main h1")).to_have_text("Painel")
    kept = page.get_by_role("article", name="Conversão por canal nos últimos 12 meses")
    expect(kept).to_be_visible()
    page.get_by_role("link", name="Arrumar").click()
    page.get_by_role("button", name="Remover Conversão por canal nos últimos 12 meses do painel").click()
    expect(kept).to_have_count(0)


def test_a_board_is_arranged_with_keys_alone(enter: Enter) -> None:
    page = enter("executive")
    for n in range(2):
        page.goto("/painel/executivo/")
        page.get_by_role("button", name=re.compile("Adicionar .* ao meu painel")).nth(n).press("Enter")
        expect(page).to_have_url(re.compile("/painel/$"))
    arrived(page)
    page.get_by_role("link", name="Arrumar").press("Enter")
    expect(page).to_have_url(re.compile(r"\?arrumar=1$"))
    arrived(page)
    tiles = page.locator("article[aria-label]")
    last = tiles.last.get_attribute("aria-label") or ""
    place = tiles.last.get_by_label("Lugar")
    place.focus()
    press(page, "Home", "Tab", "Enter")
    expect(tiles.first).to_have_attribute("aria-label", last)
    expect(tiles.first.get_by_label("Lugar")).to_be_focused()  # the keyboard goes on where it was
    expect(page.get_by_text(f"{last} está no lugar 1 de")).to_be_visible()


@pytest.mark.parametrize("board", ["executivo", "segmentos"])
def test_paper_holds_the_board_and_nothing_else(enter: Enter, board: str) -> None:
    page = enter("executive")
    page.goto(f"/painel/{board}/?segmento=varejo")
    arrived(page)
    page.emulate_media(media="print")
    for gone in (".sidebar", ".topbar", ".filters", ".chart-foot", ".page-actions"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".print-only")).to_contain_text("Segmento de mercado: Varejo")
    pages = page.pdf(format="A4").count(b"/Type /Page\n")
    assert 1 <= pages <= 8
