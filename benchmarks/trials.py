"""What trials of known truth are told to say: how often something is seen where there is nothing, and how often
intervals hold.

    python -m benchmarks.trials --trials 200 --logs 1000 --seed 1

Trials are drawn of customers with three known numbers; logs of choices among three to ten arms, some rare, in four
kinds of customers, and the rule asked about is another.
"""

import argparse
from collections.abc import Callable, Iterator

import numpy as np

from b2shift.kernel.wilson import wilson
from b2shift.learn.trials.off_policy import evaluate_policy
from b2shift.learn.trials.policy import learn_policy
from b2shift.learn.trials.trial import Trial
from b2shift.learn.trials.uplift import fit_uplift

_LOGS = (
    (2_000, 3, 0.1, 0.02),
    (5_000, 5, 0.05, 0.02),
    (20_000, 5, 0.02, 0.02),
    (5_000, 10, 0.1, 0.01),
    (20_000, 10, 0.02, 0.005),
)
"""Rows, arms, usual rate, least chance of an arm."""
_KINDS = 4


def main() -> None:
    """Print two Markdown tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--trials", type=int, default=200)
    asked.add_argument("--logs", type=int, default=1_000)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    print("| trials | | said | 95 % |\n|---|---|---|---|")
    for name, says in _sayings().items():
        _tell(name, [says(np.random.default_rng((told.seed, one)), one) for one in range(told.trials)])
    print("\n| logs | told | held | 95 % |\n|---|---|---|---|")
    for rows, arms, rate, least in _LOGS:
        held = list(_held(told.logs, told.seed, rows, arms, rate, least))
        _tell(f"{rows:,} rows, {arms} arms, {rate:.0%}, least chance {least:.1%}", held)


def _tell(name: str, flags: list[bool]) -> None:
    low, high = wilson(sum(flags), len(flags))
    print(f"| {name} | {len(flags):,} | {sum(flags) / len(flags):.1%} | {low:.1%} to {high:.1%} |", flush=True)


def _sayings() -> dict[str, Callable[[np.random.Generator, int], bool]]:
    return {
        "all persuaded alike, told apart (aim at most 5 %)": lambda rng, seed: _apart(rng, seed, 0.0),
        "persuaded by 0 to 20 points, told apart": lambda rng, seed: _apart(rng, seed, 0.1),
        "one arm best for all, a choice said to beat it (aim at most 2.5 %)": lambda rng, seed: _beats(rng, seed, 0.0),
        "each half wants another arm, a choice said to beat the best": lambda rng, seed: _beats(rng, seed, 0.15),
    }


def _drawn(rng: np.random.Generator, rows: int, differences: list[np.ndarray], known: np.ndarray) -> Trial:
    arm = rng.integers(0, len(differences) + 1, rows)
    mean = 0.3 + 0.1 * np.tanh(known[:, 0]) + np.choose(arm, [np.zeros(rows), *differences])
    value = (rng.random(rows) < mean).astype(float)
    names = tuple(map(str, range(len(differences) + 1)))
    return Trial(names, arm, np.full((rows, len(names)), 1 / len(names)), value, known, known)


def _apart(rng: np.random.Generator, seed: int, spread: float) -> bool:
    known = rng.normal(size=(4_000, 3))
    trial = _drawn(rng, 4_000, [0.1 + spread * np.tanh(known[:, 1])], known)
    return fit_uplift(trial, 1, 0, seed).gain.beyond_chance


def _beats(rng: np.random.Generator, seed: int, spread: float) -> bool:
    known = rng.normal(size=(4_000, 3))
    differences = [0.1 + spread * np.sign(known[:, 1]), 0.1 - spread * np.sign(known[:, 1]) - (0 if spread else 0.05)]
    return learn_policy(_drawn(rng, 4_000, differences, known), np.zeros(3), seed).is_better


def _held(logs: int, seed: int, rows: int, arms: int, rate: float, least: float) -> Iterator[bool]:
    """Whether the interval of the rule asked about held its value, of the logs that tell it."""
    for one in range(logs):
        rng = np.random.default_rng((seed, rows, arms, one))
        means = np.clip(rng.beta(2, 2 / rate, arms) * rng.lognormal(0, 0.4, (_KINDS, arms)), 0, 1)
        logged = rng.dirichlet(np.full(arms, 0.5), _KINDS) * (1 - least * arms) + least
        rule = rng.dirichlet(np.full(arms, 0.5), _KINDS)
        kind = rng.integers(0, _KINDS, rows)
        arm = np.minimum((rng.random(rows)[:, None] > logged[kind].cumsum(axis=1)).sum(axis=1), arms - 1)
        value = (rng.random(rows) < means[kind, arm]).astype(float)
        found = evaluate_policy(arm, logged[kind, arm], rule[kind], value, one)
        if found.estimates:
            told = found.estimates[-1].value
            yield bool(told.low <= (rule * means).sum(axis=1)[kind].mean() <= told.high)


if __name__ == "__main__":
    main()
