"""One writer at a time for one customer, so that nobody acts on what another is about to change."""

from django.db import connection

_SPACE = 0x4F5554  # the first of PostgreSQL's two lock numbers


def of_customer(customer_id: str) -> None:
    """Wait for this customer's turn until the transaction ends; SQLite's writers take turns anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_SPACE, customer_id])
