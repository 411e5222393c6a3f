"""What became of what scores said: the labels that scores learn from, read off for customers of a past date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa

from b2shift.differentiate.scores.churn import SCORE as CHURN
from b2shift.differentiate.scores.detractor import SCORE as DETRACTOR
from b2shift.differentiate.scores.dossier import model_name
from b2shift.differentiate.scores.frame import Floats, Frame, Words
from b2shift.differentiate.scores.hazard import follow_up
from b2shift.differentiate.scores.outcomes import (
    HORIZON_DAYS,
    answers,
    campaign_purchases,
    ended_between,
    ends,
    purchase_days,
    purchases,
    revenue_span,
)
from b2shift.differentiate.scores.propensity import Bought, indicator_matrix
from b2shift.differentiate.scores.registry import TABLE as MODELS
from b2shift.differentiate.scores.stored_models.contract_models import RENEWAL, RENEWAL_DAYS
from b2shift.differentiate.scores.stored_models.family_model import PROPENSITY
from b2shift.differentiate.scores.stored_models.purchase_models import PURCHASE
from b2shift.kernel.calendar import first_of_month
from b2shift.lake.api import Lake, Session, quote

_SCORES = (CHURN, DETRACTOR, RENEWAL, PURCHASE)
_FIELDS: Mapping[str, pa.DataType] = {
    "score": pa.string(),
    "model_version": pa.string(),
    "customer_id": pa.string(),
    "predicted": pa.float64(),
    "horizon_days": pa.int32(),
}


@dataclass(frozen=True)
class Ledger:
    """What scores say on a day, and what is known of outcomes: of each, up to `until`, as for the labels of scores."""

    session: Session
    as_of: date
    _sold_after: dict[date, Bought] = field(default_factory=dict, repr=False)

    def said(self, kept: Lake | None = None) -> pa.Table:
        """Every probability with a horizon in `scores`: score, model_version, customer_id, predicted, horizon_days.

        Of renewals that are due within 90 days the chance to leave by then; later ones have no outcome in time. `kept`:
        what another version said, rather than this run.
        """
        query = self.session.query if kept is None else kept.query
        columns = query("SELECT * FROM scores LIMIT 0").column_names
        scores = [name for name in columns if name in _SCORES or name.startswith(f"{PROPENSITY}_")]
        used = query(f"SELECT score, version FROM {MODELS} WHERE in_use").to_pylist()
        versions = {row["score"]: row["version"] for row in used}
        parts, schema = [], pa.schema(_FIELDS)
        for score in scores:
            predicted, horizon, due = quote(score), str(HORIZON_DAYS), "true"
            if score == RENEWAL:
                predicted, horizon = f"1 - {quote(score)}", f"CAST({RENEWAL_DAYS} AS INTEGER)"
                due = f"{RENEWAL_DAYS} BETWEEN 1 AND {HORIZON_DAYS}"
            rows = query(
                f"SELECT $score AS score, $version AS model_version, customer_id, {predicted} AS predicted, "
                f"{horizon} AS horizon_days FROM scores WHERE {quote(score)} IS NOT NULL AND {due} ORDER BY 3",
                {"score": score, "version": versions.get(model_name(score), "")},
            )
            parts.append(rows.cast(schema))
        return pa.concat_tables(parts) if parts else schema.empty_table()

    @cached_property
    def span(self) -> tuple[date, date] | None:
        """First and newest complete month of recurring revenue."""
        return revenue_span(self.session, self.as_of)

    @property
    def until(self) -> date | None:
        """The last day whose revenue ends are all known; None without recurring revenue."""
        return self.span[1] - timedelta(days=1) if self.span else None

    def has_settled(self, day: date) -> bool:
        """Whether all outcomes of a date are known: its 90 days are over, and revenue reaches back to it."""
        if self.span is None or self.until is None:
            return False
        return self.span[0] <= first_of_month(day) and day + timedelta(days=HORIZON_DAYS) <= self.until

    @cached_property
    def _ended(self) -> dict[str, date]:
        return ends(self.session, self.as_of, self.span[1]) if self.span else {}

    @cached_property
    def _bought(self) -> dict[str, list[date]]:
        return purchase_days(self.session, self.until or self.as_of)

    def _sold(self, day: date, end: date) -> Bought:
        if day not in self._sold_after:
            self._sold_after[day] = purchases(self.session, day, end) | campaign_purchases(self.session, day, end)
        return self._sold_after[day]

    def came_true(self, score: str, day: date, customers: Sequence[str], horizons: Floats) -> Floats:
        """1 where what a score said of customers on a day happened, 0 where not, NaN where it does not apply.

        It does not for who had ended before, by what is known now; nor, for detractors, for who gave no answer.
        """
        ids: Words = np.array(customers, dtype=object)
        end = day + timedelta(days=HORIZON_DAYS)
        if score == DETRACTOR:
            told = answers(self.session, day, end)
            return np.array([told.get(customer, np.nan) for customer in ids], dtype=float)
        frame = Frame(day, ids, {}, {})
        if score == CHURN:
            happened = ended_between(ids, self._ended, day, end)
        elif score == RENEWAL:
            happened = follow_up(frame, {one: [on] for one, on in self._ended.items()}).days <= horizons
        elif score == PURCHASE:
            happened = follow_up(frame, self._bought).days <= HORIZON_DAYS
        else:
            family = score.removeprefix(f"{PROPENSITY}_")
            happened = indicator_matrix(frame, self._sold(day, end), [family])[:, 0]
        gone = np.array([one in self._ended and self._ended[one] <= day for one in ids], dtype=bool)
        return np.where(gone, np.nan, np.asarray(happened, dtype=float))
