"""The tables of a version where another engine holds them: asked as a lake is, so that answers are told alike."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from b2shift.lake.api import Lake
from b2shift.metrics.compiler import Statement
from b2shift.metrics.engines.dialects import Dialect, translated

Run = Callable[[str, Mapping[str, Any]], list[dict[str, Any]]]
"""Runs a statement with its values bound and gives the rows."""


class Elsewhere:
    """A lake's version whose statements run on another engine; what it holds is said by the lake it was copied from."""

    def __init__(self, lake: Lake, dialect: Dialect, run: Run) -> None:
        self._lake, self._dialect, self._run = lake, dialect, run
        self._columns: dict[str, Sequence[str]] = {}
        if lake.has("scores"):
            self._columns["scores"] = lake.query("SELECT * FROM scores LIMIT 0").column_names

    @property
    def manifest(self) -> Any:
        """That of the lake."""
        return self._lake.manifest

    @property
    def version(self) -> int:
        """That of the lake."""
        return self._lake.version

    def has(self, name: str) -> bool:
        """Whether the version holds the table."""
        return self._lake.has(name)

    def past(self) -> list["Elsewhere"]:
        """Only itself: another engine holds one version."""
        return [self]

    def query(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> pa.Table:
        """The rows that the engine tells."""
        bound = dict(parameters) if isinstance(parameters, Mapping) else {}
        statement = translated(Statement(sql, bound), self._dialect, self._columns)
        return pa.Table.from_pylist(self._run(statement.sql, statement.parameters))


def on_postgres(connection: Any) -> Run:
    """Statements on a psycopg connection, in its search path."""

    def run(sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, dict(values))
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return run


def on_spark(session: Any) -> Run:
    """Statements on a Spark session, over its views."""

    def run(sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [row.asDict() for row in session.sql(sql, args=dict(values)).collect()]

    return run
