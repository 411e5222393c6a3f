"""Which features a score may learn from: excludes declared and measured leaks."""

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
MAX_DRIFT = 0.15
"""Largest distance from 0.5 of the AUC of newest against training date by one feature."""
MAX_COVERAGE_GAP = 0.15
"""Largest difference in coverage between a training date and the newest."""
SUSPICIOUS_AUC = 0.9
"""AUC above which a single feature knows the outcome."""
_MIN_EXPECTED, _MAX_SURVIVOR_RATIO = 10.0, 0.1
_SAMPLE = 20_000


@lru_cache(maxsize=1)
def declared_leaks() -> dict[str, list[dict[str, Any]]]:
    """leaks.yaml."""
    declared: dict[str, list[dict[str, Any]]] = parse_yaml(PATH.read_text(encoding="utf-8"))
    return declared


def allowed(score: str, declared: Sequence[FeatureDeclaration]) -> tuple[str, ...]:
    """Features known at past dates and not declared leaks of the score."""
    leaks = declared_leaks()[score]
    families = {name for entry in leaks for name in entry.get("families", ())}
    features = {name for entry in leaks for name in entry.get("features", ())}
    return tuple(
        feature_declaration.name
        for feature_declaration in declared
        if not feature_declaration.snapshot
        and feature_declaration.format != "list"
        and feature_declaration.family not in families
        and feature_declaration.name not in features
    )


def measured_leaks(
    past: Sequence[Frame],
    target: Sequence[Floats],
    now: Frame,
    features: Sequence[str],
    populations: Sequence[Frame] | None = None,
) -> dict[str, str]:
    """Features to leave out, with the reason in English.

    uneven coverage: known for another share of customers on a training date; drift: the feature alone separates
    training dates from the newest; survivors: hardly an event among customers with a value, where ten were expected;
    knows the outcome: AUC over 0.9 alone. `populations` are all customers the score applies to on each date.
    """
    outcomes = np.concatenate(target) if target else np.zeros(0)
    leaks: dict[str, str] = {}
    for feature in features:
        if feature not in now.numbers:
            continue
        populations_values = [frame.numbers[feature] for frame in populations or past]
        labelled = np.concatenate([frame.numbers[feature] for frame in past])
        reason = _has_drifted(populations_values, now.numbers[feature]) or _leaks_outcome(labelled, outcomes)
        if reason:
            leaks[feature] = reason
    return leaks


def _has_drifted(past: list[Floats], today: Floats) -> str:
    share = float(np.isfinite(today).mean()) if len(today) else 0.0
    if any(abs(float(np.isfinite(values).mean()) - share) > MAX_COVERAGE_GAP for values in past if len(values)):
        return "uneven coverage"
    pooled = np.concatenate(past)
    drift = _drift_auc(pooled[np.isfinite(pooled)], today[np.isfinite(today)])
    return "drift" if drift > MAX_DRIFT else ""


def _leaks_outcome(values: Floats, outcomes: Floats) -> str:
    known = np.isfinite(values)
    if not known.any():
        return "never known"
    if _survivors(values, outcomes):
        return "survivors"
    auc_alone = auc(outcomes[known], values[known])
    return "knows the outcome" if auc_alone is not None and abs(auc_alone - 0.5) > SUSPICIOUS_AUC - 0.5 else ""


def _drift_auc(before: Floats, today: Floats) -> float:
    before, today = _subsample(before), _subsample(today)
    auc_alone = auc(np.r_[np.zeros(len(before)), np.ones(len(today))], np.r_[before, today])
    return abs(auc_alone - 0.5) if auc_alone is not None else 0.0


def _subsample(values: Floats) -> Floats:
    return values[:: max(1, len(values) // _SAMPLE)]


def _survivors(values: Floats, outcomes: Floats) -> bool:
    present: Flags = np.isfinite(values) & (values != 0)
    expected = present.sum() * outcomes.mean()
    return bool(expected >= _MIN_EXPECTED and outcomes[present].sum() < _MAX_SURVIVOR_RATIO * expected)
