"""What the wizard proposes for one file: a declaration, how sure each column is, and what is left to a person."""

from collections.abc import Callable
from collections.abc import Mapping as Told
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import Field

from b2shift.identify.sources.delivery import left_below, open_delivery
from b2shift.identify.wizard.correction import Correction, chosen
from b2shift.identify.wizard.customers import Known, Link, links
from b2shift.identify.wizard.declare import declaration
from b2shift.identify.wizard.mapping import Mapped, Mapping, map_sample
from b2shift.identify.wizard.names import canonical
from b2shift.identify.wizard.sample import Sample, samples, source_name
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import SourceError

_EXAMPLES = 3


class ColumnProposal(Contract):
    """One column of the file and where it goes."""

    header: str
    to: str
    confidence: float = Field(ge=0, le=1)
    evidence: str


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
    corrections: Told[str, Correction] | None = None,
    customers: Known | None = None,
    aside: Callable[[SourceError], None] | None = None,
) -> tuple[SourceProposal, ...]:
    """A declaration for each table of the files of one delivery; SourceError for a file that holds no table.

    A folder or a zip stands for the files in it. Those that hold no table go to `aside`, unless none holds one; one
    that is not there stops all.
    `customers` are those a home knows, by the system of their codes. `corrections` by name of the proposed source is
    what a person decided; InputError for what cannot be.
    """
    known = corrections or {}
    found = []
    with TemporaryDirectory() as scratch:
        for sample in _samples(files, Path(scratch), aside):
            names = (source_name(sample), source_name(sample, own_table=True))
            correction = next((known[name] for name in names if name in known), Correction())
            found.append((sample, map_sample(sample, correction.table), correction))
        linked = links([(sample, mapping) for sample, mapping, _ in found], customers or {})
        return tuple(_proposal(*one, link) for one, link in zip(found, linked, strict=True))


def _samples(files: list[Path], scratch: Path, aside: Callable[[SourceError], None] | None) -> list[Sample]:
    found, refused = list[Sample](), list[SourceError]()
    for file in files:
        if not file.exists():
            raise SourceError("O arquivo não existe", value=file, hint="Confira o caminho")
        whole = file.is_dir() or (file.suffix.casefold() == ".zip" and file.exists())
        for one in open_delivery(file) if whole else [file]:
            try:
                found += samples(one if isinstance(one, Path) else one.opened(scratch))
            except SourceError as error:
                refused.append(error)
        if aside is not None and whole:
            for below in left_below(file):
                aside(SourceError("Uma pasta da entrega não é lida", value=below.place, hint=below.told))
    if refused and not found:
        raise _all_of(refused)
    for refusal in refused:
        if aside is None:
            raise refusal
        aside(refusal)
    return found


def _all_of(refused: list[SourceError]) -> SourceError:
    if len(refused) == 1:
        return refused[0]
    told = "; ".join(f"{one.value}: {one.what}" for one in refused)
    return SourceError("Nenhum destes arquivos pode ser lido", value=told, hint="Exporte as tabelas de novo")


def tables_known() -> dict[str, tuple[str, ...]]:
    """The tables a file can be mapped to, each with its columns."""
    return {name: tuple(told["columns"]) for name, told in canonical()["tables"].items()}


def _proposal(sample: Sample, mapping: Mapping, correction: Correction, link: Link) -> SourceProposal:
    mapped = [one for one in mapping.mapped if one.to != "customer_id"]
    if link.place is not None:
        sure = round(max(mapping.named_customer.get(link.place, 0.0), 0.8), 2)
        mapped.insert(0, Mapped(link.place, sample.header[link.place], "customer_id", sure, link.evidence))
    mapped = chosen(correction, sample, mapping.table, mapped)
    told, evidence, warnings = declaration(sample, mapping, mapped, link)
    if all(one.to != "customer_id" for one in mapped):
        warnings.append(f"Nenhuma coluna diz de que cliente é a linha: {link.evidence}")
    taken = {one.place for one in mapped} | {sample.header.index(h) for h in told["columns"] if h in sample.header}
    return SourceProposal(
        source=told["source"], file=sample.file, sheet=sample.sheet, table=mapping.table,
        evidence=(*sample.evidence, *evidence), seen=_seen(sample, mapping),
        mapped=_columns(mapped), doubts=_columns([d for d in mapping.doubts if d.place not in taken]),
        unmapped=tuple(header for place, header in enumerate(sample.header) if place not in taken),
        warnings=tuple(warnings), declaration=told | correction.declared(),
    )  # fmt: skip


def _seen(sample: Sample, mapping: Mapping) -> tuple[ColumnSeen, ...]:
    return tuple(
        ColumnSeen(
            header=header,
            told=mapping.contents[place].told,
            examples=tuple(dict.fromkeys(value for value in sample.values(place) if value.strip()))[:_EXAMPLES],
        )
        for place, header in enumerate(sample.header)
    )


def _columns(told: list[Mapped]) -> tuple[ColumnProposal, ...]:
    return tuple(ColumnProposal(header=m.header, to=m.to, confidence=m.confidence, evidence=m.evidence) for m in told)
