"""The demo files have the format that the source declarations describe: what one writes, the other reads."""

import csv
import json
from pathlib import Path

import pytest
import yaml

import b2shift.identify
from b2shift.demo.api import write_drop

DECLARED = sorted((Path(b2shift.identify.__file__).parent / "sources" / "declarations").glob("*.yaml"))
ENDS_IN_CRLF = {"clientes_desde.csv", "historico.csv", "nps_relacional.csv", "nps_transacional_suporte.csv"}
LATIN = {f"nps_transacional_{name}.csv" for name in ("aquisicao", "implantacao", "onboarding", "produto")}


@pytest.fixture(scope="module")
def drop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("formats")
    write_drop(folder, customers=120, seed=2, dirty=0)
    return folder


def files_of(drop: Path, declaration: dict[str, object]) -> list[Path]:
    return sorted(path for path in drop.iterdir() if path.is_file() and path.match(str(declaration["files"])))


def test_each_file_has_one_declaration_and_each_declaration_a_file(drop: Path) -> None:
    found = [path for declared in DECLARED for path in files_of(drop, yaml.safe_load(declared.read_text("utf-8")))]
    assert sorted(found) == sorted(path for path in drop.iterdir() if path.is_file())
    assert all(files_of(drop, yaml.safe_load(declared.read_text("utf-8"))) for declared in DECLARED)


@pytest.mark.parametrize("declared", DECLARED, ids=lambda path: path.stem)
def test_columns_are_those_declared(drop: Path, declared: Path) -> None:
    told = yaml.safe_load(declared.read_text(encoding="utf-8"))
    for path in files_of(drop, told):
        assert columns(path) == list(told["columns"]), path.name


def columns(path: Path) -> list[str]:
    with path.open(encoding="latin-1" if path.name in LATIN else "utf-8-sig", newline="") as file:
        if path.suffix == ".jsonl":
            return list(json.loads(file.readline()))
        return next(csv.reader(file, delimiter="," if path.name.startswith("telemetria") else ";"))


def test_encodings_marks_and_line_ends_are_the_vendors(drop: Path) -> None:
    for path in (p for p in drop.iterdir() if p.is_file()):
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf") is (path.name == "clientes_desde.csv")
        lines, returns = content.count(b"\n"), content.count(b"\r\n")
        assert returns == (lines if path.name in ENDS_IN_CRLF else 0), path.name
        if path.name in LATIN:
            with pytest.raises(UnicodeDecodeError):
                content.decode("utf-8")
        else:
            content.decode("utf-8")


def test_money_is_written_as_each_file_writes_it(drop: Path) -> None:
    def values(file: str, column: str) -> list[str]:
        with (drop / file).open(encoding="utf-8-sig", newline="") as lines:
            return [row[column] for row in csv.DictReader(lines, delimiter=";")]

    assert all("," not in value for value in values("mrr.csv", "MRR_12M"))
    assert any("," in value for value in values("dados_clientes.csv", "VL_TOTAL_CONTRATO"))
    for file, column in (("receita_mensal.csv", "mrr"), ("uso_mensal.csv", "horas_uso"), ("faturas.csv", "valor")):
        assert all("." not in value and "," in value for value in values(file, column)), file
    masked = [float(v.replace(",", ".")) / 0.37 for v in values("dados_clientes.csv", "VL_TOTAL_CONTRATO")]
    assert all(abs(100 * value - round(100 * value)) < 1e-3 for value in masked), "cents times the mask"
