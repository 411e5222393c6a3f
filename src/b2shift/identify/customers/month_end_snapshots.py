"""Month-end snapshots of the customer base, immutable once the month is closed."""

from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path

from b2shift.identify.customers.golden import golden_sql
from b2shift.identify.units.house import run_units
from b2shift.lake.api import Session, literal, load_specs

CODE_VERSION = 1
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_TABLE = "customer_months"


def build_month_end_snapshots(session: Session, as_of: date) -> None:
    """Add the snapshot of the newest month end on or before `as_of` to `customer_months`; existing ones stay.

    A run on the last day of the month itself replaces that snapshot: its data may have been corrected the same day.
    """
    month = month_end(as_of)
    with session.stage(_TABLE, inputs=["customers"], parameters=(CODE_VERSION, as_of)) as stage:
        if not stage.stale:
            return
        earlier = stage.previous.notes if stage.previous else {}
        snapshots = {day: file for day, file in dict(earlier.get("months", {})).items() if _exists(session, file)}  # type: ignore[call-overload]
        if str(month) not in snapshots or as_of == month:
            snapshots[str(month)] = _snapshot(session, month, as_of)
        stage.notes["months"] = snapshots
        key = blake2b(repr(sorted(snapshots.items())).encode(), digest_size=16).hexdigest()
        session.adopt(_SPECS[_TABLE], [session.store.root / file for file in snapshots.values()], key)


def month_end(day: date) -> date:
    """The last day of the newest month that is over at the end of `day`."""
    tomorrow = day + timedelta(days=1)
    return day if tomorrow.day == 1 else day.replace(day=1) - timedelta(days=1)


def _exists(session: Session, file: str) -> bool:
    return (session.store.root / file).is_file()


def _snapshot(session: Session, month: date, as_of: date) -> str:
    rows = "customers" if as_of == month else f"({golden_sql(month, run_units(session), everyone=False)})"
    constants = {"month_end": f"DATE '{month}'", "load": str(session.version)}
    columns = ", ".join(
        f'CAST({constants.get(c.name, c.name)} AS {c.type}) AS "{c.name}"' for c in _SPECS[_TABLE].columns
    )
    target = session.new_file(_TABLE)
    session.connection.execute(
        f"COPY (SELECT {columns} FROM {rows} ORDER BY customer_id) TO {literal(target)} "
        "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    )
    return str(target.relative_to(session.store.root))
