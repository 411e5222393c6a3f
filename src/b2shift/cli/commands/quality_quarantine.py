"""`b2shift quality quarantine` and `release`: loads that broke a critical rule, let in by hand and with a reason."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, By, Home
from b2shift.cli.words import examples
from b2shift.lake.api import open_lake

QUARANTINE = examples("b2shift quality quarantine", "b2shift quality quarantine --json")
RELEASE = examples(
    'b2shift quality release tickets --by ana@empresa.example --reason "a base encolheu mesmo"',
    'b2shift quality release tickets --undo --by ana@empresa.example --reason "era engano"',
)


def quarantine(home: Home, as_json: AsJson = False) -> None:
    """Lista as fontes cuja entrega descumpriu uma regra crítica e espera: valem as linhas de antes."""
    from b2shift.identify.api import loads_in_quarantine

    waiting = loads_in_quarantine(open_lake(home), home)
    if as_json:
        screen.tell_json(waiting)
        return
    screen.table(
        "Em quarentena",
        ["fonte", "arquivos", "desde a carga", "regras descumpridas", "situação"],
        [
            (one.source, ", ".join(one.files), str(one.load), "; ".join(one.broken),
             one.release.description if one.release else "à espera")
            for one in waiting
        ],
        words=5,
    )  # fmt: skip


def release(
    source: Annotated[str, typer.Argument(metavar="FONTE", help="Como na lista de `quality quarantine`.")],
    home: Home,
    reason: Annotated[str, typer.Option(help="Por que a entrega vale assim mesmo; fica no diário.")],
    by: By,
    undo: Annotated[bool, typer.Option("--undo", help="Desfaz uma liberação que nenhuma execução usou.")] = False,
    as_json: AsJson = False,
) -> None:
    """Libera a entrega de uma fonte em quarentena; a próxima execução dos mesmos arquivos a carrega."""
    from b2shift.identify.api import release_load, revoke_release

    answer = (revoke_release if undo else release_load)(
        open_lake(home), home, source, reason=reason, by=by, at=datetime.now(UTC)
    )
    if as_json:
        screen.tell_json(answer)
    else:
        screen.note(f"{source}: {'continua em quarentena' if undo else 'a próxima execução desta entrega a carrega'}")
