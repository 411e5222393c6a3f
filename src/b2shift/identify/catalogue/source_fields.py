"""Lineage of delivered tables: the file and header each column is read from, by the declarations."""

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import all_sources, target_spec
from b2shift.lake.api import columns_named, source_columns


class SourceField(NamedTuple):
    """A column of the files of a source; without a header the whole row."""

    source: str
    files: str
    header: str
    owner: str
    freshness: str


def source_fields(home: Path) -> dict[str, dict[str, tuple[SourceField, ...]]]:
    """Table → column → the source fields it is read from; the sources of the table under the column ""."""
    found: dict[str, dict[str, tuple[SourceField, ...]]] = defaultdict(lambda: defaultdict(tuple))
    for source in all_sources(home):
        for table in (source.raw_table, target_spec(source).name, *source.also):
            found[table][""] += (_of(source, ""),)
        found[source.raw_table] |= {one.header: (_of(source, one.header),) for one in source.columns}
        table = target_spec(source).name
        for column, headers in _headers(source).items():
            found[table][column] += tuple(_of(source, header) for header in sorted(headers))
        names = {column.name: column.header for column in source.columns}
        for beside, select in source.also.items():
            for column, behind in source_columns(select, "accepted", names).items():
                found[beside][column] += tuple(_of(source, names[name]) for name in sorted(behind))
    return {table: dict(columns) for table, columns in found.items()}


def _headers(source: Source) -> dict[str, set[str]]:
    """Column of the target → headers it is filled from, directly or through its derived expression."""
    names = {column.name: column.header for column in source.columns}
    found: dict[str, set[str]] = defaultdict(set)
    for column in source.columns:
        place = column.into or column.name
        found[place].add(column.header)
    for derived, expression in source.derived.items():
        found[derived] |= {names[name] for name in columns_named(expression) if name in names}
    return found


def _of(source: Source, header: str) -> SourceField:
    return SourceField(source.source, source.files, header, source.owner, source.freshness)
