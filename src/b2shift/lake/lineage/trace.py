"""From a column of one version back to where its values were read from, and on to what is computed from it."""

from collections import defaultdict
from functools import cache, cached_property
from typing import TYPE_CHECKING

import pyarrow.parquet as parquet

from b2shift.lake.lineage.place import Place
from b2shift.lake.lineage.statement import statement_of
from b2shift.lake.reader import Lake

if TYPE_CHECKING:
    from sqlglot.schema import Schema

    from b2shift.lake.lineage.columns import Followed


class Trace:
    """The lineage of one version: statements in its files, else the inputs its stages recorded."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.schemas = {name: self._columns(name) for name in lake.manifest.tables}
        self.origins = cache(self._origins)
        self._followed = cache(self._follow)

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
        from b2shift.lake.lineage.columns import read_once

        return read_once(self.schemas)

    def _follow(self, table: str) -> "Followed | None":
        from b2shift.lake.lineage.columns import Followed  # the parser, on first use: most commands need none

        statement = next(filter(None, map(statement_of, self.lake.path(table))), None)
        return None if statement is None else Followed(statement, self.schemas, self._known)

    def statement(self, sql: str) -> "Followed":
        """The columns that another statement over this version reads."""
        from b2shift.lake.lineage.columns import Followed

        return Followed(f"({sql})", self.schemas, self._known)

    def _origins(self, place: Place) -> frozenset[Place]:
        """One step back; a table without a statement has the inputs of the stage that wrote it, without columns."""
        followed = self._followed(place.table)
        if followed is not None:
            return followed.origins(place.column) if place.column else followed.tables
        stages = self.lake.manifest.stages.values()
        inputs = {name for stage in stages if place.table in stage.outputs for name in stage.inputs}
        return frozenset(Place(name) for name in inputs - {place.table} if self.lake.has(name))

    def back(self, start: Place) -> dict[Place, frozenset[Place]]:
        """Every place reached from `start`, each with its own origins; those with none are where the lake begins.

        UnknownNameError for a table or column the version does not hold.
        """
        self.lake.info(start.table)
        found: dict[Place, frozenset[Place]] = {}
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if place not in found and self.lake.has(place.table):
                found[place] = self.origins(place) - {place}
                waiting += found[place]
        return found

    @cached_property
    def used_by(self) -> dict[Place, frozenset[Place]]:
        """One step on, for every place of the version: the places computed from it.

        What was written without a statement is used as a whole: a table's reader reads each of its columns.
        """
        found: dict[Place, set[Place]] = defaultdict(set)
        for table, columns in self.schemas.items():
            names = list(columns) if self._followed(table) is not None else [""]
            for place in (Place(table, name) for name in names):
                for origin in self.origins(place) - {place}:
                    found[origin].add(place)
        return {place: frozenset(users) for place, users in found.items()}
