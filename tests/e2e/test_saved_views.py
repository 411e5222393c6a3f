"""One's own views and the order of columns, with the keyboard only; their menus in the light and on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import press
from tests.e2e.test_every_page import violations

Enter = Callable[..., Page]


def choose(page: Page, button: str) -> None:
    """Reach a button and press Enter."""
    page.get_by_role("button", name=button, exact=True).focus()
    press(page, "Enter")


def open_menu(page: Page, name: str) -> None:
    """Open a menu of the list from its word."""
    page.locator("summary", has_text=name).focus()
    press(page, "Enter")


def test_a_view_is_saved_deleted_and_brought_back_by_keyboard(enter: Enter) -> None:
    page = enter("manager")
    page.goto("/clientes/?situation=ativo&sort=name")
    open_menu(page, "Recortes")
    page.get_by_label("Salvar esta tela como").fill("Ativos por nome")
    press(page, "Enter")
    tab = page.get_by_role("link", name="Ativos por nome")
    tab.wait_for()
    page.goto("/clientes/?sort=-mrr")
    tab.focus()
    press(page, "Enter")
    page.wait_for_url("**/clientes/?situation=ativo&sort=name")
    expect(page.locator("#filter-situation")).to_have_value("ativo")
    open_menu(page, "Recortes")
    choose(page, "Apagar Ativos por nome")
    page.get_by_text("Recorte Ativos por nome apagado.").wait_for()
    expect(tab).to_have_count(0)
    press(page, "z")
    page.get_by_text("Recorte Ativos por nome como antes.").wait_for()
    expect(tab).to_have_attribute("aria-current", "page")
    open_menu(page, "Recortes")
    choose(page, "Abrir a lista com Ativos por nome")
    first = page.get_by_role("button", name="Abrir a lista com Ativos por nome", include_hidden=True)
    expect(first).to_have_attribute("aria-pressed", "true")
    page.goto("/clientes/")
    expect(page).to_have_url(re.compile(re.escape("/clientes/?situation=ativo&sort=name") + "$"))


def test_columns_are_moved_by_keyboard_and_the_focus_stays(enter: Enter) -> None:
    page = enter("executor")
    page.goto("/clientes/?sort=name")
    heads = page.locator("thead th")
    before = heads.all_inner_texts()
    at = before.index("Saúde")
    open_menu(page, "Colunas")
    choose(page, "Mover Saúde para antes")
    expect(heads.nth(at - 1)).to_contain_text("Saúde")
    expect(page.locator("#earlier-health")).to_be_focused()
    press(page, "Enter")
    expect(heads.nth(at - 2)).to_contain_text("Saúde")
    page.get_by_label("CNPJ", exact=True).check()
    choose(page, "Mostrar")
    expect(heads.last).to_contain_text("CNPJ")
    open_menu(page, "Colunas")
    choose(page, "As de sempre")
    expect(heads).to_have_text(before)


@pytest.mark.parametrize("menu", ["Recortes", "Colunas"])
@pytest.mark.parametrize("phone", [False, True], ids=["light", "phone-dark"])
def test_the_menus_of_the_list(enter: Enter, menu: str, phone: bool) -> None:
    page = enter("analyst", phone=phone, dark=phone)
    page.goto("/clientes/?sort=name")
    if not page.get_by_role("link", name="Por nome").count():
        open_menu(page, "Recortes")
        page.get_by_label("Salvar esta tela como").fill("Por nome")
        press(page, "Enter")
        page.get_by_role("link", name="Por nome").wait_for()
    open_menu(page, menu)
    assert not violations(page)
    box = page.locator("details[data-menu][open] > .menu-list").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]  # type: ignore[index]
    press(page, "Escape")
    expect(page.locator("details[data-menu][open]")).to_have_count(0)
