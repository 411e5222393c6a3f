"""Population stability index: how far the distribution of a column moved from one load to the next."""

from math import log

from b2shift.lake.api import Session, quote

_BINS, _WORDS, _FLOOR = 10, 20, 1e-4


def stability_index(session: Session, before: str, after: str, column: str) -> float | None:
    """PSI = sum over bins of (a - b) * ln(a / b), shares a of `after` and b of `before` (two relations); None without
    values. Numbers and days fall into tenths of `before`, words into its twenty most frequent, the rest and unknown.
    Below 0.1 nothing moved, above 0.25 much did (the usual reading of the index in credit scoring).
    """
    name = quote(column)
    kind = _kind(session, before, name)
    if not kind:
        return None
    bins = _tenths(session, before, name, kind) if kind not in ("VARCHAR", "BOOLEAN") else _words(session, before, name)
    counts = [
        dict(session.connection.execute(f"SELECT {bins} AS bin, count(*) FROM {rows} GROUP BY 1").fetchall())
        for rows in (before, after)
    ]
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


def _tenths(session: Session, before: str, name: str, kind: str) -> str:
    moment = f"epoch(CAST({name} AS TIMESTAMP))" if kind.startswith(("DATE", "TIMESTAMP")) else name
    value = f"CAST({moment} AS DOUBLE)"
    points = ", ".join(str(place / _BINS) for place in range(1, _BINS))
    cuts = session.connection.execute(f"SELECT quantile_disc({value}, [{points}]) FROM {before}").fetchall()[0][0]
    steps = " ".join(f"WHEN {value} <= {cut!r} THEN '{place}'" for place, cut in enumerate(sorted(set(cuts))))
    return f"CASE WHEN {name} IS NULL THEN 'sem valor' {steps} ELSE 'acima' END"


def _words(session: Session, before: str, name: str) -> str:
    rows = session.connection.execute(
        f"SELECT CAST({name} AS VARCHAR) AS word FROM {before} WHERE {name} IS NOT NULL GROUP BY 1 "
        f"ORDER BY count(*) DESC, 1 LIMIT {_WORDS}"
    ).fetchall()
    listed = ", ".join("'" + str(word).replace("'", "''") + "'" for (word,) in rows) or "NULL"
    text = f"CAST({name} AS VARCHAR)"
    return f"CASE WHEN {name} IS NULL THEN 'sem valor' WHEN {text} IN ({listed}) THEN {text} ELSE 'outras' END"
