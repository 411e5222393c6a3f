"""Every page in light, dark and on a phone: accessible (axe, WCAG 2.2 AA), no small target, none wider, no shift."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from tests.e2e.conftest import arrived
from tests.e2e.targets import small_targets

Enter = Callable[..., Page]

AXE = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
}
PAINTED = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "scrollable-region-focusable"]},
}
"""The rules whose answer can change with the colours and the width of the screen, the structure being the same."""
PAGES = (
    ("executor", "/"),
    ("manager", "/"),
    ("marketing", "/"),
    ("analyst", "/"),
    ("executive", "/"),
    ("administrator", "/"),
    ("analyst", "/clientes/"),
    ("analyst", "/clientes/?q=zzzzzz"),
    ("executor", "{customer}"),
    ("analyst", "/segmentos/"),
    ("analyst", "{segment}"),
    ("analyst", "/segmentos/comparar/"),
    ("executor", "/contatos-devidos/"),
    ("analyst", "/proximas-acoes/"),
    ("executor", "/tarefas/"),
    ("manager", "/aprovacoes/"),
    ("manager", "/envios/"),
    ("manager", "/campanhas/"),
    ("manager", "/campanhas/nova/?situation=ativo"),
    ("manager", "/envios/contas/"),
    ("executive", "/efeitos/"),
    ("marketing", "{campaign}"),
    ("manager", "{campaign}clientes/?arm=control"),
    ("marketing", "/modelos-de-mensagem/"),
    ("marketing", "/modelos-de-mensagem/educacao/"),
    ("manager", "/jornadas/"),
    ("analyst", "/jornadas/detrator/desenhar/?passo=o_que_disse"),
    ("administrator", "/envios/paradas/"),
    ("analyst", "/regua/"),
    ("marketing", "/regua/ajustar/"),
    ("marketing", "/regua/editar/"),
    ("analyst", "/regua/versoes/"),
    ("marketing", "/regua/simular/"),
    ("analyst", "/modelos/"),
    ("analyst", "/modelos/conferencia/"),
    ("analyst", "/modelos/scores/"),
    ("analyst", "/modelos/scores/churn_90d/"),
    ("marketing", "/modelos/versoes/"),
    ("analyst", "/qualidade/"),
    ("analyst", "/qualidade/rejeitadas/"),
    ("analyst", "/qualidade/corrigidos/"),
    ("analyst", "/qualidade/mudancas/"),
    ("analyst", "/qualidade/mudancas/?kind=new"),
    ("analyst", "/qualidade/receita/"),
    ("analyst", "/qualidade/revisao/"),
    ("analyst", "/catalogo/"),
    ("analyst", "/catalogo/customers/"),
    ("analyst", "/catalogo/customers/linhagem/?coluna=mrr"),
    ("analyst", "/catalogo/metrica/nrr/"),
    ("analyst", "/catalogo/customers/perfil/"),
    ("analyst", "/empresas-repetidas/"),
    ("analyst", "/empresas-repetidas/?ver=unidas"),
    ("analyst", "/empresas-repetidas/?ver=decididas"),
    ("analyst", "/contatos-repetidos/"),
    ("administrator", "/lgpd/eliminacoes/"),
    ("executor", "/contatos-repetidos/?ver=unidas"),
    ("administrator", "/fontes/"),
    ("analyst", "/fontes/tickets/"),
    ("analyst", "/fontes/cargas-pedidas/"),
    ("administrator", "/unidades/"),
    ("administrator", "/unidades/mudar/"),
    ("administrator", "/unidades/versoes/"),
    ("administrator", "/pessoas/"),
    ("administrator", "/pessoas/nova/"),
    ("administrator", "/auditoria/"),
    ("analyst", "/chaves/"),
    ("analyst", "/preferencias/"),
    ("executor", "/senha/"),
    ("administrator", "/clientes/"),
    ("marketing", "/painel/"),
    ("executive", "/alertas/novo/?texto=avise+quando+o+NPS+cair+abaixo+de+20"),
    ("executive", "/relatorios/novo/"),
    ("executive", "/metas/"),
    ("executive", "/simulador/?price=5&people=2"),
    ("executive", "/painel/executivo/"),
    ("marketing", "/painel/marketing/?segmento=varejo"),
    ("manager", "/painel/sucesso-do-cliente/"),
    ("analyst", "/painel/dados-e-modelos/"),
    ("analyst", "/painel/segmentos/"),
    ("marketing", "/painel/campanhas/?periodo=12m"),
    ("executive", "/painel/efeito-das-acoes/"),
    ("analyst", "/perguntar/"),
    ("executive", "/perguntar/?pergunta=MRR+por+segmento"),
    ("analyst", "/segmentos/mapa/"),
    ("analyst", "/segmentos/fluxos/"),
    ("analyst", "/segmentos/rfm/?recencia=5&frequencia=5"),
    ("executor", "/etapas/"),
    ("executor", "{customer}evolucao/"),
    ("executor", "{customer}notas/"),
    ("executor", "{customer}historico/"),
    ("executor", "{customer}como-era/"),
    ("analyst", "/prospects/"),
    ("analyst", "{prospect}"),
    ("executor", "{due}"),
    ("executor", "/aprovacoes/meus/"),
    ("analyst", "/metricas/"),
    ("analyst", "/metricas/nova/"),
    ("analyst", "/metricas/versoes/"),
    ("executive", "/alertas/"),
    ("executive", "/avisos/"),
    ("executive", "/relatorios/"),
    ("executive", "/relatorios/recebidos/"),
    ("marketing", "/modelos-de-mensagem/versoes/"),
    ("administrator", "/pessoas/equipes/nova/"),
    ("administrator", "{person}"),
    ("administrator", "/lgpd/"),
    ("administrator", "/lgpd/titulares/"),
    ("administrator", "/lgpd/pedidos/"),
    ("administrator", "/lgpd/pedidos/novo/"),
    ("administrator", "/lgpd/operacoes/"),
    ("administrator", "/lgpd/leituras/"),
    ("analyst", "/nada/"),
)


LISTED = {
    "{customer}": ("/clientes/?sort=-churn", "a[data-row-link]"),
    "{segment}": ("/segmentos/", "main tbody a[href^='/segmentos/']"),
    "{prospect}": ("/prospects/", "main tbody a[href^='/prospects/']"),
    "{due}": ("/contatos-devidos/", "main a[href$='/contato/']"),
    "{campaign}": ("/efeitos/", "main tbody a[data-row-link]"),
    "{person}": ("/pessoas/", "main tbody a[href^='/pessoas/']"),
}
"""What stands for the first of a list the person sees: the list, and the link in it."""


def go(page: Page, path: str) -> None:
    """Open a page by its address, or by that of the first of a list with what follows it."""
    for name, (listed, link) in LISTED.items():
        if path.startswith(name):
            page.goto(listed)
            address = page.locator(link).first.get_attribute("href")
            assert address
            path = address + path.removeprefix(name)
    page.goto(path)
    arrived(page)


def width(page: Page) -> int:
    """How wide the page is in pixels of CSS, once its styles have arrived."""
    page.wait_for_load_state()
    return int(page.evaluate("document.documentElement.scrollWidth"))


def violations(page: Page, rules: dict[str, Any] = AXE) -> list[str]:
    """What axe finds on the page that has arrived, one line a rule, with the first places."""
    page.wait_for_load_state()
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{one['id']}: {one['help']} {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]


def name(role: str, path: str) -> str:
    return f"{role}{re.sub(r'[^a-z]+', '-', path)}"


@pytest.mark.parametrize(("role", "path"), PAGES, ids=[name(*page) for page in PAGES])
def test_a_page_is_accessible(visit: Enter, role: str, path: str) -> None:
    page = visit(role)
    go(page, path)
    assert not violations(page)
    assert not small_targets(page)


@pytest.mark.parametrize(("role", "path"), PAGES, ids=[name(*page) for page in PAGES])
def test_a_page_fits_a_phone_in_the_dark(visit: Enter, role: str, path: str) -> None:
    page = visit(role, phone=True, dark=True)
    go(page, path)
    assert width(page) <= 390
    assert page.locator(".bottom-bar a").count() <= 5
    assert not violations(page, AXE if path == "/" else PAINTED)
    assert not small_targets(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_sign_in_page(enter: Enter, dark: bool) -> None:
    page = enter(dark=dark)
    page.goto("/entrar/")
    assert not violations(page)
    page.get_by_label("E-mail").fill("ninguem@demo.example")
    page.get_by_label("Senha").fill("errada")
    page.get_by_role("button", name="Entrar").click()
    page.get_by_role("alert").wait_for()
    assert not violations(page)


@pytest.mark.parametrize(("role", "path"), [("executor", "/"), ("analyst", "/clientes/"), ("executor", "{customer}")])
def test_nothing_moves_while_a_page_arrives(enter: Enter, role: str, path: str) -> None:
    page = enter(role)
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) "
        "if (!one.hadRecentInput) window.shift += one.value; }).observe({ type: 'layout-shift', buffered: true });"
    )
    go(page, path)
    page.wait_for_timeout(500)
    assert page.evaluate("window.shift") < 0.02
