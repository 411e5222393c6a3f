"""`b2shift publish`, `b2shift serve` and `b2shift worker`: the pages and the outbox, started by name."""

from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home
from b2shift.cli.words import examples
from b2shift.lake.api import current_version

PUBLISH = examples("b2shift publish", "b2shift publish --home /dados/b2shift")
SERVE = examples("b2shift serve", "b2shift serve --host 0.0.0.0 --port 9000 --workers 4", "b2shift serve --demo-people")

WORKER = examples("b2shift worker", "b2shift worker --once", "B2SHIFT_SMTP_HOST=127.0.0.1 b2shift worker")


def publish(home: Home, as_json: AsJson = False) -> None:
    """Leva clientes, segmentos, riscos e propostas do lake para as páginas; repetir não faz mal."""
    from b2shift.cli.loop import web

    with screen.bars() as progress:
        written = web("publish")(home, progress)
    if as_json:
        screen.tell_json({"version": current_version(home), "rows": written})
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


def worker(
    home: Home,
    once: Annotated[bool, typer.Option("--once", help="Envia o que está na hora e termina.")] = False,
    as_json: AsJson = False,
) -> None:
    """Entrega o que está na fila e lê as respostas, até Ctrl-C; vários ao mesmo tempo não enviam nada duas vezes.

    Os canais vêm do ambiente (B2SHIFT_SMTP_HOST, B2SHIFT_SLACK_TOKEN, …). Um canal sem configuração é avisado, e as
    mensagens dele continuam na fila.
    """
    from b2shift.cli.loop import web

    sent = web("work")(home, screen.note, once=once)
    if as_json:
        screen.tell_json({"sent": sent})
    else:
        screen.tell(f"{sent} enviadas.")
