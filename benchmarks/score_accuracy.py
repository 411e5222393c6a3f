"""How often the alarm on scores errs, and how soon it finds a score that is wrong.

    python -m benchmarks.score_accuracy HOME --homes 200 --dates 12

HOME: a home that kept predictions. Its newest ones, of every score and group, are said again month by month in as many
homes as asked, and outcomes are drawn from them: as they say (a season of up to the tolerance moves all customers of a
date together), or twice, half as often. Counted are homes with an alarm, and the dates until a wrong score has one.
"""

import argparse
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from b2shift.kernel.calendar import add_months
from b2shift.kernel.wilson import wilson
from b2shift.lake.api import open_lake
from b2shift.learn.accuracy.judgement import TOLERANCE, Batch, Key, shares, standing
from b2shift.learn.accuracy.records import HORIZON_DAYS
from b2shift.learn.contracts import AccuracyGrouping, CalibrationLevel

FEWEST = 30
Drawn = dict[Key, list[Batch]]


@dataclass(frozen=True)
class Said:
    """What one score said of its customers, and their groups."""

    predicted: np.ndarray
    groups: Mapping[tuple[AccuracyGrouping, str], np.ndarray]


def main() -> None:
    """Print a Markdown table of false alarms, and one of the dates until wrong scores are found."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("home", type=Path)
    asked.add_argument("--homes", type=int, default=200)
    asked.add_argument("--dates", type=int, default=12)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    said, rng = _said(told.home), np.random.default_rng(told.seed)
    print("| | homes | with an alarm | 95 % |\n|---|---|---|---|")
    for name, season in (("as said", 1.0), ("seasons up to the tolerance", TOLERANCE)):
        alarmed = sum(_alarms(_drawn(said, told.dates, rng, season=season)) for _ in range(told.homes))
        low, high = wilson(alarmed, told.homes)
        print(f"| {name} | {told.homes} | {alarmed / told.homes:.1%} | {low:.1%} to {high:.1%} |")
    print("\n| score | happens | events said a date | found by date 1 | 2 | 4 | 12 |\n|---|---|---|---|---|---|---|")
    tries = max(10, told.homes // 10)
    for score in said:
        for times in (0.5, 2.0):
            found = [_found(said, score, times, told.dates, rng) for _ in range(tries)]
            shares = " | ".join(f"{np.mean([one <= by for one in found]):.0%}" for by in (1, 2, 4, 12))
            print(f"| {score} | {times:g} times | {said[score].predicted.sum():.0f} | {shares} |")


def _said(home: Path) -> dict[str, Said]:
    lake = open_lake(home)
    newest = lake.query("SELECT max(as_of) AS day FROM score_predictions").to_pylist()[0]["day"]
    rows = lake.query("SELECT * FROM score_predictions WHERE as_of = ?", [newest])
    scores = np.array(rows.column("score").to_pylist(), dtype=object)
    predicted = rows.column("predicted").to_numpy()
    found = {}
    for score in sorted(set(scores.tolist())):
        mine = scores == score
        groups = {(AccuracyGrouping.EVERYONE, ""): np.ones(int(mine.sum()), dtype=bool)}
        for grouping in AccuracyGrouping:
            if grouping.value:
                named = np.array(rows.column(grouping.value).to_pylist(), dtype=object)[mine]
                for group in {one for one in named if one is not None}:
                    if (named == group).sum() >= FEWEST:
                        groups[grouping, group] = named == group
        found[score] = Said(predicted[mine], groups)
    return found


def _drawn(said: Mapping[str, Said], dates: int, rng: np.random.Generator, *, season: float = 1.0,
           wrong: Mapping[str, float] | None = None) -> Drawn:  # fmt: skip
    """Batches of a home: month ends, outcomes drawn at the probabilities times a season, or times what is wrong."""
    found: Drawn = defaultdict(list)
    for n in range(dates):
        day = add_months(date(2024, 1, 1), n + 1) - timedelta(days=1)
        moved = float(np.exp(rng.uniform(-np.log(season), np.log(season))))
        for score, one in said.items():
            true = np.minimum(one.predicted * moved * (wrong or {}).get(score, 1.0), 1.0)
            happened = rng.random(len(true)) < true
            for (grouping, group), mine in one.groups.items():
                counts = float(happened[mine].sum()), float(one.predicted[mine].sum())
                over = day + timedelta(days=HORIZON_DAYS)
                found[score, grouping, group].append(Batch(day, over, int(mine.sum()), *counts))
    return found


def _alarms(batches: Drawn) -> bool:
    """Whether any date of a home saw any alarm: one stands for three dates at least."""
    alphas = shares(batches)
    return any(
        standing(found[:dates], alphas[key])[0] is CalibrationLevel.DEVIATES
        for key, found in batches.items()
        for dates in range(len(found), 0, -3)
    )


def _found(said: Mapping[str, Said], score: str, times: float, dates: int, rng: np.random.Generator) -> float:
    """The date at which the wrong score as a whole has its alarm; infinite when it never has."""
    whole = (score, AccuracyGrouping.EVERYONE, "")
    alpha = shares([(one, *group) for one in said for group in said[one].groups])[whole]
    batches = _drawn({score: said[score]}, dates, rng, wrong={score: times})[whole]
    for n in range(1, dates + 1):
        if standing(batches[:n], alpha)[0] is CalibrationLevel.DEVIATES:
            return n
    return float("inf")


if __name__ == "__main__":
    main()
