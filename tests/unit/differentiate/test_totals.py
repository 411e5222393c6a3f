"""Rows that add others up, below the customers of an exported report: no customers, left out and told."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from b2shift.differentiate.api import fit_table, search_table, train_table
from b2shift.differentiate.supervised import families, tree_families

SUMS = ("Subtotal 2024", "Total geral:")
TOLD = "2 linhas de totais (Subtotal 2024, Total geral:) ficaram de fora."


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(families, "_ROUNDS", (20, 80))
    monkeypatch.setattr(tree_families, "_FOREST_TREES", 20)


def customers(rows: int = 80) -> pd.DataFrame:
    """Two groups of customers, one of them of the name `Total Express`."""
    rng = np.random.default_rng(5)
    group = np.arange(rows) % 2
    frame = pd.DataFrame({"cliente": [f"C{at:03d}" for at in range(rows)], "valor": 10 + 80 * group, "uso": 5 - group})
    frame = frame.assign(valor=frame.valor + rng.normal(size=rows).round(2), uso=frame.uso + rng.random(rows).round(2))
    frame.loc[7, "cliente"] = "Total Express"
    return frame.assign(saiu=np.where(rng.random(rows) < 0.2 + 0.6 * group, "sim", "não"))


def written(path: Path, frame: pd.DataFrame, sums: tuple[str, ...] = SUMS) -> Path:
    below = pd.DataFrame({"cliente": sums, "valor": 90_000.0, "uso": 4_000.0, "saiu": "não"}).reindex(
        columns=frame.columns
    )
    pd.concat([frame, below], ignore_index=True).to_csv(path, index=False)
    return path


def test_a_search_and_a_fit_leave_sums_out_and_report_them(tmp_path: Path) -> None:
    frame = customers().drop(columns="saiu")
    table, clean = written(tmp_path / "t.csv", frame), written(tmp_path / "limpa.csv", frame, ())
    out = tmp_path / "o.csv"
    found = search_table(table, "cliente", out, k=(2, 2), seconds=0.1)
    assert (found.notes, found.rows, found.chosen.sizes) == ((TOLD,), len(frame), (40, 40))
    assert pd.read_csv(out)["cliente"].tolist() == frame["cliente"].tolist()
    fitted = fit_table(table, "cliente", out, k=2)
    same = fit_table(clean, "cliente", out, k=2)
    assert (fitted.notes, same.notes) == ((TOLD,), ())
    assert fitted.model_dump(exclude={"table", "notes", "seconds"}) == same.model_dump(
        exclude={"table", "notes", "seconds"}
    )


def test_no_model_learns_from_sums_nor_says_anything_of_them(tmp_path: Path) -> None:
    frame = customers()
    table, out = written(tmp_path / "t.csv", frame), tmp_path / "o.csv"
    told = train_table(table, "saiu", out, identity="cliente")
    assert (told.notes, told.rows) == ((TOLD,), len(frame))
    assert pd.read_csv(out)["cliente"].tolist() == frame["cliente"].tolist()
    new = written(tmp_path / "novos.csv", frame[:20].drop(columns="saiu"), ("SOMA",))
    told = train_table(table, "saiu", out, identity="cliente", test=new)
    assert told.notes == (TOLD, "Na tabela a prever, 1 linha de totais (SOMA) ficou de fora.")
    assert pd.read_csv(out)["cliente"].tolist() == frame["cliente"][:20].tolist()


def test_without_a_key_nothing_says_which_rows_are_sums(tmp_path: Path) -> None:
    told = train_table(written(tmp_path / "t.csv", customers()), "saiu", tmp_path / "o.csv")
    assert (told.notes, told.rows) == ((), 82)
