"""Rates of success of arms by group: beta-binomial, each arm's groups shrunk towards the arm's rate in the whole.

A group's rate p is Beta(k m, k (1 - m)) around the arm's rate m, and m is Beta(1, 1). How alike groups are, k, is
learnt from all arms and groups together (empirical Bayes): each k of a grid weighs by the marginal likelihood of the
counts (Gelman and others, Bayesian Data Analysis, 2013, chapter 5.3); draws are of the joint posterior of k, m and p.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, logsumexp

from b2shift.learn.choice.shapes import Floats, Integers

DRAWS = 10_000
_ALIKE = np.geomspace(2, 2_000, 10)
"""How many trials of the whole a group's own rate is worth."""
_RATES = (np.arange(400) + 0.5) / 400


@dataclass(frozen=True)
class Posterior:
    """Draws of every rate: of each group (DRAWS, groups, arms), of one not seen yet, and of the whole (DRAWS, arms)."""

    groups: Floats
    unseen: Floats
    whole: Floats


def drawn_rates(successes: Floats, known: Floats, seed: int = 0, draws: int = DRAWS) -> Posterior:
    """From successes and the trials they are among (groups, arms), which need not be whole numbers; 0 ≤ s ≤ n.

    With fewer than two groups of any trials nothing tells groups apart: a group is the whole.
    """
    random = np.random.default_rng(seed)
    failures = known - successes
    if (known.sum(axis=1) > 0).sum() < 2:
        whole = random.beta(1 + successes.sum(axis=0), 1 + failures.sum(axis=0), (draws, known.shape[1]))
        groups = np.repeat(whole[:, None, :], known.shape[0], axis=1)
        return Posterior(groups, whole, whole)
    likelihood = _log_likelihood(successes, failures)  # (k, arms, rates)
    evidence = logsumexp(likelihood, axis=2).sum(axis=1)
    picked = random.choice(len(_ALIKE), draws, p=np.exp(evidence - logsumexp(evidence)))
    whole = _rates_of_the_whole(likelihood, picked, random)
    alike = _ALIKE[picked, None]
    unseen = random.beta(alike * whole, alike * (1 - whole))
    centre, strength = whole[:, None, :], alike[:, :, None]
    groups = random.beta(strength * centre + successes, strength * (1 - centre) + failures)
    groups[:, known.sum(axis=1) == 0, :] = unseen[:, None, :]
    return Posterior(groups, unseen, whole)


def _log_likelihood(successes: Floats, failures: Floats) -> Floats:
    """Of the counts of each arm, by how alike groups are and by the arm's rate (k, arms, rates)."""
    strength, rate = _ALIKE[:, None, None, None], _RATES[None, None, :, None]
    one, other = strength * rate, strength * (1 - rate)
    terms = betaln(one + successes.T[None, :, None, :], other + failures.T[None, :, None, :]) - betaln(one, other)
    return np.asarray(terms.sum(axis=3))


def _rates_of_the_whole(likelihood: Floats, picked: Integers, random: np.random.Generator) -> Floats:
    """A rate of the whole for each draw and arm, of the posterior at the picked k."""
    rates = np.empty((len(picked), likelihood.shape[1]))
    for k in np.unique(picked):
        here = np.flatnonzero(picked == k)
        for arm in range(likelihood.shape[1]):
            weights = np.exp(likelihood[k, arm] - logsumexp(likelihood[k, arm]))
            rates[here, arm] = random.choice(_RATES, len(here), p=weights)
    within = random.uniform(-0.5, 0.5, rates.shape) / len(_RATES)
    return np.asarray(rates + within)
