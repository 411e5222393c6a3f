"""What the command line does with journeys under way, in the name of a person it is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from b2shift.interact.api import ready_journeys
from b2shift.kernel.errors import UnknownNameError
from b2shift.web.accounts.models import User
from b2shift.web.journeys import publishing, running
from b2shift.web.journeys.models import Enrolment
from b2shift.web.journeys.reading import Totals, by_step, outcomes, totals, under_way
from b2shift.web.journeys.texts import journey_of
from b2shift.web.ledger.trail import Doer


def obey(what: str, values: Mapping[str, str], now: datetime) -> Any:
    """`list`, `show`, `publish`, `pause`, `resume` or `drain`; plain values for a terminal."""
    match what:
        case "list":
            return _list()
        case "show":
            return _show(values["journey"])
        case "publish":
            return _publish(values, now)
        case _:
            return {
                "journey": values["journey"],
                "mode": running.change(_doer(values["by"]), values["journey"], what, now).mode,
            }


def _list() -> list[dict[str, Any]]:
    counted, found = totals(Enrolment.objects.all()), []
    running_now = {one.journey_id: one for one in under_way()}
    for name in [*running_now, *(one for one in ready_journeys() if one not in running_now)]:
        one, figures = running_now.get(name), counted.get(name, Totals())
        found.append(
            {
                "journey": name,
                "name": one.version.name if one else "",
                "version": one.version.number if one else None,
                "mode": one.mode if one else "ready",
                "inside": figures.inside,
                "held": figures.held,
                "ended": figures.ended,
                "goal": figures.goal,
            }
        )
    return found


def _show(name: str) -> dict[str, Any]:
    known = {one.journey_id: one for one in under_way()}
    if name not in known:
        raise UnknownNameError("jornada em curso", name, known)
    one, stays = known[name], Enrolment.objects.filter(journey_id=name)
    steps = by_step(stays)
    return {
        "journey": name,
        "version": one.version.number,
        "mode": one.mode,
        "steps": [
            {
                "step": step.id,
                "name": step.name,
                "kind": step.kind,
                "came": steps[step.id].came,
                "here": steps[step.id].here,
                "stopped": steps[step.id].stopped,
                "contacts": dict(steps[step.id].contacts),
            }
            for step in journey_of(one.version).steps
        ],
        "outcomes": dict(outcomes(stays)),
    }


def _publish(values: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """A terminal proves nobody: it only proposes, and the second person says yes where they signed in."""
    made = publishing.propose(_doer(values["by"]), values["text"], values.get("note", ""), now)
    return {"journey": made.journey_id, "version": made.number, "state": made.state, "key": made.pk}


def _doer(email: str) -> Doer:
    person = User.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        raise UnknownNameError("pessoa", email, User.objects.filter(is_active=True).values_list("email", flat=True))
    return Doer(person, person.email, None, "cli")
