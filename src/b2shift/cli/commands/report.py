"""`b2shift report send`: the reports of a day, made and put into the queue."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from b2shift.cli import screen
from b2shift.cli.options import DAY, AsJson, Home
from b2shift.cli.schedule.jobs import schedule_of
from b2shift.cli.words import examples

SEND = examples("b2shift report send", "b2shift report send --date 2026-11-03 --json")


def send(
    home: Home,
    day: Annotated[
        datetime | None,
        typer.Option("--date", formats=DAY, metavar="DATA", help="Dia dos relatórios; sem ele, hoje."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Faz os relatórios que saem neste dia, cada um sobre o que quem recebe acompanha, e os põe na fila de envio.

    Repetir não faz nem envia nada duas vezes. `b2shift worker` os entrega.
    """
    from b2shift.cli.loop import web

    wanted = day.date() if day else datetime.now(ZoneInfo(schedule_of(home).time_zone)).date()
    result = web("send_reports")(home, wanted.isoformat())
    if as_json:
        screen.tell_json({"day": wanted.isoformat(), **result})
    else:
        screen.tell(
            f"{result['reports']} relatórios, {result['files']} arquivos na fila, {result['left_out']} sem acesso."
        )
