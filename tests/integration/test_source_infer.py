"""Files of another company: inferred, written, run, without any code."""

import json
from pathlib import Path

import pytest
from tests.unit.identify.sources.test_grid import workbook
from tests.unit.identify.wizard import held_apart, known_systems, other_tables
from tests.unit.identify.wizard.exports import Export, cnpj, deal, name

from b2shift.cli.main import main
from b2shift.lake.api import open_lake

pytestmark = pytest.mark.slow


def delivered(folder: Path, exports: list[Export]) -> list[str]:
    """The exports as files of a delivery; their paths."""
    folder.mkdir()
    for export in exports:
        (folder / export.file).write_bytes(export.content())
    return [str(folder / export.file) for export in exports]


def inferred_and_run(files: list[str], drop: Path, home: Path) -> None:
    """The loop a person follows."""
    main(["source", "infer", *files, "--write", "--home", str(home)])
    for declared in sorted((home / "sources").glob("*.yaml")):
        main(["source", "check", str(declared)])
    main(["run", str(drop), "--home", str(home), "--no-publish"])


def test_exports_of_another_system_become_customers_and_deals(tmp_path: Path) -> None:
    files = delivered(tmp_path / "drop", held_apart.own_system())
    inferred_and_run(files, tmp_path / "drop", tmp_path / "home")
    lake = open_lake(tmp_path / "home")
    assert lake.query("SELECT count(*) AS n, count(DISTINCT name) AS names FROM customers").to_pylist() == [
        {"n": 60, "names": 60}
    ]
    deals = lake.query(
        "SELECT c.name, o.value, o.result FROM opportunities AS o JOIN customers AS c USING (customer_id) "
        "ORDER BY value"
    ).to_pylist()
    told = [deal(i, "%Y-%m-%d", ".", ("aberto", "perdido", "ganho")) for i in range(60)]
    assert [(d["name"], f"{d['value']:.2f}", d["result"]) for d in deals] == [
        (t["company"], t["value"], t["status"]) for t in told
    ]


def test_a_workbook_of_customers_with_titles_and_serial_dates_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    header = ["Código do cliente", "Razão social", "CNPJ", "Município", "UF", "Cliente desde"]
    rows = [[f"C-{i}", name(i), cnpj(i), "Curitiba", "PR", 45000 + i] for i in range(40)]
    contacts = [[f"P{i}", f"C-{i}", f"Pessoa {i}", f"p{i}@e{i}.com.br"] for i in range(40)]
    path = workbook(tmp_path / "drop" / "base.xlsx", {
        "Clientes": [["Carteira de clientes"], [], header, *rows],
        "Contatos": [["Id", "Código do cliente", "Nome", "E-mail"], *contacts],
    })  # fmt: skip
    (tmp_path / "drop" / "negocios.csv").write_text(
        "ID;Código do cliente;Valor;Etapa;Criado em\n1;C-3;1.234,50;Proposta;17/02/2025\n"
        "2;C-4;10,00;Proposta;18/02/2025\n",
        encoding="utf-8",
    )
    files = [str(path), str(tmp_path / "drop" / "negocios.csv")]
    inferred_and_run(files, tmp_path / "drop", tmp_path / "home")
    lake = open_lake(tmp_path / "home")
    assert lake.query("SELECT count(*) AS n, min(customer_since) AS first FROM customers").to_pylist()[0]["n"] == 40
    assert lake.query("SELECT count(*) AS n FROM contacts JOIN customers USING (customer_id)").to_pylist() == [
        {"n": 40}
    ]


def test_billing_help_desk_surveys_and_use_become_their_tables(tmp_path: Path) -> None:
    files = delivered(tmp_path / "drop", other_tables.billing_and_help_desk())
    inferred_and_run(files, tmp_path / "drop", tmp_path / "home")
    lake = open_lake(tmp_path / "home")
    rows = {name: lake.info(name).rows for name in ("customers", "contract_lines", "revenue_monthly", "invoices")}
    rows |= {name: lake.info(name).rows for name in ("usage_monthly", "nps_answers", "tickets")}
    assert rows == dict.fromkeys(rows, 60)
    [told] = lake.query(
        "SELECT (SELECT string_agg(DISTINCT status, ',' ORDER BY status) FROM invoices) AS invoices, "
        "(SELECT string_agg(DISTINCT situation, ',' ORDER BY situation) FROM contract_lines) AS contracts, "
        "(SELECT string_agg(DISTINCT priority, ',' ORDER BY priority) FROM tickets) AS priorities, "
        "(SELECT count(*) FROM nps_answers WHERE class = 'promotor' AND survey = 'relacional') AS promoters, "
        "(SELECT sum(hours) FROM usage_monthly JOIN customers USING (customer_id)) AS hours"
    ).to_pylist()
    assert told == {
        "invoices": "ABERTA,PAGA,VENCIDA", "contracts": "ATIVO,CANCELADO", "priorities": "high,low,urgent",
        "promoters": sum(i % 11 >= 9 for i in range(60)), "hours": sum(10 + 1.25 * i for i in range(60)),
    }  # fmt: skip


def test_what_is_in_doubt_is_reported_and_nothing_is_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = delivered(tmp_path / "drop", known_systems.pipedrive())
    main(["source", "infer", *files, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert "Person - Name" in told[1]["unmapped"]
    main(["source", "infer", *files, "--write", "--home", str(tmp_path / "home")])
    with pytest.raises(SystemExit) as stopped:
        main(["source", "infer", *files, "--write", "--home", str(tmp_path / "home")])
    assert stopped.value.code == 2
    assert "já está declarada" in capsys.readouterr().err
