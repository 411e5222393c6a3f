"""What customers bought and when: the lines of their contracts and their orders in one table."""

from pathlib import Path

from b2shift.lake.api import Session, load_specs

CODE_VERSION = 1
TABLE, ORDERS = "purchases", "orders"
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_SIGNED = """
    SELECT customer_id, signed_on AS bought_on, value AS amount, product AS product_family, 'contract' AS origin
    FROM contract_lines WHERE customer_id IS NOT NULL AND signed_on IS NOT NULL
"""
_ORDERED = f"""
    SELECT customer_id, ordered_on AS bought_on, amount, product_family, 'order' AS origin
    FROM {ORDERS} WHERE customer_id IS NOT NULL AND ordered_on IS NOT NULL AND status IS DISTINCT FROM 'CANCELADO'
"""


def build_purchases(session: Session) -> None:
    """Write `purchases`; a house without orders has its contract lines only."""
    sources = {"contract_lines": _SIGNED} | ({ORDERS: _ORDERED} if session.has(ORDERS) else {})
    text = " UNION ALL BY NAME ".join(sources.values())
    with session.stage(TABLE, inputs=tuple(sources), parameters=(CODE_VERSION, text)) as stage:
        if stage.stale:
            session.write(_SPECS[TABLE], text, sort_by=["customer_id", "bought_on"])
