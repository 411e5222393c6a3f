"""The difference between two arms made by lot, adjusted by what was known before.

Regression in each arm on centred covariates (Lin, 2013; CUPED of Deng and others, 2013, is its case of one covariate
and one slope): the difference of the fitted means at the covariates of both arms together. Its variance is that of
heteroskedastic regression (HC3), and that of the covariates' mean (Negi and Wooldridge, 2021). Shares few customers
have are told by Newcombe's interval (1998, method 10), without adjustment.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm
from scipy.stats import t as student

from b2shift.kernel.wilson import Z95, wilson

FEWEST = 30
"""Customers of an arm, beyond one for each covariate, below which nothing is told."""
FEWEST_CASES = 20
"""Customers of each arm with the case, or with any money, from which a normal interval holds."""
_ALPHA, _POWER = 0.05, 0.8
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Estimate:
    """A difference of means, its standard error, its interval, and what it was made of."""

    mean: float
    mean_of_others: float
    difference: float
    error: float
    low: float
    high: float
    variance_cut: float
    customers: int
    others: int

    @property
    def detectable(self) -> float:
        """The smallest true difference told from chance with a power of 80 % at 5 %."""
        return float((Z95 + norm.ppf(_POWER)) * self.error)


def difference(values: Floats, treated: Flags, covariates: Floats, *, rate: bool, groups: int = 1) -> Estimate | None:
    """Of `values` (n), with `covariates` (n, k) known before.

    `rate`: values are 0 or 1. `groups`: how many such intervals are read together; each is widened so that all of them
    hold together with 95 % (Šidák). None of what is not tellable.
    """
    if not is_tellable(values, treated, covariates, rate=rate):
        return None
    arms = values[treated], values[~treated]
    reach = float(student.ppf(0.5 + 0.95 ** (1 / groups) / 2, min(map(len, arms)) - 1 - covariates.shape[1]))
    if _has_cases(arms) and not (rate and _nearly_all(arms)):
        return _by_regression(values, treated, covariates, reach)
    return _by_cases(arms, reach)


def is_tellable(values: Floats, treated: Flags, covariates: Floats, *, rate: bool) -> bool:
    """Not where an arm has fewer than `FEWEST` customers beyond one for each covariate, nor where money came from fewer
    than `FEWEST_CASES` of them: no interval holds for so few."""
    arms = values[treated], values[~treated]
    return min(map(len, arms)) >= FEWEST + covariates.shape[1] and (rate or _has_cases(arms))


def pooled(parts: Sequence[tuple[Floats, Flags, Floats]]) -> Estimate | None:
    """Over several lots, each with its values, arms and covariates: their differences weighted by what each tells of a
    common one, as Mantel and Haenszel (1959) do. None of fewer than two."""
    told = [_by_regression(*part, Z95) for part in parts if min(part[1].sum(), (~part[1]).sum()) >= FEWEST]
    if len(told) < 2:
        return None
    sizes = np.array([(one.customers, one.others) for one in told], float)
    weights = sizes.prod(axis=1) / sizes.sum(axis=1)
    weights /= weights.sum()
    error = float(np.sqrt(weights**2 @ np.array([one.error**2 for one in told])))
    plain = float(np.sqrt(weights**2 @ np.array([one.error**2 / (1 - one.variance_cut) for one in told])))
    middle = float(weights @ [one.difference for one in told])
    return Estimate(
        mean=float(weights @ [one.mean for one in told]),
        mean_of_others=float(weights @ [one.mean_of_others for one in told]),
        difference=middle,
        error=error,
        low=middle - Z95 * error,
        high=middle + Z95 * error,
        variance_cut=1 - (error / plain) ** 2 if plain > 0 else 0.0,
        customers=int(sizes[:, 0].sum()),
        others=int(sizes[:, 1].sum()),
    )


def _has_cases(arms: tuple[Floats, Floats]) -> bool:
    return min(int(np.count_nonzero(one)) for one in arms) >= FEWEST_CASES


def _nearly_all(arms: tuple[Floats, Floats]) -> bool:
    return min(int(np.count_nonzero(one == 0)) for one in arms) < FEWEST_CASES


def _by_cases(arms: tuple[Floats, Floats], reach: float) -> Estimate:
    """Of shares few customers have, or nearly all."""
    (ours, theirs), (size, other) = arms, map(len, arms)
    low, high = newcombe(int(ours.sum()), size, int(theirs.sum()), other, reach)
    return _told(arms, float(ours.mean() - theirs.mean()), (high - low) / (2 * reach), (low, high), 0.0)


def _by_regression(values: Floats, treated: Flags, covariates: Floats, reach: float) -> Estimate:
    """Adjusted where there are cases enough to learn from. Not by which interval is narrower: that would choose."""
    arms = values[treated], values[~treated]
    plain = float(np.sqrt(sum(one.var(ddof=1) / len(one) for one in arms)))
    middle, error = float(arms[0].mean() - arms[1].mean()), plain
    if _has_cases(arms):
        middle, error = _adjusted(values, treated, covariates)
    cut = 1 - (error / plain) ** 2 if plain > 0 else 0.0
    return _told(arms, middle, error, (middle - reach * error, middle + reach * error), cut)


def _told(
    arms: tuple[Floats, Floats], middle: float, error: float, interval: tuple[float, float], cut: float
) -> Estimate:
    (ours, theirs), (low, high) = arms, interval
    return Estimate(float(ours.mean()), float(theirs.mean()), middle, error, low, high, cut, len(ours), len(theirs))


def newcombe(ours: int, of_ours: int, theirs: int, of_theirs: int, reach: float = Z95) -> tuple[float, float]:
    """The interval of the difference of two shares, from Wilson's interval of each."""
    share, other = ours / of_ours, theirs / of_theirs
    (low, high), (other_low, other_high) = wilson(ours, of_ours, reach), wilson(theirs, of_theirs, reach)
    below = np.hypot(share - low, other_high - other)
    above = np.hypot(high - share, other - other_low)
    return float(max(share - other - below, -1)), float(min(share - other + above, 1))


def always(estimate: Estimate, seen: float) -> tuple[float, float]:
    """The interval that holds at every moment one looks while outcomes come in, with 95 %.

    `seen`: the share of the horizon that has passed, above 0. A difference of sums that grow is a random walk in the
    time of its own variance; the boundary is that of a normal mixture (Howard, Ramdas, McAuliffe and Sekhon, 2021,
    proposition 5), tightest when the horizon is over. For large arms, as the other interval is.
    """
    variance = estimate.error**2
    prior = variance / seen / (-2 * np.log(_ALPHA) + np.log(-2 * np.log(_ALPHA) + 1))
    if not prior:
        return estimate.low, estimate.high
    reach = float(np.sqrt((variance + prior) * np.log((variance + prior) / (prior * _ALPHA**2))))
    return estimate.difference - reach, estimate.difference + reach


def _adjusted(values: Floats, treated: Flags, covariates: Floats) -> tuple[float, float]:
    """The adjusted difference and its standard error."""
    telling = covariates[:, np.ptp(covariates, axis=0) > 0]
    centred = (telling - telling.mean(axis=0)) / telling.std(axis=0)
    fits = [_fit(values[arm], centred[arm]) for arm in (treated, ~treated)]
    slopes = fits[0][2] - fits[1][2]
    moved = slopes @ np.atleast_2d(np.cov(centred, rowvar=False)) @ slopes / len(values) if len(slopes) else 0.0
    return fits[0][0] - fits[1][0], float(np.sqrt(fits[0][1] + fits[1][1] + moved))


def _fit(values: Floats, centred: Floats) -> tuple[float, float, Floats]:
    """Of one arm: the mean fitted at the centre, its variance (HC3), the slopes."""
    design = np.column_stack([np.ones(len(values)), centred])
    inverse = np.linalg.pinv(design.T @ design)
    coefficients = inverse @ design.T @ values
    leverage = np.minimum(np.einsum("ij,jk,ik->i", design, inverse, design), 0.99)
    weights = (design @ inverse[0]) ** 2
    residuals = values - design @ coefficients
    return float(coefficients[0]), float(weights @ (residuals / (1 - leverage)) ** 2), coefficients[1:]
