"""Catalogue entries: the declaration of every table, with rows and quality in one version."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from b2shift.identify.catalogue.contracts import CatalogueColumn, CatalogueTable
from b2shift.identify.catalogue.portuguese import in_portuguese
from b2shift.identify.catalogue.source_fields import source_fields
from b2shift.identify.contracts import SourceQuality
from b2shift.identify.quality.report import report
from b2shift.kernel.text import fold
from b2shift.lake.api import ColumnRef, Lake, Trace
from b2shift.lake.contracts import TableSpec

Value = TypeVar("Value")


def catalogue(specs: Iterable[TableSpec], home: Path, lake: Lake | None) -> tuple[CatalogueTable, ...]:
    """One entry per declared table, then per further table of the version; without a lake rows are null."""
    declared = {spec.name: spec for spec in specs}
    versions = {} if lake is None else lake.manifest.tables
    declared |= {name: table.spec for name, table in versions.items() if name not in declared}
    feeds, quality_by_source = source_fields(home), {} if lake is None else _quality_by_source(lake)
    upstream = {} if lake is None else _upstream(lake)
    found = []
    for spec in declared.values():
        own = feeds.get(spec.name, {}).get("", ())
        inputs = own or _distinct(
            one for table in upstream.get(spec.name, ()) for one in feeds.get(table, {}).get("", ())
        )
        quality = [quality_by_source[one.source] for one in inputs if one.source in quality_by_source]
        read = sum(one.rows_read for one in quality)
        scores = [one.scores[-1].score for one in quality if one.scores]
        version = versions.get(spec.name)
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
                sources=_distinct(one.source for one in inputs),
                owners=_distinct(one.owner for one in inputs),
                freshness=_distinct(one.freshness for one in inputs),
                files=_distinct(one.files for one in inputs),
                rows=version.rows if version else None,
                bytes=version.bytes if version else None,
                since=version.since if version else None,
                accepted=sum(one.rows_accepted for one in quality) / read if read else None,
                score=min(scores, default=None),
            )
        )
    return tuple(found)


def search(tables: Iterable[CatalogueTable], text: str) -> tuple[CatalogueTable, ...]:
    """The tables that hold every word in a name, a column, an owner or a description, in Portuguese or English.

    Accents and case are ignored; tables with the words in their name come first. Owners and sources of computed tables
    are not searched, for those are of all their inputs.
    """
    words = fold(text).split()
    found = [table for table in tables if all(word in _text(table) for word in words)]
    return tuple(sorted(found, key=lambda table: not all(word in fold(table.name) for word in words)))


def _text(table: CatalogueTable) -> str:
    declared = [table.description, table.grain, *(column.description for column in table.columns)]
    names = [table.name, *(column.name for column in table.columns)]
    if not table.computed:
        names += [*table.owners, *table.sources]
    return fold(" ".join((*names, *declared, *map(in_portuguese, declared))))


def _quality_by_source(lake: Lake) -> dict[str, SourceQuality]:
    return {one.source: one for one in report(lake).sources} if lake.has("loads") and lake.has("quality") else {}


def _upstream(lake: Lake) -> dict[str, list[str]]:
    """Table → all tables upstream of it, by name."""
    trace = Trace(lake)
    return {name: sorted({place.table for place in trace.back(ColumnRef(name))}) for name in lake.manifest.tables}


def _distinct(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(one for one in values if one))
