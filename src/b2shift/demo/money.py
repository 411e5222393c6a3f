"""What each customer buys and pays: proposals lead to hirings, hirings to revenue, a cancellation ends it."""

from dataclasses import dataclass

import numpy as np

from b2shift.demo.chance import Array, choose, sigmoid, stream
from b2shift.demo.columns import base36
from b2shift.demo.families import FAMILIES, NAMES
from b2shift.demo.population import Population

DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Proposals:
    """One row per proposal sent, oldest first."""

    number: Array
    who: Array
    family: Array
    sent_on: Array
    won: Array
    decided_on: Array
    """Day of the answer; may lie after as_of, the deal is then open."""
    monthly: Array
    """What it adds to the month, in R$, when won."""


@dataclass(frozen=True)
class Ledger:
    """Recurring revenue of every customer, family and month, and the users contracted."""

    revenue: Array
    users: Array
    recurring: Array

    @property
    def by_month(self) -> Array:
        """Customer × month."""
        return np.asarray(self.revenue.sum(axis=1))


def purchase_rate(people: Population) -> Array:
    """Expected won proposals in 90 days, per customer and family; the truth behind every propensity."""
    share = people.wants / people.wants.sum(axis=1, keepdims=True)
    return np.asarray(share * (_pace(people) * _chance(people))[:, None] * 3)


def _pace(people: Population) -> Array:
    """Proposals a month."""
    t = people.traits
    return np.asarray(0.08 * np.exp(0.55 * t["growth"] + 0.3 * t["size"] + 0.2 * t["engagement"] - 0.15 * t["price"]))


def _chance(people: Population) -> Array:
    """Probability that a proposal is won."""
    t = people.traits
    return sigmoid(-0.3 + 0.5 * t["satisfaction"] + 0.4 * t["growth"] - 0.3 * t["price"])


def propose(people: Population, seed: int) -> Proposals:
    """Draw the proposals of the window and who accepted them."""
    rng = stream(seed, "proposals")
    days = len(people.months) * 30
    count = rng.poisson(np.minimum(_pace(people) * len(people.months), 40))
    who = np.repeat(np.arange(people.size), count)
    sent: Array = people.as_of - rng.integers(1, days, len(who)).astype("timedelta64[D]")
    # Those about to leave have stopped asking for offers.
    quiet = sent > people.leaves_on[who] - 45 * DAY
    kept = (sent > people.since[who] + 20 * DAY) & ~quiet
    who, sent = who[kept], sent[kept]
    order = np.argsort(sent, kind="stable")
    who, sent = who[order], sent[order]
    family = choose(rng, people.wants[who])
    decided = sent + rng.integers(5, 45, len(who)).astype("timedelta64[D]")
    price = np.array([FAMILIES[f].price for f in NAMES])[family]
    size = people.traits["size"][who]
    return Proposals(
        number=np.array([f"AD{base36(700_000 + 5 * n, 4)}" for n in range(len(who))], object),
        who=who,
        family=family,
        sent_on=sent,
        won=rng.random(len(who)) < _chance(people)[who],
        decided_on=decided,
        monthly=np.exp(price - 1.0 + 0.6 * size + 0.5 * rng.normal(size=len(who))),
    )


def earn(people: Population, proposals: Proposals, seed: int) -> Ledger:
    """The revenue ledger that follows from what was owned, bought, cut and ended."""
    rng = stream(seed, "revenue")
    count, families, months = people.size, len(NAMES), len(people.months)
    recurring = rng.random(count) < sigmoid(1.3 + 0.5 * people.traits["engagement"] + 0.3 * people.traits["size"])
    level = np.array([FAMILIES[f].price for f in NAMES])
    start = np.exp(level - 0.6 + 0.75 * people.traits["size"][:, None] + 0.55 * rng.normal(size=(count, families)))
    minor = np.arange(families)[None, :] != people.main_family[:, None]
    start = np.where(minor, start * 0.35, start) * people.owned * recurring[:, None]
    added = np.zeros((count, families, months))
    bought = np.flatnonzero(proposals.won & (proposals.decided_on <= people.as_of) & recurring[proposals.who])
    at = (proposals.decided_on[bought].astype("datetime64[M]") - people.months[0]).astype(int)
    inside = (at >= 0) & (at < months)
    np.add.at(
        added,
        (proposals.who[bought][inside], proposals.family[bought][inside], at[inside]),
        0.35 * proposals.monthly[bought][inside],
    )
    revenue = start[:, :, None] + np.cumsum(added, axis=2)
    revenue = revenue * _drift(people, rng)[:, None, :]
    joined = people.since.astype("datetime64[M]")
    over = np.where(np.isnat(people.leaves_on), np.datetime64("2200-01"), people.leaves_on.astype("datetime64[M]"))
    alive = (people.months[None, :] >= joined[:, None]) & (people.months[None, :] <= over[:, None])
    revenue = np.round(revenue * alive[:, None, :], 2)
    per_user = np.exp(level)[None, :, None] / 12
    users = np.maximum(np.ceil(revenue / per_user), 1).astype(int)
    return Ledger(revenue=revenue, users=users, recurring=recurring)


def _drift(people: Population, rng: np.random.Generator) -> Array:
    """Customer × month factor: the yearly adjustment, growth by steps, and the cuts that come before an end."""
    months = len(people.months)
    step = rng.random((people.size, months)) < 0.05
    change = np.where(step, 0.08 * people.traits["growth"][:, None] + 0.06 * rng.normal(size=step.shape), 0.0)
    anniversary = people.since.astype("datetime64[M]").astype(int) % 12
    due = people.months.astype(int)[None, :] % 12 == anniversary[:, None]
    change = change + np.where(due, 0.045, 0.0)
    everyone = np.arange(people.size)
    left = people.months_to_leave(everyone, people.as_of)[:, None] + np.arange(months)[::-1][None, :]
    cutter = rng.random(people.size) < 0.45
    change = change + np.where((left < 4) & cutter[:, None], -0.18, 0.0)
    return np.asarray(np.exp(np.cumsum(change, axis=1)))
