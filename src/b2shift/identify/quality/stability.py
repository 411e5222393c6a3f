"""Population stability index: how far the distribution of a column moved from one load to the next."""

from typing import Any

from b2shift.identify.binning import stability, tenths, words
from b2shift.lake.api import Session, quote


def stability_index(session: Session, before: str, after: str, column: str) -> float | None:
    """The index of a column of two relations (`stability` says its formula); None without values.

    Numbers and days fall into tenths of `before`, words into its twenty most frequent, the rest and unknown. Below 0.1
    nothing moved, above 0.25 much did (the usual reading of the index in credit scoring).
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
        f"SELECT {bins} AS bin, {told} FROM {rows} GROUP BY 1"
        for rows, told in ((before, "count(*) AS older, 0 AS newer"), (after, "0 AS older, count(*) AS newer"))
    )
    counts = ask(f"SELECT sum(older), sum(newer) FROM ({both}) GROUP BY bin ORDER BY bin")
    return stability([(int(older), int(newer)) for older, newer in counts])


def _kind(session: Session, rows: str, name: str) -> str:
    found = session.connection.execute(f"SELECT typeof({name}) FROM {rows} WHERE {name} IS NOT NULL LIMIT 1").fetchall()
    return str(found[0][0]) if found else ""
