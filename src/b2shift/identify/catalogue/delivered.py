"""From a column of a delivered table to the file and header it is read from: what the declarations make the code do."""

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import all_sources, target_spec
from b2shift.lake.api import columns_named, source_columns


class Delivered(NamedTuple):
    """One column of the files of one source; no header means the whole row."""

    source: str
    files: str
    header: str
    owner: str
    freshness: str


def delivered(home: Path) -> dict[str, dict[str, tuple[Delivered, ...]]]:
    """Table → column → what it is read from; under the column "" are the sources of the table."""
    found: dict[str, dict[str, tuple[Delivered, ...]]] = defaultdict(lambda: defaultdict(tuple))
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


def _of(source: Source, header: str) -> Delivered:
    return Delivered(source.source, source.files, header, source.owner, source.freshness)
