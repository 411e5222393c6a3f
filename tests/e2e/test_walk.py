"""People walk through the product: in, to a segment, a customer, a due contact, and out; by mouse and keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from tests.e2e.conftest import Product, heard, press, sign_in

Enter = Callable[..., Page]


@pytest.mark.parametrize("role", ["executive", "marketing", "analyst", "manager", "executor"])
def test_from_signing_in_to_a_due_contact(enter: Enter, product: Product, role: str) -> None:
    page = enter()
    sign_in(page, product.people[role].email, product.people[role].password)
    expect(page.locator("main h1")).to_be_visible()

    page.get_by_role("navigation", name="Páginas", exact=True).get_by_role("link", name="Segmentos").click()
    expect(page.locator("main h1")).to_have_text("Segmentos")
    page.locator('main a[href^="/segmentos/"]:not([href*="comparar"])').first.click()
    page.wait_for_url(re.compile(r"/segmentos/[^/]+/$"))

    page.get_by_role("navigation", name="Páginas", exact=True).get_by_role(
        "link", name=re.compile("clientes$", re.I)
    ).click()
    page.wait_for_url("**/clientes/**")
    first = page.locator("a[data-row-link]").first
    customer = first.inner_text()
    first.click()
    expect(page.locator("main h1")).to_have_text(customer)
    expect(page.get_by_role("heading", name="Risco de churn em 90 dias")).to_be_visible()

    page.get_by_role("navigation", name="Páginas", exact=True).get_by_role("link", name="Contatos devidos").click()
    expect(page.locator("main h1")).to_have_text("Contatos devidos")
    page.get_by_text(product.people[role].name).first.wait_for(state="attached")
    page.locator('summary[title="' + product.people[role].name + '"]').click()
    page.get_by_role("button", name="Sair").click()
    page.wait_for_url("**/entrar/**")
    page.goto("/clientes/")
    page.wait_for_url("**/entrar/?next=/clientes/")


def test_the_administrator_sees_people_and_the_trail_but_no_customer(enter: Enter) -> None:
    page = enter("administrator")
    page.goto("/")
    page.get_by_role("navigation", name="Páginas", exact=True).get_by_role("link", name="Pessoas").click()
    expect(page.locator("main h1")).to_have_text("Pessoas")
    page.get_by_role("navigation", name="Páginas", exact=True).get_by_role("link", name="Auditoria").click()
    expect(page.locator("main h1")).to_have_text("Auditoria")
    page.goto("/clientes/")
    expect(page.locator("main h1")).to_have_text("Seu papel não abre esta página")


def test_the_list_follows_what_is_typed_and_chosen(enter: Enter) -> None:
    page = enter("analyst")
    page.goto("/clientes/")
    before = page.locator("#sentence").inner_text()
    code = page.locator(".customer-cell span").first.inner_text().split(" ")[0]
    press(page, "/")
    page.keyboard.type(code.lower())
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page).to_have_url(re.compile(rf"\bq={code.lower()}\b"))
    expect(page.locator("#sentence")).to_contain_text("1 cliente")
    page.locator(".chip-filter").click()
    expect(page.locator("#sentence")).to_have_text(before)
    expect(page.locator("#filter-q")).to_have_value("")
    expect(page).not_to_have_url(re.compile(r"\bq="))

    page.locator("#filter-situation").select_option("cancelado")
    expect(page.locator(".chip-filter")).to_contain_text("Cancelado")
    page.get_by_role("link", name="MRR", exact=True).click()
    expect(page.locator('th[aria-sort="ascending"]')).to_contain_text("MRR")
    expect(page).to_have_url(re.compile(r"\bsituation=cancelado\b"))
    expect(page).to_have_url(re.compile(r"\bsort=mrr\b"))
    with page.expect_event("load"):  # going back asks for the page again: no copy of it was kept
        page.go_back()
    expect(page.locator("#filter-situation")).to_have_value("cancelado")
    page.reload()
    expect(page.locator("#filter-situation")).to_have_value("cancelado")


def test_what_was_asked_last_is_shown(enter: Enter) -> None:
    page = enter("analyst")
    page.goto("/clientes/")
    whole = page.locator("#sentence").inner_text()
    code = page.locator(".customer-cell span").first.inner_text().split(" ")[0]
    page.locator("#filter-q").fill(code)
    expect(page.locator("tr[data-row]")).to_have_count(1)
    late: list[Route] = []
    held = True

    def hold(route: Route) -> None:
        if held:
            late.append(route)
        else:
            route.continue_()

    page.route(re.compile(r"/clientes/\?(.*&)?q="), hold)
    page.locator(".chip-filter").click()  # leaving the field asks for the same list again; that answer comes last
    expect(page.locator("#sentence")).to_have_text(whole)
    held = False  # one that comes only now goes on by itself: the page can come to rest
    for route in late:
        route.continue_()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#sentence")).to_have_text(whole)
    expect(page.locator("#filter-q")).to_have_value("")
    expect(page).not_to_have_url(re.compile(r"\bq="))


def test_columns_are_chosen_in_place(enter: Enter) -> None:
    page = enter("analyst")
    page.goto("/clientes/")
    page.get_by_text("Colunas", exact=True).click()
    page.get_by_role("checkbox", name="CNPJ").check()
    page.get_by_role("checkbox", name="Saúde").uncheck()
    page.get_by_role("button", name="Mostrar").click()
    expect(page.get_by_role("columnheader", name="CNPJ")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Saúde")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("columnheader", name="CNPJ")).to_be_visible()


def test_the_file_arrives(enter: Enter) -> None:
    page = enter("analyst")
    page.goto("/clientes/?sort=name")
    with page.expect_download() as told:
        page.get_by_role("button", name="CSV").click()
    assert told.value.suggested_filename == "clientes.csv"
    text = told.value.path().read_text(encoding="utf-8-sig")
    assert text.startswith("Código;Cliente;Situação")


def test_the_palette_by_keyboard(enter: Enter) -> None:
    page = enter("analyst")
    page.goto("/clientes/")
    name = page.locator("a[data-row-link]").nth(3).inner_text()
    press(page, "Control+k")
    expect(page.get_by_role("combobox", name=re.compile("CNPJ"))).to_be_focused()
    page.keyboard.type(name)
    option = page.get_by_role("option", name=re.compile(re.escape(name))).first
    expect(option).to_have_attribute("aria-selected", "true")
    press(page, "Enter")
    expect(page.locator("main h1")).to_have_text(name)
    press(page, "Control+k")
    press(page, "Escape")
    expect(page.locator("#palette")).not_to_be_visible()


def test_rows_and_places_by_keyboard(enter: Enter) -> None:
    page = enter("analyst")
    page.goto("/clientes/")
    press(page, "j", "j")
    second = page.locator("a[data-row-link]").nth(1)
    expect(second).to_be_focused()
    name = second.inner_text()
    press(page, "Enter")
    expect(page.locator("main h1")).to_have_text(name)
    press(page, "g", "4")
    expect(page.locator("main h1")).to_have_text("Clientes")
    press(page, "?")
    shortcuts = page.get_by_role("dialog", name="Atalhos do teclado")
    expect(shortcuts).to_be_visible()
    press(page, "Escape")
    expect(shortcuts).to_be_hidden()
    press(page, "[")
    expect(page.locator("#shell")).to_have_attribute("data-sidebar", "narrow")
    page.reload()
    expect(page.locator("#shell")).to_have_attribute("data-sidebar", "narrow")


def test_the_keyboard_reaches_the_content_first(enter: Enter) -> None:
    page = enter("analyst")
    page.goto("/clientes/")
    press(page, "Tab")
    expect(page.get_by_role("link", name="Ir para o conteúdo")).to_be_focused()
    press(page, "Enter")
    expect(page.locator("#content")).to_be_focused()


def test_the_theme_changes_at_once_and_stays(enter: Enter) -> None:
    page = enter("analyst")
    page.goto("/")
    page.locator("summary", has=page.locator(".avatar")).click()
    with page.expect_response("**/preferencias/"):
        page.get_by_role("button", name="Escuro").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/preferencias/")
    page.get_by_role("radio", name="Do sistema").check()
    page.get_by_role("button", name="Salvar preferências").click()
    toast = page.locator(".toast", has_text="Preferências salvas")
    expect(toast).to_be_visible()
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile(""))
    toast.get_by_role("button", name="Desfazer").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("radio", name="Do sistema").check()
    page.get_by_role("button", name="Salvar preferências").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile(""))


def test_people_of_a_customer_need_a_purpose(enter: Enter) -> None:
    page = enter("executor")
    page.goto("/clientes/?sort=-mrr")
    page.locator("a[data-row-link]").first.click()
    people = page.locator("#pessoas")
    people.get_by_role("button", name="Ver pessoas").click()  # the browser asks for the field first
    expect(people.get_by_label("Finalidade")).to_be_focused()
    people.get_by_label("Finalidade").select_option("atendimento")
    people.get_by_role("button", name="Ver pessoas").click()
    expect(people.get_by_text(re.compile("registrada na auditoria"))).to_be_visible()


def test_the_timeline_and_long_lists_come_in_parts(enter: Enter) -> None:
    page = enter("executor")
    page.goto("/clientes/?sort=-tenure")
    page.locator("a[data-row-link]").first.click()
    page.wait_for_url(re.compile(r"/clientes/[^/?]+/"))
    heard(page)
    events = page.locator("#historico .timeline > li")
    before = events.count()
    page.get_by_role("link", name="Mostrar mais").click()
    expect(events.nth(before)).to_be_visible()
    longer = page.locator("details.more").first
    longer.locator("summary").click()
    expect(longer.locator("table")).to_be_visible()


def test_a_chart_has_its_table_and_files(enter: Enter) -> None:
    page = enter("executive")
    page.goto("/")
    figure = page.locator("figure[data-chart]").first
    expect(figure.locator("canvas")).to_be_visible()
    figure.get_by_text("Ver como tabela").click()
    assert figure.locator("tbody tr").count() > 1
    with page.expect_download() as told:
        figure.get_by_role("button", name="CSV").click()
    rows = told.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == figure.locator("tbody tr").count() + 1
    with page.expect_download() as told:
        figure.get_by_role("button", name="PNG").click()
    assert told.value.path().read_bytes().startswith(b"\x89PNG")


def test_english_and_back(enter: Enter) -> None:
    page = enter("executive")
    page.goto("/preferencias/")
    save = page.locator("main form button.button-main")
    page.get_by_role("radio", name="English").check()
    save.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator('main input[value="pt-br"]').check()
    save.click()
    expect(page.locator("html")).to_have_attribute("lang", "pt-BR")


def test_losing_the_connection_is_stated(enter: Enter) -> None:
    page = enter("analyst")
    page.goto("/clientes/")
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#offline")).not_to_be_visible()
