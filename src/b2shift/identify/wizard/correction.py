"""Corrections of a proposal by a person: another table, other columns, other notation of dates and numbers."""

from typing import Any

from pydantic import Field

from b2shift.identify.sources.declaration import DateOrder, Mark
from b2shift.identify.wizard.header_names import canonical_schema
from b2shift.identify.wizard.mapping import ColumnMatch, Evidence
from b2shift.identify.wizard.sample import Sample
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import InputError, UnknownNameError

_BY_A_PERSON = Evidence("escolhida por uma pessoa")


class Correction(Contract):
    """Corrections of one proposed source; what is empty stays as proposed."""

    table: str = Field("", description="canonical table")
    columns: dict[str, str] | None = Field(None, description="header → column of the table; all others are out")
    customer: str | None = Field(None, description="header of the customer's key; empty: no column is")
    files: str = Field("", max_length=200, description="pattern of the names of the files to come")
    owner: str = Field("", max_length=120)
    freshness: str = Field("", max_length=120)
    date_order: DateOrder | None = None
    decimal: Mark | None = None

    def overrides(self) -> dict[str, Any]:
        """The fields of the declaration it overrides, columns apart."""
        fields = {name: getattr(self, name) for name in ("files", "owner", "freshness", "date_order", "decimal")}
        return {name: str(value) for name, value in fields.items() if value}


def corrected_matches(
    correction: Correction, sample: Sample, table: str, proposed: list[ColumnMatch]
) -> list[ColumnMatch]:
    """The matches after a correction; those that agree with the proposal keep its evidence.

    Raises UnknownNameError for a header or column that does not exist, InputError when two headers fill one column.
    """
    if correction.columns is None and correction.customer is None:
        return proposed
    targets = {header: to for header, to in (correction.columns or {}).items() if to}
    if correction.columns is None:
        targets = {one.header: one.to for one in proposed if one.to != "customer_id"}
    pairs = [(header, to) for header, to in targets.items() if to != "customer_id"]
    key = correction.customer
    if key is None:
        key = next((one.header for one in proposed if one.to == "customer_id"), "")
    known = canonical_schema()["tables"][table]["columns"]
    if key and "customer_id" in known:
        pairs.insert(0, (key, "customer_id"))
    matches = {(one.header, one.to): one for one in proposed}
    corrected: list[ColumnMatch] = []
    for header, to in pairs:
        if header not in sample.header:
            raise UnknownNameError("coluna do arquivo", header, sample.header)
        if to not in known:
            raise UnknownNameError("coluna da tabela", to, known)
        duplicate = next((one for one in corrected if one.to == to), None)
        if duplicate is not None:
            raise InputError(
                "Duas colunas do arquivo vão para a mesma", value=f"{duplicate.header} e {header} → {to}",
                hint="Deixe uma delas de fora",
            )  # fmt: skip
        corrected.append(
            matches.get((header, to)) or ColumnMatch(sample.header.index(header), header, to, 1.0, _BY_A_PERSON)
        )
    return corrected
