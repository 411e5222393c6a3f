"""The stage `persuasion`: groups of customers by what contacts bring to them, and the group of each customer today."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from b2shift.lake.api import Session, declared_table, load_specs
from b2shift.learn.contracts import Measure
from b2shift.learn.effects.build import READ
from b2shift.learn.persuasion.rows import CampaignTrials, campaign_trials
from b2shift.learn.trials.learners import QUICK
from b2shift.learn.trials.shapes import UpliftGroup
from b2shift.learn.trials.trial import Integers, Trial, mean_of
from b2shift.learn.trials.uplift import Uplift, expected_of, fit_uplift, groups_told, places

CODE_VERSION = 1
GROUPS = 5
MEASURES = (Measure.BOUGHT, Measure.LOST)
FEWEST_CASES = 30
"""Customers left out, and of those addressed, with the case: of fewer nothing is learnt."""
_SEED = 7
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")


def build(session: Session, as_of: date) -> None:
    """Write `campaign_persuasion`, and `customer_persuasion` where contacts are seen to bring more to some."""
    inputs = ["customers", *(name for name in READ if session.has(name))]
    with session.stage("persuasion", inputs=inputs, parameters=(CODE_VERSION, as_of)) as stage:
        if not stage.stale:
            return
        groups: list[dict[str, Any]] = []
        customers: list[dict[str, Any]] = []
        if (trials := campaign_trials(session, as_of, MEASURES)) is not None:
            for measure in MEASURES:
                trial = trials.of(measure)
                if _has_cases(trial):
                    told = fit_uplift(trial, 1, 0, _SEED, QUICK)
                    parts = groups_told(told, GROUPS)
                    harmed = {one.place for one in parts if one.effect.high < 0 and told.gain.beyond_chance}
                    groups += _groups(measure, told, parts, harmed)
                    if told.gain.beyond_chance:
                        customers += _customers(trials, trial, measure, parts, harmed)
        for name, rows, key in (
            ("campaign_persuasion", groups, ["measure", "place"]),
            ("customer_persuasion", customers, ["measure", "customer_id"]),
        ):
            session.write(_SPECS[name], declared_table(_SPECS[name], rows), sort_by=key)
        stage.notes |= {"told": sorted({row["measure"] for row in customers})}


def _has_cases(trial: Trial) -> bool:
    counts = [np.bincount(trial.value[trial.arm == arm].astype(np.intp), minlength=2).min() for arm in (0, 1)]
    return min(counts) >= FEWEST_CASES


def _groups(
    measure: Measure, told: Uplift, parts: Sequence[UpliftGroup], harmed: Collection[int]
) -> Iterator[dict[str, Any]]:
    """Everyone as place 0, then each group; effects as the measure is read, not turned."""
    gain = told.gain.interval
    every = UpliftGroup(
        place=0,
        rows=len(told.score),
        expected=float(told.expected.mean()),
        effect=mean_of(told.score, told.customer),
    )
    for one in (every, *parts):
        effect = one.effect if measure.is_good else one.effect.turned()
        yield {
            "measure": measure.value,
            "place": one.place,
            "assignments": one.rows,
            "expected": one.expected if measure.is_good else -one.expected,
            "effect": effect.value,
            "low": effect.low,
            "high": effect.high,
            "harmed": one.place in harmed,
            "gain": gain.value,
            "gain_low": gain.low,
            "gain_high": gain.high,
            "tells_apart": told.gain.beyond_chance,
        }


def _customers(
    trials: CampaignTrials, trial: Trial, measure: Measure, parts: Sequence[UpliftGroup], harmed: Collection[int]
) -> Iterator[dict[str, Any]]:
    """The group of each customer of today, by their order among themselves."""
    place = _places(expected_of(trial, trials.today, 1, 0, _SEED, QUICK), parts)
    for customer, group in zip(trials.customers, place.tolist(), strict=True):
        yield {
            "measure": measure.value,
            "customer_id": customer,
            "place": group,
            "harmed": group in harmed,
        }


def _places(expected: np.ndarray, groups: Sequence[UpliftGroup]) -> Integers:
    """Customers parted in the shares the groups have, those of whom most is expected first; equal ones together."""
    ends = np.cumsum([one.rows for one in groups]) / sum(one.rows for one in groups)
    index = np.minimum(np.searchsorted(ends, places(expected)), len(groups) - 1)
    return np.array([one.place for one in groups])[index]
