"""The new rows of a load, told from two kept versions: those the delivery brought and the one before had not.

Rows are recognised as `load_history` counts them: when they are equal, else by the key of the source; without a key by
what never moves in a row, then by what it is known by. Rows of months the delivery before had closed are late, not new.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet

from b2shift.identify.sources.declaration import Kind, Reader, Source
from b2shift.identify.sources.declarations import all_sources, target_spec
from b2shift.identify.sources.gone import clean_stage
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import Session, TableFiles, kept_versions, literal, quote, reading
from b2shift.lake.contracts import Manifest

_AS_TYPED = (Kind.CATEGORY, Kind.NAME, Kind.CITY, Kind.TEXT)
_LOSSY = (Kind.DATE, Kind.TIMESTAMP, Kind.DECIMAL)
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
        held = [_held(session, declared, kept, one) for one in loads]
        lost = next((one for one, files in zip(loads, held, strict=True) if files is None), None)
        if lost is not None:
            return NewRows(lost=lost)
        after, before = held[0] or TableFiles(files=()), held[1] if len(held) > 1 else None
        _keep_new(session, declared, before if _has_columns(session, declared, before) else None, after)
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
        notes: Mapping[str, Any] = stage.notes if stage else {}
        note = notes.get("parts", {}).get(target_spec(source).name) if notes.get("load") == load else None
        if note is not None:
            files = TableFiles(files=(note,)) if isinstance(note, str) else TableFiles.model_validate(note)
            if all((session.store.root / file).is_file() for file in files.every_file):
                return files
    return None


def _has_columns(session: Session, source: Source, held: TableFiles | None) -> bool:
    """Whether rows have the columns of today: those of an older declaration cannot be compared, all after are new."""
    names = {column.name for column in target_spec(source).columns}
    return held is not None and all(
        names <= set(parquet.read_schema(session.store.root / file).names) for file in held.files
    )


def _keep_new(session: Session, source: Source, before: TableFiles | None, after: TableFiles) -> None:
    """Make `_came` of the rows of `after` that are new."""
    if before is None:
        session.connection.execute(f"CREATE TEMP TABLE _came AS SELECT * FROM {session.rows(after)}")
        return
    forms = _forms(source)
    for table, rows, others in (("_came", after, before), ("_gone", before, after)):
        session.connection.execute(_without_equals(table, session.rows(rows), session.rows(others), forms.values()))
    for identity in _identities(source, forms):
        _leave_pairs(session, identity)
    session.connection.execute(f"DELETE FROM _came WHERE {_late(session, source, before)}")


def _forms(source: Source) -> dict[str, str]:
    """Column → SQL of what two of its values share when they are the same."""
    forms = {}
    for column in source.columns:
        if column.to:
            name = quote(column.to)
            forms[column.to] = f"lower(strip_accents(trim({name})))" if column.kind in _AS_TYPED else name
        elif column.into:
            forms[column.into] = f"CAST({quote(column.into)} AS VARCHAR)"
    return forms


def _without_equals(table: str, rows: str, others: str, forms: Iterable[str]) -> str:
    """SQL: make a table of the rows that have no equal among others, each of which is the equal of one."""
    content = f"hash({', '.join(forms)})"
    return f"""
        CREATE TEMP TABLE {table} AS SELECT * EXCLUDE (_said, _nth, _times) FROM (
            SELECT *, row_number() OVER (PARTITION BY _said ORDER BY _id) AS _nth
            FROM (SELECT *, {content} AS _said, row_number() OVER () AS _id FROM {rows})
        ) LEFT JOIN (SELECT {content} AS _said, count(*) AS _times FROM {others} GROUP BY 1) USING (_said)
        WHERE _nth > coalesce(_times, 0)
    """


def _identities(source: Source, forms: Mapping[str, str]) -> list[list[str]]:
    """What rows are recognised by, the surest first."""
    if source.key:
        lossy = {column.to for column in source.columns if column.kind in _LOSSY}
        whole = [[forms[name] for name in source.key]]
        # A key whose day was spoilt is known by everything else the row says.
        said = [form for name, form in forms.items() if name not in lossy & {*source.key, *source.evolves}]
        return whole + ([said] if lossy & set(source.key) else [])
    steady = [form for name, form in forms.items() if name not in source.evolves]
    rounds = [steady] if len(steady) < len(forms) else []
    return rounds + ([[forms[name] for name in source.known_by]] if source.known_by else [])


def _leave_pairs(session: Session, identity: list[str]) -> None:
    """Take rows of one identity out of `_came` and `_gone`, as many of either."""
    named = ", ".join(f"k{place}" for place in range(len(identity)))
    told = ", ".join(f"{form} AS k{place}" for place, form in enumerate(identity))

    def numbered(table: str) -> str:
        order = f"row_number() OVER (PARTITION BY {', '.join(identity)} ORDER BY _id) AS nth"
        return f"(SELECT _id, {told}, {order} FROM {table})"

    session.connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE _pairs AS SELECT g._id AS gone, c._id AS came
        FROM {numbered("_gone")} AS g JOIN {numbered("_came")} AS c USING ({named}, nth);
        DELETE FROM _gone WHERE _id IN (SELECT gone FROM _pairs);
        DELETE FROM _came WHERE _id IN (SELECT came FROM _pairs)
    """)


def _late(session: Session, source: Source, before: TableFiles) -> str:
    """SQL: whether a row is of a month that was over when the delivery before was made."""
    if not source.dated_by:
        return "FALSE"
    day = quote(source.dated_by)
    newest = session.connection.execute(f"SELECT date_trunc('month', max({day})) FROM {session.rows(before)}")
    month = newest.fetchall()[0][0]
    return "FALSE" if month is None else f"coalesce({day} < DATE '{month:%Y-%m-%d}', FALSE)"


def _told(session: Session, source: Source, limit: int, offset: int, customer: str) -> NewRows:
    """The rows of `_came` on a page, in an order that stays."""
    key = source.key or source.known_by
    customer_column = source.customer.to if source.customer else None
    names = [name for name in _forms(source) if name not in (*key, customer_column)]
    label = f"concat_ws(' ', {', '.join(map(quote, key))})" if key else "NULL"
    whose = quote(customer_column) if customer_column else "CAST(NULL AS VARCHAR)"
    texts = (
        ", ".join(f"{literal(name)}: CAST({quote(name)} AS VARCHAR)" for name in names) or "'': CAST(NULL AS VARCHAR)"
    )
    found = session.query(
        f"SELECT {label} AS key, {whose} AS customer_id, {{{texts}}} AS said, count(*) OVER () AS total FROM _came "
        f"WHERE $customer = '' OR {whose} = $customer ORDER BY ALL LIMIT $limit OFFSET $offset",
        {"customer": customer, "limit": limit, "offset": offset},
    ).to_pylist()
    rows = tuple(
        NewRow(
            key=row["key"],
            customer_id=row["customer_id"],
            values={name: text for name, text in row["said"].items() if text is not None},
        )
        for row in found
    )
    return NewRows(rows, found[0]["total"] if found else 0)
