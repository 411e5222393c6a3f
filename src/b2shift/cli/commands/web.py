"""`b2shift publish` and `b2shift serve`: the pages, started by name."""

import json
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home
from b2shift.cli.words import examples
from b2shift.lake.api import current_version

PUBLISH = examples("b2shift publish", "b2shift publish --home /dados/b2shift")
SERVE = examples("b2shift serve", "b2shift serve --host 0.0.0.0 --port 9000 --workers 4", "b2shift serve --demo-people")


def publish(home: Home, as_json: AsJson = False) -> None:
    """Leva clientes, segmentos, riscos e propostas do lake para as páginas; repetir não faz mal."""
    from b2shift.cli.loop import web

    with screen.bars() as progress:
        written = web("publish")(home, progress)
    if as_json:
        typer.echo(json.dumps({"version": current_version(home), "rows": written}))
    else:
        screen.note("As páginas mostram a versão atual do lake.")


def serve(
    home: Home,
    host: Annotated[str, typer.Option(help="Endereço em que escutar.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Porta.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processos que atendem.")] = 2,
    demo_people: Annotated[bool, typer.Option(help="Cria uma pessoa de cada papel, só para experimentar.")] = False,
) -> None:
    """Serve as páginas e a API até Ctrl-C."""
    from b2shift.cli.loop import web

    if demo_people:
        if current_version(home) is not None:
            web("publish")(home)
        screen.table(
            "Pessoas de demonstração (senhas novas a cada vez)",
            ["papel", "e-mail", "senha"],
            [(one.role_label, one.email, one.password) for one in web("create_demo_people")(home)],
            words=3,
        )
    screen.note(f"B2Shift em http://{host}:{port} · Ctrl-C para parar")
    web("serve")(home, host=host, port=port, workers=workers)
