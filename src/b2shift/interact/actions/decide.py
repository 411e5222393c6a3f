"""From facts to decisions: offers, allocation, a little exploration, and the record of each decision."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from b2shift.interact.actions import record
from b2shift.interact.actions.allocate import Shared, allocate
from b2shift.interact.actions.catalogue import looked_at
from b2shift.interact.actions.excuses import Excuses
from b2shift.interact.actions.offers import Offers, build
from b2shift.interact.actions.problem import NOBODY, Allocation, Numbers
from b2shift.interact.actions.response import priced
from b2shift.interact.contracts import Catalogue, Channel, Decision, Option, OwnerRole, Policy
from b2shift.interact.evaluation import facts
from b2shift.lake.api import Session, literal

_ROLES = tuple(OwnerRole)
_LOTS = 1e9


@dataclass(frozen=True)
class Plan:
    """An allocation with everything that explains it; `chosen` are the positions of decisions in `shared.chosen`."""

    offers: Offers
    problem: Allocation
    shared: Shared
    excuses: Excuses
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
    """Everyone's offers shared out; needs the engine's scratch (see `evaluate.scratch`)."""
    facts.measure(session, looked_at(catalogue), as_of)
    offers = build(session, catalogue)
    busy = _busy(session, policy, catalogue, offers)
    problem = _problem(policy, catalogue, offers, offers.eligible & ~busy, _taken(session, as_of, weeks), budgets)
    shared = allocate(problem)
    worth, _ = priced(problem, shared.prices)
    return Plan(offers, problem, shared, Excuses.of(catalogue, offers, busy, worth), worth)


def decisions(
    made: Plan, policy: Policy, catalogue: Catalogue, as_of: date, *, seed: int, explore: float
) -> Iterator[Decision]:
    """Every choice with its alternatives of the same theme, people and money, which may take its place by chance."""
    rows = _rows(made)
    kept: dict[int, set[int]] = defaultdict(set)
    for customer, action, _week in rows:
        kept[customer].add(action)
    for customer, action, week in rows:
        key = made.offers.customers[customer]
        swaps = _exchangeable(made, customer, action)
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
            left=made.excuses.beside(customer, kept[customer]),
            preferred=preferred,
            chosen=record.choose(options, record.draw(seed, key, theme)),
            week=week,
            previous="",
            hash="",
        )


def _rows(made: Plan) -> list[tuple[int, int, int]]:
    """Customer, action and week of every choice, by customer and theme."""
    chosen = made.shared.chosen
    order = np.lexsort((made.problem.theme[chosen.actions], chosen.customers))
    columns = (chosen.customers[order], chosen.actions[order], chosen.weeks[order])
    return [(int(c), int(a), int(w)) for c, a, w in zip(*columns, strict=True)]


def _exchangeable(made: Plan, customer: int, action: int) -> list[int]:
    """Actions that take no more of any limit than the preferred one does, worth something to this customer."""
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


def _busy(session: Session, policy: Policy, catalogue: Catalogue, offers: Offers) -> np.ndarray:
    """Customers (rows) with an open contact in the theme of each action (columns)."""
    themes = {rule.id: rule.theme for rule in policy.rules}
    position = {key: number for number, key in enumerate(offers.customers)}
    busy = np.zeros(offers.eligible.shape, bool)
    if not session.has("proposals"):
        return busy
    columns = {
        theme: [n for n, action in enumerate(catalogue.actions) if action.theme == theme] for theme in themes.values()
    }
    rows = session.query("SELECT customer_id, rule_id FROM proposals WHERE blocked IS NULL").to_pylist()
    for row in rows:
        if row["customer_id"] in position and row["rule_id"] in themes:
            busy[position[row["customer_id"]], columns[themes[row["rule_id"]]]] = True
    return busy


def _taken(session: Session, as_of: date, weeks: int) -> Numbers:
    """Contacts (roles, weeks) that the rules ask of people already; what is late falls into the first week."""
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
    taken: Numbers,
    budgets: dict[Channel, float],
) -> Allocation:
    actions = catalogue.actions
    themes = sorted({action.theme for action in actions})
    paid = list(budgets)
    staffed = {one.role: float(one.people * one.weekly) for one in policy.capacities}
    people = [staffed.get(role, 0.0 if staffed else _LOTS) for role in _ROLES]
    capacity: Numbers = np.maximum(np.array(people)[:, None] - taken, 0.0)
    return Allocation(
        gain=offers.chance * offers.value,
        fatigue=offers.fatigue,
        eligible=eligible,
        cost=np.array([one.cost for one in actions], np.float32),
        effort=np.array([one.effort for one in actions], np.float32),
        theme=np.array([themes.index(one.theme) for one in actions]),
        role=np.array([NOBODY if one.role is None else _ROLES.index(one.role) for one in actions]),
        channel=np.array([paid.index(one.channels[0]) if one.channels[0] in paid else NOBODY for one in actions]),
        capacity=capacity,
        budget=np.array([budgets[one] for one in paid], float),
    )
