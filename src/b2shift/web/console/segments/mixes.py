"""How the members of segments divide over something: life stage, RFM class, risk band."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.db.models import Avg, Count, F, Max, QuerySet, Sum

from b2shift.kernel.wilson import Z95
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.models import Customer

LIFE_STAGES = ("Novos", "Em Expansão", "Fiéis", "Estratégicos")
RISK_BANDS = ("alto", "médio", "baixo")
EVERYBODY = ""


@dataclass(frozen=True)
class Share:
    """Members of a segment in one class."""

    label: str
    count: int
    share: float


@dataclass(frozen=True)
class Mix:
    """One segment's classes in order; those without a class are under an empty label."""

    segment_id: str
    shares: list[Share]
    total: int


def mixes(seen: QuerySet[Customer], codes: Sequence[str], field: str, order: Sequence[str] = ()) -> dict[str, Mix]:
    """How the members of each segment (`EVERYBODY`: all these customers) divide over a column.

    Classes come in the same order in all of them: as asked, then the largest first, then those without one.
    """
    question = cache_key(seen)
    everything = {} if question is None else cached(("mix", field, question), lambda: _counts(seen, field))
    counted = {code: everything.get(code, Counter()) for code in codes}
    sizes = sum(counted.values(), Counter[str]())
    labels = [label for label in order if label in sizes]
    labels += sorted((label for label in sizes if label not in order), key=lambda one: (one == "", -sizes[one], one))
    return {code: _mix(code, labels, counts) for code, counts in counted.items()}


def _counts(seen: QuerySet[Customer], field: str) -> dict[str, Counter[str]]:
    """Members of every segment, and of all together, by class."""
    counted: dict[str, Counter[str]] = {EVERYBODY: Counter()}
    for code, label, count in seen.order_by().values_list("segment_id", field).annotate(count=Count("pk")):
        for group in {code or EVERYBODY, EVERYBODY}:
            counted.setdefault(group, Counter())[label or ""] += count
    return counted


def _mix(code: str, labels: Sequence[str], counts: Counter[str]) -> Mix:
    total = counts.total()
    return Mix(code, [Share(label, counts[label], counts[label] / (total or 1)) for label in labels], total)


@dataclass(frozen=True)
class Measures:
    """Money, risk and health of a segment's customers; the risk's interval is that of a mean (95 %)."""

    customers: int
    mrr: float
    mrr_mean: float | None
    mrr_most: float | None
    churn: float | None
    churn_low: float | None
    churn_high: float | None
    health: float | None
    overdue: float
    due_contacts: int


NOBODY = Measures(0, 0.0, None, None, None, None, None, None, 0.0, 0)


def measures(seen: QuerySet[Customer]) -> Mapping[str, Measures]:
    """The measures of each segment that has some of these customers; the others have `NOBODY`'s."""
    question = cache_key(seen)
    return {} if question is None else cached(("measures", question), lambda: _measured(seen))


def _measured(seen: QuerySet[Customer]) -> dict[str, Measures]:
    rows = (
        seen.exclude(segment=None)
        .order_by()
        .values("segment_id")
        .annotate(
            customers=Count("pk"),
            money=Sum("mrr"),
            money_mean=Avg("mrr"),
            money_most=Max("mrr"),
            risk=Avg("churn_90d"),
            risk_squared=Avg(F("churn_90d") * F("churn_90d")),
            scored=Count("churn_90d"),
            wellness=Avg("health"),
            late=Sum("overdue_amount"),
            due=Sum("due_contacts"),
        )
    )
    return {row["segment_id"]: _of(row) for row in rows}


def _of(row: Mapping[str, Any]) -> Measures:
    risk, reach = row["risk"], _reach(row["risk"], row["risk_squared"], row["scored"])
    return Measures(
        customers=row["customers"],
        mrr=float(row["money"] or 0),
        mrr_mean=None if row["money_mean"] is None else float(row["money_mean"]),
        mrr_most=None if row["money_most"] is None else float(row["money_most"]),
        churn=risk,
        churn_low=None if risk is None else max(0.0, risk - reach),
        churn_high=None if risk is None else min(1.0, risk + reach),
        health=row["wellness"],
        overdue=float(row["late"] or 0),
        due_contacts=row["due"] or 0,
    )


def _reach(mean: float | None, squared: float | None, count: int) -> float:
    """Half the 95 % interval of a mean, from that of the squares (SQLite's deviation cannot skip unknown values)."""
    if mean is None or squared is None or count < 2:
        return 0.0
    variance = max(0.0, squared - mean * mean) * count / (count - 1)
    return Z95 * sqrt(variance / count)
