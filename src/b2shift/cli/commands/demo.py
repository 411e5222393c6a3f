"""`b2shift demo`: an invented drop to try the product with."""

from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Seed
from b2shift.cli.words import examples
from b2shift.kernel.money import format_number

EXAMPLES = examples("b2shift demo demo-drop/", "b2shift demo demo-drop/ --customers 500 --seed 3 --dirty 1")


def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Pasta onde os 33 arquivos são escritos.")],
    customers: Annotated[int, typer.Option(min=20, help="Quantos clientes inventar.")] = 2000,
    seed: Seed = 7,
    dirty: Annotated[float, typer.Option(min=0, max=1, help="Quanto sujar: 0 é limpo, 1 é muito sujo.")] = 0.3,
    as_json: AsJson = False,
) -> None:
    """Escreve uma entrega inventada, com defeitos plantados e a verdade sobre eles em _truth/."""
    from b2shift.demo.api import write_drop

    summary = write_drop(folder, customers=customers, seed=seed, dirty=dirty)
    if as_json:
        screen.tell_json(summary)
        return
    screen.note(
        f"{folder}: {len(summary.files)} arquivos, {format_number(sum(summary.files.values()))} linhas, "
        f"{format_number(summary.customers)} clientes, {format_number(summary.defects)} defeitos plantados"
    )
