"""Causal direction between a number and the label, by minimum description length.

If the number came first, its overall distribution is simple and the label follows it smoothly; split by the label it
has odd truncated shapes. If it was filled in from the label, each class is simple and the whole is their mixture. Each
factorisation is scored by its log-likelihood under the best of simple densities less the BIC penalty; the shorter
description is the likelier direction (Mooij, Peters, Janzing, Zscheischler and Schölkopf, 2016, for numbers).
"""

from collections.abc import Iterator

import numpy as np
from scipy.stats import beta, gamma, norm, rankdata

from b2shift.differentiate.scores.measures import sigmoid
from b2shift.differentiate.supervised.penalty_path import logistic_path
from b2shift.differentiate.supervised.shapes import Flags, Floats

_MAX_ROWS, _MIN_ROWS = 5_000, 8
MIN_LEVELS = 20
"""Distinct values from which a number has a shape: coarser counts fit any."""
_SPIKE_SHARE = 0.1
"""Share of rows from which one value is a point mass."""
MAX_SPIKE_SHARE = 0.25
"""Largest share of a point mass: what most rows lack has too little shape."""
_GRID_SHARE = 0.7
"""Distinct values per row below which numbers are on a grid, and are jittered over its steps."""
_POWERS = np.arange(-1, 2.01, 0.25)
_COMPONENTS, _ROUNDS = (2, 3), 40
_MAX_NARROWING = 50.0
_PENALTY = np.array([1e-2])


def description_length_gain(values: Floats, target: Floats) -> float:
    """Nats by which the values → label factorisation is the shorter one; negative where it is longer.

    `values` are finite; beyond 5,000 rows a sample. 0 for few levels, a dominant value, or one class.
    """
    rng = np.random.default_rng(0)
    if len(values) > _MAX_ROWS:
        rows = rng.permutation(len(values))[:_MAX_ROWS]
        values, target = values[rows], target[rows]
    levels, counts = np.unique(values, return_counts=True)
    if len(levels) < MIN_LEVELS or counts.max() > MAX_SPIKE_SHARE * len(values) or not 0 < target.sum() < len(target):
        return 0.0
    spikes = levels[counts >= _SPIKE_SHARE * len(values)]
    resolution = float(np.median(np.diff(levels)))
    jitter = rng.random(len(values)) if len(levels) < _GRID_SHARE * len(values) else np.full(len(values), 0.5)
    positive = values - min(float(levels[0]), 0.0) + resolution * jitter
    span = float(positive.max()) + resolution
    return (
        _values_likelihood(values, positive, spikes, span) + _label_likelihood(values, positive, spikes, target)
        - sum(_values_likelihood(values[rows], positive[rows], spikes, span) for rows in (target == 0, target > 0))
        - _rate_likelihood(target)
    )  # fmt: skip


def _values_likelihood(values: Floats, positive: Floats, spikes: Floats, span: float) -> float:
    """Log-likelihood of values: point masses by their shares, the rest by a density."""
    others: Flags = ~np.isin(values, spikes)
    likelihood = _best_density(positive[others], span)
    if len(spikes):
        counts = np.array([*((values == one).sum() for one in spikes), others.sum()]) + 0.5
        likelihood += float(counts @ np.log(counts / counts.sum())) - _parameter_cost(len(spikes), len(values))
    return likelihood


def _label_likelihood(values: Floats, positive: Floats, spikes: Floats, target: Floats) -> float:
    """Log-likelihood of the label by logistic regression on the values, their logarithms or their ranks."""
    is_spike = values[:, None] == spikes
    likelihoods = []
    for transformed in (positive, np.log(positive), norm.ppf(rankdata(values) / (len(values) + 1))):
        matrix = np.column_stack([(transformed - transformed.mean()) / (transformed.std() or 1.0), is_spike])
        [coefficients] = logistic_path(matrix, target, np.ones(len(target)), _PENALTY)
        probabilities = np.clip(sigmoid(coefficients[0] + matrix @ coefficients[1:]), 1e-9, 1 - 1e-9)
        likelihoods.append(float(target @ np.log(probabilities) + (1 - target) @ np.log(1 - probabilities)))
    return max(likelihoods) - _parameter_cost(2 + len(spikes), len(target))


def _rate_likelihood(target: Floats) -> float:
    rate = float(target.mean())
    return float(len(target) * (rate * np.log(rate) + (1 - rate) * np.log(1 - rate))) - _parameter_cost(1, len(target))


def _best_density(positive: Floats, span: float) -> float:
    """Best penalised log-likelihood of a density on (0, `span`)."""
    uniform = -len(positive) * float(np.log(span)) if len(positive) else 0.0
    if len(positive) < _MIN_ROWS or not np.ptp(positive) > 0:
        return uniform
    rows = len(positive)
    densities = (
        likelihood - _parameter_cost(parameters, rows) for likelihood, parameters in _densities(positive, span)
    )
    return max(uniform, *(density for density in densities if np.isfinite(density)))


def _densities(positive: Floats, span: float) -> Iterator[tuple[float, int]]:
    """Log-likelihood and parameter count of each candidate density."""
    rows = len(positive)
    yield -rows * float(np.log(np.ptp(positive) * (rows + 1) / (rows - 1))), 2
    for side, extra in ((positive, 0), (span - positive, 1)):
        for power in _POWERS:
            yield _normal(*_box_cox(side, power)), 2 + extra + (power not in (0, 1))
        yield _gamma(side), 2 + extra
    fraction = positive / span
    log_odds = np.log(fraction / (1 - fraction))
    yield _normal(log_odds, -float(np.log(positive * (1 - fraction)).sum())), 2
    yield _beta(fraction) - rows * float(np.log(span)), 2
    for components in _COMPONENTS:
        for power in (1.0, 0.0):
            transformed, log_jacobian = _box_cox(positive, power)
            yield _mixture(transformed, components) + log_jacobian, 3 * components - 1


def _box_cox(positive: Floats, power: float) -> tuple[Floats, float]:
    """Box-Cox transform, and the sum of its log-Jacobian."""
    logs = np.log(positive)
    return (logs if power == 0 else (positive**power - 1) / power), float((power - 1) * logs.sum())


def _normal(values: Floats, log_jacobian: float) -> float:
    variance = float(values.var())
    return -0.5 * len(values) * float(np.log(2 * np.pi * np.e * variance)) + log_jacobian if variance > 0 else -np.inf


def _gamma(side: Floats) -> float:
    """Shape by Minka's closed-form approximation."""
    mean, log_gap = float(side.mean()), float(np.log(side.mean()) - np.log(side).mean())
    if not log_gap > 0:
        return -np.inf
    shape = (3 - log_gap + float(np.sqrt((log_gap - 3) ** 2 + 24 * log_gap))) / (12 * log_gap)
    return float(gamma.logpdf(side, shape, scale=mean / shape).sum())


def _beta(fraction: Floats) -> float:
    """By moments."""
    mean, variance = float(fraction.mean()), float(fraction.var())
    concentration = mean * (1 - mean) / variance - 1 if variance > 0 else 0.0
    return (
        float(beta.logpdf(fraction, mean * concentration, (1 - mean) * concentration).sum())
        if concentration > 0
        else -np.inf
    )


def _mixture(values: Floats, components: int) -> float:
    """Normal mixture by expectation-maximisation from quantiles."""
    means = np.quantile(values, (np.arange(components) + 0.5) / components)
    scales, share = np.full(components, values.std() / components), np.full(components, 1 / components)
    min_scale = values.std() / _MAX_NARROWING
    log_density = np.zeros((len(values), components))
    for _ in range(_ROUNDS):
        log_density = np.log(share) + norm.logpdf(values[:, None], means, scales)
        responsibility = np.exp(log_density - np.logaddexp.reduce(log_density, axis=1)[:, None])
        effective_rows = responsibility.sum(axis=0) + 1e-9
        share, means = (
            effective_rows / effective_rows.sum(),
            (responsibility * values[:, None]).sum(axis=0) / effective_rows,
        )
        scales = np.maximum(
            np.sqrt((responsibility * (values[:, None] - means) ** 2).sum(axis=0) / effective_rows), min_scale
        )
    return float(np.logaddexp.reduce(np.log(share) + norm.logpdf(values[:, None], means, scales), axis=1).sum())


def _parameter_cost(parameters: int, rows: int) -> float:
    return 0.5 * parameters * float(np.log(max(rows, 2)))
