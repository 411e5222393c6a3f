"""Upstream and downstream lineage of one version."""

from collections import defaultdict
from functools import cache, cached_property
from typing import TYPE_CHECKING

import pyarrow.parquet as parquet

from b2shift.lake.lineage.column_ref import ColumnRef
from b2shift.lake.lineage.statement import statement_of
from b2shift.lake.reader import Lake

if TYPE_CHECKING:
    from sqlglot.schema import Schema

    from b2shift.lake.lineage.columns import StatementLineage


class Trace:
    """The lineage of one version: from statements stored in files, else from the inputs of stages."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.schemas = {name: self._columns(name) for name in lake.manifest.tables}
        self.origins = cache(self._origins)
        self._followed = cache(self._lineage_of)

    def _columns(self, table: str) -> dict[str, str]:
        """Column → type, those of the file too where a table may have more than were declared."""
        spec = self.lake.info(table).spec
        declared = {column.name: column.type for column in spec.columns}
        files = self.lake.path(table) if spec.open_columns else []
        for file in files[:1]:
            declared = dict.fromkeys(parquet.read_schema(file).names, "VARCHAR") | declared
        return declared

    @cached_property
    def _known(self) -> "Schema":
        from b2shift.lake.lineage.columns import parse_schemas

        return parse_schemas(self.schemas)

    def _lineage_of(self, table: str) -> "StatementLineage | None":
        from b2shift.lake.lineage.columns import StatementLineage  # the parser, on first use: most commands need none

        statement = next(filter(None, map(statement_of, self.lake.path(table))), None)
        return None if statement is None else StatementLineage(statement, self.schemas, self._known)

    def statement(self, sql: str) -> "StatementLineage":
        """The lineage of another statement over this version."""
        from b2shift.lake.lineage.columns import StatementLineage

        return StatementLineage(f"({sql})", self.schemas, self._known)

    def _origins(self, ref: ColumnRef) -> frozenset[ColumnRef]:
        """One step back; a table without a statement has the inputs of the stage that wrote it, without columns."""
        followed = self._followed(ref.table)
        if followed is not None:
            return followed.origins(ref.column) if ref.column else followed.tables
        stages = self.lake.manifest.stages.values()
        inputs = {name for stage in stages if ref.table in stage.outputs for name in stage.inputs}
        return frozenset(ColumnRef(name) for name in inputs - {ref.table} if self.lake.has(name))

    def back(self, start: ColumnRef) -> dict[ColumnRef, frozenset[ColumnRef]]:
        """Everything upstream of `start`, each with its direct origins; those without origins are the sources.

        UnknownNameError for a table or column the version does not hold.
        """
        self.lake.info(start.table)
        found: dict[ColumnRef, frozenset[ColumnRef]] = {}
        waiting = [start]
        while waiting:
            ref = waiting.pop()
            if ref not in found and self.lake.has(ref.table):
                found[ref] = self.origins(ref) - {ref}
                waiting += found[ref]
        return found

    @cached_property
    def used_by(self) -> dict[ColumnRef, frozenset[ColumnRef]]:
        """Direct downstream columns of every column of the version.

        What was written without a statement is used as a whole: a table's reader reads each of its columns.
        """
        found: dict[ColumnRef, set[ColumnRef]] = defaultdict(set)
        for table, columns in self.schemas.items():
            names = list(columns) if self._followed(table) is not None else [""]
            for ref in (ColumnRef(table, name) for name in names):
                for origin in self.origins(ref) - {ref}:
                    found[origin].add(ref)
        return {ref: frozenset(users) for ref, users in found.items()}
