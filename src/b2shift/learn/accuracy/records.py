"""What scores said, kept month by month, and what became of it: tables of one file a date, never written anew."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pyarrow as pa

from b2shift.differentiate.api import score_ledger
from b2shift.kernel.calendar import first_of_month
from b2shift.lake.api import Lake, Session, kept_versions, literal, load_specs, open_lake
from b2shift.lake.contracts import Manifest

SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
SAID, HAPPENED = "score_predictions", "score_outcomes"
HORIZON_DAYS = 90
"""Days after a date by which all outcomes are over: of every score at most."""
MONTHS, MONTHS_BEFORE = 36, 12
"""Dates kept, the newest; and those taken from versions of before any were kept."""
REREAD_DAYS = 90
"""Days after the end of its horizon for which a date's outcomes are read off anew: rows that come late, corrections."""
CameTrue = Callable[[str, date, Sequence[str], np.ndarray], np.ndarray]
"""Of a score, a date, customers and their horizons: 1 where it happened, 0 where not, NaN where it does not apply."""
Files = dict[str, str]
"""File of each date, as ISO text."""
_TOLD = ["score", "customer_id", "observed"]
_GROUPS = ("market_segment", "revenue_band", "tenure_band")


def keep_said(session: Session, as_of: date, before: Mapping[str, str]) -> Files:
    """The files of predictions with those of this run: one date a month, the newest said; the past is never said anew.

    A run as of a day before the newest date adds nothing: it could know more than was known then. The first run that
    keeps anything begins with what the versions say that the lake retained.
    """
    files = existing(session, before) if before else _said_before(session, as_of)
    newest = max(map(date.fromisoformat, files), default=None)
    if newest is not None and newest > as_of:
        return files
    rows = score_ledger(session, as_of).said()
    if rows.num_rows:
        month = first_of_month(as_of)
        files = {day: file for day, file in files.items() if first_of_month(date.fromisoformat(day)) < month}
        files[str(as_of)] = _written(session, SAID, _grouped(session, rows, as_of))
    return {day: files[day] for day in sorted(files)[-MONTHS:]}


def _said_before(session: Session, as_of: date) -> Files:
    """What the newest version of each retained month said, of the newest months."""
    if session.base is None:
        return {}
    home, newest = session.store.root.parent, dict[date, Manifest]()
    for manifest in kept_versions(home):
        if {"scores", "score_models", "customers"} <= set(manifest.tables) and manifest.as_of < first_of_month(as_of):
            newest[first_of_month(manifest.as_of)] = manifest
    files = Files()
    for month in sorted(newest)[-MONTHS_BEFORE:]:
        day, version = newest[month].as_of, open_lake(home, newest[month].version)
        if rows := score_ledger(session, day).said(version):
            files[str(day)] = _written(session, SAID, _grouped(version, rows, day))
    return files


def _grouped(version: Session | Lake, rows: pa.Table, as_of: date) -> pa.Table:
    """Predictions with what customers were grouped by on that day: outcomes must not move them."""
    known = version.query("SELECT * FROM customers LIMIT 0").column_names
    groups = ", ".join(f"c.{name}" if name in known else f"NULL AS {name}" for name in _GROUPS)
    stage, joined = "NULL AS life_stage", ""
    if version.has("segments"):
        stage, joined = "s.life_stage", "LEFT JOIN segments AS s USING (customer_id)"
    told = version.query(f"SELECT customer_id, {groups}, {stage} FROM customers AS c {joined}")
    found = rows.join(told, keys="customer_id", join_type="left outer")
    found = found.append_column("as_of", pa.array([as_of] * len(found), type=pa.date32()))
    return found.sort_by([("score", "ascending"), ("customer_id", "ascending")])


def read_outcomes(
    session: Session, as_of: date, said: Mapping[str, str], before: Mapping[str, str]
) -> tuple[Files, set[str]]:
    """The files of outcomes of every date whose 90 days are over, and the dates whose outcomes differ from before."""
    ledger = score_ledger(session, as_of)
    files = {day: file for day, file in existing(session, before).items() if day in said}
    anew = set[str]()
    for day in said:
        on = date.fromisoformat(day)
        open_until = on + timedelta(days=HORIZON_DAYS + REREAD_DAYS)
        if ledger.has_settled(on) and (day not in files or as_of <= open_until):
            rows = _happened(session, ledger.came_true, on, said[day])
            if day not in files or not rows.select(_TOLD).equals(_told(session, files[day])):
                files[day] = _written(session, HAPPENED, rows)
                anew.add(day)
    return files, anew


def _told(session: Session, file: str) -> pa.Table:
    columns = ", ".join(_TOLD)
    return session.query(f"SELECT {columns} FROM read_parquet({literal(session.store.root / file)})")


def _happened(session: Session, came_true: CameTrue, on: date, said: str) -> pa.Table:
    """Outcomes of the predictions in a file, without whom they do not apply to."""
    rows = session.query(f"SELECT * FROM read_parquet({literal(session.store.root / said)})")
    scores, customers = (np.array(rows.column(name).to_pylist(), dtype=object) for name in ("score", "customer_id"))
    horizons, observed = rows.column("horizon_days").to_numpy(), np.full(rows.num_rows, np.nan)
    for score in dict.fromkeys(scores.tolist()):
        mine = scores == score
        observed[mine] = came_true(score, on, customers[mine].tolist(), horizons[mine])
    known = np.isfinite(observed)
    return rows.filter(pa.array(known)).append_column("observed", pa.array(observed[known].astype(np.int8)))


def adopt(session: Session, table: str, files: Mapping[str, str]) -> None:
    """Make a table of its files; without any it is empty."""
    if not files:
        columns = ", ".join(f'CAST(NULL AS {c.type}) AS "{c.name}"' for c in SPECS[table].columns)
        session.write(SPECS[table], f"SELECT {columns} WHERE FALSE", content_key="empty")
        return
    key = blake2b(repr(sorted(files.items())).encode(), digest_size=16).hexdigest()
    session.adopt(SPECS[table], [session.store.root / files[day] for day in sorted(files)], key)


def existing(session: Session, files: Mapping[str, str]) -> Files:
    """Those of the files that are there."""
    return {day: file for day, file in files.items() if (session.store.root / file).is_file()}


def _written(session: Session, table: str, rows: pa.Table) -> str:
    """A new file of a table, its columns as declared."""
    columns = ", ".join(f'CAST("{c.name}" AS {c.type}) AS "{c.name}"' for c in SPECS[table].columns)
    target = session.new_file(table)
    session.connection.register("_rows", rows)
    try:
        session.connection.execute(
            f"COPY (SELECT {columns} FROM _rows) TO {literal(target)} "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
    finally:
        session.connection.unregister("_rows")
    return str(target.relative_to(session.store.root))
