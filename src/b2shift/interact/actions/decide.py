"""From facts to decisions: offers, allocation, exploration, decision log."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from b2shift.interact.actions import record
from b2shift.interact.actions.allocate import Solution, allocate
from b2shift.interact.actions.catalogue import metrics_used
from b2shift.interact.actions.exclusion_reasons import ExclusionReasons
from b2shift.interact.actions.offers import Offers, build
from b2shift.interact.actions.problem import NO_LIMIT, AllocationProblem, Flags, Integers, Numbers
from b2shift.interact.actions.response import net_worth
from b2shift.interact.contracts import Catalogue, Channel, Decision, Kind, Option, OwnerRole, Policy, Rule
from b2shift.interact.evaluation import facts
from b2shift.lake.api import Session, literal

_ROLES = tuple(OwnerRole)
_UNLIMITED = 1e9


@dataclass(frozen=True)
class Plan:
    """An allocation with everything that explains it."""

    offers: Offers
    problem: AllocationProblem
    solution: Solution
    exclusion_reasons: ExclusionReasons
    worth: np.ndarray


def plan(
    session: Session,
    policy: Policy,
    catalogue: Catalogue,
    as_of: date,
    *,
    weeks: int,
    budgets: dict[Channel, float],
) -> Plan:
    """Build offers and allocate them; needs the engine's scratch (see `evaluate.scratch`)."""
    facts.write_metrics(session, metrics_used(catalogue), as_of)
    offers = build(session, catalogue)
    contacts = _open_contacts(session, policy, offers)
    busy = _same_theme(catalogue, offers, contacts)
    problem = _problem(
        policy, catalogue, offers, offers.eligible & ~busy, _committed_contacts(session, as_of, weeks), budgets
    )
    silenced = _silenced(policy, catalogue, problem, contacts)
    problem = replace(problem, eligible=problem.eligible & (silenced == 0))
    solution = allocate(problem)
    worth, _ = net_worth(problem, solution.prices)
    reasons = ExclusionReasons.of(catalogue, policy.silences, offers, busy, silenced, worth)
    return Plan(offers, problem, solution, reasons, worth)


def decisions(
    made: Plan, policy: Policy, catalogue: Catalogue, as_of: date, *, seed: int, explore: float
) -> Iterator[Decision]:
    """Every choice with its substitutes, one of which may be drawn for exploration."""
    rows = _rows(made)
    chosen_actions: dict[int, set[int]] = defaultdict(set)
    for customer, action, _week in rows:
        chosen_actions[customer].add(action)
    for customer, action, week in rows:
        key = made.offers.customers[customer]
        swaps = _substitutes(made, customer, action)
        ids = sorted(catalogue.actions[n].id for n in swaps)
        numbers = {catalogue.actions[n].id: n for n in swaps}
        preferred = catalogue.actions[action].id
        odds = record.propensities(ids, preferred, explore)
        options = tuple(
            Option(action=one, worth=float(made.worth[customer, numbers[one]]), propensity=chance)
            for one, chance in zip(ids, odds, strict=True)
        )
        theme = catalogue.actions[action].theme
        yield Decision(
            customer_id=key,
            theme=theme,
            as_of=as_of,
            policy_version=policy.version,
            catalogue_version=catalogue.version,
            seed=seed,
            explore=explore,
            options=options,
            left=made.exclusion_reasons.for_customer(customer, chosen_actions[customer]),
            preferred=preferred,
            chosen=record.choose(options, record.draw(seed, key, theme)),
            week=week,
            previous="",
            hash="",
        )


def _rows(made: Plan) -> list[tuple[int, int, int]]:
    """Customer, action and week of every choice, by customer and theme."""
    chosen = made.solution.chosen
    order = np.lexsort((made.problem.theme[chosen.actions], chosen.customers))
    columns = (chosen.customers[order], chosen.actions[order], chosen.weeks[order])
    return [(int(c), int(a), int(w)) for c, a, w in zip(*columns, strict=True)]


def _substitutes(made: Plan, customer: int, action: int) -> list[int]:
    """Actions of the same theme, role and channel that use no more of any limit, with positive worth."""
    problem = made.problem
    alike = (
        (problem.theme == problem.theme[action])
        & (problem.role == problem.role[action])
        & (problem.channel == problem.channel[action])
        & (problem.effort <= problem.effort[action])
        & (problem.cost <= problem.cost[action])
    )
    found = np.flatnonzero(alike & (made.worth[customer] > 0) & problem.eligible[customer])
    return sorted({*found.tolist(), action})


def _open_contacts(session: Session, policy: Policy, offers: Offers) -> list[tuple[int, Rule]]:
    """The row of the customer and the rule of every contact that nothing blocks."""
    if not session.has("proposals"):
        return []
    rules = {rule.id: rule for rule in policy.rules}
    position = {key: number for number, key in enumerate(offers.customers)}
    rows = session.query("SELECT customer_id, rule_id FROM proposals WHERE blocked IS NULL").to_pylist()
    return [
        (position[row["customer_id"]], rules[row["rule_id"]])
        for row in rows
        if row["customer_id"] in position and row["rule_id"] in rules
    ]


def _same_theme(catalogue: Catalogue, offers: Offers, contacts: list[tuple[int, Rule]]) -> Flags:
    """Customers (rows) with an open contact in the theme of each action (columns)."""
    busy = np.zeros(offers.eligible.shape, bool)
    themes = {rule.theme for _, rule in contacts}
    columns = {theme: [n for n, action in enumerate(catalogue.actions) if action.theme == theme] for theme in themes}
    for customer, rule in contacts:
        busy[customer, columns[rule.theme]] = True
    return busy


def _silenced(
    policy: Policy, catalogue: Catalogue, problem: AllocationProblem, contacts: list[tuple[int, Rule]]
) -> Integers:
    """Which of the policy's silences, from 1, an action (columns) waits for at a customer (rows); 0 for none.

    A kind of contact lasts for a customer while one of it is open, and while an action of it is worth what it costs.
    """
    worthwhile = problem.eligible & (problem.gain > problem.cost + problem.fatigue[:, None])
    silenced = np.zeros(problem.eligible.shape, np.int64)
    for number, silence in enumerate(policy.silences, start=1):
        lasting = np.zeros(len(problem.fatigue), bool)
        lasting[[customer for customer, rule in contacts if rule.kind in silence.during]] = True
        lasting |= worthwhile[:, _of_kinds(catalogue, silence.during)].any(axis=1)
        silenced[np.ix_(lasting, _of_kinds(catalogue, silence.drop))] = number
    return silenced


def _of_kinds(catalogue: Catalogue, kinds: Collection[Kind]) -> Flags:
    return np.array([action.kind in kinds for action in catalogue.actions], bool)


def _committed_contacts(session: Session, as_of: date, weeks: int) -> Numbers:
    """Contacts (roles, weeks) already committed by the rules; overdue ones count in the first week."""
    taken = np.zeros((len(_ROLES), weeks))
    if not session.has("proposals"):
        return taken
    spoken = ", ".join(literal(one.value) for one in Channel if one.by_people)
    rows = session.query(
        f"SELECT owner_role AS role, greatest(0, (due_on - DATE '{as_of}' - 1) // 7) AS week, count(*) AS contacts "
        f"FROM proposals WHERE blocked IS NULL AND channels[1] IN ({spoken}) GROUP BY ALL"
    )
    for row in rows.to_pylist():
        if row["week"] < weeks:
            taken[_ROLES.index(OwnerRole(row["role"])), row["week"]] += row["contacts"]
    return taken


def _problem(
    policy: Policy,
    catalogue: Catalogue,
    offers: Offers,
    eligible: np.ndarray,
    committed: Numbers,
    budgets: dict[Channel, float],
) -> AllocationProblem:
    actions = catalogue.actions
    themes = sorted({action.theme for action in actions})
    paid = list(budgets)
    staffed = {one.role: float(one.people * one.weekly) for one in policy.capacities}
    people = [staffed.get(role, 0.0 if staffed else _UNLIMITED) for role in _ROLES]
    capacity: Numbers = np.maximum(np.array(people)[:, None] - committed, 0.0)
    return AllocationProblem(
        gain=offers.chance * offers.value,
        fatigue=offers.fatigue,
        eligible=eligible,
        cost=np.array([one.cost for one in actions], np.float32),
        effort=np.array([one.effort for one in actions], np.float32),
        theme=np.array([themes.index(one.theme) for one in actions]),
        role=np.array([NO_LIMIT if one.role is None else _ROLES.index(one.role) for one in actions]),
        channel=np.array([paid.index(one.channels[0]) if one.channels[0] in paid else NO_LIMIT for one in actions]),
        capacity=capacity,
        budget=np.array([budgets[one] for one in paid], float),
    )
