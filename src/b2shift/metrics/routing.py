"""Whether the rollups of a run can answer, and from which of their rows."""

from datetime import date, timedelta

from b2shift.kernel.calendar import first_of_month
from b2shift.metrics.buckets import Bucket
from b2shift.metrics.contracts import Filter
from b2shift.metrics.measures import measures

CUBED = ("cluster", "company_size", "nps_band", "region", "risk_band", "segment", "state")
"""Dimensions of which any two can be asked together without reading customers."""
MONTHS_TAKEN = {
    "flow": "f.month BETWEEN date_trunc('month', b.first) AND b.last",
    "stock": "f.month = b.month",
    "day": "f.month = date_trunc('month', b.last)",
    "month": "f.month = date_trunc('month', b.first)",
}


def months_kept(source: str, buckets: list[Bucket], rolled: date | None) -> str | None:
    """Which months of the rollups these buckets take of a source; None when they cannot tell it.

    The rollups hold whole months, the one that runs until `rolled`, the date of the run.
    """
    kind: str | None = measures()["facts"].get(source) if rolled else None
    whole = all(b.first.day == 1 and ((b.last + timedelta(days=1)).day == 1 or b.last == rolled) for b in buckets)
    return MONTHS_TAKEN[kind] if kind and whole and (kind != "month" or _one_month(buckets)) else None


def rows_of(source: str, table: str, buckets: list[Bucket], rolled: date | None) -> str:
    """The rows of a source in the buckets of a table: from the rollups where they hold them."""
    parts = measures()["composed"].get(source, [{"source": source, "num": "f.num", "den": "f.den"}])
    months = [months_kept(part["source"], buckets, rolled) for part in parts]
    if None in months:
        found: str = measures()["sources"][source].format(b=table)
        return found
    return " UNION ALL ".join(
        f"SELECT b.bucket, f.customer_id, sum({part['num']}) AS num, sum({part['den']}) AS den FROM metric_facts f "
        f"JOIN {table} b ON {taken} WHERE f.source = '{part['source']}' GROUP BY 1, 2"
        for part, taken in zip(parts, months, strict=True)
    )


def cubed(
    source: str, buckets: list[Bucket], dimensions: tuple[str, ...], filters: tuple[Filter, ...], rolled: date | None
) -> tuple[str, ...] | None:
    """The dimensions of the cube that answers for the whole base; None when customers must be read.

    Customers are told apart within a month only: flows over several are read from the facts.
    """
    fields = {*dimensions, *(one.field for one in filters)}
    countable = measures()["facts"].get(source) != "flow" or _one_month(buckets)
    plain = all(one.op in {"eq", "neq", "in"} for one in filters)
    if plain and countable and fields <= set(CUBED) and len(fields) < 3 and months_kept(source, buckets, rolled):
        return tuple(sorted(fields))
    return None


def _one_month(buckets: list[Bucket]) -> bool:
    return all(first_of_month(b.last) == first_of_month(b.first) for b in buckets)
