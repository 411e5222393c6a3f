"""Conditions of a branch as text (pt-BR): `detrator há 3 meses e MRR acima de R$ 5.000,00`."""

from collections.abc import Iterable

from b2shift.interact.evaluation.clauses import clause
from b2shift.interact.journeys.vocabulary import ANSWER, CLASSES, NO_ANSWER
from b2shift.interact.policy.vocabulary import metrics
from b2shift.interact.shapes.rules import Condition

_ANSWERS = {"sem_resposta": "não respondeu", "pediu_para_sair": "pediu para sair", NO_ANSWER: "ainda sem resposta"}


def in_words(conditions: Iterable[Condition]) -> str:
    """All conditions as one phrase; an unknown name stands as written."""
    return " e ".join(map(_one, conditions))


def _one(condition: Condition) -> str:
    name, wanted = condition.metric, condition.equals
    if name == ANSWER:
        return _ANSWERS.get(str(wanted), str(wanted).replace("_", " "))
    if name in CLASSES:
        months = CLASSES[name]
        return f"{str(wanted).replace('_', ' ')} {f'há {months} meses' if months else 'hoje'}"
    return clause(condition).words if name in metrics() else name
