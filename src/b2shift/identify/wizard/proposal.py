"""Propose declarations for the files of a delivery: confidence per column, doubts and warnings for a person."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import Field, field_serializer

from b2shift.identify.sources.delivery import files_below, open_delivery
from b2shift.identify.wizard.build_declaration import build_declaration
from b2shift.identify.wizard.correction import Correction, corrected_matches
from b2shift.identify.wizard.customer_links import CustomerLink, KnownCustomers, customer_links
from b2shift.identify.wizard.header_names import canonical_schema
from b2shift.identify.wizard.mapping import ColumnMatch, Evidence, TableMapping, map_sample
from b2shift.identify.wizard.sample import Sample, samples, source_name
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import SourceError

_EXAMPLES = 3


class ColumnProposal(Contract):
    """One column of the file and where it goes."""

    header: str
    to: str
    confidence: float = Field(ge=0, le=1)
    evidence: Evidence

    @field_serializer("evidence", when_used="json")
    def _evidence_in_words(self, evidence: Evidence) -> str:
        return evidence.described()


class ColumnSeen(Contract):
    """One column of the file as it is."""

    header: str
    told: str = Field(description="what its values look like, pt-BR")
    examples: tuple[str, ...] = Field(description="some of its first different values")


class SourceProposal(Contract):
    """One source of the delivery."""

    source: str
    file: str
    sheet: str = ""
    table: str
    evidence: tuple[str, ...] = Field(description="how the file is written, and why one thinks so")
    seen: tuple[ColumnSeen, ...] = Field(description="every column, in the order of the file")
    mapped: tuple[ColumnProposal, ...]
    doubts: tuple[ColumnProposal, ...] = Field(description="left out of the declaration for a person to decide")
    unmapped: tuple[str, ...] = Field(description="columns that go nowhere; kept as delivered")
    warnings: tuple[str, ...]
    declaration: dict[str, Any] = Field(description="what the YAML holds")


def propose(
    files: list[Path],
    corrections: Mapping[str, Correction] | None = None,
    customers: KnownCustomers | None = None,
    aside: Callable[[SourceError], None] | None = None,
) -> tuple[SourceProposal, ...]:
    """One proposal per table of the files of a delivery; SourceError for a file without a table.

    A folder or a zip stands for its files. With `aside`, files without a table are reported to it and skipped, unless
    none has one; a missing file always raises.
    `customers`: those of the home, by the system of their codes. `corrections`: by name of the proposed source;
    InputError for one that cannot be applied.
    """
    corrections = corrections or {}
    found = []
    with TemporaryDirectory() as scratch:
        for sample in _samples(files, Path(scratch), aside):
            names = (source_name(sample), source_name(sample, own_table=True))
            correction = next((corrections[name] for name in names if name in corrections), Correction())
            found.append((sample, map_sample(sample, correction.table), correction))
        links = customer_links([(sample, mapping) for sample, mapping, _ in found], customers or {})
        return tuple(_proposal(*one, link) for one, link in zip(found, links, strict=True))


def _samples(files: list[Path], scratch: Path, aside: Callable[[SourceError], None] | None) -> list[Sample]:
    found, errors = list[Sample](), list[SourceError]()
    for file in files:
        if not file.exists():
            raise SourceError("O arquivo não existe", value=file, hint="Confira o caminho")
        is_delivery = file.is_dir() or (file.suffix.casefold() == ".zip" and file.exists())
        for one in open_delivery(file) if is_delivery else [file]:
            try:
                found += samples(one if isinstance(one, Path) else one.opened(scratch))
            except SourceError as error:
                errors.append(error)
        if aside is not None and is_delivery:
            for below in files_below(file):
                aside(SourceError("Uma pasta da entrega não é lida", value=below.place, hint=below.told))
    if errors and not found:
        raise _combined(errors)
    for rejection in errors:
        if aside is None:
            raise rejection
        aside(rejection)
    return found


def _combined(errors: list[SourceError]) -> SourceError:
    if len(errors) == 1:
        return errors[0]
    reasons = "; ".join(f"{one.value}: {one.what}" for one in errors)
    return SourceError("Nenhum destes arquivos pode ser lido", value=reasons, hint="Exporte as tabelas de novo")


def canonical_tables() -> dict[str, tuple[str, ...]]:
    """The canonical tables with their columns."""
    return {name: tuple(table["columns"]) for name, table in canonical_schema()["tables"].items()}


def _proposal(sample: Sample, mapping: TableMapping, correction: Correction, link: CustomerLink) -> SourceProposal:
    mapped = [one for one in mapping.mapped if one.to != "customer_id"]
    if link.position is not None:
        confidence = round(max(mapping.customer_confidence.get(link.position, 0.0), 0.8), 2)
        header, evidence = sample.header[link.position], Evidence(link.evidence)
        mapped.insert(0, ColumnMatch(link.position, header, "customer_id", confidence, evidence))
    mapped = corrected_matches(correction, sample, mapping.table, mapped)
    declared, notation, warnings = build_declaration(sample, mapping, mapped, link)
    if all(one.to != "customer_id" for one in mapped):
        warnings.append(f"Nenhuma coluna diz de que cliente é a linha: {link.evidence}")
    used = {one.position for one in mapped} | {
        sample.header.index(h) for h in declared["columns"] if h in sample.header
    }
    return SourceProposal(
        source=declared["source"], file=sample.file, sheet=sample.sheet, table=mapping.table,
        evidence=(*sample.evidence, *notation), seen=_seen(sample, mapping),
        mapped=_columns(mapped), doubts=_columns([d for d in mapping.doubts if d.position not in used]),
        unmapped=tuple(header for position, header in enumerate(sample.header) if position not in used),
        warnings=tuple(warnings), declaration=declared | correction.overrides(),
    )  # fmt: skip


def _seen(sample: Sample, mapping: TableMapping) -> tuple[ColumnSeen, ...]:
    return tuple(
        ColumnSeen(
            header=header,
            told=mapping.summaries[position].description,
            examples=tuple(dict.fromkeys(value for value in sample.values(position) if value.strip()))[:_EXAMPLES],
        )
        for position, header in enumerate(sample.header)
    )


def _columns(matches: list[ColumnMatch]) -> tuple[ColumnProposal, ...]:
    return tuple(
        ColumnProposal(header=m.header, to=m.to, confidence=m.confidence, evidence=m.evidence) for m in matches
    )
