"""`b2shift run`: the whole loop on a drop."""

from datetime import datetime
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import DAY, AsJson, Home, Memory, Seed, Threads
from b2shift.cli.words import examples

EXAMPLES = examples(
    "b2shift run entrega/",
    "b2shift run s3://entregas/2025-03",
    "b2shift run entrega/ --home /dados/b2shift --as-of 2025-03-31",
    "b2shift run entrega/ --json > resumo.json",
)


def run(
    drop: Annotated[
        str, typer.Argument(metavar="DIR", help="Pasta, zip ou s3://balde/pasta com os arquivos entregues.")
    ],
    home: Home,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=DAY, metavar="DATA", help="Data de referência; sem ela, a data mais nova dos dados."),
    ] = None,
    seed: Seed = 7,
    publish: Annotated[bool, typer.Option(help="Leva o resultado para as páginas.")] = True,
    threads: Threads = 2,
    memory: Memory = 2048,
    as_json: AsJson = False,
) -> None:
    """Roda o ciclo inteiro: lê e limpa a entrega, segmenta, estima riscos e propõe contatos.

    Rodar de novo com a mesma entrega não muda nada. Uma execução interrompida deixa valendo a versão anterior.
    """
    from b2shift.cli.loop import run_loop
    from b2shift.cli.summary import show
    from b2shift.identify.api import drop_at

    with screen.bars() as progress:
        summary = run_loop(
            drop_at(drop),
            home,
            as_of=as_of.date() if as_of else None,
            seed=seed,
            publish=publish,
            threads=threads,
            memory_limit_mb=memory,
            progress=progress,
        )
    if as_json:
        screen.tell_json(summary)
    else:
        show(summary)
