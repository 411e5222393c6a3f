"""What is asked of the wizard as people have it: folders, zips, names that come twice, objects within objects."""

import json
import zipfile
from pathlib import Path

import pytest
from tests.unit.identify.sources.test_grid import workbook
from tests.unit.identify.wizard.exports import cnpj, name
from tests.unit.identify.wizard.known_systems import hubspot_in_portuguese
from tests.unit.identify.wizard.test_accounts import firms, lines, load
from tests.unit.identify.wizard.test_keys import mapped

from b2shift.identify.api import propose_sources, write_sources
from b2shift.kernel.errors import SourceError


@pytest.mark.parametrize("zipped", [False, True])
def test_a_folder_or_a_zip_stands_for_its_files(tmp_path: Path, zipped: bool) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    files = [firms(drop), lines(drop)]
    apart = propose_sources(files)
    (drop / "leia-me.docx").write_bytes(b"PK\x03\x04\x00\x00")
    (drop / "antes").mkdir()
    (drop / "antes" / "x.csv").write_text("a;b\n")
    asked = drop
    if zipped:
        asked = tmp_path / "entrega.zip"
        with zipfile.ZipFile(asked, "w") as out:
            for file in drop.rglob("*"):
                out.write(file, f"Entrega de março/{file.relative_to(drop)}")
    aside: list[SourceError] = []
    assert propose_sources([asked], aside=aside.append) == apart
    assert [Path(str(error.value)).name for error in aside] == ["antes", "leia-me.docx"]
    with pytest.raises(SourceError, match=r"leia-me\.docx"):
        propose_sources([asked])


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_name_that_comes_twice_is_two_columns(tmp_path: Path, ending: str) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    rows = [["Account ID", "Account Name", "CNPJ", "Account Name"]]
    rows += [[f"A{i:05d}", name(i), cnpj(i), f"Marca {i}"] for i in range(30)]
    if ending == "csv":
        file = drop / "accounts.csv"
        file.write_text("\n".join(map(";".join, rows)) + "\n", encoding="utf-8")
    else:
        file = workbook(drop / "accounts.xlsx", {"Contas": rows})
    proposal, bills = propose_sources([file, lines(drop)], home=home)
    assert [one.header for one in proposal.seen] == ["Account ID", "Account Name", "CNPJ", "Account Name (2)"]
    write_sources((proposal, bills), home)
    source = home / "sources" / f"{proposal.source}.yaml"
    text = source.read_text(encoding="utf-8")
    source.write_text(text + "  Account Name (2):\n    to: trade_name\n    kind: text\n", encoding="utf-8")
    lake = load(home, drop)
    assert lake.query("SELECT count(*) AS n FROM companies WHERE trade_name LIKE 'Marca %'").to_pylist() == [{"n": 30}]


def test_objects_within_objects_are_columns(tmp_path: Path) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    clients = [
        {"id": 1000 + 7 * i, "company": {"name": name(i), "tax": {"cnpj": cnpj(i)}, "a/b": 1}, "tags": []}
        for i in range(30)
    ]
    bills = [
        {"number": i, "customer": {"id": 1000 + 7 * (i % 30)}, "issued_at": f"2025-03-{1 + i % 28:02d}",
         "total": {"amount": 10.5 + i}} for i in range(60)
    ]  # fmt: skip
    for file, objects in (("customers", clients), ("invoices", bills)):
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)
        (drop / f"{file}.jsonl").write_text(text, encoding="utf-8")
    proposal = propose_sources([drop], home=home)
    assert mapped(proposal[0]) == {"customer_id": "id", "name": "company.name", "cnpj": "company.tax.cnpj"}
    assert mapped(proposal[1])["customer_id"] == "customer.id"
    assert mapped(proposal[1])["amount"] == "total.amount"
    write_sources(proposal, home)
    lake = load(home, drop)
    assert lake.info("companies").rows == 30
    assert lake.query("SELECT count(DISTINCT customer_id) AS n, sum(amount) AS v FROM invoices").to_pylist() == [
        {"n": 30, "v": sum(10.5 + i for i in range(60))}
    ]


@pytest.mark.parametrize("whole", [False, True])
def test_a_json_document_is_read_like_lines_and_a_broken_one_costs_no_other(tmp_path: Path, whole: bool) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    bills = [
        {"number": i, "Código": f"{1000 + i}", "customer": {"id": 1000 + 7 * (i % 30)},
         "issued_at": f"2025-03-{1 + i % 28:02d}", "amount": 10.5 + i} for i in range(60)
    ]  # fmt: skip
    clients = [{"id": 1000 + 7 * i, "name": name(i), "cnpj": cnpj(i)} for i in range(30)]
    for file, objects in (("customers", clients), ("invoices", bills)):
        document = {"page": 1, "tags": ["a"], "data": objects} if whole else objects
        (drop / f"{file}.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    broken = tmp_path / "cortado.json"
    broken.write_text('[{"id": 1, "name": "a"}, {"id"')
    aside: list[SourceError] = []
    proposal = propose_sources([broken, *sorted(drop.iterdir())], home=home, aside=aside.append)
    assert [error.value for error in aside] == ["cortado.json"]
    assert [one.table for one in proposal] == ["companies", "invoices"]
    assert proposal[1].seen[1].header == "Código"
    write_sources(proposal, home)
    lake = load(home, drop)
    assert lake.info("companies").rows == 30
    assert lake.query("SELECT count(DISTINCT customer_id) AS n, sum(amount) AS v FROM invoices").to_pylist() == [
        {"n": 30, "v": sum(10.5 + i for i in range(60))}
    ]


def test_a_path_that_is_not_there_stops_all(tmp_path: Path) -> None:
    aside: list[SourceError] = []
    with pytest.raises(SourceError, match="não existe"):
        propose_sources([firms(tmp_path), tmp_path / "cleintes.csv"], aside=aside.append)
    assert not aside


@pytest.mark.parametrize("same", [True, False])
def test_two_files_of_one_list_are_one_registry(tmp_path: Path, same: bool) -> None:
    """Those of another system, where a code is another company's, are not."""
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    head, *rows = firms(drop).read_text(encoding="utf-8").splitlines()
    (drop / "clientes.csv").unlink()
    codes = [row.split(";")[0] for row in (rows[14:] if same else rows[:4])] + [f"9{i:05d}" for i in range(12)]
    later = [f"{code};{row.split(';', 1)[1]}" for code, row in zip(codes, rows[14:], strict=False)]
    for name_, some in (("clientes_2023", rows[:20]), ("clientes_2024", later)):
        (drop / f"{name_}.csv").write_text("\n".join([head, *some]) + "\n", encoding="utf-8")
    proposal = propose_sources([*sorted(drop.glob("clientes_*")), lines(drop)], home=home)
    if not same:
        assert proposal[1].declaration.get("accounts")
        return
    assert [one.declaration.get("customers") for one in proposal[:2]] == ["registry", "registry"]
    write_sources(proposal, home)
    lake = load(home, drop)
    assert (lake.info("customers").rows, lake.info("invoices").rows) == (30, 60)


@pytest.mark.parametrize("label", ["Record ID", "Deal Stage"])
def test_totals_and_empty_lines_of_a_workbook_are_no_deals(tmp_path: Path, label: str) -> None:
    """They have neither a customer nor a code of their own, or the word of a sum for one."""
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    header = ["Record ID", "Deal Stage", "Amount", "Close Date", "Associated Company IDs"]
    deals = [[500 + i, "Closed Won", 10.5 + i, f"2025-02-{1 + i % 28:02d}", 9000 + i % 20] for i in range(60)]
    total = [{label: "Total geral", "Amount": sum(10.5 + i for i in range(60))}.get(one, "") for one in header]
    firms_ = [[9000 + i, name(i), cnpj(i)] for i in range(20)]
    workbook(drop / "hubspot.xlsx", {
        "Empresas": [["Record ID", "Company name", "CNPJ"], *firms_], "Deals": [header, *deals, total],
    })  # fmt: skip
    head = "activity id;type;due date;deal id"
    (drop / "activities.csv").write_text(f"{head}\n1;call;2025-02-17;500\n;;;\n", encoding="utf-8")
    write_sources(propose_sources([drop], home=home), home)
    lake = load(home, drop)
    assert lake.query("SELECT count(*) AS n, sum(value) AS v FROM opportunities").to_pylist() == [
        {"n": 60, "v": sum(10.5 + i for i in range(60))}
    ]
    assert lake.info("activities").rows == 1
    told = lake.query("SELECT file, kind FROM rejects ORDER BY file").to_pylist()
    assert told == [{"file": file, "kind": "invalid_key"} for file in ("activities.csv", "hubspot.xlsx")]


def test_deals_won_in_portuguese_are_won(tmp_path: Path) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    for one in hubspot_in_portuguese():
        (drop / one.file).write_bytes(one.content())
    write_sources(propose_sources([drop], home=home), home)
    told = load(home, drop).query("SELECT result, count(*) AS n FROM opportunities GROUP BY 1 ORDER BY 1").to_pylist()
    assert told == [{"result": result, "n": 20} for result in ("aberto", "ganho", "perdido")]
