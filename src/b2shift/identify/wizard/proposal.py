"""What the wizard proposes for one file: a declaration, how sure each column is, and what is left to a person."""

from pathlib import Path
from typing import Any

from pydantic import Field

from b2shift.identify.wizard.customers import Link, links
from b2shift.identify.wizard.declare import declaration, source_name
from b2shift.identify.wizard.mapping import Mapped, Mapping, map_sample
from b2shift.identify.wizard.sample import Sample, samples
from b2shift.kernel.contract import Contract


class ColumnProposal(Contract):
    """One column of the file and where it goes."""

    header: str
    to: str
    confidence: float = Field(ge=0, le=1)
    evidence: str


class SourceProposal(Contract):
    """One source of the delivery."""

    source: str
    file: str
    table: str
    evidence: tuple[str, ...] = Field(description="how the file is written, and why one thinks so")
    mapped: tuple[ColumnProposal, ...]
    doubts: tuple[ColumnProposal, ...] = Field(description="left out of the declaration for a person to decide")
    unmapped: tuple[str, ...] = Field(description="columns that go nowhere; kept as delivered")
    warnings: tuple[str, ...]
    declaration: dict[str, Any] = Field(description="what the YAML holds")


def propose(files: list[Path]) -> tuple[SourceProposal, ...]:
    """A declaration for each table of the files of one delivery; SourceError for a file that holds no table."""
    found = [(sample, map_sample(sample)) for file in files for sample in samples(file)]
    return tuple(_proposal(sample, mapping, link) for (sample, mapping), link in zip(found, links(found), strict=True))


def _proposal(sample: Sample, mapping: Mapping, link: Link) -> SourceProposal:
    mapped = [one for one in mapping.mapped if one.to != "customer_id"]
    if link.place is not None:
        named = next((one for one in mapping.mapped if one.to == "customer_id" and one.place == link.place), None)
        sure = named.confidence if named else 0.8
        mapped.insert(0, Mapped(link.place, sample.header[link.place], "customer_id", sure, link.evidence))
    told, evidence, warnings = declaration(sample, mapping, mapped)
    if link.place is None:
        warnings.append(f"Nenhuma coluna diz de que cliente é a linha: {link.evidence}")
    taken = {one.place for one in mapped} | {sample.header.index(h) for h in told["columns"] if h in sample.header}
    return SourceProposal(
        source=source_name(sample), file=sample.file, table=mapping.table, evidence=(*sample.evidence, *evidence),
        mapped=_columns(mapped), doubts=_columns([d for d in mapping.doubts if d.place not in taken]),
        unmapped=tuple(header for place, header in enumerate(sample.header) if place not in taken),
        warnings=tuple(warnings), declaration=told,
    )  # fmt: skip


def _columns(told: list[Mapped]) -> tuple[ColumnProposal, ...]:
    return tuple(ColumnProposal(header=m.header, to=m.to, confidence=m.confidence, evidence=m.evidence) for m in told)
