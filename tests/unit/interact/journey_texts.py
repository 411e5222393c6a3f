"""A small journey for tests, and ways to change it."""

from b2shift.interact.api import load_policy, parse_journey
from b2shift.interact.contracts import Journey

JOURNEY = """id: teste
name: Jornada de teste
about: Uma carta, uma espera e um fim.
type: promotor
kind: relacionamento
theme: satisfacao
cap_group: mensagens
owner_role: executor
enter: {trigger: {kind: nps, at_least: 50}, reentry_days: null}
measure: {all: [{metric: mrr, above: 0}], within_days: 60}
steps:
  - {id: controle, name: Controle, kind: holdout, share: 0.2, next: carta}
  - id: carta
    name: Carta
    kind: message
    channels: [email]
    message: Queremos ouvir vocês.
    next: esperar
  - id: esperar
    name: Espera
    kind: wait
    business_days: 5
    until: [aceitou]
    next: bom
    otherwise: fim
  - {id: bom, name: Aceitou, kind: goal, outcome: aceitou}
  - {id: fim, name: Não quis, kind: exit, outcome: recusou}
"""


SPLIT = """  - id: carta
    name: Carta
    kind: split
    learns: true
    window_days: 30
    floor: 0.05
    arms: [{name: a, share: 0.9, next: esperar}, {name: b, share: 0.1, next: fim}]
"""
LEARNING = JOURNEY[: JOURNEY.index("  - id: carta")] + SPLIT + JOURNEY[JOURNEY.index("  - id: esperar") :]
"""The same with a split that learns where the letter was."""


def changed(old: str, new: str) -> str:
    """The text with one thing changed."""
    assert old in JOURNEY
    return JOURNEY.replace(old, new, 1)


def journey(text: str = JOURNEY, *, holdout: bool = False, reentry: int | None = None) -> Journey:
    """The journey of a text; without its holdout unless asked for."""
    if not holdout:
        text = "\n".join(line for line in text.split("\n") if "kind: holdout" not in line)
    if reentry is not None:
        text = text.replace("reentry_days: null", f"reentry_days: {reentry}")
    return parse_journey(text, "teste.yaml", load_policy())
