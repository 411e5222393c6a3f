"""`b2shift tables`: what each table and column means."""

from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson
from b2shift.cli.table_declarations import declared_table, declared_tables
from b2shift.cli.words import examples
from b2shift.identify.api import in_portuguese

EXAMPLES = examples("b2shift tables", "b2shift tables customers", "b2shift tables scores --json")


def tables(
    name: Annotated[str | None, typer.Argument(metavar="[NOME]", help="Tabela; sem ela, lista todas.")] = None,
    as_json: AsJson = False,
) -> None:
    """Mostra as tabelas publicadas e o que cada coluna quer dizer."""
    if name:
        spec = declared_table(name)
        if as_json:
            screen.tell_json(spec)
            return
        grain, description = in_portuguese(spec.grain), in_portuguese(spec.description)
        screen.out().print(f"[bold]{spec.name}[/] · {spec.layer} · uma linha é {grain}\n{description}\n")
        rows = [(c.name, c.type, in_portuguese(c.description)) for c in spec.columns]
        screen.table("", ["coluna", "tipo", "significado"], rows, words=3)
        return
    specs = [spec for _, spec in declared_tables() if spec.published]
    if as_json:
        screen.tell_json(specs)
        return
    screen.table(
        "Tabelas",
        ["tabela", "camada", "uma linha é", "o que contém"],
        [(spec.name, spec.layer, in_portuguese(spec.grain), in_portuguese(spec.description)) for spec in specs],
        words=4,
    )
