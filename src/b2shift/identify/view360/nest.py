"""Rows folded into lists: numbered and cut by the engine, laid side by side by Arrow.

Joining fourteen columns of lists in the engine copies every row of every list again at each join: with 70,000 customers
that alone costs more than all the rest, and more memory than a run has.
"""

from typing import Any

import numpy as np
import pyarrow as pa

from b2shift.identify.view360.lists import NestedList
from b2shift.lake.api import Session

SPOTS = "customer_spots"


def number_customers(session: Session) -> Any:
    """Give each customer its place in key order, in a temporary table; the keys in that order, an Arrow array."""
    session.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {SPOTS} AS SELECT customer_id, "
        "CAST(row_number() OVER (ORDER BY customer_id) - 1 AS INTEGER) AS spot FROM customers"
    )
    return session.query(f"SELECT customer_id FROM {SPOTS} ORDER BY spot").column(0).combine_chunks()


def forget_numbers(session: Session) -> None:
    """Drop the temporary table."""
    session.connection.execute(f"DROP TABLE IF EXISTS {SPOTS}")


def nested(session: Session, part: NestedList, item_type: str, words: dict[str, str], customers: int) -> Any:
    """An Arrow array: one list a customer, in key order, empty where there are no rows; items of type `item_type`."""
    rows = session.query(_numbered(part, item_type, words))
    spots, places = rows.column("spot").to_numpy(), rows.column("place").to_numpy()
    items = rows.column("item").combine_chunks().take(np.lexsort((places, spots)))
    ends = np.zeros(customers + 1, np.int32)
    np.cumsum(np.bincount(spots, minlength=customers), out=ends[1:])
    offsets: Any = pa.array(ends)
    return pa.ListArray.from_arrays(offsets, items)


def _numbered(part: NestedList, item_type: str, words: dict[str, str]) -> str:
    first = "" if part.limit is None else f"WHERE place <= {part.limit}"
    return f"""
        SELECT spot, CAST(place AS INTEGER) AS place, CAST({part.item} AS {item_type}) AS item
        FROM (SELECT rows.*, spot, row_number() OVER (PARTITION BY spot ORDER BY {part.order}) AS place
              FROM ({part.of(words)}) AS rows JOIN {SPOTS} USING (customer_id)) {first}"""
