"""Journeys of the tests: who proposes, who approves, and entrants that no lake has to be read for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

import pytest
from tests.unit.web.outreach.world import NOW

from b2shift.interact.api import ready_journeys
from b2shift.interact.contracts import Entrant, JourneyDay
from b2shift.web.journeys import enrolling, publishing
from b2shift.web.journeys.models import Enrolment, Running, Version
from b2shift.web.ledger.trail import Doer

FACTS = {"class_now": "detrator", "class_3m": "promotor", "class_6m": "promotor", "class_12m": "sem_resposta"}
SHORT = """id: curta
name: Jornada curta
about: Uma carta e uma espera pela resposta.
type: neutro
kind: relacionamento
theme: satisfacao
cap_group: mensagens
owner_role: executor
enter: {trigger: {kind: nps, at_least: -100}, reentry_days: null}
measure: {all: [{metric: class_now, equals: promotor}], within_days: 60}
steps:
  - id: carta
    name: Carta
    kind: message
    channels: [whatsapp, email]
    message: Queremos ouvir vocês.
    next: esperar
    unreachable: sem_canal
  - {id: esperar, name: Espera, kind: wait, days: 3, until: [respondeu, aceitou], next: bom, otherwise: fim}
  - {id: bom, name: Respondeu, kind: goal, outcome: respondeu}
  - {id: fim, name: Silêncio, kind: exit, outcome: silencio}
  - {id: sem_canal, name: Sem canal, kind: exit, outcome: sem_canal}
"""


def published(author: Doer, approver: Doer, text: str = SHORT, now: datetime = NOW) -> Version:
    """A version in force."""
    text = ready_journeys().get(text, text)
    return publishing.approve(approver, publishing.propose(author, text, "", now).pk, now)


@contextmanager
def entrants(patch: pytest.MonkeyPatch, *customers: str, occasion: str = "2026-10", **facts: Any) -> Iterator[None]:
    """Within, every journey that is looked at lets these customers in."""

    def day(_session: Any, _policy: Any, journeys: Any, _as_of: Any, inside: Any, **_others: Any) -> JourneyDay:
        coming = [(one.id, customer) for one in journeys for customer in customers]
        told = [Entrant(journey=a, customer_id=b, occasion=occasion, reason="Porque sim.") for a, b in coming]
        known = {customer: {**FACTS, **facts} for customer in {*customers, *inside}}
        return JourneyDay(entrants=tuple(told), facts=known)

    nothing: Callable[..., Any] = lambda *_a, **_k: nullcontext()  # noqa: E731
    with patch.context() as patched:
        patched.setattr(enrolling, "reading", nothing)
        patched.setattr(enrolling, "journey_day", day)
        yield


def look_again() -> None:
    """The lake counts as new."""
    Running.objects.update(looked="")


def only() -> Enrolment:
    """The one stay there is."""
    return Enrolment.objects.get()


def story(one: Enrolment | None = None) -> list[tuple[str, str]]:
    """What happened in it, in order."""
    return list((one or only()).passages.values_list("kind", "step"))
