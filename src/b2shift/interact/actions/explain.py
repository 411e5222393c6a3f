"""Explanations of decisions: conditions met with their values, runner-up, what would change the choice."""

from collections import defaultdict
from datetime import date

import numpy as np
import pyarrow as pa

from b2shift.interact.actions.decide import Plan
from b2shift.interact.actions.offers import chance_deviation
from b2shift.interact.contracts import (
    Action,
    Catalogue,
    Decision,
    LimitPrice,
    NextAction,
    NextActions,
    OwnerRole,
    Policy,
    Proof,
)
from b2shift.interact.evaluation.clauses import phrases, proofs
from b2shift.interact.evaluation.clock import register
from b2shift.kernel.money import format_brl
from b2shift.lake.api import Session

_NINETY = 1.645  # standard deviations to either side of a normal that hold 90 % of it
_ROLES = tuple(OwnerRole)


def explained(
    session: Session, made: Plan, decided: list[Decision], policy: Policy, catalogue: Catalogue, as_of: date, seed: int
) -> NextActions:
    """Every decision explained, highest expected value first, with the shadow price of every limit."""
    numbers = {action.id: number for number, action in enumerate(catalogue.actions)}
    rows = {key: row for row, key in enumerate(made.offers.customers)}
    by_action: dict[str, list[str]] = defaultdict(list)
    for one in decided:
        by_action[one.chosen].append(one.customer_id)
    reasons = {
        (action.id, row["customer_id"]): row
        for action in catalogue.actions
        for row in _reasons(session, action, by_action[action.id])
    }
    chosen_actions: dict[str, set[int]] = defaultdict(set)
    for one in decided:
        chosen_actions[one.customer_id].add(numbers[one.chosen])
    chosen = [
        _next(
            made, one, rows[one.customer_id], numbers[one.chosen], chosen_actions[one.customer_id], catalogue,
            reasons[one.chosen, one.customer_id],
        )
        for one in decided
    ]  # fmt: skip
    return NextActions(
        as_of=as_of,
        policy_version=policy.version,
        catalogue_version=catalogue.version,
        seed=seed,
        customers=len(made.offers.customers),
        chosen=tuple(sorted(chosen, key=lambda one: (-one.expected, one.customer_id, one.action))),
        value=made.solution.chosen.value,
        greedy_value=made.solution.greedy.value,
        bound=made.solution.bound,
        limits=_limits(made),
    )


def _next(
    made: Plan,
    decided: Decision,
    row: int,
    number: int,
    chosen_actions: set[int],
    catalogue: Catalogue,
    why: dict[str, object],
) -> NextAction:
    action = catalogue.actions[number]
    chance, value = float(made.offers.chance[row, number]), float(made.offers.value[row, number])
    faded = value * made.problem.weekly_discount**decided.week
    paid = action.cost + float(made.offers.fatigue[row])
    spread = _NINETY * chance_deviation(action, chance) * faded
    second = _runner_up(made, row, chosen_actions)
    return NextAction(
        customer_id=decided.customer_id,
        action=action.id,
        name=action.name,
        theme=action.theme,
        role=action.role,
        channel=made.offers.channel(row, action),
        week=decided.week,
        expected=chance * faded - paid,
        low=chance * faded - paid - spread,
        high=chance * faded - paid + spread,
        chance=chance,
        reason=str(why["reason"]),
        evidence=tuple(Proof.model_validate(one) for one in why["proof"]),  # type: ignore[attr-defined]
        runner_up=None if second is None else catalogue.actions[second].id,
        runner_up_expected=None if second is None else _expected(made, row, second, catalogue),
        would_change=_would_change(made, row, number, second, catalogue),
        left=made.exclusion_reasons.for_customer(row, chosen_actions),
    )


def _runner_up(made: Plan, row: int, chosen_actions: set[int]) -> int | None:
    others = made.worth[row].copy()
    others[sorted(chosen_actions)] = -np.inf
    others[~made.problem.eligible[row]] = -np.inf
    best = int(others.argmax())
    return best if np.isfinite(others[best]) else None


def _expected(made: Plan, row: int, number: int, catalogue: Catalogue) -> float:
    offers = made.offers
    paid = catalogue.actions[number].cost + float(offers.fatigue[row])
    return float(offers.chance[row, number] * offers.value[row, number]) - paid


def _would_change(made: Plan, row: int, number: int, second: int | None, catalogue: Catalogue) -> str:
    if second is None:
        return "Nenhuma outra ação cabe a este cliente; só deixar de cumprir as condições desta mudaria a escolha."
    margin = float(made.worth[row, number] - made.worth[row, second])
    name = catalogue.actions[second].name
    if margin <= 0:
        return f"“{name}” vale mais {format_brl(-margin)}, mas os limites acabaram antes ou é do mesmo tema."
    return f"“{name}” tomaria o lugar se valesse mais {format_brl(margin)}."


def _reasons(session: Session, action: Action, customers: list[str]) -> list[dict[str, object]]:
    """Reason and evidence of an action for these customers, from the conditions and lifts that hold."""
    if not customers:
        return []
    register(session, "rule_asked", pa.table({"customer_id": customers}))
    conditions = (*action.where, *(lift.when for lift in action.lifts))
    found: list[dict[str, object]] = session.query(
        f"SELECT customer_id, 'O cliente ' || ({phrases(conditions)}) || '.' AS reason, {proofs(conditions)} AS proof "
        "FROM rule_people SEMI JOIN rule_asked USING (customer_id)"
    ).to_pylist()
    return found


def _limits(made: Plan) -> tuple[LimitPrice, ...]:
    problem, chosen = made.problem, made.solution.chosen
    used, amounts = problem.usage(chosen.actions, chosen.weeks), problem.limits
    names = [f"{role.value}, semana {week + 1}" for role in _ROLES for week in range(problem.weeks)]
    names += [f"verba {number + 1}" for number in range(problem.budget.size)]
    return tuple(
        LimitPrice(limit=name, amount=float(amount), used=float(use), price=round(float(price), 2))
        for name, amount, use, price in zip(names, amounts, used, made.solution.prices, strict=True)
    )
