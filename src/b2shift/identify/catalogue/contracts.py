"""Contracts of the catalogue and of a lineage."""

from pydantic import Field

from b2shift.kernel.contract import Contract


class CatalogueColumn(Contract):
    """One column as declared."""

    name: str
    type: str
    description: str
    personal: str = Field(description="none, personal or sensitive")


class CatalogueTable(Contract):
    """One table: content, owners, freshness and quality."""

    name: str
    layer: str
    grain: str
    description: str
    published: bool
    columns: tuple[CatalogueColumn, ...]
    computed: bool = Field(description="made from other tables, not delivered")
    sources: tuple[str, ...] = Field(description="declared sources it is delivered by or goes back to")
    owners: tuple[str, ...] = Field(description="who answers for those sources")
    freshness: tuple[str, ...] = Field(description="how often they deliver")
    files: tuple[str, ...] = Field(description="patterns of the files of those sources")
    rows: int | None = Field(None, description="in this version; null when it has no such table")
    bytes: int | None = None
    since: int | None = Field(None, description="version that wrote these rows")
    accepted: float | None = Field(None, description="share of the rows read that were accepted, of its sources")
    score: float | None = Field(None, description="rules met in the newest load, 0 to 100, the worst of its sources")

    @property
    def personal(self) -> str:
        """The strictest class of its columns."""
        classes = {column.personal for column in self.columns}
        return next((one for one in ("sensitive", "personal") if one in classes), "none")


class LineageNode(Contract):
    """A node of the lineage: a header of a file, a column, a table or a metric."""

    id: str
    kind: str = Field(description="file, column, table or metric")
    holder: str = Field(description="file pattern, table, or label of the metric")
    name: str = Field(description="header, column or name of the metric; empty for a whole file or table")
    depth: int = Field(description="steps from the start: negative before it, positive after it")


class Lineage(Contract):
    """The lineage graph around one node; edges point downstream."""

    start: str
    nodes: tuple[LineageNode, ...]
    edges: tuple[tuple[str, str], ...] = Field(description="(from, to) by the ids of nodes")
    left_out: int = Field(0, description="places beyond the limit of nodes")
