"""Who the customers are: an archetype gives traits, traits give behaviour, behaviour ends or grows the revenue."""

import re
from dataclasses import dataclass
from datetime import date

import numpy as np

from b2shift.demo import vocabulary as words
from b2shift.demo.chance import Array, choose, sigmoid, stream, weighted
from b2shift.demo.columns import base36
from b2shift.demo.families import FAMILIES, LEADS_TO, NAMES
from b2shift.kernel.text import unaccent

QUARTERLY_CHURN = 0.045
"""Mean probability of leaving within 90 days, the same in the past that is shown and in the future that is not."""


@dataclass(frozen=True)
class Population:
    """The customers with what nobody sees (traits, hazards) and what everybody does (name, place, dates)."""

    as_of: np.datetime64
    months: Array
    code: Array
    name: Array
    trade_name: Array
    domain: Array
    segment: Array
    archetype: Array
    sub_segment: Array
    cnae: Array
    city: Array
    state: Array
    band: Array
    since: Array
    leaves_on: Array
    """Day of the cancellation, past or within 90 days after as_of; NaT for those who stay."""
    traits: dict[str, Array]
    churn_probability: Array
    owned: Array
    wants: Array
    """Relative wish of each customer for each product family."""
    main_family: Array
    line: Array

    @property
    def size(self) -> int:
        return len(self.code)

    @property
    def gone(self) -> Array:
        """Who had left by as_of."""
        return np.asarray(self.leaves_on <= self.as_of)

    @property
    def last_day(self) -> Array:
        """The last day a customer does anything by as_of."""
        return np.where(self.gone, self.leaves_on, self.as_of)

    def months_to_leave(self, who: Array, days: Array | np.datetime64) -> Array:
        """Months from each day to that customer's cancellation; infinite for those who stay."""
        end = self.leaves_on[who]
        gap = (end - days).astype("timedelta64[D]").astype(float)
        return np.where(np.isnat(end), np.inf, gap / 30.4)


def populate(customers: int, seed: int, as_of: date, months: int) -> Population:
    """Draw the customers."""
    rng = stream(seed, "population")
    today = np.datetime64(as_of, "D")
    month = today.astype("datetime64[M]")
    segment = weighted(rng, words.SEGMENTS, customers)
    archetype = np.array([_one(rng, words.ARCHETYPES_OF_SEGMENT[s]) for s in segment], object)
    traits = _traits(rng, archetype)
    age = np.clip(np.exp(7.35 + 0.75 * traits["tenure"] + 0.35 * rng.normal(size=customers)), 20, 13_000).astype(int)
    since = today - age
    probability, leaves_on = _endings(rng, traits, since, today, months)
    place = list(words.CITIES)
    at = rng.choice(len(place), customers, p=np.array(list(words.CITIES.values())) / sum(words.CITIES.values()))
    owned, wants, main = _appetite(rng, archetype, traits)
    name, trade_name, domain = _companies(rng, segment)
    return Population(
        as_of=today,
        months=month - np.arange(months)[::-1],
        code=_codes(rng, since),
        name=name,
        trade_name=trade_name,
        domain=domain,
        segment=segment,
        archetype=archetype,
        sub_segment=np.array([_early(rng, words.SUB_SEGMENTS[s]) for s in segment], object),
        cnae=np.array([_early(rng, words.CNAES[s]) for s in segment], object),
        city=np.array([place[i][0] for i in at], object),
        state=np.array([place[i][1] for i in at], object),
        band=_bands(rng, traits["size"]),
        since=since,
        leaves_on=leaves_on,
        traits=traits,
        churn_probability=probability,
        owned=owned,
        wants=wants,
        main_family=main,
        line=np.array([words.ARCHETYPES[a].line for a in archetype]),
    )


def _one(rng: np.random.Generator, weights: dict[str, float]) -> str:
    return str(weighted(rng, weights, 1)[0])


def _early(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(len(options) * rng.random() ** 1.8)]


def _traits(rng: np.random.Generator, archetype: Array) -> dict[str, Array]:
    mean = np.array([words.ARCHETYPES[a][:7] for a in archetype], float)
    noise = rng.normal(size=mean.shape) * np.array([0.75, 0.6, 0.65, 0.7, 0.7, 0.7, 0.6])
    size, tenure, engagement, satisfaction, friction, growth, price = (mean + noise).T
    friction = friction + 0.2 * size
    satisfaction = satisfaction - 0.35 * friction + 0.2 * engagement
    return {
        "size": size,
        "tenure": tenure,
        "engagement": engagement,
        "satisfaction": satisfaction,
        "friction": friction,
        "growth": growth,
        "price": price,
    }


def _endings(
    rng: np.random.Generator, traits: dict[str, Array], since: Array, today: np.datetime64, months: int
) -> tuple[Array, Array]:
    """Each customer's probability of leaving in 90 days, and the day it leaves if that is soon or past."""
    lean = 0.9 * (
        -0.7 * traits["engagement"] - 0.7 * traits["satisfaction"] + 0.5 * traits["friction"] + 0.5 * traits["price"]
        - 0.3 * traits["growth"] - 0.2 * traits["tenure"]
    )  # fmt: skip
    low, high = -12.0, 4.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if sigmoid(middle + lean).mean() > QUARTERLY_CHURN else (middle, high)
    probability = sigmoid(low + lean)
    daily = -np.log1p(-probability) / 90
    window = today - np.timedelta64(months * 30, "D")
    # Survivors of the years before the window, except a few whose end is older than anything dated.
    starts = np.maximum(since, window)
    day = starts + np.ceil(rng.exponential(1 / daily)).astype("timedelta64[D]") + np.timedelta64(5, "D")
    early = (rng.random(len(day)) < 1.5 * probability) & (since < window - np.timedelta64(200, "D"))
    day = np.where(early, window - rng.integers(10, 190, len(day)).astype("timedelta64[D]"), day)
    day = np.where(day > today + np.timedelta64(90, "D"), np.datetime64("NaT"), day)
    return np.where(day <= today, 0.0, probability), day


def _codes(rng: np.random.Generator, since: Array) -> Array:
    """Codes grow with time: digits first, then letters TA to TF; a few of five digits are older than the rule."""
    order = np.argsort(since, kind="stable")
    count = len(order)
    digits = int(0.3 * count)
    numbers = np.sort(rng.choice(100_000, digits, replace=False))
    letters = np.sort(rng.choice(6 * 36**4, count - digits, replace=False))
    drawn = [f"T{n:05d}" for n in numbers] + [f"T{'ABCDEF'[n // 36**4]}{base36(int(n % 36**4), 4)}" for n in letters]
    code = np.empty(count, object)
    code[order] = drawn
    for rank in range(min(3, count)):
        code[order[rank]] = f"{98_000 + 37 * rank + int(rng.integers(30))}"
    return code


def _companies(rng: np.random.Generator, segment: Array) -> tuple[Array, Array, Array]:
    nouns, qualities = words.COMPANY_NOUNS, words.COMPANY_QUALITIES
    pairs = rng.permutation(len(segment)) % (len(nouns) * len(qualities))
    forms = rng.choice(len(words.COMPANY_FORMS), len(segment), p=[0.55, 0.2, 0.15, 0.1])
    taken: dict[str, int] = {}
    trade = []
    for i, pair in enumerate(pairs):
        kind = words.COMPANY_KINDS[segment[i]][int(rng.integers(2))]
        spoken = f"{kind} {nouns[pair % len(nouns)]} {qualities[pair // len(nouns)]}"
        taken[spoken] = taken.get(spoken, 0) + 1
        trade.append(spoken if taken[spoken] == 1 else f"{spoken} {taken[spoken]}")
    full = [f"{spoken} {words.COMPANY_FORMS[form]}" for spoken, form in zip(trade, forms, strict=True)]
    slug = [re.sub("[^a-z0-9]", "", unaccent(spoken).lower()) + ".example" for spoken in trade]
    return np.array(full, object), np.array(trade, object), np.array(slug, object)


def _bands(rng: np.random.Generator, size: Array) -> Array:
    rank = np.argsort(np.argsort(0.7 * size + 0.7 * rng.normal(size=len(size)))) / len(size)
    drawn = np.array(words.BANDS, object)[np.minimum((rank**1.3 * len(words.BANDS)).astype(int), len(words.BANDS) - 1)]
    return np.where(rng.random(len(size)) < sigmoid(-1.2 - 0.5 * size), words.NO_BAND, drawn).astype(object)


def _appetite(rng: np.random.Generator, archetype: Array, traits: dict[str, Array]) -> tuple[Array, Array, Array]:
    """What each customer has at the start of the history, what it would like next, what it lives on."""
    count, families = len(archetype), len(NAMES)
    appeal = np.array([FAMILIES[f].appeal for f in NAMES])
    taste = appeal + 0.9 * rng.normal(size=(count, families)) + 0.4 * traits["size"][:, None]
    main = np.array([NAMES.index(words.ARCHETYPES[a].family) for a in archetype])
    owned = rng.random((count, families)) < sigmoid(taste - 1.0)
    owned[np.arange(count), main] = True
    pull = np.zeros((count, families))
    for first, then, weight in LEADS_TO:
        pull[:, NAMES.index(then)] += weight * owned[:, NAMES.index(first)]
    return owned, np.exp(1.1 * taste + pull - 0.5 * owned), choose(rng, np.eye(families)[main])
