"""Everything at once: the same questions at every stage; hours only matter when something is sent."""

from collections.abc import Sequence
from datetime import datetime

from b2shift.interact.contracts import Cap, Effect, GuardContext, Judgement, Limits, Stage
from b2shift.interact.guard import approvals, contact, money, zones


def judge(
    effect: Effect, context: GuardContext, limits: Limits, groups: Sequence[Cap], stage: Stage, now: datetime
) -> Judgement:
    """May this effect pass this stage at this moment? `now` has a time zone; `groups` are the policy's caps.

    A proposal may still lack its approvals; nothing may be queued without them. What is queued outside the hours
    waits; everything else is refused with every reason at once.
    """
    refusals = [
        *contact.switches(effect, context),
        *contact.permission(effect, context, limits),
        *contact.review(effect, context),
        *contact.caps(effect, context, limits, groups, now),
        *money.concession(effect, context, limits, now),
        *money.credit(effect, context, limits),
        *money.unit(effect, context),
    ]
    wanted = 0 if stage is Stage.PROPOSTA else approvals.missing(effect, context, limits, now)
    timed = stage is Stage.ENVIO and effect.channel not in limits.any_hour
    return Judgement(
        stage=stage,
        refusals=tuple(refusals),
        approvals_missing=wanted,
        wait_until=zones.opening(now, context.state, limits.hours) if timed else None,
    )
