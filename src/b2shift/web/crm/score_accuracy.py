"""What scores said and what happened, among the customers a person looks at, and those customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from b2shift.kernel.errors import StateError
from b2shift.lake.api import Lake
from b2shift.learn.api import score_accuracies, score_accuracies_among
from b2shift.learn.contracts import FAMILIES, Accuracies, AccuracyGrouping
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import sees_whole_base, visible_customers
from b2shift.web.crm.rejects import PAGE_ROWS, Slice, page_slice

NOTHING = Accuracies(labels={}, first_said=None, first_outcomes=None, rows=(), calibration=())
_ROWS = """
SELECT score, customer_id, as_of, predicted, observed FROM score_outcomes WHERE {where}
ORDER BY as_of DESC, predicted DESC, customer_id, score LIMIT $limit OFFSET $offset
"""
_COUNT = "SELECT count(*) AS seen FROM score_outcomes WHERE {where}"


@dataclass(frozen=True)
class Foretold:
    """A customer of whom something was said, and whether it happened; `customer` None where the records have none."""

    customer_id: str
    customer: Customer | None
    score: str
    as_of: date
    predicted: float
    happened: bool


def accuracies_of(user: User) -> Accuracies:
    """Predicted against observed as among the customers the person looks at; AccessError without the capability."""
    require(user, Capability.MODELS)
    read = _checked()
    if read is None:
        return NOTHING
    if sees_whole_base(user):
        return cached(("score accuracies", read.version), lambda: score_accuracies(read))
    rows = visible_customers(user).order_by()
    question = cache_key(rows)
    if question is None:
        return score_accuracies_among(read, ())
    return cached(
        ("score accuracies among", read.version, question),
        lambda: score_accuracies_among(read, list(rows.values_list("customer_id", flat=True))),
    )


def foretold_customers(user: User, score: str, asked: Mapping[str, str], page: int = 1) -> Slice:
    """Of those of whom a score said something the ones the person sees; AccessError without the capabilities.

    `asked`: the dates of the predictions (`de`, `ate`, ISO), what `happened` (1 or 0), a group by its grouping.
    """
    require(user, Capability.MODELS)
    require(user, Capability.CUSTOMERS)
    read = _checked()
    if read is None:
        return page_slice([], 0, page)
    where, given = _asked(score, asked)
    if not sees_whole_base(user):
        where += " AND customer_id IN (SELECT unnest($seen::VARCHAR[]))"
        given["seen"] = list(visible_customers(user).values_list("customer_id", flat=True))
    count = read.query(_COUNT.format(where=where), given).to_pylist()[0]["seen"]
    bounds = {"limit": PAGE_ROWS, "offset": PAGE_ROWS * (page - 1)}
    rows = read.query(_ROWS.format(where=where), {**given, **bounds}).to_pylist()
    return page_slice(_told(user, rows), count, page)


def _asked(score: str, asked: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    parts = ["starts_with(score, $score)" if score == FAMILIES else "score = $score"]
    given: dict[str, object] = {"score": f"{score}_" if score == FAMILIES else score}
    if asked.get("de"):
        parts.append("as_of >= CAST($de AS DATE)")
        given["de"] = asked["de"]
    if asked.get("ate"):
        parts.append("as_of <= CAST($ate AS DATE)")
        given["ate"] = asked["ate"]
    if asked.get("happened"):
        parts.append(f"observed = {int(asked['happened'] == '1')}")
    for grouping in AccuracyGrouping:
        if grouping.value and asked.get(grouping.value):
            parts.append(f"{grouping.value} = ${grouping.value}")
            given[grouping.value] = asked[grouping.value]
    return " AND ".join(parts), given


def _told(user: User, rows: list[dict[str, Any]]) -> list[Foretold]:
    codes = {row["customer_id"] for row in rows}
    known = {one.customer_id: one for one in visible_customers(user).filter(customer_id__in=codes)}
    return [
        Foretold(
            customer_id=row["customer_id"],
            customer=known.get(row["customer_id"]),
            score=row["score"],
            as_of=row["as_of"],
            predicted=row["predicted"],
            happened=row["observed"] == 1,
        )
        for row in rows
    ]


def _checked() -> Lake | None:
    """The lake, where what scores said is kept in it."""
    try:
        read = lake()
    except StateError:
        return None
    return read if read.has("score_accuracy") else None
