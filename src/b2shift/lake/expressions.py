"""Tables as Ibis expressions, which other engines than the embedded one can run."""

from typing import Any

import duckdb


def expressions(connection: duckdb.DuckDBPyConnection) -> Any:
    """Ibis over an open engine; brought in on first use, for it takes longer than most commands."""
    import ibis

    return ibis.duckdb.from_connection(connection)
