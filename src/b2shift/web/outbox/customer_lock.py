"""An advisory lock per customer, held until the end of the transaction."""

from django.db import connection

_NAMESPACE = 0x4F5554  # the first of PostgreSQL's two lock numbers


def lock_customer(customer_id: str) -> None:
    """Lock a customer until the transaction ends; SQLite serialises writers anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_NAMESPACE, customer_id])
