"""`b2shift model accuracy`: what scores said of customers, and what happened."""

from typing import TYPE_CHECKING, Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home, Version
from b2shift.cli.words import examples
from b2shift.kernel.money import format_number, format_percent

if TYPE_CHECKING:
    from b2shift.learn.contracts import Accuracies, ScoreAccuracy, ScoreCalibration

EXAMPLES = examples("b2shift model accuracy", "b2shift model accuracy churn_90d", "b2shift model accuracy --json")
_FEW_DIGITS = 0.1
"""Share from which one decimal is enough."""


def accuracy(
    home: Home,
    score: Annotated[
        str | None, typer.Argument(metavar="NOTA", help="Uma nota, com seus grupos; sem ela, todas.")
    ] = None,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Diz o que as notas previram de cada cliente e o que aconteceu, e avisa quando se afastam.

    Uma previsão só é conferida depois que o seu prazo de 90 dias acabou e a receita desses meses foi entregue. O
    alarme vale a cada entrega: olhar muitas vezes não o torna mais fácil de disparar por acaso.
    """
    from b2shift.kernel.errors import UnknownNameError
    from b2shift.lake.api import open_lake
    from b2shift.learn.api import score_accuracies

    found = score_accuracies(open_lake(home, version))
    if score is not None:
        known = sorted({one.score for one in found.rows})
        if score not in known:
            raise UnknownNameError("nota com resultado conhecido", score, known)
        found = found.of(score)
    if as_json:
        screen.tell_json(found)
    elif not found.rows:
        screen.tell(_waiting(found))
    else:
        _show(found, grouped=score is not None)


def _waiting(found: "Accuracies") -> str:
    if found.first_outcomes is None:
        return "Nenhuma previsão foi guardada ainda. A próxima execução guarda as suas."
    return f"Ainda não dá para saber: o horizonte do primeiro cálculo termina em {found.first_outcomes:%d/%m/%Y}."


def _show(found: "Accuracies", *, grouped: bool) -> None:
    levels = [one for one in found.calibration if grouped or not one.grouping]
    screen.table(
        "O que se previu e o que aconteceu",
        ["nota", "grupo", "situação", "previstos", "aconteceram", "vezes", "de", "até", "datas"],
        [_level(found, one) for one in levels],
        words=3,
    )
    rows = [one for one in found.rows if not one.grouping]
    screen.table(
        "Por data da previsão",
        ["nota", "em", "clientes", "previsto", "observado", "95%", "AUC"],
        [_date(found, one) for one in rows],
        words=2,
    )
    screen.note(
        "Desviou: aconteceu mais de 1,25 vez o previsto, ou menos de 0,8, com um teste que vale a cada entrega. Em "
        "ordem: entre os dois, e o dobro e a metade se veriam. Poucos casos: ainda não se sabe."
    )


def _level(found: "Accuracies", one: "ScoreCalibration") -> tuple[str, ...]:
    return (
        found.label(one.score),
        one.group or "todos",
        level_words(one),
        format_number(one.predicted, 1),
        format_number(one.observed),
        "—" if one.ratio is None else format_number(one.ratio, 2),
        format_number(one.ratio_low, 2),
        "—" if one.unbounded else format_number(one.ratio_high, 2),
        format_number(one.dates),
    )


def level_words(one: "ScoreCalibration") -> str:
    """The level in words, and which way it deviates."""
    if one.level == "deviates":
        return "desviou: aconteceu mais" if one.is_more else "desviou: aconteceu menos"
    return "em ordem" if one.level == "in_order" else "poucos casos"


def _date(found: "Accuracies", one: "ScoreAccuracy") -> tuple[str, ...]:
    return (
        found.label(one.score),
        f"{one.as_of:%d/%m/%Y}",
        format_number(one.customers),
        _share(one.predicted),
        _share(one.observed),
        f"{_share(one.observed_low)} a {_share(one.observed_high)}",
        "—" if one.auc is None else format_number(one.auc, 2),
    )


def _share(value: float) -> str:
    return format_percent(value, 1 if value >= _FEW_DIGITS else 2)
