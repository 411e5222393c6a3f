"""Whether a number was there before the label, by which of two accounts of both is the shorter.

If the number came first, its values are simple taken whole and the label follows them evenly; parted by the label they
have odd shapes, cut off where the other class begins. If it was filled in from the label, each class is simple and the
whole is their mixture. Either account is the log-likelihood of its simplest densities less half a log of the rows for
each number that it needs (Bayesian information criterion); what has the shorter one is the likelier cause
(minimum description length; Mooij, Peters, Janzing, Zscheischler and Schölkopf 2016 for numbers).
"""

from collections.abc import Iterator

import numpy as np
from scipy.stats import beta, gamma, norm, rankdata

from b2shift.differentiate.scores.measures import sigmoid
from b2shift.differentiate.supervised.linear import logistic_path
from b2shift.differentiate.supervised.shapes import Flags, Floats

_MOST_ROWS, _FEWEST = 5_000, 8
FEWEST_LEVELS = 20
"""Different values from which a number has a shape: coarser counts fit any."""
_COMMON = 0.1
"""Share of the rows from which one value is told apart from the others."""
MOSTLY = 0.25
"""Share of the rows that one value may have: what most rows lack has too little shape."""
_TIED = 0.7
"""Different values a row under which numbers are on a grid, and are spread evenly over its steps."""
_POWERS = np.arange(-1, 2.01, 0.25)
_MIXED, _ROUNDS = (2, 3), 40
_NARROWEST = 50.0
_LIGHT = np.array([1e-2])


def shorter_whole(values: Floats, came: Floats) -> float:
    """By how many nats the account from the values to the label is the shorter one; negative where it is the longer.

    `values` are finite; beyond 5,000 rows so many drawn. 0 where values are few, one is common, or one class.
    """
    rng = np.random.default_rng(0)
    if len(values) > _MOST_ROWS:
        some = rng.permutation(len(values))[:_MOST_ROWS]
        values, came = values[some], came[some]
    levels, counts = np.unique(values, return_counts=True)
    if len(levels) < FEWEST_LEVELS or counts.max() > MOSTLY * len(values) or not 0 < came.sum() < len(came):
        return 0.0
    common = levels[counts >= _COMMON * len(values)]
    step = float(np.median(np.diff(levels)))
    spread = rng.random(len(values)) if len(levels) < _TIED * len(values) else np.full(len(values), 0.5)
    above = values - min(float(levels[0]), 0.0) + step * spread
    span = float(above.max()) + step
    return (
        _values(values, above, common, span) + _label(values, above, common, came)
        - sum(_values(values[mine], above[mine], common, span) for mine in (came == 0, came > 0)) - _rate(came)
    )  # fmt: skip


def _values(values: Floats, above: Floats, common: Floats, span: float) -> float:
    """Of the values: those that are common by their shares, the others by a density."""
    rest: Flags = ~np.isin(values, common)
    told = _simplest(above[rest], span)
    if len(common):
        counts = np.array([*((values == one).sum() for one in common), rest.sum()]) + 0.5
        told += float(counts @ np.log(counts / counts.sum())) - _cost(len(common), len(values))
    return told


def _label(values: Floats, above: Floats, common: Floats, came: Floats) -> float:
    """Of the label given the values: a logistic line of them, of their logarithms or of their ranks."""
    apart = values[:, None] == common
    told = []
    for form in (above, np.log(above), norm.ppf(rankdata(values) / (len(values) + 1))):
        matrix = np.column_stack([(form - form.mean()) / (form.std() or 1.0), apart])
        [found] = logistic_path(matrix, came, np.ones(len(came)), _LIGHT)
        said = np.clip(sigmoid(found[0] + matrix @ found[1:]), 1e-9, 1 - 1e-9)
        told.append(float(came @ np.log(said) + (1 - came) @ np.log(1 - said)))
    return max(told) - _cost(2 + len(common), len(came))


def _rate(came: Floats) -> float:
    rate = float(came.mean())
    return float(len(came) * (rate * np.log(rate) + (1 - rate) * np.log(1 - rate))) - _cost(1, len(came))


def _simplest(above: Floats, span: float) -> float:
    """The best of the densities of numbers between 0 and `span`."""
    even = -len(above) * float(np.log(span)) if len(above) else 0.0
    if len(above) < _FEWEST or not np.ptp(above) > 0:
        return even
    rows = len(above)
    told = (likelihood - _cost(numbers, rows) for likelihood, numbers in _densities(above, span))
    return max(even, *(one for one in told if np.isfinite(one)))


def _densities(above: Floats, span: float) -> Iterator[tuple[float, int]]:
    """Log-likelihood and how many numbers each needs."""
    rows = len(above)
    yield -rows * float(np.log(np.ptp(above) * (rows + 1) / (rows - 1))), 2
    for side, more in ((above, 0), (span - above, 1)):
        for power in _POWERS:
            yield _normal(*_powered(side, power)), 2 + more + (power not in (0, 1))
        yield _gamma(side), 2 + more
    share = above / span
    logs = np.log(share / (1 - share))
    yield _normal(logs, -float(np.log(above * (1 - share)).sum())), 2
    yield _beta(share) - rows * float(np.log(span)), 2
    for parts in _MIXED:
        for power in (1.0, 0.0):
            told, added = _powered(above, power)
            yield _mixture(told, parts) + added, 3 * parts - 1


def _powered(above: Floats, power: float) -> tuple[Floats, float]:
    """The power of Box and Cox, and the logarithm of its slope summed over the rows."""
    logs = np.log(above)
    return (logs if power == 0 else (above**power - 1) / power), float((power - 1) * logs.sum())


def _normal(told: Floats, added: float) -> float:
    spread = float(told.var())
    return -0.5 * len(told) * float(np.log(2 * np.pi * np.e * spread)) + added if spread > 0 else -np.inf


def _gamma(side: Floats) -> float:
    """Shape by Minka's closed approximation."""
    mean, apart = float(side.mean()), float(np.log(side.mean()) - np.log(side).mean())
    if not apart > 0:
        return -np.inf
    shape = (3 - apart + float(np.sqrt((apart - 3) ** 2 + 24 * apart))) / (12 * apart)
    return float(gamma.logpdf(side, shape, scale=mean / shape).sum())


def _beta(share: Floats) -> float:
    """By its moments."""
    mean, spread = float(share.mean()), float(share.var())
    size = mean * (1 - mean) / spread - 1 if spread > 0 else 0.0
    return float(beta.logpdf(share, mean * size, (1 - mean) * size).sum()) if size > 0 else -np.inf


def _mixture(told: Floats, parts: int) -> float:
    """Of normal ones, by expectation and maximisation from equal parts of the rows."""
    middle = np.quantile(told, (np.arange(parts) + 0.5) / parts)
    spread, share = np.full(parts, told.std() / parts), np.full(parts, 1 / parts)
    least = told.std() / _NARROWEST
    logs = np.zeros((len(told), parts))
    for _ in range(_ROUNDS):
        logs = np.log(share) + norm.logpdf(told[:, None], middle, spread)
        mine = np.exp(logs - np.logaddexp.reduce(logs, axis=1)[:, None])
        rows = mine.sum(axis=0) + 1e-9
        share, middle = rows / rows.sum(), (mine * told[:, None]).sum(axis=0) / rows
        spread = np.maximum(np.sqrt((mine * (told[:, None] - middle) ** 2).sum(axis=0) / rows), least)
    return float(np.logaddexp.reduce(np.log(share) + norm.logpdf(told[:, None], middle, spread), axis=1).sum())


def _cost(numbers: int, rows: int) -> float:
    return 0.5 * numbers * float(np.log(max(rows, 2)))
