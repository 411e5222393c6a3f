"""What answers are computed from, prepared once a run: customers with dimensions, facts by month, and their sums."""

from datetime import date, timedelta
from hashlib import blake2b
from itertools import combinations
from pathlib import Path

from b2shift.kernel.calendar import add_months, first_of_month, last_closed_month
from b2shift.lake.api import Session, literal, load_specs
from b2shift.metrics.buckets import Bucket, bucket
from b2shift.metrics.compiler import member_columns
from b2shift.metrics.measures import measures
from b2shift.metrics.routing import CUBED

CODE_VERSION = 5
INPUTS = ("customers", "recurring_revenue", "tickets", "nps_answers", "usage_monthly", "invoices", "campaign_events",
          "scores", "segments", "opportunities", "orders")  # fmt: skip
_BOUGHT = "SELECT month AS day FROM recurring_revenue UNION ALL SELECT ordered_on FROM orders"
_DATED = {"tickets": "created_on", "nps_answers": "answered_on", "usage_monthly": "month", "invoices": "issued_on"}
_OTHERS = " UNION ALL ".join(f"SELECT min({day}) AS day FROM {table}" for table, day in _DATED.items())
_SUMS = "sum(num)::DECIMAL(28,4) AS num, sum(den)::DECIMAL(28,4) AS den"
_SPECS = load_specs(Path(__file__).parent / "tables.yaml")


def build_rollups(session: Session, as_of: date) -> None:
    """Write `metric_members`, `metric_facts` and `metric_cube`; needs customers, scores and segments."""
    definitions = blake2b(repr(measures()).encode(), digest_size=16).hexdigest()
    with session.stage("rollups", inputs=INPUTS, parameters=(CODE_VERSION, as_of, definitions)) as stage:
        if not stage.stale:
            return
        members = member_columns(set(measures()["columns"]))
        session.write(_SPECS["metric_members"], members, sort_by=["customer_id"])
        session.write(
            _SPECS["metric_facts"], _facts(_months(session, as_of)), sort_by=["source", "month", "customer_id"]
        )
        session.write(_SPECS["metric_cube"], _cube(), sort_by=["split", "source", "month", "one", "two"])


def _months(session: Session, as_of: date) -> list[Bucket]:
    """Every month from the first payment or order to the reference date; without any, from what happened first."""
    bought, others = (
        f"SELECT min(day) AS first FROM ({days}) WHERE day <= DATE '{as_of}'" for days in (_BOUGHT, _OTHERS)
    )
    first = session.query(f"SELECT coalesce(({bought}), ({others})) AS first").to_pylist()[0]["first"]
    month = first_of_month(first or as_of)
    closed, out = last_closed_month(as_of), []
    while month <= as_of:
        last = min(add_months(month, 1) - timedelta(days=1), as_of)
        out.append(bucket(month.isoformat(), month, last, closed))
        month = add_months(month, 1)
    return out


def _facts(months: list[Bucket]) -> str:
    how, days = measures(), {"since": f"DATE '{months[0].first}'", "until": f"DATE '{months[-1].last}'"}
    rows = ", ".join(f"({literal(b.name)}, DATE '{b.first}', DATE '{b.last}', DATE '{b.month}')" for b in months)
    parts = [
        f"SELECT '{source}' AS source, bucket::DATE AS month, customer_id, {_SUMS} "
        f"FROM ({measures()['sources'][source].format(b='months')}) GROUP BY ALL"
        for source in measures()["facts"]
    ]
    return (
        f"WITH paid AS MATERIALIZED ({how['paid'].format(**days)}), "
        f"moved AS MATERIALIZED ({how['moved']}), "
        f"months AS (SELECT * FROM (VALUES {rows}) t(bucket, first, last, month)) {' UNION ALL '.join(parts)}"
    )


def _cube() -> str:
    """The sums of facts by no dimension, each dimension, and each pair, from cells that hold each customer once."""
    names = ", ".join(CUBED)
    splits = [(), *((name,) for name in CUBED), *combinations(CUBED, 2)]
    sets = ", ".join(f"({', '.join(('source', 'month', *split))})" for split in splits)
    places = {
        sum(2 ** (len(CUBED) - 1 - CUBED.index(name)) for name in set(CUBED) - set(split)): split for split in splits
    }
    split, one, two = (
        "CASE grouping({names}) {whens} END".format(
            names=names,
            whens=" ".join(f"WHEN {mask} THEN {name(found)}" for mask, found in places.items() if name(found)),
        )
        for name in (lambda f: literal(",".join(f)), lambda f: f[0] if f else "", lambda f: f[1] if len(f) > 1 else "")
    )
    columns = ", ".join(f"m.{name}::VARCHAR AS {name}" for name in CUBED)
    return (
        f"WITH cells AS (SELECT f.source, f.month, {columns}, sum(f.num) AS num, "
        "sum(f.den) AS den, count(*) AS customers FROM metric_facts f JOIN metric_members m "
        "ON m.customer_id = f.customer_id GROUP BY ALL) "
        f"SELECT source, month, {split} AS split, {one} AS one, {two} AS two, {_SUMS}, "
        f"sum(customers)::BIGINT AS customers FROM cells GROUP BY GROUPING SETS ({sets})"
    )
