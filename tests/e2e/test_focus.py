"""Whole forms by keyboard alone: each stop of the tab key is seen, none is behind a bar, and the last leads out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import arrived

Enter = Callable[..., Page]
MOST_STOPS = 200
HIDDEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const told = `${one.tagName} ${one.name ?? ""} ${(one.textContent || one.value || "").trim().slice(0, 40)}`;
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const across = [left + 2, left + Math.min(right - left, 24) / 2, (left + right) / 2, right - 2];
  const takes = (y) => across.some((x) => {
    const at = document.elementFromPoint(x, y);
    return at !== null && (one.contains(at) || [...(one.labels ?? [])].some((label) => label.contains(at)));
  });
  return bottom > top && right > left && (takes(top + 2) || takes((top + bottom) / 2) || takes(bottom - 2)) ? "" : told;
}"""
"""The element that has the focus when nothing of it is seen, not obscured by what stands above it (WCAG 2.4.11)."""


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("marketing", "/regua/ajustar/"),
        ("analyst", "/metricas/nova/"),
        ("analyst", "/jornadas/detrator/desenhar/?passo=o_que_disse"),
        ("manager", "/campanhas/nova/?situation=ativo"),
        ("administrator", "/lgpd/pedidos/novo/"),
    ],
)
def test_a_form_is_walked_by_keyboard(enter: Enter, role: str, path: str, phone: bool) -> None:
    page = enter(role, phone=phone)
    if not phone:
        page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(path)
    arrived(page)
    page.locator("main a[href], main button, main input").first.focus()
    unseen = []
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("!document.activeElement.closest('main')"):
            break
        unseen.append(page.evaluate(HIDDEN))
    else:
        pytest.fail("the tab key never leaves the form")
    assert len(unseen) > 3
    assert not list(filter(None, unseen))


@pytest.mark.parametrize(
    ("role", "path", "button", "begins"),
    [
        ("administrator", "/pessoas/nova/", "Criar pessoa", "name"),
        ("executive", "/relatorios/novo/", "Criar relatório", "title"),
        ("executive", "/metas/", "Salvar meta", None),
    ],
)
def test_a_refused_form_begins_where_it_is_wrong(
    enter: Enter, role: str, path: str, button: str, begins: str | None
) -> None:
    """Told by the server, not by the browser: `begins` is the field marked first; without one, what is said is read."""
    page = enter(role)
    page.goto(path)
    arrived(page)
    page.evaluate("[...document.forms].forEach((form) => form.noValidate = true)")
    page.get_by_role("button", name=button).click()
    wrong = page.locator(f"main [name={begins}]" if begins else "main form [role=alert]")
    expect(wrong).to_be_focused()


def test_what_is_written_while_the_preview_comes_stays(enter: Enter) -> None:
    """The preview of a campaign is asked for with each field that changes; the next field is typed meanwhile."""
    page = enter("manager")
    page.goto("/campanhas/nova/?situation=ativo")
    arrived(page)
    page.locator("#name").fill("Teste")
    with page.expect_response(lambda answer: "/campanhas/nova/" in answer.url and answer.request.method == "POST"):
        page.keyboard.press("Tab")
        page.locator("[name=message]").fill("Escrita enquanto a prévia chega")
    expect(page.locator("#preview-part")).to_contain_text("mensagem-chave")
    assert page.locator("[name=message]").input_value() == "Escrita enquanto a prévia chega"
    assert page.evaluate("document.activeElement.name") == "message"
    page.locator("#control_share").fill("meio")
    page.keyboard.press("Tab")
    expect(page.locator("#refused")).to_contain_text("pede um número inteiro")
    page.locator("#kind").select_option("expansao")
    expect(page.locator("[name=written_for]")).to_have_value("expansao")
    assert page.locator("[name=message]").input_value() == "Escrita enquanto a prévia chega"
