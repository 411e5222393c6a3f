"""How often customers buy again and how much: BG/NBD and Gamma-Gamma, for purchases nobody is bound to make.

A customer buys at random with a rate λ of its own and after any purchase may stop for good with a chance p of its own;
over customers λ is gamma, p beta (Fader, Hardie and Lee 2005, "Counting your customers" the easy way, Marketing Science
24:2). What a purchase is worth is gamma around a mean of the customer's own, and that mean inverse gamma over customers
(Fader and Hardie 2013, The Gamma-Gamma model of monetary value). Contracts themselves end in sight: they are followed
by survival, not by this.

What a customer is expected to bring is computed over the posterior of its (λ, p, mean), at points that fill the cube
evenly: the same history always gets the same answer, whoever else is in the base.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaincinv, gammaincinv, gammaln
from scipy.stats import qmc

from b2shift.differentiate.segments.distinct import Floats

POINTS = 512
"""Points of the posterior; the mean of an expectation is within 1 % of its closed form."""
LOW, HIGH = 0.05, 0.95
_WEEK, _YEAR = 7.0, 365.25
_LOG_BOUND = 9.0
_ABOVE_ONE = 0.1
"""Logarithm of the least q: at 1 or less a purchase would have no mean."""
_CHUNK = 20_000


@dataclass(frozen=True)
class PurchaseHistories:
    """Purchases of customers until a day; arrays of one length.

    `repeats` counts purchases after the first, `last` is the time of the last after the first, `age` that of the day,
    both in days; `mean` is what a purchase was worth on average, BRL, above 0.
    """

    repeats: Floats
    last: Floats
    age: Floats
    mean: Floats

    def __len__(self) -> int:
        return len(self.repeats)


@dataclass(frozen=True)
class BgNbd:
    """BG/NBD: λ ~ gamma(r, α weeks), p ~ beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float

    def alive(self, histories: PurchaseHistories) -> Floats:
        """The chance that each customer still buys; 1 for those who never bought again."""
        x, last, age = histories.repeats, histories.last / _WEEK, histories.age / _WEEK
        again = np.log(self.a) - np.log(self.b + np.maximum(x, 1) - 1)
        stopped = np.exp(again + (self.r + x) * (np.log(self.alpha + age) - np.log(self.alpha + last)))
        return 1 / (1 + np.where(x > 0, stopped, 0.0))


@dataclass(frozen=True)
class GammaGamma:
    """Gamma-Gamma: a purchase ~ gamma(p, ν), ν ~ gamma(q, γ)."""

    p: float
    q: float
    gamma: float


@dataclass(frozen=True)
class PurchaseForecast:
    """Of each customer over a horizon: purchases, and their discounted value with its 90 % interval, BRL.

    The interval is that of what is expected of the customer, not of what chance will make of it; it holds the value.
    """

    purchases: Floats
    value: Floats
    low: Floats
    high: Floats


def fit_bg_nbd(histories: PurchaseHistories) -> BgNbd:
    """BG/NBD by maximum likelihood; equal histories are read once."""
    rows = np.column_stack([histories.repeats, histories.last / _WEEK, histories.age / _WEEK])
    (x, last, age), weights = _distinct(rows)

    def negative_log_likelihood(logs: Floats) -> float:
        r, alpha, a, b = np.exp(logs)
        at_rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        at_chance = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        going = -(r + x) * np.log(alpha + age)
        stopped = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + last)
        either = np.where(x > 0, np.logaddexp(going, stopped), going)
        return -float((weights * (at_rate + at_chance + either)).sum() / weights.sum())

    return BgNbd(*_minimise(negative_log_likelihood, (0.0, 2.0, 0.0, 0.5)))


def fit_gamma_gamma(histories: PurchaseHistories) -> GammaGamma:
    """Gamma-Gamma by maximum likelihood, from the means of customers and how many purchases each is of."""
    (count, mean), weights = _distinct(np.column_stack([histories.repeats + 1, histories.mean]))
    size = float(np.median(mean))
    scaled = mean / size

    def negative_log_likelihood(logs: Floats) -> float:
        p, q, gamma = np.exp(logs)
        shape = p * count
        log_likelihood = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(gamma)
        log_likelihood += (
            (shape - 1) * np.log(scaled) + shape * np.log(count) - (shape + q) * np.log(gamma + count * scaled)
        )
        return -float((weights * log_likelihood).sum() / weights.sum())

    p, q, gamma = _minimise(negative_log_likelihood, (0.0, 1.0, 0.0), least=(-_LOG_BOUND, _ABOVE_ONE, -_LOG_BOUND))
    return GammaGamma(p, q, gamma * size)


def forecast_purchases(
    histories: PurchaseHistories, bg_nbd: BgNbd, gamma_gamma: GammaGamma, days: float, discount_year: float
) -> PurchaseForecast:
    """What each customer is expected to buy over the coming `days`, its value discounted by `discount_year` (0.12)."""
    alive = bg_nbd.alive(histories)
    delta = np.log1p(discount_year) * _WEEK / _YEAR
    horizon = days / _WEEK
    purchases, value = np.empty(len(histories)), np.empty(len(histories))
    low, high = np.empty(len(histories)), np.empty(len(histories))
    for start in range(0, len(histories), _CHUNK):
        rows = slice(start, start + _CHUNK)
        often, stops, worth = _posterior(histories, bg_nbd, gamma_gamma, rows)
        ending = often * stops
        purchases[rows] = alive[rows] * _discounted_purchases(often, ending, horizon).mean(axis=1)
        brought = np.sort(_discounted_purchases(often, ending + delta, horizon) * worth, axis=1)
        value[rows] = alive[rows] * brought.mean(axis=1)
        low[rows] = _quantile(brought, alive[rows], LOW)
        high[rows] = np.maximum(_quantile(brought, alive[rows], HIGH), value[rows])
    return PurchaseForecast(purchases, value, low, high)


def _discounted_purchases(often: Floats, ending: Floats, horizon: float) -> Floats:
    """∫ λ e^(-ending·s) ds from 0 to the horizon; of an ending that is none, λ times the horizon."""
    ending = np.maximum(ending, 1e-12)
    return often * -np.expm1(-ending * horizon) / ending


def _quantile(ordered: Floats, alive: Floats, share: float) -> Floats:
    """Of the mixture: nothing from those who stopped, `ordered` from those who buy on."""
    inside = np.clip((share - (1 - alive)) / np.maximum(alive, 1e-12), 0, 1)
    place = np.minimum((inside * POINTS).astype(int), POINTS - 1)
    found: Floats = ordered[np.arange(len(ordered)), place]
    return np.where(share <= 1 - alive, 0.0, found)


def _posterior(
    histories: PurchaseHistories, bg_nbd: BgNbd, gamma_gamma: GammaGamma, rows: slice
) -> tuple[Floats, Floats, Floats]:
    """Rows x POINTS of λ a week, p and the mean of a purchase, of customers who still buy."""
    x, age, mean = histories.repeats[rows], histories.age[rows] / _WEEK, histories.mean[rows]
    counts, owner = np.unique(x, return_inverse=True)
    first, second, third = _sobol_points()
    often = gammaincinv(bg_nbd.r + counts[:, None], first)[owner] / (bg_nbd.alpha + age)[:, None]
    stops = betaincinv(bg_nbd.a, bg_nbd.b + counts[:, None], second)[owner]
    inverse = gammaincinv(gamma_gamma.q + gamma_gamma.p * (counts[:, None] + 1), third)[owner]
    worth = gamma_gamma.p * (gamma_gamma.gamma + (x + 1) * mean)[:, None] / inverse
    return often, stops, worth


@lru_cache(maxsize=1)
def _sobol_points() -> Floats:
    """3 x POINTS that fill the open unit cube evenly (Sobol), the middle of their cells."""
    points: Floats = qmc.Sobol(3, scramble=False).random(POINTS).T + 0.5 / POINTS
    return points


def _distinct(rows: Floats) -> tuple[Floats, Floats]:
    found, counts = np.unique(rows, axis=0, return_counts=True)
    return found.T, counts.astype(np.float64)


def _minimise(
    cost: Callable[[Floats], float], start: tuple[float, ...], least: tuple[float, ...] | None = None
) -> tuple[float, ...]:
    """The parameters, each above 0, at which a cost of their logarithms is least."""
    bounds = [(low, _LOG_BOUND) for low in least or (-_LOG_BOUND,) * len(start)]
    best = minimize(cost, np.array(start), method="L-BFGS-B", bounds=bounds)
    return tuple(float(one) for one in np.exp(best.x))
