"""Records of processing activities (LGPD, art. 37), from the declarations of tables and sources."""

from pathlib import Path

from pydantic import Field

from b2shift.identify.privacy.purposes import DataPurpose, purposes
from b2shift.identify.sources.declarations import all_sources, tables, target_spec
from b2shift.kernel.contract import Contract
from b2shift.lake.contracts import PersonalData


class PersonalField(Contract):
    """A column with personal data."""

    table: str
    column: str
    description: str
    personal: str


class Operation(Contract):
    """The processing of personal data for one purpose."""

    purpose: DataPurpose
    fields: tuple[PersonalField, ...]
    subjects: tuple[str, ...] = Field(description="whose data: contatos de clientes, equipe própria")
    files: tuple[str, ...] = Field(description="where the data come from")


def operations(home: Path) -> tuple[Operation, ...]:
    """One operation per purpose, in the order they are declared; the sources of the home count too."""
    sources = all_sources(home)
    specs = {spec.name: spec for spec in tables()} | {target_spec(s).name: target_spec(s) for s in sources}
    found = []
    for purpose in purposes():
        fields = tuple(
            PersonalField(table=spec.name, column=c.name, description=c.description, personal=c.personal.value)
            for spec in specs.values() for c in spec.columns
            if c.personal is not PersonalData.NONE and purpose.purpose in c.purposes
        )  # fmt: skip
        filled = {field.table for field in fields}
        staff = purpose.purpose == "gestao_da_equipe"
        found.append(
            Operation(
                purpose=purpose,
                fields=fields,
                subjects=("equipe própria",) if staff else ("contatos de clientes",),
                files=tuple(sorted(s.files for s in sources if target_spec(s).name in filled)),
            )
        )
    return tuple(found)
