"""`b2shift catalogue`: every table and column, who answers for it, and where its values come from."""

import json
from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home
from b2shift.cli.table_declarations import declared_tables
from b2shift.cli.words import examples
from b2shift.identify.api import (
    CatalogueTable,
    Lineage,
    LineageNode,
    Lineages,
    catalogue_markdown,
    in_portuguese,
    openlineage_events,
    search_catalogue,
)
from b2shift.identify.api import catalogue as tables_of
from b2shift.kernel.errors import InputError, LakeEmptyError, UnknownNameError
from b2shift.kernel.money import format_number, format_percent
from b2shift.lake.api import Lake, open_lake, write_output

EXAMPLES = examples(
    "b2shift catalogue customers",
    "b2shift catalogue receita",
    "b2shift catalogue lineage customers.mrr --json",
    "b2shift catalogue lineage metric:nrr",
    "b2shift catalogue export --openlineage --out eventos.json",
)
_LINEAGE, _EXPORT = "lineage", "export"
_PERSONAL = {"none": "", "personal": "pessoal", "sensitive": "sensível"}


def catalogue(
    home: Home,
    name: Annotated[
        str | None, typer.Argument(metavar="[NOME]", help="Tabela, palavra, `lineage` ou `export`.")
    ] = None,
    target: Annotated[
        str | None, typer.Argument(metavar="[TABELA.COLUNA]", help="Depois de `lineage`; ou `metric:NOME`.")
    ] = None,
    openlineage: Annotated[bool, typer.Option(help="Com `export`: eventos OpenLineage, um JSON por linha.")] = False,
    markdown: Annotated[bool, typer.Option(help="Com `export`: o catálogo em Markdown.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="ARQUIVO", help="Com `export`: escreve neste arquivo.")] = None,
    as_json: AsJson = False,
) -> None:
    """Mostra tabelas e colunas com dono, frequência e classe pessoal; `lineage` diz de onde vêm e aonde vão.

    Uma palavra procura em nomes e descrições, sem acentos. A linhagem é lida das instruções que gravaram cada tabela;
    `export` leva o catálogo inteiro a outra ferramenta.
    """
    if name == _EXPORT:
        _export(home, openlineage, markdown, out)
        return
    if name == _LINEAGE:
        if target is None:
            raise InputError("Falta a tabela", hint="Escreva `b2shift catalogue lineage TABELA.COLUNA`")
        _lineage(Lineages(open_lake(home), home).around(target), as_json)
        return
    known = {table.name: table for table in _tables(home)}
    chosen = (known[name],) if name in known else search_catalogue(tuple(known.values()), name or "")
    if not chosen:
        raise UnknownNameError("tabela, coluna ou descrição", name or "", known)
    if as_json:
        screen.tell_json(chosen)
    elif name in known:
        _show(chosen[0])
    else:
        rows = [(t.name, t.layer, ", ".join(t.owners), _freshness(t), in_portuguese(t.description)) for t in chosen]
        screen.table("Catálogo", ["tabela", "camada", "dono", "frequência", "o que contém"], rows, words=5)


def _tables(home: Path) -> tuple[CatalogueTable, ...]:
    """Declared tables; with what the newest version holds of them when there is one."""
    lake: Lake | None = None
    try:
        lake = open_lake(home)
    except LakeEmptyError:
        screen.note("Ainda não há versão: só o que está declarado")
    return tables_of((spec for _, spec in declared_tables()), home, lake)


def _show(table: CatalogueTable) -> None:
    grain, description = in_portuguese(table.grain), in_portuguese(table.description)
    screen.tell(f"{table.name} · {table.layer} · uma linha é {grain}\n{description}")
    if table.owners:
        screen.tell(f"Dono: {', '.join(table.owners)} · frequência: {_freshness(table)}")
    if table.rows is not None:
        accepted = "" if table.accepted is None else f" · {format_percent(table.accepted)} das linhas aceitas"
        screen.tell(f"{format_number(table.rows)} linhas, da versão {table.since}{accepted}")
    rows = [(c.name, c.type, _PERSONAL[c.personal], in_portuguese(c.description)) for c in table.columns]
    screen.table("", ["coluna", "tipo", "dado", "significado"], rows, words=4)


def _freshness(table: CatalogueTable) -> str:
    return ", ".join(map(in_portuguese, table.freshness))


def _lineage(found: Lineage, as_json: bool) -> None:
    if as_json:
        screen.tell_json(found)
        return
    before, after = (
        [(_label(node), ", ".join(sorted(one for one, two in found.edges if two == node.id))) for node in some]
        for some in (
            [node for node in found.nodes if node.depth <= 0],
            [node for node in found.nodes if node.depth > 0],
        )
    )
    screen.table(f"De onde vem {found.start}", ["lugar", "vem de"], list(reversed(before)), words=2)
    if after:
        screen.table(f"Aonde vai {found.start}", ["lugar", "vem de"], after, words=2)
    if found.left_out:
        screen.note(f"Mais {format_number(found.left_out)} lugares; peça uma coluna só para ver menos")


def _label(node: LineageNode) -> str:
    return f"{node.holder}: {node.name or 'linha inteira'}" if node.kind == "file" else node.id


def _export(home: Path, openlineage: bool, markdown: bool, out: Path | None) -> None:
    if openlineage == markdown:
        raise InputError("Escolha um formato", hint="--openlineage ou --markdown")
    tables = _tables(home)
    if markdown:
        text = catalogue_markdown(tables)
    else:
        result = openlineage_events(Lineages(open_lake(home), home), tables)
        text = "".join(f"{json.dumps(event, ensure_ascii=False)}\n" for event in result)
    if out is None:
        typer.echo(text, nl=False)
        return
    write_output(out, text)
    screen.note(f"Catálogo escrito em {out}")
