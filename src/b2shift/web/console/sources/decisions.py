"""What a person decided on the form of the wizard, as corrections of the proposals."""

from django.http import QueryDict

from b2shift.identify.api import SourceCorrection, SourceProposal, canonical_tables
from b2shift.kernel.errors import InputError

_ORDERS = ("iso", "day_first", "month_first")
_MARKS = ("comma", "point")


def corrections(params: QueryDict, proposals: tuple[SourceProposal, ...]) -> dict[str, SourceCorrection]:
    """By source, what the form says. Of a source whose table was changed the columns are proposed anew."""
    return {one.source: _one(params, place, one) for place, one in enumerate(proposals) if f"{place}-table" in params}


def included(params: QueryDict, proposals: tuple[SourceProposal, ...]) -> tuple[SourceProposal, ...]:
    """The sources the person left ticked."""
    return tuple(one for place, one in enumerate(proposals) if f"{place}-use" in params)


def _one(params: QueryDict, place: int, proposal: SourceProposal) -> SourceCorrection:
    def field(name: str, longest: int = 120) -> str:
        return params.get(f"{place}-{name}", "").strip()[:longest]

    table = field("table")
    if table not in canonical_tables():
        raise InputError("Esta tabela não existe", value=table[:40], hint="Escolha uma da lista")
    forms = {
        "date_order": field("date_order") if field("date_order") in _ORDERS[1:] else None,
        "decimal": field("decimal") if field("decimal") in _MARKS else None,
    }
    shared = {"table": table, "files": field("files", 200), "owner": field("owner"), "freshness": field("freshness")}
    if field("was") != table:
        return SourceCorrection(**shared, **forms)
    headers = [one.header for one in proposal.seen]
    columns = {header: field(f"col-{n}") for n, header in enumerate(headers) if field(f"col-{n}")}
    key = field("customer")
    customer = headers[int(key)] if key.isdecimal() and int(key) < len(headers) else ""
    return SourceCorrection(**shared, **forms, columns=columns, customer=customer)
