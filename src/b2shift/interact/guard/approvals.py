"""Who must have said yes: one person for money, doubt or a concession; two for executives and for crowds."""

from datetime import datetime, timedelta

from b2shift.interact.contracts import Approval, Effect, GuardContext, Limits


def needed(effect: Effect, context: GuardContext, limits: Limits) -> int:
    """How many people."""
    if context.executive or effect.recipients > limits.four_eyes_recipients:
        return 2
    dear = effect.stake > limits.approval_above or effect.discount_percent > 0 or effect.credit > 0
    return int(dear or effect.confidence < limits.approval_below_confidence)


def missing(effect: Effect, context: GuardContext, limits: Limits, now: datetime) -> int:
    """How many are still wanted: different people, none the proposer, in an approving role, of this very effect."""
    of = effect.fingerprint()
    people = {one.person for one in effect.approvals if _counts(one, effect, limits, of, now)}
    return max(0, needed(effect, context, limits) - len(people))


def _counts(one: Approval, effect: Effect, limits: Limits, of: str, now: datetime) -> bool:
    fresh = now - timedelta(days=limits.approval_days) <= one.at <= now
    return fresh and one.of == of and one.person != effect.proposer and one.role in limits.approving_roles
