"""An analyst adds a metric in a browser, sees its tests pass, and asks it the next moment."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.e2e.conftest import heard
from tests.e2e.test_every_page import violations, width


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_new_metric_is_answered_at_once(enter: Callable[..., Page], phone: bool) -> None:
    label = "Receita por chamado" if phone else "Receita por cliente perdido"
    page = enter("analyst", phone=phone, dark=phone)
    page.goto("/metricas/")
    page.get_by_role("link", name="Nova métrica").click()
    page.wait_for_url("**/metricas/nova/**")
    heard(page)
    page.get_by_label("Nome", exact=True).fill(label)
    page.get_by_label("Definição").fill("MRR dividido pelo que aconteceu no mesmo período.")
    page.get_by_label("Unidade").select_option("brl")
    page.get_by_label("Quem responde").fill("Sucesso do cliente")
    page.get_by_label("Fórmula").fill("mrr / nada")
    page.locator("#tried").get_by_text("falhou").first.wait_for()
    page.get_by_label("Fórmula").fill("mrr / tickets" if phone else "mrr / churned_customers")
    page.locator("#tried").get_by_text("falhou").first.wait_for(state="detached")
    page.locator("#tried").get_by_text("Nenhum valor passa dos limites").wait_for()
    assert width(page) <= (390 if phone else 1440)
    assert not violations(page)
    page.get_by_role("button", name="Testar e colocar em vigor").click()
    page.get_by_text(f"{label} está em vigor").wait_for()
    page.goto(f"/perguntar/?pergunta={label} por região")
    page.locator("[data-turn]").get_by_text(label).first.wait_for()
    page.locator("[data-turn]").get_by_text("Escopo").first.wait_for()
    page.goto("/metricas/versoes/")
    page.get_by_text(f"+ {label}").first.wait_for()
    assert not violations(page)
