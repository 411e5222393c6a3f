"""Every effect of the campaigns in a table of outcomes: which arms are compared, by what, in which groups."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from b2shift.learn.contracts import CONTROL, EVERY, GROUPINGS, TREATED, Effect, Grouping, Measure
from b2shift.learn.effects.estimate import Estimate, Flags, Floats, always, difference, is_tellable, pooled
from b2shift.learn.effects.outcomes import COVARIATES, HORIZON_DAYS

_HEAVY_TAILED = ("mrr_before", "won_before", "deals_before", "contacts_before")
"""Covariates taken as logarithms."""


@dataclass(frozen=True)
class Rows:
    """Rows of `campaign_outcomes` as arrays, one a column."""

    columns: Mapping[str, np.ndarray]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def where(self, holds: Flags) -> "Rows":
        """The rows of which it holds."""
        return Rows({name: values[holds] for name, values in self.columns.items()})


@dataclass(frozen=True)
class _Pair:
    arm: str
    against: str
    rows: Rows
    treated: Flags

    def where(self, holds: Flags) -> "_Pair":
        return replace(self, rows=self.rows.where(holds), treated=self.treated[holds])


def effects(outcomes: pa.Table, *, grouped: bool = True) -> list[Effect]:
    """Of rows of `campaign_outcomes`: each campaign's, then those of all campaigns whose horizon is over.

    `grouped`: by group too, which takes most of the time.
    """
    return effects_of(rows_of(outcomes), grouped=grouped)


def effects_of(rows: Rows, *, grouped: bool = True) -> list[Effect]:
    """The same, of rows as arrays."""
    campaigns = [rows.where(rows["campaign_id"] == name) for name in np.unique(rows["campaign_id"].astype(str))]
    found = [effect for one in campaigns for effect in _of_campaign(one, grouped=grouped)]
    return found + list(_pooled([one for one in campaigns if one["days"].min() >= HORIZON_DAYS]))


def rows_of(outcomes: pa.Table) -> Rows:
    """Rows of `campaign_outcomes`: what is compared, by what, and in which groups."""
    numbers = (*(one.value for one in Measure), *COVARIATES)
    others = ("campaign_id", "arm", "days", *(one.value for one in GROUPINGS))
    columns = {name: outcomes.column(name).cast(pa.float64()) for name in numbers}
    columns |= {name: outcomes.column(name) for name in others}
    return Rows({name: column.to_numpy() for name, column in columns.items()})


def _of_campaign(rows: Rows, *, grouped: bool) -> Iterator[Effect]:
    for pair in _pairs(rows):
        for measure in Measure:
            if (one := _effect(pair, measure)) is not None:
                yield one
        if pair.arm == TREATED:
            for grouping in GROUPINGS if grouped else ():
                yield from _by_group(pair, grouping)


def _pairs(rows: Rows) -> Iterator[_Pair]:
    """All treated against the control, each variant against it, and each variant against each other."""
    control = rows["arm"] == CONTROL
    variants = sorted({str(one) for one in rows["arm"]} - {CONTROL})
    if control.any() and variants:
        yield _Pair(TREATED, CONTROL, rows, ~control)
    against_control = [(one, CONTROL) for one in variants] if control.any() and len(variants) > 1 else []
    for arm, against in (*against_control, *combinations(variants, 2)):
        both = rows.where((rows["arm"] == arm) | (rows["arm"] == against))
        yield _Pair(arm, against, both, both["arm"] == arm)


def _by_group(pair: _Pair, grouping: Grouping) -> Iterator[Effect]:
    """The groups both of whose arms are large enough, the intervals of a measure held together."""
    named = pair.rows[grouping.value]
    parts = {name: pair.where(named == name) for name in sorted({str(one) for one in named if one is not None})}
    for measure in Measure:
        told = {name: part for name, part in parts.items() if is_tellable(*_known(part, measure), rate=measure.is_rate)}
        for name, part in told.items() if len(told) > 1 else ():
            if (one := _effect(part, measure, grouping, name, len(told))) is not None:
                yield one


def _effect(
    pair: _Pair, measure: Measure, grouping: Grouping = Grouping.EVERYONE, group: str = EVERY, groups: int = 1
) -> Effect | None:
    found = difference(*_known(pair, measure), rate=measure.is_rate, groups=groups)
    if found is None:
        return None
    about = {"campaign_id": str(pair.rows["campaign_id"][0]), "arm": pair.arm, "against": pair.against}
    seen = max(1.0, float(pair.rows["days"].mean())) / HORIZON_DAYS
    return _told(found, seen, measure=measure, grouping=grouping, group=group, **about)


def _known(pair: _Pair, measure: Measure) -> tuple[Floats, Flags, Floats]:
    """Values, arms and covariates of whom the measure is known of: what settled that came before the lot."""
    known = pair.where(~np.isnan(pair.rows[measure.value]))
    return known.rows[measure.value], known.treated, _covariates(known.rows)


def _covariates(rows: Rows) -> Floats:
    """What was known before, as numbers; what was not known is the mean, and said so by a column of its own."""
    columns: list[Floats] = []
    for name in COVARIATES:
        values = rows[name]
        missing = np.isnan(values)
        values = np.log1p(np.maximum(values, 0.0)) if name in _HEAVY_TAILED else values
        usual = values[~missing].mean() if not missing.all() else 0.0
        columns += [np.where(missing, usual, values), missing.astype(np.float64)]
    return np.column_stack(columns)


def _told(found: Estimate, seen: float, **about: Any) -> Effect:
    """An estimate about these arms, once a share of the horizon was seen."""
    always_low, always_high = always(found, seen)
    return Effect(
        customers=found.customers,
        others=found.others,
        mean=found.mean,
        mean_of_others=found.mean_of_others,
        difference=found.difference,
        low=found.low,
        high=found.high,
        always_low=always_low,
        always_high=always_high,
        detectable=found.detectable,
        variance_cut=found.variance_cut,
        **about,
    )


def _pooled(campaigns: list[Rows]) -> Iterator[Effect]:
    """Over all these campaigns, those treated against those left out."""
    pairs = [pair for rows in campaigns for pair in _pairs(rows) if (pair.arm, pair.against) == (TREATED, CONTROL)]
    for measure in Measure:
        if (found := pooled([_known(pair, measure) for pair in pairs])) is not None:
            yield _told(found, 1.0, campaign_id=EVERY, measure=measure, arm=TREATED, against=CONTROL)
