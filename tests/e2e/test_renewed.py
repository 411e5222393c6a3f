"""A page that stands open while other data are published."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Product, arrived

COPIED = "lake_version, as_of, published_at, seconds, counts, changed"


def published_anew(product: Product) -> None:
    with closing(sqlite3.connect(product.home / "records.sqlite3", timeout=60)) as records, records:
        newest = f"SELECT {COPIED} FROM crm_publication ORDER BY id DESC LIMIT 1"
        records.execute(f"INSERT INTO crm_publication ({COPIED}) {newest}")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_page_says_that_its_new_part_is_of_other_data(
    enter: Callable[..., Page], product: Product, phone: bool
) -> None:
    page = enter("analyst", phone=phone)
    page.goto("/clientes/")
    arrived(page)
    note = page.get_by_text("Chegou outra versão dos dados")
    page.get_by_role("link", name="Risco alto").click()
    arrived(page)
    expect(note).to_be_hidden()

    published_anew(product)
    page.get_by_role("link", name="Todos", exact=True).click()
    expect(note).to_be_visible()
    with page.expect_event("load"):
        page.get_by_role("link", name="Atualizar a página").click()
    arrived(page)
    expect(page.get_by_role("heading", name="Clientes", exact=True)).to_be_visible()
    expect(note).to_be_hidden()
    page.get_by_role("link", name="Risco alto").click()
    arrived(page)
    expect(note).to_be_hidden()
