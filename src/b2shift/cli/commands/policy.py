"""`b2shift policy`: is the set of contact rules right?"""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson
from b2shift.cli.words import examples
from b2shift.interact.contracts import Category, Finding, PolicyCheck

EXAMPLES = examples("b2shift policy check", "b2shift policy check minha-regua.yaml --on 2026-01-31")
WRONG = 2
_CATEGORIES = {
    Category.ESCRITA: "escrita",
    Category.CONTRADICAO: "contradição",
    Category.INALCANCAVEL: "inalcançável",
    Category.SEM_REGRA: "sem regra",
    Category.ACIMA_DO_LIMITE: "acima do limite",
    Category.SEM_RESPONSAVEL: "sem responsável",
}
File = Annotated[Path | None, typer.Argument(metavar="[ARQUIVO]", help="Régua em YAML; sem ela, a do produto.")]


def check(
    file: File = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATA", help="Dia em que se confere a validade; sem ele, hoje."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Confere uma régua: contradições, regras inalcançáveis, quem fica sem regra, cadências acima dos limites e regras
    sem responsável. Cada achado diz a linha; com algum, a saída é 2."""
    from b2shift.interact.api import check_policy

    found = check_policy(file, on=on.date() if on else date.today())  # noqa: DTZ011 - the day where the person is
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _show(found)
    if found.findings:
        raise typer.Exit(WRONG)


def _show(found: PolicyCheck) -> None:
    if not found.findings:
        size = f"{found.archetypes} arquétipos, {found.rules} regras"
        screen.tell(f"Régua sem defeitos: {found.name}, versão {found.version}, {size}.")
        return
    rows = [(str(one.line), _CATEGORIES[one.category], one.rule or "", _said(one)) for one in found.findings]
    screen.table(f"{found.file}: {len(rows)} achados", ["linha", "achado", "regra", "o que há"], rows, words=4)


def _said(one: Finding) -> str:
    value = "" if one.value is None else f": {one.value}"
    return f"{one.what}{value}" + (f". {one.hint}" if one.hint else "")
