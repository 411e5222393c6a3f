"""Which delivered columns may be shown to people who look after data, not customers."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from b2shift.identify.sources.declaration import Source, SourceColumn
from b2shift.identify.sources.declarations import all_sources, target_spec
from b2shift.lake.contracts import PersonalData


def columns_without_personal_data(home: Path) -> dict[str, frozenset[str]]:
    """By source, the columns whose delivered values may be shown; a source that is missing here shows none."""
    return without_personal_data(all_sources(home))


def without_personal_data(sources: Iterable[Source]) -> dict[str, frozenset[str]]:
    """By source, the headers and names of columns where nothing is personal: not the source, the column or its target.

    A source marked personal as a whole shows none of its columns.
    """
    return {source.source: frozenset(_names(source)) for source in sources if source.personal is PersonalData.NONE}


class ChangesShown(NamedTuple):
    """What of the rows of a source in `changes` may be shown: values of these columns of its table, and their key."""

    columns: frozenset[str]
    key: bool


def changes_without_personal_data(home: Path) -> dict[str, ChangesShown]:
    """The same for rows that moved, by the columns of their table; a source that is missing here shows none."""
    return {source.source: _changes_of(source) for source in all_sources(home) if source.personal is PersonalData.NONE}


def _changes_of(source: Source) -> ChangesShown:
    shown = set(_names(source))
    targets = {column.to or column.into for column in source.columns if column.name in shown}
    hidden = {column.to or column.into for column in source.columns if column.name not in shown}
    columns = frozenset(name for name in targets - hidden if name)
    return ChangesShown(columns, columns.issuperset(source.key or source.known_by))


def _names(source: Source) -> Iterable[str]:
    target = {column.name: column.personal for column in target_spec(source).columns}
    for column in source.columns:
        if column.personal is PersonalData.NONE and _target_class(column, target) is PersonalData.NONE:
            yield from (column.header, column.name, *column.aliases)


def _target_class(column: SourceColumn, target: dict[str, PersonalData]) -> PersonalData:
    return target.get(column.to or column.into or "", PersonalData.NONE)
