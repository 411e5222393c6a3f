"""Tables as Ibis expressions, portable to other engines."""

from typing import Any

import duckdb


def expressions(connection: duckdb.DuckDBPyConnection) -> Any:
    """Ibis over an open engine; imported on first use, for it is slow to load."""
    import ibis

    return ibis.duckdb.from_connection(connection)
