"""From a column of one version back to where its values were read from, table by table."""

from functools import cache

from b2shift.lake.lineage.place import Place
from b2shift.lake.lineage.statement import statement_of
from b2shift.lake.reader import Lake


class Trace:
    """The lineage of one version: statements in its files, else the inputs its stages recorded."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self._schemas = {
            name: {column.name: column.type for column in table.spec.columns}
            for name, table in lake.manifest.tables.items()
        }
        self.origins = cache(self._origins)

    def _origins(self, place: Place) -> frozenset[Place]:
        """One step back; a table without a statement has the inputs of the stage that wrote it, without columns."""
        from b2shift.lake.lineage.columns import column_origins  # the parser, on first use: most commands need none

        for file in self.lake.path(place.table):
            statement = statement_of(file)
            if statement is not None:
                wanted = [place.column] if place.column else list(self._schemas[place.table])
                told = column_origins(statement, self._schemas, wanted)
                found = frozenset(one for origins in told.values() for one in origins)
                return found if place.column else frozenset(Place(one.table) for one in found)
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
