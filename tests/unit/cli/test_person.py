"""The commands about a person: found, told before anything is erased, erased once, and never by mistake."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from tests.unit.identify.privacy.small import found_in

from b2shift.cli.main import main
from b2shift.lake.api import open_lake

BY = ["--by", "dpo@empresa.example"]


@pytest.fixture
def home(demo_home: Path, tmp_path: Path) -> Path:
    """A copy of the demo's home, to be changed."""
    shutil.copytree(demo_home, tmp_path / "home")
    return tmp_path / "home"


def ran(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    main([str(one) for one in arguments])
    return capsys.readouterr().out


def test_a_person_is_found_told_taken_along_and_erased(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = open_lake(home).query(
        "SELECT * FROM contacts WHERE email IN (SELECT email FROM contacts GROUP BY 1 HAVING count(*) = 1) LIMIT 1"
    )
    person = rows.to_pylist()[0]
    code, place = person["contact_id"], ["--home", home]
    found = json.loads(ran(capsys, "person", "find", person["email"], *place, "--json"))
    assert [one["person_id"] for one in found] == [code]
    told = json.loads(ran(capsys, "person", "report", code, *place, *BY, "--json"))
    assert {row["table"] for row in told["rows"]} >= {"contacts", "raw_contatos"}
    ran(capsys, "person", "export", code, home.parent / "x.zip", *place, *BY)
    assert "contacts.csv" in zipfile.ZipFile(home.parent / "x.zip").namelist()
    erase = ["person", "erase", code, *place, *BY, "--reason", "pedido 2026-000001"]
    assert "nada foi apagado" in ran(capsys, *erase)
    assert found_in(home, person["email"])
    done = json.loads(ran(capsys, *erase, "--yes", "--json"))
    assert (done["left"], done["rows_removed"] >= 2) == (0, True)
    assert found_in(home, person["email"], person["phone"]) == []
    with pytest.raises(SystemExit):
        main([str(one) for one in [*erase, "--yes"]])
    assert json.loads(ran(capsys, "person", "resume", *place, *BY, "--json")) == []


def test_the_record_of_operations_and_the_periods(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(ran(capsys, "privacy", "operations", "--home", home, "--json"))
    assert {one["purpose"]["purpose"] for one in told} >= {"venda", "campanha", "direitos_do_titular"}
    rules = json.loads(ran(capsys, "privacy", "retain", "--home", home, "--json"))
    assert {one["rule"] for one in rules} == {"messages", "requests", "sessions", "former_contacts"}
    assert all(one["done"] == 0 for one in rules)


@pytest.mark.parametrize("yes", ["--yes", "--apply"])
def test_periods_are_not_applied_in_nobodys_name(yes: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["privacy", "retain", yes, "--home", str(tmp_path)])
    assert refused.value.code == 2
    assert "Falta dizer quem aplica" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
