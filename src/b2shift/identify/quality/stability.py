"""Population stability index of a column between two loads."""

from typing import Any

from b2shift.identify.binning import stability, tenths, words
from b2shift.lake.api import Session, quote


def stability_index(session: Session, before: str, after: str, column: str) -> float | None:
    """The index of a column of two relations (formula: `stability`); None without values.

    Bins: deciles of `before` for numbers and dates; its twenty most frequent values, the rest and null for texts. By
    convention in credit scoring below 0.1 is stable, above 0.25 a strong shift.
    """
    name = quote(column)
    kind = _kind(session, before, name)
    if not kind:
        return None

    def ask(sql: str) -> list[tuple[Any, ...]]:
        return session.connection.execute(sql).fetchall()

    if kind in ("VARCHAR", "BOOLEAN"):
        bins = words(ask, before, f"CAST({name} AS VARCHAR)")
    else:
        moment = f"epoch(CAST({name} AS TIMESTAMP))" if kind.startswith(("DATE", "TIMESTAMP")) else name
        bins = tenths(ask, before, f"CAST({moment} AS DOUBLE)")
    both = " UNION ALL ".join(
        f"SELECT {bins} AS bin, {columns} FROM {rows} GROUP BY 1"
        for rows, columns in ((before, "count(*) AS older, 0 AS newer"), (after, "0 AS older, count(*) AS newer"))
    )
    counts = ask(f"SELECT sum(older), sum(newer) FROM ({both}) GROUP BY bin ORDER BY bin")
    return stability([(int(older), int(newer)) for older, newer in counts])


def _kind(session: Session, rows: str, name: str) -> str:
    found = session.connection.execute(f"SELECT typeof({name}) FROM {rows} WHERE {name} IS NOT NULL LIMIT 1").fetchall()
    return str(found[0][0]) if found else ""
