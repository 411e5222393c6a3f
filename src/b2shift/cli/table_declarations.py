"""Table declarations of every package, for documentation without a home."""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import load_specs
from b2shift.lake.contracts import TableSpec

PACKAGES = ("identify", "differentiate", "metrics", "interact", "learn")


def declared_tables() -> Iterator[tuple[str, TableSpec]]:
    """(package, table) in the order of the loop."""
    for package in PACKAGES:
        with resources.as_file(resources.files(f"b2shift.{package}") / "tables.yaml") as path:
            for table in load_specs(Path(path)):
                yield package, table


def declared_table(name: str) -> TableSpec:
    """One table by name; UnknownNameError suggests similar names."""
    tables = {table.name: table for _, table in declared_tables()}
    if name not in tables:
        raise UnknownNameError("tabela", name, tables)
    return tables[name]
