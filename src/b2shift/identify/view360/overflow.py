"""Overflow of `customer_360`: the rows of a customer's lists beyond their limits, read only for the full history.

The page of a customer with thousands of events stays small: it reads the newest rows of each list.
"""

from collections import defaultdict

from b2shift.identify.contracts import Customer360
from b2shift.identify.view360.lists import LISTS, NestedList
from b2shift.lake.api import Lake, Session
from b2shift.lake.contracts import TableSpec

TABLE = "customer_360_older"
ROW_GROUP = 2_048


def write(session: Session, spec: TableSpec, parameters: dict[str, str]) -> None:
    """Write the rows that the limits of the lists leave out of the staged `customer_360`."""
    parts = [_overflow_sql(part, parameters) for part in LISTS if part.limit is not None]
    key = session.info("customer_360").fingerprint
    session.write_parts(spec, parts, sort_by=["customer_id", "place"], row_group_size=ROW_GROUP, content_key=key)


def with_overflow(lake: Lake, view: Customer360) -> Customer360:
    """The customer's 360 with every row of every list."""
    if not lake.has(TABLE):
        return view
    rows = lake.query(
        f"SELECT list, body FROM {TABLE} WHERE customer_id = ? ORDER BY list, place", [view.customer_id]
    ).to_pylist()
    if not rows:
        return view
    bodies: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        bodies[row["list"]].append(row["body"])
    lists = ", ".join(f'"{name}": [{",".join(each)}]' for name, each in bodies.items())
    empty = ", ".join(f'"{part.name}": []' for part in LISTS if part.name not in bodies)
    overflow = Customer360.model_validate_json(f'{{"customer_id": "x", {lists}, {empty}}}')
    return view.model_copy(update={name: getattr(view, name) + getattr(overflow, name) for name in bodies})


def _overflow_sql(part: NestedList, parameters: dict[str, str]) -> str:
    # Few customers exceed a limit: only their rows are sorted.
    return f"""
        WITH rows AS NOT MATERIALIZED ({part.of(parameters)}),
        crowded AS (SELECT customer_id FROM rows GROUP BY customer_id HAVING count(*) > {part.limit})
        SELECT customer_id, '{part.name}' AS list, place, CAST(to_json({part.item}) AS VARCHAR) AS body FROM (
            SELECT rows.*, row_number() OVER (PARTITION BY customer_id ORDER BY {part.order}) AS place
            FROM rows SEMI JOIN crowded USING (customer_id) SEMI JOIN customers USING (customer_id)
        ) WHERE place > {part.limit}"""
