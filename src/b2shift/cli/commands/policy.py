"""`b2shift policy`: is the set of contact rules right?"""

from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson
from b2shift.cli.words import examples

EXAMPLES = examples("b2shift policy check", "b2shift policy check minha-regua.yaml")


def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="[ARQUIVO]", help="Régua em YAML; sem ela, a do produto.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Confere uma régua de contatos; a regra errada é apontada com a linha e os nomes parecidos."""
    from b2shift.interact.api import load_policy

    policy = load_policy(file)
    if as_json:
        typer.echo(policy.model_dump_json(indent=2))
    else:
        size = f"{len(policy.archetypes)} arquétipos, {len(policy.rules)} regras"
        screen.out().print(f"Régua válida: {policy.name}, versão {policy.version}, {size}.", markup=False)
