"""Population stability index: how far the distribution of a column moved from one load to the next."""

from math import log
from typing import Any

from b2shift.identify.binning import tenths, words
from b2shift.lake.api import Session, quote

_FLOOR = 1e-4


def stability_index(session: Session, before: str, after: str, column: str) -> float | None:
    """PSI = sum over bins of (a - b) * ln(a / b), shares a of `after` and b of `before` (two relations); None without
    values. Numbers and days fall into tenths of `before`, words into its twenty most frequent, the rest and unknown.
    Below 0.1 nothing moved, above 0.25 much did (the usual reading of the index in credit scoring).
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
    counts = [dict(ask(f"SELECT {bins} AS bin, count(*) FROM {rows} GROUP BY 1")) for rows in (before, after)]
    totals = [sum(each.values()) for each in counts]
    if not all(totals):
        return None
    shares = [{bin_: n / total for bin_, n in each.items()} for each, total in zip(counts, totals, strict=True)]
    index = 0.0
    for bin_ in shares[0].keys() | shares[1].keys():
        b, a = (max(share.get(bin_, 0.0), _FLOOR) for share in shares)
        index += (a - b) * log(a / b)
    return index


def _kind(session: Session, rows: str, name: str) -> str:
    found = session.connection.execute(f"SELECT typeof({name}) FROM {rows} WHERE {name} IS NOT NULL LIMIT 1").fetchall()
    return str(found[0][0]) if found else ""
