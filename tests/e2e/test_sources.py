"""Files of another system, from the upload to the declared source, and a delivery, looked at, in a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.test_every_page import violations, width
from tests.unit.identify.wizard.other_tables import billing_and_help_desk


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_files_become_sources(enter: Callable[..., Page], tmp_path: Path, phone: bool) -> None:
    files = []
    for one in billing_and_help_desk()[:3]:
        path = tmp_path / f"{'p' if phone else 'd'}_{one.file}"
        path.write_bytes(one.content())
        files.append(path)
    page = enter("analyst", phone=phone, dark=phone)
    page.goto("/fontes/")
    page.locator("#files").set_input_files(files)
    for one in files:
        expect(page.locator("label[for=files] [data-file-names]")).to_contain_text(Path(one).name)
    page.get_by_role("button", name="Enviar e ver a proposta").click()
    page.get_by_role("heading", name="O que estes arquivos são").wait_for()
    assert width(page) <= (390 if phone else 1440)
    assert not violations(page)
    page.get_by_role("button", name="Salvar as fontes marcadas").click()
    page.get_by_role("heading", name="Fontes declaradas").wait_for()
    expect(page.get_by_text("da empresa", exact=True).nth(2)).to_be_visible()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_delivery_is_looked_at_and_put_away(enter: Callable[..., Page], tmp_path: Path, phone: bool) -> None:
    for name in ("tickets.csv", "anotacoes_da_casa.csv"):
        (tmp_path / name).write_bytes(b"a;b\n1;2\n")
    page = enter("analyst", phone=phone, dark=phone)
    page.goto("/fontes/")
    page.locator("#delivery").set_input_files([tmp_path / "tickets.csv", tmp_path / "anotacoes_da_casa.csv"])
    page.get_by_role("button", name="Enviar e conferir").click()
    page.get_by_role("heading", name="Conferir a entrega").wait_for()
    expect(page.get_by_text("1 de 2 arquivos tem uma fonte que o lê")).to_be_visible()
    expect(page.get_by_role("link", name="Declarar com o assistente")).to_be_visible()
    assert width(page) <= (390 if phone else 1440)
    assert not violations(page)
    page.get_by_role("button", name="Apagar o que enviei").click()
    expect(page.get_by_text("Os arquivos enviados foram apagados")).to_be_visible()
