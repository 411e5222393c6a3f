"""Which features a score may learn from: the declared leaks, and those that measure as leaks."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from b2shift.differentiate.contracts import FeatureDeclaration
from b2shift.differentiate.scores.frame import Flags, Floats, Frame
from b2shift.differentiate.scores.measures import auc
from b2shift.kernel.yaml import parse_yaml

PATH = Path(__file__).with_name("leaks.yaml")
DRIFT = 0.15
"""Farthest from 0.5 that the AUC of `newest date or training date?` by one feature alone may lie."""
COVERAGE = 0.15
"""Largest difference between the share known on a training date and on the newest."""
TOO_GOOD = 0.9
"""A single feature that ranks better than this knows the outcome."""
_EXPECTED, _ALMOST_NONE = 10.0, 0.1
_SAMPLE = 20_000


@lru_cache(maxsize=1)
def declared_leaks() -> dict[str, list[dict[str, Any]]]:
    """leaks.yaml."""
    told: dict[str, list[dict[str, Any]]] = parse_yaml(PATH.read_text(encoding="utf-8"))
    return told


def allowed(score: str, declared: Sequence[FeatureDeclaration]) -> tuple[str, ...]:
    """Features that are known at past dates and are no declared leak of the score."""
    leaks = declared_leaks()[score]
    families = {name for entry in leaks for name in entry.get("families", ())}
    features = {name for entry in leaks for name in entry.get("features", ())}
    return tuple(
        one.name
        for one in declared
        if not one.snapshot and one.format != "list" and one.family not in families and one.name not in features
    )


def measured_leaks(
    past: Sequence[Frame],
    happened: Sequence[Floats],
    now: Frame,
    features: Sequence[str],
    populations: Sequence[Frame] | None = None,
) -> dict[str, str]:
    """Features to leave out, with the reason in English.

    uneven coverage: known for another share of customers on a training date than now; drift: one feature alone tells
    the training dates from the newest; survivors: hardly an event among the customers that have a value, where ten
    were expected; knows the outcome: AUC over 0.9 alone. `populations` are all the customers the score is for on each
    date, where those in `past` are only the ones whose outcome is known.
    """
    outcomes = np.concatenate(happened) if happened else np.zeros(0)
    leaks: dict[str, str] = {}
    for feature in features:
        if feature not in now.numbers:
            continue
        everyone = [frame.numbers[feature] for frame in populations or past]
        labelled = np.concatenate([frame.numbers[feature] for frame in past])
        reason = _moved(everyone, now.numbers[feature]) or _tells(labelled, outcomes)
        if reason:
            leaks[feature] = reason
    return leaks


def _moved(past: list[Floats], today: Floats) -> str:
    share = float(np.isfinite(today).mean()) if len(today) else 0.0
    if any(abs(float(np.isfinite(values).mean()) - share) > COVERAGE for values in past if len(values)):
        return "uneven coverage"
    together = np.concatenate(past)
    drift = _tells_apart(together[np.isfinite(together)], today[np.isfinite(today)])
    return "drift" if drift > DRIFT else ""


def _tells(values: Floats, outcomes: Floats) -> str:
    known = np.isfinite(values)
    if not known.any():
        return "never known"
    if _survivors(values, outcomes):
        return "survivors"
    alone = auc(outcomes[known], values[known])
    return "knows the outcome" if alone is not None and abs(alone - 0.5) > TOO_GOOD - 0.5 else ""


def _tells_apart(before: Floats, today: Floats) -> float:
    before, today = _thinned(before), _thinned(today)
    alone = auc(np.r_[np.zeros(len(before)), np.ones(len(today))], np.r_[before, today])
    return abs(alone - 0.5) if alone is not None else 0.0


def _thinned(values: Floats) -> Floats:
    return values[:: max(1, len(values) // _SAMPLE)]


def _survivors(values: Floats, outcomes: Floats) -> bool:
    present: Flags = np.isfinite(values) & (values != 0)
    expected = present.sum() * outcomes.mean()
    return bool(expected >= _EXPECTED and outcomes[present].sum() < _ALMOST_NONE * expected)
