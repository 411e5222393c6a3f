"""The new rows of a load, told from two kept versions: those the delivery brought and the one before had not.

Rows are recognised as `load_history` counts them; those of months the delivery before had closed are late, not new.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from b2shift.identify.cleansing.pairing import compared_columns, late_rows, numbered, pair_rows
from b2shift.identify.cleansing.table_parts import has_columns, kept_part
from b2shift.identify.sources.declaration import Reader, Repeats, Source
from b2shift.identify.sources.declarations import all_sources, target_spec
from b2shift.identify.sources.removed_sources import clean_stage
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import Session, TableFiles, kept_versions, literal, quote, reading
from b2shift.lake.contracts import ROW_CONTENT, Manifest

_LOADS = "SELECT DISTINCT load FROM load_history WHERE source = ? AND load <= ? ORDER BY load DESC LIMIT 2"


@dataclass(frozen=True)
class NewRow:
    """A row nobody delivered before: its key, whose it is, and what else it says, by its declared columns, as text."""

    key: str | None
    customer_id: str | None
    values: Mapping[str, str]


@dataclass(frozen=True)
class NewRows:
    """Some of the new rows of a load, and how many there are; without them, why they cannot be told."""

    rows: tuple[NewRow, ...] = ()
    total: int = 0
    events: bool = False
    """the source is telemetry, of which events are only counted"""
    lost: int | None = None
    """the load, this one or the one before, of which no version is kept"""


def new_rows(
    home: Path, source: str, load: int, *, limit: int, offset: int = 0, customer: str = "", memory_limit_mb: int = 1024
) -> NewRows:
    """The new rows of a source in a load, by key; of one customer when told.

    Raises UnknownNameError for a source nobody declares or a load that brought nothing of it.
    """
    declared = _declared(home, source)
    if declared.reader is Reader.TELEMETRY:
        return NewRows(events=True)
    kept = kept_versions(home)
    with reading(home, memory_limit_mb=memory_limit_mb) as session:
        loads = _loads(session, declared, load)
        parts = [_held(session, declared, kept, one) for one in loads]
        lost = next((one for one, files in zip(loads, parts, strict=True) if files is None), None)
        if lost is not None:
            return NewRows(lost=lost)
        after, before = parts[0] or TableFiles(files=()), parts[1] if len(parts) > 1 else None
        # Rows of an older declaration cannot be compared: all that came after are new.
        comparable = before is not None and has_columns(session, before, target_spec(declared).columns)
        _keep_new(session, declared, before if comparable else None, after)
        return _told(session, declared, limit, offset, customer)


def _declared(home: Path, name: str) -> Source:
    known = {source.source: source for source in all_sources(home)}
    if name not in known:
        raise UnknownNameError("fonte", name, known)
    return known[name]


def _loads(session: Session, source: Source, load: int) -> list[int]:
    """The load and the one that brought the source before it, where there is one."""
    found = [row["load"] for row in session.query(_LOADS, [source.source, load]).to_pylist()]
    if load not in found:
        raise UnknownNameError("carga", str(load), [str(one) for one in found])
    return found


def _held(session: Session, source: Source, kept: Iterable[Manifest], load: int) -> TableFiles | None:
    """The rows a load gave to the source's table, while a kept version holds them."""
    for manifest in kept:
        stage = manifest.stages.get(clean_stage(source))
        if stage is not None and stage.notes.get("load") == load:
            files = kept_part(session, stage.notes, target_spec(source).name)
            if files is not None:
                return files
    return None


def _keep_new(session: Session, source: Source, before: TableFiles | None, after: TableFiles) -> None:
    """Make `_new` of the rows of `after` that are new."""
    rows = session.rows(after)
    if before is not None:
        late = late_rows(session, source, session.rows(before))
        pair_rows(session, source, *_unlike(session, source, before, after))
        rows = f"_came WHERE _id NOT IN (SELECT came FROM _pairs) AND NOT {late}"
    session.connection.execute(f"CREATE TEMP VIEW _new AS SELECT * FROM {rows}")


def _unlike(session: Session, source: Source, before: TableFiles, after: TableFiles) -> tuple[str, str]:
    """The rows of either side that are to be paired, numbered: those that did not stay in their file and, where no two
    rows have one key, whose key the other side has not: rows of one key are one row."""
    old, new = _moved_rows(session, before, after)
    own_keys = bool(source.key) and source.repeats is not Repeats.KEEP
    if not own_keys and not set(before.files) & set(after.files):
        return numbered(old), numbered(new)
    same = " AND ".join(f"o.{quote(name)} = n.{quote(name)}" for name in source.key)
    of_old, of_new = (
        f" WHERE NOT EXISTS (FROM {others} WHERE {same})" if own_keys else ""
        for others in (f"{new} AS n", f"{old} AS o")
    )
    session.connection.execute(
        f"CREATE TEMP TABLE _old AS SELECT * FROM {old} AS o{of_old}; "
        f"CREATE TEMP TABLE _young AS SELECT * FROM {new} AS n{of_new}"
    )
    number = "(SELECT *, rowid AS file_row_number FROM {})"
    return number.format("_old"), number.format("_young")


def _moved_rows(session: Session, before: TableFiles, after: TableFiles) -> tuple[str, str]:
    """SQL of the rows of either side but those that stayed in their file."""
    stayed = {f for f in before.files if f in after.files and (f in after.without or f not in before.without)}
    old, new = [f"(SELECT * FROM {session.rows(before)} LIMIT 0)"], [f"(SELECT * FROM {session.rows(after)} LIMIT 0)"]
    for file in before.files:
        rows, listed = session.rows(before.only(file)), after.without.get(file)
        if file not in stayed:
            old.append(rows)
        elif listed is not None and listed != before.without.get(file):
            gone = f"SELECT {ROW_CONTENT} FROM {session.rows(TableFiles(files=(listed,)))}"
            old.append(f"(SELECT * FROM {rows} WHERE {ROW_CONTENT} IS NULL OR {ROW_CONTENT} IN ({gone}))")
    new += [session.rows(after.only(file)) for file in after.files if file not in stayed]
    every_old, every_new = (" UNION ALL BY NAME ".join(f"SELECT * FROM {rows}" for rows in side) for side in (old, new))
    return f"({every_old})", f"({every_new})"


def _told(session: Session, source: Source, limit: int, offset: int, customer: str) -> NewRows:
    """The rows of `_new` on a page, in an order that stays."""
    key = source.key or source.known_by
    customer_column = source.customer.to if source.customer else None
    names = [name for name in compared_columns(source) if name not in (*key, customer_column)]
    label = f"concat_ws(' ', {', '.join(map(quote, key))})" if key else "NULL"
    whose = quote(customer_column) if customer_column else "CAST(NULL AS VARCHAR)"
    texts = (
        ", ".join(f"{literal(name)}: CAST({quote(name)} AS VARCHAR)" for name in names) or "'': CAST(NULL AS VARCHAR)"
    )
    own = f"_new WHERE $customer = '' OR {whose} = $customer"
    asked: dict[str, object] = {"customer": customer}
    total = int(session.query(f"SELECT count(*) AS n FROM {own}", asked)["n"][0].as_py())
    order = ", ".join([*map(quote, key), whose, *map(quote, names)])
    page = f"SELECT * FROM {own} ORDER BY {order} LIMIT $limit OFFSET $offset"
    found = session.query(
        f"SELECT {label} AS key, {whose} AS customer_id, {{{texts}}} AS said FROM ({page}) ORDER BY {order}",
        asked | {"limit": limit, "offset": offset},
    ).to_pylist()
    rows = tuple(
        NewRow(
            key=row["key"],
            customer_id=row["customer_id"],
            values={name: text for name, text in row["said"].items() if text is not None},
        )
        for row in found
    )
    return NewRows(rows, total)
