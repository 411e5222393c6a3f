"""Stored health: the open rules, and reference medians for reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from b2shift.differentiate.scores.frame import Floats, Frame
from b2shift.differentiate.scores.stored_models.protocol import Prediction, to_json
from b2shift.kernel.contract import Contract

HEALTH = "health"
Medians = tuple[tuple[float, ...], ...]


class Indicator(Contract):
    """One feature mapped to 0..100 by linear interpolation; `instead` = read where the group's `needs` is false."""

    feature: str
    weight: float
    points: tuple[tuple[float, float], ...]
    instead: bool = False


class Group(Contract):
    """Indicators of one aspect; where `needs` is false those that stand instead, unknown without any."""

    key: str
    weight: float
    needs: str | None = None
    indicators: tuple[Indicator, ...]


class Rules(Contract):
    """All of health.yaml."""

    least_weight: float
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class HealthModel:
    """`medians` of each group's indicators, over the customers the rules were first applied to."""

    rules: Rules
    medians: Medians
    score: str = HEALTH

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it reads."""
        needed = [group.needs for group in self.rules.groups if group.needs]
        return tuple(dict.fromkeys((*self._indicators, *needed)))

    @property
    def _indicators(self) -> tuple[str, ...]:
        return tuple(one.feature for group in self.rules.groups for one in group.indicators)

    def predict(self, frame: Frame) -> Prediction:
        """Health and its groups, and each indicator's points against the median of those who have it.

        health = sum of weight x group over the known groups / sum of their weights; null when those weights are under
        `least_weight`. The points of an indicator are its share of that sum times its distance to the median.
        """
        rules = self.rules
        groups, shares, distances = [], [], []
        for group, medians in zip(rules.groups, self.medians, strict=True):
            scores = indicators(frame, group)
            weights = np.where(np.isfinite(scores), [indicator.weight for indicator in group.indicators], 0.0)
            total = weights.sum(axis=1)
            share = weights / np.maximum(total, 1e-9)[:, None]
            groups.append(np.where(total > 0, (share * np.nan_to_num(scores)).sum(axis=1), np.nan))
            shares.append(share)
            distances.append(np.nan_to_num(scores - np.array(medians)))
        values = np.column_stack(groups)
        weights = np.where(np.isfinite(values), [group.weight for group in rules.groups], 0.0)
        known = weights.sum(axis=1)
        portion = weights / np.maximum(known, 1e-9)[:, None]
        health = np.where(known >= rules.least_weight, (portion * np.nan_to_num(values)).sum(axis=1), np.nan)
        parts = np.hstack([portion[:, [k]] * shares[k] * distances[k] for k in range(len(groups))])
        columns = {HEALTH: health} | {f"{HEALTH}_{g.key}": v for g, v in zip(rules.groups, groups, strict=True)}
        return Prediction(columns, self._indicators, parts)

    def text(self) -> str:
        """Serialised rules."""
        return to_json({"kind": HEALTH, "rules": self.rules.model_dump(), "medians": self.medians})


def indicators(frame: Frame, group: Group) -> Floats:
    """Indicators of a group, 0..100 (customers × indicators); NaN where missing."""
    return np.column_stack([_indicator(frame, group, one) for one in group.indicators])


def fit_health(frame: Frame, rules: Rules) -> HealthModel:
    """The rules with the medians of these customers."""
    return HealthModel(rules, tuple(_medians(indicators(frame, group)) for group in rules.groups))


def load_health(stored: Mapping[str, Any], threads: int) -> HealthModel:
    """Deserialise."""
    del threads
    return HealthModel(Rules.model_validate(stored["rules"]), tuple(map(tuple, stored["medians"])))


def _indicator(frame: Frame, group: Group, indicator: Indicator) -> Floats:
    values = frame.numbers[indicator.feature].astype(np.float64)
    places, scores = zip(*indicator.points, strict=True)
    scaled = np.where(np.isfinite(values), np.interp(np.nan_to_num(values), places, scores), np.nan)
    if group.needs:
        met = np.nan_to_num(frame.numbers[group.needs]) != 0
        scaled[met == indicator.instead] = np.nan
    return scaled


def _medians(scores: Floats) -> tuple[float, ...]:
    known = np.isfinite(scores)
    return tuple(float(np.median(scores[known[:, k], k])) if known[:, k].any() else 0.0 for k in range(scores.shape[1]))
