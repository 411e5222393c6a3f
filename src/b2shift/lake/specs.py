"""Table declarations in YAML beside the package that writes them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from b2shift.kernel.errors import UnknownNameError
from b2shift.kernel.yaml import parse_yaml
from b2shift.lake.contracts import TableSpec

_TYPES: Mapping[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}
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
        columns = [
            dict(zip(_COLUMN, (name, *declared), strict=False)) for name, declared in entry.pop("columns").items()
        ]
        tables.append(TableSpec.model_validate({**entry, "columns": columns}))
    return Specs(tuple(tables))


def declared_table(
    spec: TableSpec, rows: Sequence[Mapping[str, Any]], nested: Mapping[str, pa.DataType] | None = None
) -> pa.Table:
    """Rows of Python as a declared table, each column in its type; `nested` gives those of lists and structs by name.

    KeyError for a row that lacks a column, or a column of a type that is neither plain nor given.
    """
    given = nested or {}
    columns = {
        column.name: pa.array([row[column.name] for row in rows], _TYPES.get(column.type) or given[column.name])
        for column in spec.columns
    }
    return pa.table(columns)
