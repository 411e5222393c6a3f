"""The smallest table there is, and how tests write and read it."""

from datetime import date
from pathlib import Path

import pyarrow as pa

from b2shift.lake.api import open_lake, writing
from b2shift.lake.contracts import ColumnSpec, Layer, TableSpec

DAY = date(2025, 3, 31)


def spec(name: str = "numbers", kind: str = "INTEGER", column: str = "n") -> TableSpec:
    told = ColumnSpec(name=column, type=kind, description="a number")
    return TableSpec(name=name, layer=Layer.REFINED, grain="one number", description="numbers", columns=(told,))


def write(home: Path, *numbers: int | None, name: str = "numbers", keep: int = 12) -> int:
    with writing(home) as session:
        session.write(spec(name), pa.table({"n": list(numbers)}))
        return session.commit(DAY, keep=keep)


def read(home: Path, version: int | None = None) -> list[int]:
    return open_lake(home, version).query("SELECT n FROM numbers ORDER BY n")["n"].to_pylist()


def files(home: Path) -> list[Path]:
    return sorted((home / "lake" / "tables").rglob("*.parquet"))
