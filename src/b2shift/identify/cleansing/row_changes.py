"""What a delivery says that the one before did not: rows that came, late ones, withdrawn ones, values that moved."""

from dataclasses import asdict, dataclass

from b2shift.identify.cleansing.pairing import PAIRED, compared_columns, late_rows, numbered, pair_rows
from b2shift.identify.cleansing.table_parts import drop_temporary, write_part
from b2shift.identify.sources.declaration import Kind, Source
from b2shift.identify.sources.declarations import tables, target_spec
from b2shift.lake.api import Session, TableFiles, literal, quote
from b2shift.lake.contracts import ROW_CONTENT

# Two decimals are left of a number that was typed again; less is no change.
_CENT = 0.0051
_NO_CELLS = """
    CREATE OR REPLACE TEMP TABLE _refused_now (_id BIGINT);
    CREATE OR REPLACE TEMP TABLE _cells
        (gone BIGINT, came BIGINT, kind VARCHAR, name VARCHAR, before VARCHAR, after VARCHAR)
"""
_TEMPORARY = (*PAIRED, "_cells", "_refused_now", "_stale")


@dataclass(frozen=True)
class Moved:
    """Rows of one source against its delivery before; every row is counted once."""

    new: int = 0
    late: int = 0
    changed: int = 0
    corrected: int = 0
    spoilt: int = 0
    recovered: int = 0
    withdrawn: int = 0
    refused: int = 0
    unchanged: int = 0


def first_load(session: Session, after: TableFiles) -> dict[str, int]:
    """The counts of a source that was never loaded before: every row is new."""
    return asdict(Moved(new=session.count(after)))


def compare(
    session: Session, source: Source, before: TableFiles, after: TableFiles, *, kept: int = 0
) -> tuple[dict[str, int], str | None]:
    """Counts of what moved from the rows `before` to those `after`, and a part of `changes` with the cells, if any did.

    Needs `_clean` and `_refused` of the newer delivery: a row that is refused today was not withdrawn. `kept` rows were
    taken over and did not move; where there are any, the rows that went are in `_left`, those that came in `_fresh`.
    """
    connection = session.connection
    columns = compared_columns(source)
    old, new = session.rows(before), session.rows(after)
    try:
        both = _others(session, old) if kept else (numbered(old), numbered(new))
        gone, came = pair_rows(session, source, *both)
        rows = session.count(after) if not kept else kept + _counted(session, "_fresh")
        if not gone and not came:
            return asdict(Moved(unchanged=rows)), None
        connection.execute(_NO_CELLS)
        if gone and came:
            _cells(session, source, columns)
        if gone:
            _refused_now(session, source, columns)
        late = late_rows(session, source, old)
        counts = _counts(session, late, rows)
        return counts, write_part(session, tables()["changes"], _told(session, source, late))
    finally:
        drop_temporary(connection, _TEMPORARY)


def _counted(session: Session, rows: str) -> int:
    return int(session.connection.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0])


def _others(session: Session, old: str) -> tuple[str, str]:
    """The rows of the delivery before that were not taken over, and the newer ones that were looked at, numbered."""
    session.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _stale AS SELECT o.*, row_number() OVER () AS file_row_number FROM {old} AS o "
        f"SEMI JOIN (SELECT {ROW_CONTENT} FROM _left UNION ALL SELECT NULL) AS l "
        f"ON o.{ROW_CONTENT} IS NOT DISTINCT FROM l.{ROW_CONTENT}"
    )
    return "_stale", "(SELECT *, rowid AS file_row_number FROM _fresh)"


def _cells(session: Session, source: Source, columns: dict[str, str]) -> None:
    """`_cells`: each value that is another in the newer row of a pair, with what that means."""
    numbers = {c.to for c in source.columns if c.kind is Kind.DECIMAL}
    cells = []
    for name, form in columns.items():
        old, new = f"g.{quote(name)}", f"c.{quote(name)}"
        other = f"{form.format(v=old)} IS DISTINCT FROM {form.format(v=new)}"
        if name in numbers:
            other += f" AND coalesce(abs({old} - {new}) > {_CENT}, TRUE)"
        kind = f"CASE WHEN {new} IS NULL THEN 'spoilt' WHEN {old} IS NULL THEN 'recovered' ELSE 'corrected' END"
        cells.append(
            f"CASE WHEN {other} THEN {{'kind': {literal('changed') if name in source.evolves else kind}, "
            f"'name': {literal(name)}, 'before': CAST({old} AS VARCHAR), 'after': CAST({new} AS VARCHAR)}} END"
        )
    session.connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE _cells AS
        SELECT gone, came, cell.kind, cell.name, cell.before, cell.after FROM (
            SELECT gone, came, unnest([{", ".join(cells)}]) AS cell
            FROM _pairs JOIN _gone AS g ON g._id = gone JOIN _came AS c ON c._id = came
        ) WHERE cell IS NOT NULL
    """)


def _refused_now(session: Session, source: Source, columns: dict[str, str]) -> None:
    """`_refused_now`: rows that did not come back because their newer self was refused."""
    types = {column.name: column.type for column in target_spec(source).columns}
    customer = source.customer.to if source.customer else None
    named = {c.to: form for c in source.columns if c.to and c.to != customer for form in [columns[c.to]]}
    cast = ", ".join(form.format(v=f"CAST({quote(name)} AS {types[name]})") for name, form in named.items())
    by = [f"hash({cast}) IN (SELECT hash({cast}) FROM _clean SEMI JOIN _refused USING (_file, _row))"]
    if source.key and customer not in source.key:
        keys = ", ".join(map(quote, source.key))
        by.append(f"({keys}) IN (SELECT ({keys}) FROM _clean SEMI JOIN _refused USING (_file, _row))")
    session.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _refused_now AS SELECT _id FROM _gone "
        f"WHERE _id NOT IN (SELECT gone FROM _pairs) AND ({' OR '.join(by)})"
    )


def _counts(session: Session, late: str, rows: int) -> dict[str, int]:
    ranks = ", ".join(f"count(*) FILTER (rank = {rank})" for rank in (3, 4, 2, 1))
    came, tardy, changed, corrected, spoilt, recovered, refused, unpaired = session.connection.execute(f"""
        SELECT * FROM (
            SELECT count(*) FILTER (NOT late), count(*) FILTER (late) FROM (
                SELECT {late} AS late FROM _came ANTI JOIN (SELECT came AS _id FROM _pairs) USING (_id))
        ), (
            SELECT {ranks} FROM (
                SELECT max(CASE kind WHEN 'corrected' THEN 4 WHEN 'changed' THEN 3 WHEN 'spoilt' THEN 2
                           WHEN 'recovered' THEN 1 END) AS rank FROM _cells GROUP BY gone)
        ), (SELECT count(*) FROM _refused_now),
           (SELECT count(*) FROM _gone ANTI JOIN (SELECT gone AS _id FROM _pairs) USING (_id))
    """).fetchall()[0]
    unchanged = rows - came - tardy - changed - corrected - spoilt - recovered
    return asdict(Moved(came, tardy, changed, corrected, spoilt, recovered, unpaired - refused, refused, unchanged))


def _told(session: Session, source: Source, late: str) -> str:
    """Rows of `changes`: cells, late rows and withdrawn rows; new rows are only counted."""
    key = source.key or source.known_by

    def label(row: str) -> str:
        return f"concat_ws(' ', {', '.join(f'{row}.{quote(name)}' for name in key)})" if key else "NULL"

    customer = source.customer.to if source.customer else None
    whose = f"{{row}}.{quote(customer)}" if customer else "NULL"
    head = f"SELECT {session.version} AS load, {literal(source.source)} AS source"
    return f"""
        {head}, cell.kind, {label("c")} AS key, cell.name AS "column", cell.before, cell.after,
               {whose.format(row="c")} AS customer_id
        FROM _cells AS cell JOIN _came AS c ON c._id = cell.came
        UNION ALL BY NAME
        {head}, 'withdrawn' AS kind, {label("g")} AS key, NULL AS "column", NULL AS before, NULL AS after,
               {whose.format(row="g")} AS customer_id
        FROM _gone AS g WHERE _id NOT IN (SELECT gone FROM _pairs) AND _id NOT IN (SELECT _id FROM _refused_now)
        UNION ALL BY NAME
        {head}, 'late' AS kind, {label("c")} AS key, NULL AS "column", NULL AS before, NULL AS after,
               {whose.format(row="c")} AS customer_id
        FROM _came AS c WHERE _id NOT IN (SELECT came FROM _pairs) AND {late}
        ORDER BY kind, key, "column"
    """
