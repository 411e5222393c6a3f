"""Table declarations in YAML beside the package that writes them."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from b2shift.kernel.errors import UnknownNameError
from b2shift.kernel.yaml import parse_yaml
from b2shift.lake.contracts import TableSpec

_COLUMN = ("name", "type", "description", "personal", "purposes")


class Specs:
    """The tables one package declares, by name."""

    def __init__(self, tables: tuple[TableSpec, ...]) -> None:
        self._by_name = {table.name: table for table in tables}

    def __getitem__(self, name: str) -> TableSpec:
        if name not in self._by_name:
            raise UnknownNameError("tabela declarada", name, self._by_name)
        return self._by_name[name]

    def __iter__(self) -> Iterator[TableSpec]:
        return iter(self._by_name.values())


@cache
def load_specs(path: Path) -> Specs:
    """Read a `tables.yaml`: tables whose columns are `name: [type, description, personal-data class, purposes]`."""
    tables = []
    for entry in parse_yaml(path.read_text(encoding="utf-8")):
        columns = [dict(zip(_COLUMN, (name, *told), strict=False)) for name, told in entry.pop("columns").items()]
        tables.append(TableSpec.model_validate({**entry, "columns": columns}))
    return Specs(tuple(tables))
