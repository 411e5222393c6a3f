"""`b2shift model list|promote|rollback|dossier|what-if`: kept versions of scores, and one score opened."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, By, Home
from b2shift.cli.words import examples
from b2shift.differentiate.contracts import Promotion
from b2shift.kernel.money import format_brl, format_number, format_percent
from b2shift.lake.api import open_lake

LIST = examples("b2shift model list", "b2shift model list --json")
PROMOTE = examples(
    'b2shift model promote churn_90d 3f0c9a12b4 --reason "a nova piorou na região sul" --by ana@empresa.example',
    'b2shift model promote churn_90d "" --reason "volta a escolha do produto" --by ana@empresa.example',
)
ROLLBACK = examples('b2shift model rollback churn_90d --reason "a nova exagera" --by ana@empresa.example')
DOSSIER = examples("b2shift model dossier T00012", "b2shift model dossier T00012 --version 3 --json")
WHAT_IF = examples("b2shift model what-if T00012 usage_active_days 15")
_MOST_INPUTS, _LARGE_DRIFT = 15, 1
Score = Annotated[str, typer.Argument(metavar="NOTA", help="Nota de model list: churn_90d, health, clv, propensity…")]
OfScore = Annotated[
    str, typer.Option("--score", metavar="NOTA", help="Coluna de scores: churn_90d, health, clv, propensity_crm…")
]
Customer = Annotated[str, typer.Argument(metavar="CLIENTE", help="Código do cliente.")]
Reason = Annotated[str, typer.Option(help="Por quê; fica no diário e no cartão do modelo.")]
_EVIDENCE = {
    "measured": "medido em experimento",
    "estimated": "estimado, com suposições",
    "association": "só associação: quem tem este valor costuma ser assim; mudar o valor pode não mudar nada",
}


def list_versions(home: Home, as_json: AsJson = False) -> None:
    """Mostra cada versão guardada das notas aprendidas, qual está em uso e o que mudou desde o treino."""
    from b2shift.differentiate.api import score_models

    found = score_models(open_lake(home), home)
    if as_json:
        screen.tell_json(found)
        return
    rows = [
        (
            one.score,
            one.version,
            f"{one.as_of:%d/%m/%Y}",
            "em uso" if one.in_use else "pedida" if one.promoted else "",
            "—" if one.auc is None else format_number(one.auc, 3),
            ", ".join(f"{name} {format_number(index, 2)}" for name, index in one.drift[:_LARGE_DRIFT]),
        )
        for one in found
    ]
    screen.table("Versões das notas", ["nota", "versão", "de", "", "AUC no teste", "o que mais mudou"], rows, words=2)


def promote(
    score: Score,
    version: Annotated[str, typer.Argument(metavar="VERSÃO", help="Como em model list; vazia devolve a escolha.")],
    home: Home,
    reason: Reason,
    by: By,
    as_json: AsJson = False,
) -> None:
    """Pede que uma versão guardada dê a nota a partir da próxima execução, até segunda ordem."""
    from b2shift.differentiate.api import promote_score

    now = datetime.now(UTC)
    _say(promote_score(open_lake(home), home, score, version, reason=reason, by=by, at=now), as_json)


def rollback(score: Score, home: Home, reason: Reason, by: By, as_json: AsJson = False) -> None:
    """Pede a versão que esteve em uso antes da atual."""
    from b2shift.differentiate.api import roll_back_score

    _say(roll_back_score(open_lake(home), home, score, reason=reason, by=by, at=datetime.now(UTC)), as_json)


def dossier(
    customer_id: Customer,
    home: Home,
    score: OfScore = "churn_90d",
    version: Annotated[int | None, typer.Option(min=1, help="Versão do lake; sem ela, a atual.")] = None,
    as_json: AsJson = False,
) -> None:
    """Abre uma nota de um cliente: entradas, modelo e razões, e a calcula de novo com o que a versão guardou."""
    from b2shift.differentiate.api import score_dossier

    result = score_dossier(open_lake(home, version), customer_id, score)
    if as_json:
        screen.tell_json(result)
        return
    again = "a mesma, até o último dígito" if result.same else f"OUTRA: {result.recomputed}"
    ends = " a ".join(_value(one, result.unit) for one in result.interval or ())
    screen.tell(
        f"{result.label} de {result.customer_id} em {result.as_of:%d/%m/%Y}: {_value(result.stored[0], result.unit)}"
        f"{f' ({ends})' if ends else ''}. Calculada de novo: {again}."
    )
    screen.note(
        f"Modelo {result.model_version} ({result.method}), versão {result.lake_version} do lake. {result.verdict}"
    )
    rows = [(one.label, one.value, format_number(one.points, 2)) for one in result.inputs[:_MOST_INPUTS]]
    screen.table("O que mais pesa", ["atributo", "valor", "pontos"], rows)


def what_if(
    customer_id: Customer,
    feature: Annotated[str, typer.Argument(metavar="ATRIBUTO", help="Um número que o modelo usa.")],
    value: Annotated[float, typer.Argument(metavar="VALOR", help="O valor a supor.")],
    home: Home,
    score: OfScore = "churn_90d",
    as_json: AsJson = False,
) -> None:
    """Diz o que o modelo diria de um cliente se um número fosse outro, e quanto isso vale como prova."""
    from b2shift.differentiate.api import score_unit
    from b2shift.differentiate.api import what_if as supposed

    result = supposed(open_lake(home), customer_id, feature, value, score)
    if as_json:
        screen.tell_json(result)
        return
    unit = score_unit(score)
    screen.tell(
        f"{result.label}: de {result.now} para {result.then}, o modelo diria {_value(result.after, unit)} em vez de "
        f"{_value(result.before, unit)}."
    )
    screen.note(_EVIDENCE[result.evidence])


def _value(value: float | None, unit: str) -> str:
    if value is None:
        return "—"
    if unit == "money":
        return format_brl(value)
    return format_percent(value, 2) if unit == "percent" else format_number(value, 1)


def _say(wish: Promotion, as_json: bool) -> None:
    if as_json:
        screen.tell_json(wish)
    elif wish.version:
        screen.note(f"{wish.score}: versão {wish.version} pedida. A próxima execução a usa")
    else:
        screen.note(f"{wish.score}: a escolha volta a ser do produto na próxima execução")
