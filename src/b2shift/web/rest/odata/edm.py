"""The star as OData's model of entities: sets, keys, properties with their types, and what they mean."""

from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from b2shift.metrics.api import star_tables

NAMESPACE = "B2Shift"
TYPES = {"text": "Edm.String", "whole": "Edm.Int64", "number": "Edm.Double", "day": "Edm.Date", "yes_no": "Edm.Boolean"}
CASTS = {"day": "::DATE"}


@dataclass(frozen=True)
class Column:
    """A property and the SQL that reads it; both names come from the declaration."""

    name: str
    kind: str

    @property
    def sql(self) -> str:
        """Its name in a statement."""
        return f'"{self.name}"'

    @property
    def cast(self) -> str:
        """What a bound value needs behind it."""
        return CASTS.get(self.kind, "")


@cache
def columns_of(name: str) -> dict[str, Column]:
    """The properties of an entity set; empty for a set there is not."""
    table = star_tables().get(name)
    return {one.name: Column(one.name, one.kind) for one in table.columns} if table else {}


@cache
def metadata() -> str:
    """The model as CSDL XML (OData 4.0)."""
    types, sets = [], []
    for table in star_tables().values():
        keys = "".join(f'<PropertyRef Name="{name}"/>' for name in table.key)
        properties = "".join(
            f'<Property Name="{c.name}" Type="{TYPES[c.kind]}" Nullable="{"false" if c.name in table.key else "true"}">'
            f'<Annotation Term="Org.OData.Core.V1.Description" String={quoteattr(c.description)}/></Property>'
            for c in table.columns
        )
        types.append(f'<EntityType Name="{table.name}"><Key>{keys}</Key>{properties}</EntityType>')
        sets.append(f'<EntitySet Name="{table.name}" EntityType="{NAMESPACE}.{table.name}"/>')
    return (
        '<?xml version="1.0" encoding="UTF-8"?><edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" '
        'Version="4.0"><edmx:DataServices><Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" '
        f'Namespace="{escape(NAMESPACE)}">{"".join(types)}<EntityContainer Name="Estrela">{"".join(sets)}'
        "</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"
    )
