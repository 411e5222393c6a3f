"""The catalogue as Markdown."""

from collections.abc import Iterable

from b2shift.identify.catalogue.contracts import CatalogueTable
from b2shift.identify.catalogue.portuguese import in_portuguese
from b2shift.kernel.money import format_number, format_percent

_PERSONAL = {"none": "", "personal": "pessoal", "sensitive": "sensível"}


def as_markdown(tables: Iterable[CatalogueTable]) -> str:
    """Every table with its columns, in Portuguese."""
    listed = list(tables)
    index = [f"- [{table.name}](#{table.name}): {_cell(in_portuguese(table.description))}" for table in listed]
    return "\n".join(["# Catálogo", "", *index, "", *(line for table in listed for line in _table(table))])


def _table(table: CatalogueTable) -> list[str]:
    facts = [
        f"Camada: {table.layer}",
        f"uma linha é {in_portuguese(table.grain)}",
        f"dono: {', '.join(table.owners) or 'não declarado'}",
        f"frequência: {', '.join(map(in_portuguese, table.freshness)) or 'a cada execução'}",
        f"fontes: {', '.join(table.sources) or 'nenhuma'}",
    ]
    if table.rows is not None:
        facts.append(f"{format_number(table.rows)} linhas desde a versão {table.since}")
    if table.accepted is not None:
        facts.append(f"{format_percent(table.accepted, 2)} das linhas lidas aceitas")
    rows = [
        f"| {c.name} | {_cell(c.type)} | {_PERSONAL[c.personal]} | {_cell(in_portuguese(c.description))} |"
        for c in table.columns
    ]
    head = ["| coluna | tipo | dado | significado |", "|---|---|---|---|"]
    return [f"## {table.name}", "", in_portuguese(table.description), "", "; ".join(facts) + ".", "", *head, *rows, ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
