"""What a person decided about a proposal: another table, other columns, other forms of days and numbers."""

from typing import Any

from pydantic import Field

from b2shift.identify.sources.declaration import DateOrder, Mark
from b2shift.identify.wizard.mapping import Mapped
from b2shift.identify.wizard.names import canonical
from b2shift.identify.wizard.sample import Sample
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import InputError, UnknownNameError

_DECIDED = "escolhida por uma pessoa"


class Correction(Contract):
    """Decisions over one proposed source; what is empty stays as proposed."""

    table: str = Field("", description="canonical table")
    columns: dict[str, str] | None = Field(None, description="header → column of the table; all others are out")
    customer: str | None = Field(None, description="header of the customer's key; empty: no column is")
    files: str = Field("", max_length=200, description="pattern of the names of the files to come")
    owner: str = Field("", max_length=120)
    freshness: str = Field("", max_length=120)
    date_order: DateOrder | None = None
    decimal: Mark | None = None

    def declared(self) -> dict[str, Any]:
        """What it changes of a declaration beside columns."""
        told = {name: getattr(self, name) for name in ("files", "owner", "freshness", "date_order", "decimal")}
        return {name: str(value) for name, value in told.items() if value}


def chosen(correction: Correction, sample: Sample, table: str, proposed: list[Mapped]) -> list[Mapped]:
    """The columns after a person's decisions; those that agree with the proposal keep its evidence.

    Raises UnknownNameError for a header or column that does not exist, InputError when two headers fill one column.
    """
    if correction.columns is None and correction.customer is None:
        return proposed
    wanted = {header: to for header, to in (correction.columns or {}).items() if to}
    if correction.columns is None:
        wanted = {one.header: one.to for one in proposed if one.to != "customer_id"}
    pairs = [(header, to) for header, to in wanted.items() if to != "customer_id"]
    key = correction.customer
    if key is None:
        key = next((one.header for one in proposed if one.to == "customer_id"), "")
    known = canonical()["tables"][table]["columns"]
    if key and "customer_id" in known:
        pairs.insert(0, (key, "customer_id"))
    told = {(one.header, one.to): one for one in proposed}
    found: list[Mapped] = []
    for header, to in pairs:
        if header not in sample.header:
            raise UnknownNameError("coluna do arquivo", header, sample.header)
        if to not in known:
            raise UnknownNameError("coluna da tabela", to, known)
        twice = next((one for one in found if one.to == to), None)
        if twice is not None:
            raise InputError(
                "Duas colunas do arquivo vão para a mesma", value=f"{twice.header} e {header} → {to}",
                hint="Deixe uma delas de fora",
            )  # fmt: skip
        found.append(told.get((header, to)) or Mapped(sample.header.index(header), header, to, 1.0, _DECIDED))
    return found
