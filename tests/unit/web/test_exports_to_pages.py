"""Whole exports of other systems and a workbook, inferred and run without code, as people then see them on pages."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from tests.unit.identify.sources.test_grid import workbook
from tests.unit.identify.wizard import whole_exports
from tests.unit.identify.wizard.exports import Export

from b2shift.cli.loop import run_loop
from b2shift.cli.main import main
from b2shift.lake.api import open_lake
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.publication import publish_lake

pytestmark = pytest.mark.slow


@pytest.fixture
def browser(db: None) -> Client:
    """An analyst, who sees every customer."""
    found = Client()
    found.force_login(User.objects.create_user("ana@empresa.example", "uma frase longa de teste", name="Ana",
                                               role=Role.ANALYST))  # fmt: skip
    return found


def shown(tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The loop a person follows, up to the records behind the pages; the home."""
    home = tmp_path / "home"
    main(["source", "infer", *map(str, files), "--write", "--home", str(home)])
    run_loop(files[0].parent, home, publish=False)
    monkeypatch.setattr(settings, "HOME", home)
    publish_lake(open_lake(home))
    return home


def as_workbook(exports: list[Export], folder: Path) -> list[Path]:
    """All objects as sheets of one workbook."""
    sheets = {one.table: [list(one.columns), *one.rows] for one in exports}
    return [workbook(folder / "crm.xlsx", sheets)]


def as_files(exports: list[Export], folder: Path) -> list[Path]:
    """One file per object."""
    for one in exports:
        (folder / one.file).write_bytes(one.content())
    return [folder / one.file for one in exports]


@pytest.mark.parametrize(
    ("exports", "kept"),
    [
        (whole_exports.pipedrive, as_files),
        (whole_exports.hubspot, as_files),
        (whole_exports.salesforce, as_workbook),
    ],
)
def test_four_objects_of_another_system_are_on_the_pages(
    tmp_path: Path,
    browser: Client,
    monkeypatch: pytest.MonkeyPatch,
    exports: Callable[[], list[Export]],
    kept: Callable[[list[Export], Path], list[Path]],
) -> None:
    (tmp_path / "drop").mkdir()
    home = shown(tmp_path, kept(exports(), tmp_path / "drop"), monkeypatch)
    lake = open_lake(home)
    [told] = lake.query(
        "SELECT (SELECT count(*) FROM customers) AS firms, "
        "(SELECT count(*) FROM opportunities JOIN customers USING (customer_id)) AS deals, "
        "(SELECT sum(value) FROM opportunities) AS worth, "
        "(SELECT count(*) FILTER (result = 'ganho') FROM opportunities) AS won, "
        "(SELECT count(*) FROM contacts JOIN customers USING (customer_id)) AS people, "
        "(SELECT count(*) FROM activities JOIN customers USING (customer_id)) AS tasks"
    ).to_pylist()
    worth = sum(Decimal(whole_exports.money(i)) for i in whole_exports.DEALS)
    assert told == {"firms": 24, "deals": 60, "worth": worth, "won": 20, "people": 36, "tasks": 48}
    [code] = [row["customer_id"] for row in lake.query(
        "SELECT customer_id FROM customers WHERE name = 'Padaria São João 0'").to_pylist()]  # fmt: skip
    assert "Padaria São João 0" in browser.get("/clientes/").text
    assert "Padaria São João 0" in browser.get("/clientes/", {"q": "padaria sao joao 0"}).text
    page = browser.get(f"/clientes/{code}/").text
    assert "Padaria São João 0" in page
    [one] = lake.query("SELECT customer_id FROM contacts WHERE email = 'pessoa0@empresa0.com.br'").to_pylist()
    assert one["customer_id"] == code
