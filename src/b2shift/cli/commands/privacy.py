"""`b2shift privacy`: the record of operations with personal data, and how long things are kept (LGPD)."""

from typing import Annotated, Any

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home
from b2shift.cli.words import examples
from b2shift.kernel.errors import InputError
from b2shift.kernel.money import format_number

OPERATIONS = examples("b2shift privacy operations", "b2shift privacy operations --json")
RETAIN = examples("b2shift privacy retain", "b2shift privacy retain --yes --by dpo@empresa.example")


def operations(home: Home, as_json: AsJson = False) -> None:
    """Mostra o registro das operações com dados pessoais (art. 37): finalidade, base legal, campos, prazo."""
    from b2shift.identify import api as identify

    result = identify.operations(home)
    if as_json:
        screen.tell_json(result)
        return
    screen.table(
        "Operações com dados pessoais",
        ["finalidade", "base legal", "artigo", "campos", "meses de guarda"],
        [
            (
                one.purpose.title,
                one.purpose.basis.value,
                one.purpose.article,
                str(len(one.fields)),
                str(one.purpose.months),
            )
            for one in result
        ],
        words=3,
    )


def retain(
    home: Home,
    yes: Annotated[bool, typer.Option("--yes", "--apply", help="Aplica os prazos; sem isto só conta.")] = False,
    by: Annotated[str, typer.Option(help="Quem aplica; fica na auditoria, obrigatório com --yes.")] = "",
    as_json: AsJson = False,
) -> None:
    """Conta o que passou do prazo de guarda e, com --yes, apaga; repetir não faz mal."""
    from b2shift.cli.loop import web

    if yes and not by.strip():
        raise InputError("Falta dizer quem aplica os prazos", hint="Dê --by: fica na auditoria")
    result: list[dict[str, Any]] = web("apply_retention")(home, by, apply=yes)
    if as_json:
        screen.tell_json(result)
        return
    screen.table(
        "Prazos de guarda",
        ["o quê", "meses", "vencidos", "apagados"],
        [(one["title"], str(one["months"]), format_number(one["over"]), format_number(one["done"])) for one in result],
    )
