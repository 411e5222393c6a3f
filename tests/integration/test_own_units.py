"""A house of its own files has one unit until it declares others, then those, from its customers to its pages."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from b2shift.cli.loop import run_loop
from b2shift.cli.main import main
from b2shift.lake.api import Lake, open_lake
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Customer
from b2shift.web.crm.publication import publish_lake

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
FAMILIES = ("Rastreio", "Frete", "Rastreio,Frete", "")
DECLARED = """
units:
- {key: matriz, name: Matriz Logística, default: true}
- {key: frotas, name: Frotas Conectadas, families: [Rastreio]}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files of another company, their sources inferred, and the home they will be run into."""
    drop = tmp_path / "drop"
    drop.mkdir()
    names = [f"Transportes {chr(65 + n % 26)}{n} Ltda" for n in range(40)]
    lines = [f"C-{n};{name};{10 + n % 12:02d}/01/2022" for n, name in enumerate(names)]
    (drop / "carteira.csv").write_text("\n".join(["Código do cliente;Razão social;Cliente desde", *lines]), "utf-8")
    paid = [
        f"C-{n};2025-{month:02d}-01;{family};{100 + n}.50"
        for month in range(1, 7)
        for n in range(40)
        for family in filter(None, FAMILIES[n % 4].split(","))
    ]
    (drop / "receita.csv").write_text("\n".join(["Código do cliente;Mês;Família de produto;MRR", *paid]), "utf-8")
    files = [str(drop / name) for name in ("carteira.csv", "receita.csv")]
    main(["source", "infer", *files, "--write", "--home", str(tmp_path / "home")])
    monkeypatch.setattr(settings, "HOME", tmp_path / "home")
    return tmp_path / "home"


def shown(home: Path) -> tuple[Lake, Client]:
    """The loop up to the records, and the browser of who sees every customer."""
    run_loop(home.parent / "drop", home, publish=False, threads=1)
    publish_lake(open_lake(home))
    known = {"name": "Ana", "role": Role.ANALYST}
    person, _made = User.objects.get_or_create(email="ana@empresa.example", defaults=known)
    browser = Client()
    browser.force_login(person)
    return open_lake(home), browser


def computed(lake: Lake) -> dict[str, int]:
    """Table → the version that wrote it."""
    return {name: lake.info(name).since for name in ("companies", "revenue_monthly", "customers", "features")}


def test_units_of_the_house_from_customers_to_pages(home: Path) -> None:
    lake, browser = shown(home)
    [units] = lake.query("SELECT list(DISTINCT business_units) AS units FROM customers").column(0).to_pylist()
    assert units == [["casa"]]
    page = browser.get("/clientes/").content.decode()
    assert "Todas as unidades" not in page
    assert "TOTVS" not in page
    before = computed(lake)

    (home.parent / "unidades.yaml").write_text(DECLARED, "utf-8")
    main(["units", "set", str(home.parent / "unidades.yaml"), "--home", str(home)])
    lake, browser = shown(home)
    served = lake.query("SELECT array_to_string(business_units, '+') AS units, count(*) AS n FROM customers GROUP BY 1")
    assert {row["units"]: row["n"] for row in served.to_pylist()} == {"frotas": 10, "matriz": 20, "frotas+matriz": 10}
    now = computed(lake)
    again = {name for name in now if now[name] != before[name]}
    assert again == {"customers", "features"}, "the files are not read again"

    page = browser.get("/clientes/").content.decode()
    assert "Frotas Conectadas" in page
    assert "TOTVS" not in page
    assert browser.post("/unidade/", {"unit": "frotas"}).status_code == 302
    listed = browser.get("/clientes/")
    assert listed.context["total"] == 20
    assert browser.get("/api/v1/customers", {"unit": "matriz"}).json()["total"] == 30
    assert browser.get("/api/v1/customers", {"unit": "totvs_gestao"}).status_code == 422
    assert Customer.objects.filter(units_key="|frotas|").count() == 10
