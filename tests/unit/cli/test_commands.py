"""The command line: help that teaches, documented exit codes, results in JSON."""

import csv
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.cli.conftest import Run
from tools.reference import commands

from b2shift import differentiate
from b2shift.cli.commands.export import export_table
from b2shift.cli.tree import full_command_line, root
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import load_specs, open_lake, writing
from b2shift.lake.contracts import ColumnSpec, Layer, TableSpec

DECLARED = """
- name: customers
  layer: refined
  grain: one customer
  description: Customers.
  key: [customer_id]
  columns:
    customer_id: [VARCHAR, "customer"]
    name: [VARCHAR, "name"]
- name: hidden
  layer: analytics
  grain: one row
  description: Not for export.
  published: false
  columns:
    key: [VARCHAR, "key"]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with two versions of two small tables."""
    (tmp_path / "tables.yaml").write_text(DECLARED)
    specs = load_specs(tmp_path / "tables.yaml")
    for rows in ("SELECT 'T00001' AS customer_id, 'Ação' AS name", "SELECT 'T00002' AS customer_id, 'Nova' AS name"):
        with writing(tmp_path / "home") as session:
            session.write(specs["customers"], rows)
            session.write(specs["hidden"], "SELECT 'k' AS key")
            session.commit(date(2025, 3, 31))
    return tmp_path / "home"


def test_without_a_command_the_tour_is_shown(run: Run) -> None:
    code, out, err = run()
    assert code == 2
    assert "Um passeio" in out + err
    assert "Erro" not in err


def test_every_help_speaks_portuguese(run: Run) -> None:
    for name, command in commands():
        code, out, _ = run(*name.split()[1:], "--help")
        assert code == 0
        assert f"Uso: {name}" in out
        assert command.help.splitlines()[0][:30] in out
        for english in ("Usage", "OPTIONS", "Options", "Arguments", "default:", "required", "Show this message"):
            assert english not in out, (name, english)


def test_the_list_says_of_a_command_what_its_own_help_says() -> None:
    listed, read = root().commands, full_command_line().commands
    assert set(listed) == set(read)
    for name, command in read.items():
        assert listed[name].short_help == command.help.split("\n\n")[0].replace("\n", " "), name


def test_help_is_a_tour_in_portuguese(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert "Um passeio" in out
    assert "Comandos" in out
    assert "Mostra esta ajuda" in out
    assert "b2shift run demo-drop/" in out


@pytest.mark.parametrize(
    "asked", [["bogus"], ["run"], ["lake", "rollback", "x"], ["run", "d", "--as-of", "31/03/2025"]]
)
def test_wrong_usage_is_exit_code_2(run: Run, asked: list[str]) -> None:
    assert run(*asked)[0] == 2


def test_an_empty_home_is_exit_code_3_and_says_what_to_do(run: Run, empty_home: Path) -> None:
    for asked in (["lake", "versions"], ["quality", "report"], ["export", "customers", "--out", "x.csv"]):
        code, out, err = run(*asked, "--home", str(empty_home))
        assert code == 3
        assert out == ""
        assert "b2shift run" in err
    assert not empty_home.exists()


def test_no_traceback_reaches_a_person(empty_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "b2shift.cli", "lake", "versions", "--home", str(empty_home)],
        capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "300"},
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("Erro: O lake está vazio")
    assert len(done.stderr.strip().splitlines()) == 1


def test_versions_and_rollback(run: Run, home: Path) -> None:
    code, out, _ = run("lake", "versions", "--home", str(home), "--json")
    told = json.loads(out)
    assert code == 0
    assert [(v["version"], v["current"]) for v in told] == [(1, False), (2, True)]
    assert told[0]["tables"] == {"customers": 1, "hidden": 1}
    assert run("lake", "rollback", "1", "--home", str(home))[0] == 0
    assert open_lake(home).query("SELECT name FROM customers").to_pylist() == [{"name": "Ação"}]
    code, _, err = run("lake", "rollback", "7", "--home", str(home))
    assert code == 3
    assert "7" in err
    assert open_lake(home).version == 1


def test_the_home_comes_from_the_environment(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("B2SHIFT_HOME", str(home))
    assert len(json.loads(run("lake", "versions", "--json")[1])) == 2


def test_export_writes_parquet_and_csv(run: Run, home: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as parquet

    assert run("export", "customers", "--out", str(tmp_path / "c.csv"), "--home", str(home))[0] == 0
    assert (tmp_path / "c.csv").read_text(encoding="utf-8") == "customer_id,name\nT00002,Nova\n"
    old = ["export", "customers", "--out", str(tmp_path / "c.parquet"), "--version", "1", "--home", str(home)]
    assert run(*old)[0] == 0
    assert parquet.read_table(tmp_path / "c.parquet").to_pylist() == [{"customer_id": "T00001", "name": "Ação"}]


def test_no_cell_of_an_exported_csv_is_run_by_a_spreadsheet(home: Path, tmp_path: Path) -> None:
    told = {
        "T1": "=HYPERLINK(0)",
        "T2": " @soma",
        "T3": "-2+cmd|x",
        "T4": "+55 (11) 90000-0000",
        "T5": "-12,5",
        "T6": "a=b",
    }
    rows = " UNION ALL ".join(f"SELECT '{code}' AS customer_id, '{name}' AS name" for code, name in told.items())
    with writing(home) as session:
        session.write(load_specs(tmp_path / "tables.yaml")["customers"], rows)
        session.commit(date(2025, 4, 30))
    export_table(open_lake(home), "customers", tmp_path / "c.csv")
    with (tmp_path / "c.csv").open(encoding="utf-8", newline="") as file:
        written = {row["customer_id"]: row["name"] for row in csv.DictReader(file)}
    assert written == told | {code: f"'{told[code]}" for code in ("T1", "T2", "T3")}


def test_scores_are_exported_in_the_promised_order_and_what_is_more_stands_after(tmp_path: Path) -> None:
    first = ["customer_id", "as_of", "churn_90d", "churn_90d_low", "churn_90d_high", "health", "nps_detractor_risk"]
    spec = load_specs(Path(differentiate.__file__).with_name("tables.yaml"))["scores"]
    nothing = ", ".join(f"CAST(NULL AS {column.type}) AS {column.name}" for column in spec.columns[1:])
    with writing(tmp_path / "home") as session:
        query = f"SELECT 'T00001' AS customer_id, {nothing}, 0.5 AS propensity_rh, 0.2 AS propensity_crm"
        session.write(spec, query)
        session.commit(date(2025, 3, 31))
    export_table(open_lake(tmp_path / "home"), "scores", tmp_path / "scores.csv")
    header = (tmp_path / "scores.csv").read_text(encoding="utf-8").split("\n")[0].split(",")
    assert header[:10] == [*first, "propensity_crm", "propensity_rh", "reasons"]
    assert set(header[10:]) == {column.name for column in spec.columns} - set(header[:10])


def test_lists_are_json_in_a_csv_and_lists_in_parquet(tmp_path: Path) -> None:
    reason = {"score": "churn_90d", "phrase": 'disse "não", {x}', "points": -0.2}
    spec = TableSpec(
        name="told", layer=Layer.ANALYTICS, grain="x", description="x", open_columns=True,
        columns=(ColumnSpec(name="code", type="VARCHAR", description="x"),),
    )  # fmt: skip
    with writing(tmp_path / "home") as session:
        nothing = pa.array([None], pa.list_(pa.int32()))
        session.write(spec, pa.table({"code": ["a"], "reasons": [[reason]], "none": nothing}))
        session.commit(date(2025, 3, 31))
    lake = open_lake(tmp_path / "home")
    export_table(lake, "told", tmp_path / "told.csv")
    (row,) = csv.DictReader((tmp_path / "told.csv").open(encoding="utf-8"))
    assert json.loads(row["reasons"]) == [reason]
    assert row["none"] == ""
    export_table(lake, "told", tmp_path / "told.parquet")
    assert pq.read_table(tmp_path / "told.parquet").to_pylist()[0]["reasons"] == [reason]


def test_export_refuses_what_it_cannot_do_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    lake = open_lake(home)
    with pytest.raises(UnknownNameError, match="customers"):
        export_table(lake, "custmers", tmp_path / "x.csv")
    with pytest.raises(UnknownNameError):
        export_table(lake, "hidden", tmp_path / "x.csv")
    with pytest.raises(InputError, match=r"\.parquet"):
        export_table(lake, "customers", tmp_path / "x.xlsx")
    with pytest.raises(InputError, match="não existe"):
        export_table(lake, "customers", tmp_path / "no" / "x.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match="Já existe uma pasta"):
        export_table(lake, "customers", tmp_path / "folder.csv")
    assert not list(tmp_path.glob("*x.*"))


def test_export_tells_in_json_what_it_wrote(run: Run, home: Path, tmp_path: Path) -> None:
    out = tmp_path / "c.csv"
    told = json.loads(run("export", "customers", "--out", str(out), "--home", str(home), "--json")[1])
    assert told == {"table": "customers", "file": str(out), "rows": 1, "version": 2}


def test_a_damaged_version_hides_from_the_list_and_the_pointer_is_mended(run: Run, home: Path) -> None:
    (home / "lake" / "versions" / "v000001.json").write_text("{")
    assert [v["version"] for v in json.loads(run("lake", "versions", "--home", str(home), "--json")[1])] == [2]
    (home / "lake" / "CURRENT").write_text("rubbish")
    code, _, err = run("export", "customers", "--out", "x.csv", "--home", str(home))
    assert code == 3
    assert "b2shift lake rollback" in err
    assert json.loads(run("lake", "rollback", "2", "--home", str(home), "--json")[1]) == {"version": 2}
    assert open_lake(home).version == 2


def test_tables_documents_every_column(run: Run) -> None:
    code, out, _ = run("tables", "customers", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["key"] == ["customer_id"]
    assert all(column["description"] for column in told["columns"])
    names = [table["name"] for table in json.loads(run("tables", "--json")[1])]
    assert {"customers", "features", "segments", "scores", "proposals", "rejects", "quality"} <= set(names)
    code, _, err = run("tables", "segmets")
    assert code == 2
    assert "segments" in err


def test_meanings_are_shown_in_portuguese_and_stay_english_in_json(run: Run, tmp_path: Path) -> None:
    home = ("--home", str(tmp_path))
    for command in (("tables", "invoices"), ("catalogue", "invoices", *home)):
        told, as_json = run(*command)[1], run(*command, "--json")[1]
        for portuguese, english in (("uma fatura", "one invoice"), ("vencimento", "due date")):
            assert portuguese in told
            assert english not in told
            assert english in as_json
            assert portuguese not in as_json
    found = json.loads(run("catalogue", "situacao da licenca", *home, "--json")[1])
    assert {table["name"] for table in found} == {"usage_daily", "usage_strays"}
    assert "mensal, inteira" in run("catalogue", "invoices", *home)[1]


def test_demo_reports_what_it_wrote(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("demo", str(tmp_path / "d"), "--customers", "30", "--seed", "2", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["customers"] == 30
    assert len(told["files"]) == 33


def test_doctor_looks_at_the_home(run: Run, home: Path, empty_home: Path) -> None:
    told = json.loads(run("doctor", "--home", str(home), "--json")[1])
    assert "versão 2" in told["pasta de trabalho"]["lake"]
    assert "partes opcionais" in told
    (home / "lake" / "CURRENT").write_text("rubbish")
    told = json.loads(run("doctor", "--home", str(home), "--json")[1])
    assert "com defeito" in told["pasta de trabalho"]["lake"]


@pytest.mark.parametrize("asked", [["profile", "customers", "--html"], ["catalogue", "export", "--markdown", "--out"]])
def test_a_file_that_cannot_be_written_is_stated_in_a_sentence(
    home: Path, run: Run, tmp_path: Path, asked: list[str]
) -> None:
    code, _, err = run(*asked, tmp_path / "nada" / "arquivo.html", "--home", home)
    assert (code, "A pasta do arquivo não existe" in err, "Traceback" in err) == (2, True, False)


def test_a_replay_is_not_kept_in_a_file(home: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "arquivo").write_text("x")
    days = ("--from", "2025-01-01", "--to", "2025-01-02")
    code, _, err = run("policy", "replay", *days, "--keep", tmp_path / "arquivo", "--home", home)
    assert (code, "A pasta não pode ser criada" in err) == (2, True)
