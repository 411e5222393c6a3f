"""Which delivered columns may be shown to people who look after data, not customers."""

from collections.abc import Iterable

from b2shift.identify.sources.declaration import Source, SourceColumn
from b2shift.identify.sources.declarations import target_spec
from b2shift.lake.contracts import PersonalData


def without_personal_data(sources: Iterable[Source]) -> dict[str, frozenset[str]]:
    """By source, the headers and names of columns where nothing is personal: not the source, the column or its target.

    A source marked personal as a whole shows none of its columns.
    """
    return {source.source: frozenset(_names(source)) for source in sources if source.personal is PersonalData.NONE}


def _names(source: Source) -> Iterable[str]:
    target = {column.name: column.personal for column in target_spec(source).columns}
    for column in source.columns:
        if column.personal is PersonalData.NONE and _target_class(column, target) is PersonalData.NONE:
            yield from (column.header, column.name, *column.aliases)


def _target_class(column: SourceColumn, target: dict[str, PersonalData]) -> PersonalData:
    return target.get(column.to or column.into or "", PersonalData.NONE)
