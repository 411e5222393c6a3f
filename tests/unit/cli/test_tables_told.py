"""What the screen and the JSON tell of the rows of a person's table that were left out."""

import json
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Run

TOLD = "1 linha de totais (Total) ficou de fora."


@pytest.mark.parametrize(
    "asked",
    [
        ("segment", "search", "--k", 2, "--seconds", 0.1),
        ("segment", "fit", "--k", 2),
        ("model", "train", "--label", "valor", "--task", "regression"),
    ],
)
def test_a_row_of_totals_is_reported(run: Run, tmp_path: Path, asked: tuple[object, ...]) -> None:
    table = tmp_path / "clientes.csv"
    rows = [f"C{at};{at % 2 * 80 + at % 7},5;{at % 5}" for at in range(60)]
    table.write_text("\n".join(["cliente;valor;uso", *rows, "Total;2.610,00;120"]), encoding="utf-8")
    command = (*asked, "--table", table, "--id", "cliente", "--out", tmp_path / "saída.csv")
    assert TOLD in " ".join(run(*command)[1].split())
    assert json.loads(run(*command, "--json")[1])["notes"] == [TOLD]
