"""What columns and tables mean, from the declarations of the lake: said once, told again by the API's schema."""

from functools import cache
from typing import Any

from pydantic import Field

from b2shift.cli.table_declarations import declared_tables
from b2shift.lake.contracts import TableSpec


@cache
def tables() -> dict[str, tuple[str, TableSpec]]:
    """Every declared table by name, with the package that writes it."""
    return {table.name: (package, table) for package, table in declared_tables()}


class Columns:
    """A table's columns as fields of a contract: `Columns("customers")("mrr")` has the declared description."""

    def __init__(self, table: str) -> None:
        self._descriptions = {column.name: column.description for column in tables()[table][1].columns}

    def __call__(self, column: str, **more: Any) -> Any:
        """A required field; with `default=…` an optional one."""
        return Field(description=self._descriptions[column], **more)
