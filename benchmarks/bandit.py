"""Arms that learn: regret after ten thousand decisions, how often intervals hold, false stops, decisions a second.

    python -m benchmarks.bandit --regret 10 --courses 1000

Customers are invented (`benchmarks.simulated_arms`): they come day by day, are drawn by the shares of the day and
succeed days later or never. Regret is what was lost against always giving each group its best arm, over what equal
shares lose.
"""

import argparse
import time
from collections.abc import Iterable

import numpy as np

from b2shift.kernel.wilson import wilson
from b2shift.learn.api import LinearArms
from benchmarks.simulated_arms import Rates, course

_WORLDS: dict[str, tuple[Rates, dict[str, float]]] = {
    "two arms, 10 % and 5 %": ([[0.10, 0.05]], {}),
    "two arms, 10 % and 8 %": ([[0.10, 0.08]], {}),
    "three arms, 12, 8 and 4 %": ([[0.12, 0.08, 0.04]], {}),
    "four arms, 30, 20, 20 and 10 %": ([[0.30, 0.20, 0.20, 0.10]], {}),
    "two arms, 3 % and 1 %": ([[0.03, 0.01]], {}),
    "two arms, 10 % and 5 %, at once": ([[0.10, 0.05]], {"delay": 0.0}),
    "two arms, 10 % and 5 %, after 10 days": ([[0.10, 0.05]], {"delay": 10.0}),
    "three segments, the best arm differs": ([[0.12, 0.04], [0.04, 0.12], [0.12, 0.04]], {}),
    "three segments alike": ([[0.10, 0.05]] * 3, {}),
}
_COVERAGE: dict[str, Rates] = {
    "no difference, 10 %": [[0.10, 0.10]],
    "10 % and 5 %": [[0.10, 0.05]],
    "2, 1 and 1 %": [[0.02, 0.01, 0.01]],
    "50 % and 70 %": [[0.50, 0.70]],
    "two segments, the best arm differs": [[0.10, 0.05], [0.05, 0.10]],
}


def main() -> None:
    """Print Markdown tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--regret", type=int, default=10, help="seeds of each world")
    asked.add_argument("--courses", type=int, default=1_000, help="courses that intervals are counted over")
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    _regret(range(told.seed, told.seed + told.regret))
    _speed(told.seed)
    _stops(range(told.seed, told.seed + max(told.courses // 5, 1)))
    _coverage(range(told.seed, told.seed + told.courses))


def _regret(seeds: Iterable[int]) -> None:
    print("\n| 10,000 decisions, 100 a day | regret over that of equal shares | worst seed |\n|---|---|---|")
    for name, (rates, options) in _WORLDS.items():
        found = [course(rates, seed=seed, days=100, a_day=100, **options).regret for seed in seeds]  # type: ignore[arg-type]
        print(f"| {name} | {np.mean(found):.1%} | {max(found):.1%} |", flush=True)


def _coverage(seeds: Iterable[int]) -> None:
    print("\n| 2,000 decisions | intervals | hold | 95 % | bias, points | of plain means |\n|---|---|---|---|---|---|")
    for name, rates in _COVERAGE.items():
        truth = np.mean(rates, axis=0)
        held: list[list[tuple[bool, float, float]]] = [[] for _arm in truth]
        for seed in seeds:
            for one in course(rates, seed=seed).values:
                true = truth[int(one.arm[1:])]
                told = (one.low <= true <= one.high, one.mean - true, one.successes / one.trials - true)
                held[int(one.arm[1:])].append(told)
        for place, rows in enumerate(held):
            low, high = wilson(sum(one[0] for one in rows), len(rows))
            hold, bias, plain = np.mean(rows, axis=0)
            said = f"{low:.1%} to {high:.1%} | {bias * 100:+.2f} | {plain * 100:+.2f}"
            print(f"| {name}: {truth[place]:.1%} | {len(rows):,} | {hold:.1%} | {said} |", flush=True)


def _stops(seeds: Iterable[int]) -> None:
    print("\n| 4,000 decisions, looked at on 40 days | courses in which an arm was stopped |\n|---|---|")
    for name, leaving in (("2 % of both arms leave", (0.02, 0.02)), ("1 % and 4 %", (0.01, 0.04))):
        seen = [course([[0.1, 0.1]], seed=seed, a_day=100, leaving=leaving).lines for seed in seeds]
        stopped = [any(one.reason == "stopped" for one in lines) for lines in seen]
        print(f"| {name} | {np.mean(stopped):.1%} of {len(stopped)} |", flush=True)


def _speed(seed: int) -> None:
    """Choices by what is known of each case, one batch after another, each learnt from before the next."""
    print("\n| linear arms, four of ten columns, 10,000 decisions | decisions/s | regret |\n|---|---|---|")
    for batch in (1, 10, 100):
        chance = np.random.default_rng(seed)
        slopes, level = chance.normal(0, 0.03, (4, 10)), np.array([0.10, 0.12, 0.14, 0.15])
        arms, lost, uniform, spent = LinearArms(4, 10, seed=seed), 0.0, 0.0, 0.0
        for _batch in range(10_000 // batch):
            cases = chance.normal(size=(batch, 10))
            rates = np.clip(level + cases @ slopes.T, 0.01, 0.99)
            began = time.perf_counter()
            chosen = arms.choose(cases).arm
            spent += time.perf_counter() - began
            got = rates[np.arange(batch), chosen]
            reward = (chance.random(batch) < got).astype(float)
            began = time.perf_counter()
            arms.learn(cases, chosen, reward)
            spent += time.perf_counter() - began
            lost += float((rates.max(axis=1) - got).sum())
            uniform += float((rates.max(axis=1) - rates.mean(axis=1)).sum())
        print(f"| learnt from every {batch} | {10_000 / spent:,.0f} | {lost / uniform:.1%} |", flush=True)


if __name__ == "__main__":
    main()
