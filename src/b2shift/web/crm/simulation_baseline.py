"""The baseline of the simulator: the revenue bridge of the last months and the due contacts of the whole base."""

from b2shift.insight.api import Baseline
from b2shift.kernel.calendar import last_closed_month
from b2shift.lake.api import Lake
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.cache import cached
from b2shift.web.crm.lake import lake
from b2shift.web.crm.reading import sees_whole_base

MONTHS = 12
_FLOWS = """
SELECT count(*) AS months, arg_max(end_mrr, month) AS mrr, sum(start_mrr) AS opening, sum(churned_mrr) AS churned,
sum(contraction_mrr) AS contraction, sum(new_mrr + reactivated_mrr + expansion_mrr) AS gained
FROM revenue_bridge WHERE month <= $closed AND month > $closed - $months * INTERVAL 1 MONTH
"""
_STAKES = """
SELECT any_value(s.churn_90d * c.mrr::DOUBLE) AS loss FROM proposals p
JOIN customers c ON c.customer_id = p.customer_id JOIN scores s ON s.customer_id = c.customer_id
WHERE p.blocked IS NULL AND s.churn_90d IS NOT NULL GROUP BY c.customer_id ORDER BY max(p.priority) DESC, c.customer_id
"""


def baseline_of(user: User) -> Baseline | None:
    """The baseline, for who sees totals of the whole base; None for others and without a history."""
    read = lake()
    if not (may(user, Capability.OVERVIEW) and sees_whole_base(user) and read.has("revenue_bridge")):
        return None
    return cached(("supposing", read.version), lambda: _read(read))


def _read(read: Lake) -> Baseline | None:
    asked: dict[str, object] = {"closed": last_closed_month(read.manifest.as_of), "months": MONTHS}
    row = read.query(_FLOWS, asked).to_pylist()[0]
    if not row["months"]:
        return None
    there = read.has("proposals") and read.has("scores")
    stakes = [one["loss"] or 0.0 for one in read.query(_STAKES).to_pylist()] if there else []
    return Baseline.model_validate(
        {name: float(value) for name, value in row.items()} | {"months": row["months"], "at_stake": tuple(stakes)}
    )
