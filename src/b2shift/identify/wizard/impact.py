"""Impact analysis of a declared source: what its deletion would affect."""

from pathlib import Path

from pydantic import Field

from b2shift.identify.catalogue.lineage import Lineages
from b2shift.identify.sources.declaration import Customers
from b2shift.identify.sources.declarations import all_sources, built_in
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import UnknownNameError


class SourceImpact(Contract):
    """What a source loaded in one version, and what is computed from it."""

    source: str
    table: str
    files: tuple[str, ...] = Field(description="loaded files, by name")
    rows: int = Field(description="rows of those files in the table")
    others: tuple[str, ...] = Field(description="sources that also fill the table and have rows in it")
    customers: bool = Field(description="whether it says who is a customer")
    replaces: bool = Field(description="whether a source of the product takes its place when it goes")
    tables: tuple[str, ...] = Field(description="tables computed from its table, by name")
    metrics: tuple[str, ...] = Field(description="metrics computed from its table, by label")


_IN_LAKE = "FROM loads WHERE status IN ('loaded', 'kept')"
_LOADED = f"SELECT file, coalesce(rows_accepted, 0) AS rows {_IN_LAKE} AND source = ? ORDER BY 1"
_SOURCES = f"SELECT DISTINCT source {_IN_LAKE} AND rows_accepted > 0"


def source_impact(lineages: Lineages | None, home: Path, name: str) -> SourceImpact:
    """The impact of a source in a version (null before the first); UnknownNameError for a source nobody declared."""
    declared = {source.source: source for source in all_sources(home)}
    if name not in declared:
        raise UnknownNameError("fonte", name, declared)
    source = declared[name]
    loaded, others = [], set()
    tables: list[str] = []
    metrics: list[str] = []
    if lineages is not None and lineages.trace.lake.has("loads"):
        loaded = lineages.trace.lake.query(_LOADED, [name]).to_pylist()
        others = {row["source"] for row in lineages.trace.lake.query(_SOURCES).to_pylist()} - {name}
        if lineages.trace.lake.has(source.table):
            tables, metrics = lineages.downstream_of(source.table)
    return SourceImpact(
        source=name, table=source.table, files=tuple(row["file"] for row in loaded),
        rows=sum(row["rows"] for row in loaded),
        others=tuple(sorted(one for one in others & declared.keys() if declared[one].table == source.table)),
        customers=source.customers is not Customers.MENTION,
        replaces=any(one.source == name for one in built_in()),
        tables=tuple(tables), metrics=tuple(metrics),
    )  # fmt: skip
