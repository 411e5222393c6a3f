"""Nest rows into list columns: ranked and limited in SQL, assembled as Arrow list arrays.

Joining fourteen list columns in DuckDB copies every list at each join: at 70,000 customers that exceeds the memory of a
run.
"""

from typing import Any

import numpy as np
import pyarrow as pa

from b2shift.identify.view360.lists import NestedList
from b2shift.lake.api import Session

POSITIONS = "customer_positions"


def create_positions(session: Session) -> Any:
    """Write the position of each customer in key order to a temporary table; returns the keys, an Arrow array."""
    session.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {POSITIONS} AS SELECT customer_id, "
        "CAST(row_number() OVER (ORDER BY customer_id) - 1 AS INTEGER) AS position FROM customers"
    )
    return session.query(f"SELECT customer_id FROM {POSITIONS} ORDER BY position").column(0).combine_chunks()


def drop_positions(session: Session) -> None:
    """Drop the temporary table."""
    session.connection.execute(f"DROP TABLE IF EXISTS {POSITIONS}")


def nested_list(session: Session, spec: NestedList, item_type: str, parameters: dict[str, str], customers: int) -> Any:
    """An Arrow list array: one list of `item_type` per customer, in key order, empty where there are no rows."""
    rows = session.query(_ranked(spec, item_type, parameters))
    positions, ranks = rows.column("position").to_numpy(), rows.column("rank").to_numpy()
    items = rows.column("item").combine_chunks().take(np.lexsort((ranks, positions)))
    ends = np.zeros(customers + 1, np.int32)
    np.cumsum(np.bincount(positions, minlength=customers), out=ends[1:])
    offsets: Any = pa.array(ends)
    return pa.ListArray.from_arrays(offsets, items)


def _ranked(spec: NestedList, item_type: str, parameters: dict[str, str]) -> str:
    limited = "" if spec.limit is None else f"WHERE rank <= {spec.limit}"
    return f"""
        SELECT position, CAST(rank AS INTEGER) AS rank, CAST({spec.item} AS {item_type}) AS item
        FROM (SELECT rows.*, position, row_number() OVER (PARTITION BY position ORDER BY {spec.order}) AS rank
              FROM ({spec.of(parameters)}) AS rows JOIN {POSITIONS} USING (customer_id)) {limited}"""
