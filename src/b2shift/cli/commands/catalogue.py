"""`b2shift catalogue`: every table and column, who answers for it, and where its values come from."""

import json
from typing import Annotated, Any

import typer

from b2shift.cli import screen
from b2shift.cli.declared import declared_tables
from b2shift.cli.options import AsJson, Home
from b2shift.cli.words import examples
from b2shift.identify.api import Delivered, delivered
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.text import fold
from b2shift.lake.api import Lake, Place, Trace, open_lake
from b2shift.lake.contracts import TableSpec

EXAMPLES = examples(
    "b2shift catalogue customers", "b2shift catalogue receita", "b2shift catalogue lineage customers.mrr --json"
)
_LINEAGE = "lineage"
_PERSONAL = {"none": "", "personal": "pessoal", "sensitive": "sensível"}
Sources = dict[str, dict[str, tuple[Delivered, ...]]]


def catalogue(
    home: Home,
    name: Annotated[str | None, typer.Argument(metavar="[NOME]", help="Tabela, palavra, ou `lineage`.")] = None,
    target: Annotated[str | None, typer.Argument(metavar="[TABELA.COLUNA]", help="Depois de `lineage`.")] = None,
    as_json: AsJson = False,
) -> None:
    """Mostra tabelas e colunas com dono, frequência e classe pessoal; `lineage TABELA.COLUNA` diz de onde vêm.

    Uma palavra procura em nomes e descrições, sem acentos. A linhagem é lida das instruções que gravaram cada tabela.
    """
    if name == _LINEAGE:
        if target is None:
            raise InputError("Falta a tabela", hint="Escreva `b2shift catalogue lineage TABELA.COLUNA`")
        _lineage(open_lake(home), delivered(home), target, as_json)
        return
    specs = {spec.name: spec for _, spec in declared_tables()}
    chosen = [specs[name]] if name in specs else _search(list(specs.values()), name or "")
    if not chosen:
        raise UnknownNameError("tabela, coluna ou descrição", name or "", specs)
    told = [_entry(spec, delivered(home)) for spec in chosen]
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif name in specs:
        _show(told[0])
    else:
        rows = [(t["table"], t["layer"], t["owners"], t["freshness"], t["description"]) for t in told]
        screen.table("Catálogo", ["tabela", "camada", "dono", "frequência", "o que contém"], rows, words=5)


def _search(specs: list[TableSpec], word: str) -> list[TableSpec]:
    wanted = fold(word)
    return [s for s in specs if wanted in fold(" ".join([s.name, s.description, *_words(s)]))]


def _words(spec: TableSpec) -> list[str]:
    return [text for column in spec.columns for text in (column.name, column.description)]


def _entry(spec: TableSpec, sources: Sources) -> dict[str, Any]:
    fed = sources.get(spec.name, {}).get("", ())
    return {
        "table": spec.name,
        "layer": spec.layer.value,
        "grain": spec.grain,
        "description": spec.description,
        "owners": ", ".join(dict.fromkeys(one.owner for one in fed)),
        "freshness": ", ".join(dict.fromkeys(one.freshness for one in fed)),
        "columns": [
            {"name": c.name, "type": c.type, "description": c.description, "personal": c.personal.value}
            for c in spec.columns
        ],
    }


def _show(told: dict[str, Any]) -> None:
    screen.tell(f"{told['table']} · {told['layer']} · uma linha é {told['grain']}\n{told['description']}")
    if told["owners"]:
        screen.tell(f"Dono: {told['owners']} · frequência: {told['freshness']}")
    rows = [(c["name"], c["type"], _PERSONAL[c["personal"]], c["description"]) for c in told["columns"]]
    screen.table("", ["coluna", "tipo", "dado", "significado"], rows, words=4)


def _lineage(lake: Lake, sources: Sources, target: str, as_json: bool) -> None:
    table, _, column = target.partition(".")
    known = {c.name for c in lake.info(table).spec.columns}
    if column and column not in known and not lake.info(table).spec.open_columns:
        raise UnknownNameError("coluna", column, known)
    found = Trace(lake).back(Place(table, column))
    told = [
        {
            "column": _name(place),
            "from": sorted(map(_name, origins)),
            "files": [
                f"{one.files}: {one.header or 'linha inteira'}"
                for one in sources.get(place.table, {}).get(place.column, ())
            ],
        }
        for place, origins in found.items()
    ]
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    rows = [(str(t["column"]), ", ".join(t["from"]), "; ".join(t["files"])) for t in told]
    screen.table(f"De onde vem {target}", ["coluna", "calculada de", "lida de"], rows, words=3)


def _name(place: Place) -> str:
    return f"{place.table}.{place.column}" if place.column else place.table
