"""`b2shift source load`: what people ordered on the page of sources to be loaded."""

from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home, Memory, Threads
from b2shift.cli.turn import waiting_for_the_lake
from b2shift.cli.words import examples
from b2shift.kernel.money import format_number

EXAMPLES = examples("b2shift source load", "b2shift source load --wait --json")


def load(
    home: Home,
    wait: Annotated[bool, typer.Option("--wait", help="Espera enquanto uma execução escreve no lake.")] = False,
    threads: Threads = 2,
    memory: Memory = 2048,
    as_json: AsJson = False,
) -> None:
    """Carrega o que foi pedido na página de fontes e termina o que foi interrompido."""
    from b2shift.cli.loop import web

    ended: int = waiting_for_the_lake(lambda: web("load_ordered")(home, threads, memory), wait=wait)
    if as_json:
        screen.tell_json({"ended": ended})
        return
    screen.note(f"Cargas terminadas: {format_number(ended)}")
