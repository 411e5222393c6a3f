"""Every table with what its declaration says and what the newest version holds of it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from b2shift.identify.catalogue.delivered import delivered
from b2shift.identify.catalogue.portuguese import in_portuguese
from b2shift.identify.catalogue.shapes import CatalogueColumn, CatalogueTable
from b2shift.identify.contracts import SourceQuality
from b2shift.identify.quality.report import report
from b2shift.kernel.text import fold
from b2shift.lake.api import ColumnRef, Lake, Trace
from b2shift.lake.contracts import TableSpec

Told = TypeVar("Told")


def catalogue(specs: Iterable[TableSpec], home: Path, lake: Lake | None) -> tuple[CatalogueTable, ...]:
    """One entry per declared table, and per further table of the version, in that order; no lake tells no rows."""
    declared = {spec.name: spec for spec in specs}
    held = {} if lake is None else lake.manifest.tables
    declared |= {name: table.spec for name, table in held.items() if name not in declared}
    feeds, judged = delivered(home), {} if lake is None else _judged(lake)
    reached = {} if lake is None else _reached(lake)
    found = []
    for spec in declared.values():
        own = feeds.get(spec.name, {}).get("", ())
        fed = own or _once(one for table in reached.get(spec.name, ()) for one in feeds.get(table, {}).get("", ()))
        quality = [judged[one.source] for one in fed if one.source in judged]
        read = sum(one.rows_read for one in quality)
        scores = [one.scores[-1].score for one in quality if one.scores]
        version = held.get(spec.name)
        found.append(
            CatalogueTable(
                name=spec.name,
                layer=spec.layer.value,
                grain=spec.grain,
                description=spec.description,
                published=spec.published,
                columns=tuple(
                    CatalogueColumn(name=c.name, type=c.type, description=c.description, personal=c.personal.value)
                    for c in spec.columns
                ),
                computed=not own,
                sources=_once(one.source for one in fed),
                owners=_once(one.owner for one in fed),
                freshness=_once(one.freshness for one in fed),
                files=_once(one.files for one in fed),
                rows=version.rows if version else None,
                bytes=version.bytes if version else None,
                since=version.since if version else None,
                accepted=sum(one.rows_accepted for one in quality) / read if read else None,
                score=min(scores, default=None),
            )
        )
    return tuple(found)


def search(tables: Iterable[CatalogueTable], words: str) -> tuple[CatalogueTable, ...]:
    """The tables that hold every word in a name, a column, an owner or a description, in Portuguese or English.

    Accents and case do not count. Those whose own name holds the words come first. Owners and sources of computed
    tables are those of all they come from, which tells nothing about them.
    """
    wanted = fold(words).split()
    found = [table for table in tables if all(word in _text(table) for word in wanted)]
    return tuple(sorted(found, key=lambda table: not all(word in fold(table.name) for word in wanted)))


def _text(table: CatalogueTable) -> str:
    declared = [table.description, table.grain, *(column.description for column in table.columns)]
    names = [table.name, *(column.name for column in table.columns)]
    if not table.computed:
        names += [*table.owners, *table.sources]
    return fold(" ".join((*names, *declared, *map(in_portuguese, declared))))


def _judged(lake: Lake) -> dict[str, SourceQuality]:
    return {one.source: one for one in report(lake).sources} if lake.has("loads") and lake.has("quality") else {}


def _reached(lake: Lake) -> dict[str, list[str]]:
    """Table → the tables it is computed from, near and far, in the order of their names."""
    trace = Trace(lake)
    return {name: sorted({place.table for place in trace.back(ColumnRef(name))}) for name in lake.manifest.tables}


def _once(told: Iterable[Told]) -> tuple[Told, ...]:
    return tuple(dict.fromkeys(one for one in told if one))
