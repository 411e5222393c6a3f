"""What customers bought and when: the lines of their contracts and their orders in one table."""

from pathlib import Path

from b2shift.lake.api import Session, load_specs

CODE_VERSION = 1
TABLE = "purchases"
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_SQL = """
    SELECT customer_id, signed_on AS bought_on, value AS amount, product AS product_family, 'contract' AS origin
    FROM contract_lines WHERE customer_id IS NOT NULL AND signed_on IS NOT NULL
    UNION ALL BY NAME
    SELECT customer_id, ordered_on AS bought_on, amount, product_family, 'order' AS origin
    FROM orders WHERE customer_id IS NOT NULL AND ordered_on IS NOT NULL AND status IS DISTINCT FROM 'CANCELADO'
"""


def build_purchases(session: Session) -> None:
    """Write `purchases`, by customer and day."""
    with session.stage(TABLE, inputs=("contract_lines", "orders"), parameters=CODE_VERSION) as stage:
        if stage.stale:
            session.write(_SPECS[TABLE], _SQL, sort_by=["customer_id", "bought_on"])
