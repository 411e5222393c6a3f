"""What a delivery says that the one before did not: rows that came, late ones, withdrawn ones, values that moved."""

from dataclasses import asdict, dataclass

from b2shift.identify.cleansing.parts import drop_temporary, write_part
from b2shift.identify.sources.declaration import Kind, Source
from b2shift.identify.sources.declarations import tables, target_spec
from b2shift.lake.api import Session, TableFiles, literal, quote
from b2shift.lake.contracts import ROW_CONTENT

# Two decimals are left of a number that was typed again; less is no change.
_CENT = 0.0051
_ANY = ("TRUE", "TRUE")
_NOTHING_PAIRED = """
    CREATE OR REPLACE TEMP TABLE _pairs (gone BIGINT, came BIGINT);
    CREATE OR REPLACE TEMP TABLE _refused_now (_id BIGINT);
    CREATE OR REPLACE TEMP TABLE _cells
        (gone BIGINT, came BIGINT, kind VARCHAR, name VARCHAR, before VARCHAR, after VARCHAR)
"""
_TEMPORARY = ("_gone", "_came", "_pairs", "_cells", "_left_over", "_refused_now", "_stale")


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
    Rows are paired when equal, then by key; in sources without a key by what never moves in a row, then by `known_by`.
    """
    connection = session.connection
    columns = _columns(source)
    old, new = session.rows(before), session.rows(after)
    try:
        both = _others(session, old) if kept else (_numbered(old), _numbered(new))
        gone, came = _left_over(session, columns, *both)
        rows = session.count(after) if not kept else kept + _counted(session, "_fresh")
        if not gone and not came:
            return asdict(Moved(unchanged=rows)), None
        connection.execute(_NOTHING_PAIRED)
        if gone and came:
            for identity, sides in _rounds(source, columns):
                _pair(session, columns, identity, sides)
            _cells(session, source, columns)
        if gone:
            _refused_now(session, source, columns)
        late = _late(session, source, old)
        counts = _counts(session, late, rows)
        return counts, write_part(session, tables()["changes"], _told(session, source, late))
    finally:
        drop_temporary(connection, _TEMPORARY)


def _counted(session: Session, rows: str) -> int:
    return int(session.connection.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0])


def _numbered(rows: str) -> str:
    return f"(SELECT *, row_number() OVER () AS file_row_number FROM {rows})"


def _others(session: Session, old: str) -> tuple[str, str]:
    """The rows of the delivery before that were not taken over, and the newer ones that were looked at, numbered."""
    session.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _stale AS SELECT o.*, row_number() OVER () AS file_row_number FROM {old} AS o "
        f"SEMI JOIN (SELECT {ROW_CONTENT} FROM _left UNION ALL SELECT NULL) AS l "
        f"ON o.{ROW_CONTENT} IS NOT DISTINCT FROM l.{ROW_CONTENT}"
    )
    return "_stale", "(SELECT *, rowid AS file_row_number FROM _fresh)"


def _columns(source: Source) -> dict[str, str]:
    """Column of the target → SQL by which two of its values are the same, with `{v}` for the value."""
    found = {}
    for column in source.columns:
        if column.to and column.kind in (Kind.CATEGORY, Kind.NAME, Kind.CITY, Kind.TEXT):
            found[column.to] = "lower(strip_accents(trim({v})))"
        elif column.to:
            found[column.to] = "{v}"
        elif column.into:
            found[column.into] = "CAST({v} AS VARCHAR)"
    return found


def _same(columns: dict[str, str], row: str = "") -> str:
    return ", ".join(form.format(v=f"{row}{quote(name)}") for name, form in columns.items())


def _left_over(session: Session, columns: dict[str, str], old: str, new: str) -> tuple[int, int]:
    """Make `_gone` and `_came`, the rows of either delivery that have no equal in the other; how many of each."""
    content = f"hash({_same(columns)}) AS content, file_row_number AS _id"
    session.connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE _left_over AS
        WITH said AS (SELECT {content}, TRUE AS gone FROM {old} UNION ALL SELECT {content}, FALSE AS gone FROM {new}),
        uneven AS (
            SELECT content, count(*) FILTER (gone) AS before, count(*) FILTER (NOT gone) AS after FROM said
            GROUP BY content HAVING before <> after)
        SELECT _id, gone FROM (
            SELECT _id, gone, before, after, row_number() OVER (PARTITION BY content, gone ORDER BY _id) AS nth
            FROM said JOIN uneven USING (content)
        ) WHERE nth > CASE WHEN gone THEN after ELSE before END
    """)
    counts = []
    for table, rows, which in (("_gone", old, "gone"), ("_came", new, "NOT gone")):
        made = session.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE {table} AS SELECT * EXCLUDE (file_row_number), file_row_number AS _id
            FROM {rows} WHERE file_row_number IN (SELECT _id FROM _left_over WHERE {which})
        """)
        counts.append(int(made.fetchall()[0][0]))
    return counts[0], counts[1]


def _rounds(source: Source, columns: dict[str, str]) -> list[tuple[dict[str, str], tuple[str, str]]]:
    """By which columns rows are recognised, the surest first, and which of them, by SQL, may be on either side."""
    if source.key:
        parsed = {str(c.to) for c in source.columns if c.kind in (Kind.DATE, Kind.TIMESTAMP, Kind.DECIMAL)}
        lossy = sorted(parsed & {*source.key})
        whole = [({name: columns[name] for name in source.key}, _ANY)]
        if not lossy:
            return whole
        # A key whose day was spoilt is known by everything else the row says; first where it was on one side only.
        said = {name: form for name, form in columns.items() if name not in parsed & {*source.key, *source.evolves}}
        spoilt = " OR ".join(f"{quote(name)} IS NULL" for name in lossy)
        return [*whole, *((said, sides) for sides in ((f"NOT ({spoilt})", spoilt), (spoilt, f"NOT ({spoilt})"), _ANY))]
    steady = {name: form for name, form in columns.items() if name not in source.evolves}
    rounds = [(steady, _ANY)] if len(steady) < len(columns) else []
    return rounds + ([({name: columns[name] for name in source.known_by}, _ANY)] if source.known_by else [])


def _pair(session: Session, columns: dict[str, str], identity: dict[str, str], sides: tuple[str, str]) -> None:
    """Pair rows of `_gone` and `_came` that are on `sides`, by an identity; where several share it, in the order of
    what else they say, so that pairs do not depend on where rows lie."""
    keys = [form.format(v=quote(name)) for name, form in identity.items()]
    told = ", ".join(f"{key} AS k{place}" for place, key in enumerate(keys))
    named = ", ".join(f"k{place}" for place in range(len(keys)))
    others = ", ".join([*(form.format(v=quote(n)) for n, form in columns.items() if n not in identity), "_id"])

    def free(table: str, paired: str, side: str) -> str:
        order = f"PARTITION BY {', '.join(keys)} ORDER BY {others}"
        return (
            f"(SELECT _id, {told}, row_number() OVER ({order}) AS nth FROM {table} "
            f"WHERE ({side}) AND _id NOT IN (SELECT {paired} FROM _pairs))"
        )

    gone, came = free("_gone", "gone", sides[0]), free("_came", "came", sides[1])
    session.connection.execute(
        f"INSERT INTO _pairs SELECT g._id, c._id FROM {gone} AS g JOIN {came} AS c USING ({named}, nth)"
    )


def _cells(session: Session, source: Source, columns: dict[str, str]) -> None:
    """`_cells`: each value that is another in the newer row of a pair, with what that means."""
    numbers = {c.to for c in source.columns if c.kind is Kind.DECIMAL}
    told = []
    for name, form in columns.items():
        old, new = f"g.{quote(name)}", f"c.{quote(name)}"
        other = f"{form.format(v=old)} IS DISTINCT FROM {form.format(v=new)}"
        if name in numbers:
            other += f" AND coalesce(abs({old} - {new}) > {_CENT}, TRUE)"
        kind = f"CASE WHEN {new} IS NULL THEN 'spoilt' WHEN {old} IS NULL THEN 'recovered' ELSE 'corrected' END"
        told.append(
            f"CASE WHEN {other} THEN {{'kind': {literal('changed') if name in source.evolves else kind}, "
            f"'name': {literal(name)}, 'before': CAST({old} AS VARCHAR), 'after': CAST({new} AS VARCHAR)}} END"
        )
    session.connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE _cells AS
        SELECT gone, came, cell.kind, cell.name, cell.before, cell.after FROM (
            SELECT gone, came, unnest([{", ".join(told)}]) AS cell
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


def _late(session: Session, source: Source, old: str) -> str:
    """SQL: whether a row is of a month that was over when the delivery before was made."""
    if not source.dated_by:
        return "FALSE"
    day = quote(source.dated_by)
    month = session.connection.execute(f"SELECT date_trunc('month', max({day})) FROM {old}").fetchall()[0][0]
    return "FALSE" if month is None else f"coalesce({day} < DATE '{month:%Y-%m-%d}', FALSE)"


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
