"""Rows of campaigns whose horizon is over, and customers of today as if a lot fell for them now: as trials."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from b2shift.differentiate.api import encode
from b2shift.lake.api import Session, literal
from b2shift.learn.contracts import CONTROL, TREATED, Measure
from b2shift.learn.effects.build import has_rows
from b2shift.learn.effects.outcomes import ASSIGNED, COVARIATES, HORIZON_DAYS, outcomes_sql
from b2shift.learn.trials.trial import Floats, Trial

_NUMBERS = (*COVARIATES, "opened_before", "clicked_before")
_WORDS = ("market_segment", "revenue_band")
_TODAY = ""
"""The campaign of customers of today."""
_REACHED_TODAY = """
UNION ALL SELECT '' AS campaign_id, customer_id, '' AS arm, {as_of} AS assigned_on, NULL::VARCHAR AS product_family,
       NULL::VARCHAR AS channel FROM customers WHERE situation IN ('ativo', 'pendente')
"""


class CampaignTrials(NamedTuple):
    """Customers of campaigns, the values of each measure (NaN where unknown), and customers of today."""

    past: Trial
    values: Mapping[Measure, Floats]
    today: Trial
    customers: list[str]
    """Those of today."""

    def of(self, measure: Measure) -> Trial:
        """The rows of which the measure is known, its values turned so that more is better."""
        value = self.values[measure]
        turned = value if measure.is_good else 1 - value
        return replace(self.past, value=turned).take(np.isfinite(value))


def campaign_trials(session: Session, as_of: date, measures: tuple[Measure, ...]) -> CampaignTrials | None:
    """All campaigns with a control as one trial; None where there is none whose horizon is over."""
    if not has_rows(session, "campaign_events"):
        return None
    sql = outcomes_sql(partial(has_rows, session), ASSIGNED + _REACHED_TODAY, as_of)
    rows = session.query(
        f"WITH rows AS ({sql}), lots AS ("
        f"SELECT campaign_id FROM rows WHERE days >= {HORIZON_DAYS} GROUP BY campaign_id "
        f"HAVING bool_or(arm = {literal(CONTROL)}) AND bool_or(arm <> {literal(CONTROL)})) "
        f"SELECT * FROM rows WHERE campaign_id = {literal(_TODAY)} OR "
        f"days >= {HORIZON_DAYS} AND campaign_id IN (SELECT campaign_id FROM lots) ORDER BY campaign_id, customer_id"
    )
    campaign = np.array(rows.column("campaign_id").to_pylist(), dtype=object)
    past = campaign != _TODAY
    if not past.any() or past.all():
        return None
    matrices = encode({name: _number(rows, name) for name in _NUMBERS}, {name: _word(rows, name) for name in _WORDS})
    treated = (_word(rows, "arm") != CONTROL).astype(np.intp)
    lot = np.unique(campaign.astype(str), return_inverse=True)[1]
    share = (np.bincount(lot, treated) / np.bincount(lot))[lot]
    every = Trial(
        arms=(CONTROL, TREATED),
        arm=treated,
        chance=np.column_stack([1 - share, share]),
        value=np.zeros(len(treated)),
        linear=np.hstack([matrices.linear, matrices.curves]),
        trees=matrices.trees,
        customer=np.unique(_word(rows, "customer_id").astype(str), return_inverse=True)[1],
    )
    values = {one: _number(rows, one.value)[past] for one in measures}
    return CampaignTrials(every.take(past), values, every.take(~past), _word(rows, "customer_id")[~past].tolist())


def _number(rows: pa.Table, name: str) -> Floats:
    return np.asarray(rows.column(name).cast(pa.float64()).to_numpy())


def _word(rows: pa.Table, name: str) -> np.ndarray:
    return np.array(rows.column(name).to_pylist(), dtype=object)
