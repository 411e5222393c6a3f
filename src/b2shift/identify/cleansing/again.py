"""Rows that came again: what needed no repair and is delivered byte for byte once more is not looked at again.

A row of a part carries in `_content` what its line said, when it was plain (nothing was changed in it) and no other
line said the same. Such a row is taken over from the part of the load before, as long as everything its cleansing
depends on is as it was. Whatever may stand beside a row that is looked at (its key, equal rows, a spoilt neighbour) is
looked at too, so that the rows that are left out cannot change what is found.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from b2shift.identify.cleansing.forms import Form
from b2shift.identify.cleansing.repeats import NEARBY
from b2shift.identify.cleansing.vocabularies import vocabulary_of
from b2shift.identify.sources.declaration import Kind, Repeats, Source
from b2shift.identify.sources.declarations import target_spec
from b2shift.lake.api import Held, Session, literal, quote
from b2shift.lake.contracts import ROW_CONTENT

_NOTHING = "SELECT 0::UBIGINT AS _content, '' AS _file, 0 AS _row, '' AS owner, 0::UBIGINT AS mark WHERE FALSE"
_SPELT = (Kind.CATEGORY, Kind.NAME)


class Earlier(NamedTuple):
    """The rows that the load before gave, and how it read each file."""

    rows: Held
    forms: Mapping[str, Sequence[object]]


def told(form: Form) -> list[object]:
    """What cleansing a row takes from the decisions for its file; the last day comes last, for it may grow."""
    grains = [[header, *grain] for header, grain in sorted(form.grains.items())]
    return [str(form.order), form.dates.usual if form.dates else "", str(form.mark), grains, str(form.last)]


def keep_plain(session: Session, source: Source, forms: list[Form], earlier: Earlier | None) -> bool:
    """Make `_kept` with the rows of `earlier` that came again; False when it stays empty."""
    known = earlier is not None and _alone(source) and all(_as_before(form, earlier) for form in forms)
    rows = _came_again(session, source, earlier.rows) if known and earlier is not None else _NOTHING
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE _kept AS {rows}")
    return known


def look_beside(session: Session, source: Source, earlier: Earlier) -> bool:
    """Take out of `_kept`, into `_met`, the rows that may be one with a row of `_clean`; whether there are any."""
    near = source.repeats is not Repeats.KEEP
    found = [_of_one_mark(session, source, earlier.rows), _spoilt_neighbours(source)] if near else []
    beside = " UNION ".join(found) or "SELECT _content FROM _kept WHERE FALSE"
    connection = session.connection
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _met AS SELECT * FROM _kept SEMI JOIN ({beside}) USING (_content)"
    )
    connection.execute("DELETE FROM _kept WHERE _content IN (SELECT _content FROM _met)")
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM _met)").fetchall()[0][0])


def raw_rows(session: Session, source: Source) -> str:
    """SQL of the lines as delivered; those read before lines had a content match none."""
    raw = quote(source.raw_table)
    columns = session.connection.execute(f"SELECT * FROM {raw} LIMIT 0").description or []
    return raw if any(name == "_hash" for name, *_rest in columns) else f"(SELECT *, NULL::UBIGINT AS _hash FROM {raw})"


def content_of_plain() -> str:
    """SQL over `accepted`: the content of a row that may be kept by the next load, else null; needs `_repairs`."""
    return (
        "CASE WHEN (_file, _row) NOT IN (SELECT (file, row) FROM _repairs) AND _hash NOT IN "
        "(SELECT _hash FROM _clean GROUP BY 1 HAVING count(*) > 1) THEN _hash END"
    )


def _alone(source: Source) -> bool:
    """Whether a row's values follow from its line, the file's form and the dictionaries that can be compared here."""
    published = {column.name for column in source.columns if column.to}
    compared = {c.name for c in source.columns if c.kind in (*_SPELT, Kind.CITY, Kind.CUSTOMER)} | set(source.key)
    return not source.uses and not source.also and compared <= published and not any(c.codes for c in source.columns)


def _as_before(form: Form, earlier: Earlier) -> bool:
    """Whether a file is read as it was; the last day that can be meant may have grown, which no plain row sees."""
    before, now = list(earlier.forms.get(form.file, [])), told(form)
    return before[:-1] == now[:-1] and str(before[-1]) <= str(now[-1])


def _came_again(session: Session, source: Source, earlier: Held) -> str:
    once = (
        f"SELECT _hash, any_value(_file) AS _file, any_value(_row) AS _row FROM {raw_rows(session, source)} "
        "WHERE _text IS NULL GROUP BY 1 HAVING count(*) = 1"
    )
    owner = f"p.{quote(source.customer.name)}" if source.customer else "NULL"
    return (
        f"SELECT p.{ROW_CONTENT} AS _content, r._file, r._row, CAST({owner} AS VARCHAR) AS owner, "
        f"{_mark(source, 'p')} AS mark "
        f"FROM {session.rows(earlier)} AS p JOIN ({once}) AS r ON r._hash = p.{ROW_CONTENT} WHERE "
        f"{' AND '.join(_still_right(session, source)) or 'TRUE'}"
    )


def _still_right(session: Session, source: Source) -> list[str]:
    """SQL over a plain row `p`: nobody lost its customer, and no dictionary has learnt another way to write it."""
    told = []
    owner = f"p.{quote(source.customer.name)}" if source.customer else "NULL"
    gone = _since(session, "known_customers", "customer_id", lost=True)
    if source.customer is not None and _asked(session, gone):
        told.append(f"coalesce({owner} NOT IN ({gone}), TRUE)")
    words = {row[0] for row in _asked(session, _since(session, "spellings", "vocabulary, delivered"))}
    placed = _since(session, "places", "customer_id, delivered")
    cities = bool(source.of_kind(Kind.CITY)) and bool(_asked(session, placed))
    for column in source.columns:
        value, vocabulary = f"p.{quote(column.name)}", vocabulary_of(source, column)
        if column.kind in _SPELT and vocabulary in words:
            new = _since(session, "spellings", "delivered", f"vocabulary = {literal(vocabulary)}")
            told.append(f"coalesce({value} NOT IN ({new}), TRUE)")
        elif column.kind is Kind.CITY and cities:
            where = f"n.delivered = {value} AND coalesce(n.customer_id = {owner}, n.customer_id IS NULL)"
            told.append(f"NOT EXISTS (SELECT 1 FROM ({placed}) AS n WHERE {where})")
    return told


def _asked(session: Session, sql: str) -> list[tuple[object, ...]]:
    """The different first values of a statement."""
    return session.connection.execute(f"SELECT DISTINCT #1 FROM ({sql})").fetchall()


def _since(session: Session, table: str, columns: str, where: str = "TRUE", *, lost: bool = False) -> str:
    """SQL: what a table says that it did not say in the version before (`lost`: the other way round)."""
    now = f"SELECT {columns} FROM {table} WHERE {where}"
    base = session.base.tables.get(table) if session.base else None
    if base is None:
        return now
    files = ", ".join(literal(session.store.root / file) for file in base.files)
    before = f"SELECT {columns} FROM read_parquet([{files}]) WHERE {where}"
    return f"{before} EXCEPT {now}" if lost else f"{now} EXCEPT {before}"


def _mark(source: Source, row: str) -> str:
    """SQL: what two rows share when one may repeat the other, in a source without a key."""
    if source.key:
        return "NULL"
    types = {column.name: column.type for column in target_spec(source).columns}
    names = [column.name for column in source.columns if column.to]
    return f"hash({', '.join(f'TRY_CAST({row}.{quote(name)} AS {types[name]})' for name in names)})"


def _of_one_mark(session: Session, source: Source, earlier: Held) -> str:
    """SQL: kept rows whose key or, where rows have none, whose mark another row has: one that is looked at, or without
    keys one that is kept."""
    if source.key:
        types = {column.name: column.type for column in target_spec(source).columns}
        keys = [(f"p.{quote(name)}", f"TRY_CAST(c.{quote(name)} AS {types[name]})") for name in source.key]
        same = " AND ".join(f"{mine} = {other}" for mine, other in keys)
        return f"SELECT p.{ROW_CONTENT} AS _content FROM {session.rows(earlier)} AS p SEMI JOIN _clean AS c ON {same}"
    looked_at = f"SELECT {_mark(source, 'c')} AS mark FROM _clean AS c"
    shared = f"SELECT mark FROM (SELECT mark FROM _kept UNION ALL {looked_at}) GROUP BY 1 HAVING count(*) > 1"
    return f"SELECT _content FROM _kept WHERE mark IN ({shared})"


def _spoilt_neighbours(source: Source) -> str:
    """SQL: kept rows near one with a spoilt value, of the same customer: it may repeat them."""
    owner = f"CAST({quote(source.customer.name)} AS VARCHAR)" if source.customer else "NULL"
    blocks = f"unnest([-1, 0, 1]) + _row // {NEARBY} AS block"
    spoilt = f"SELECT DISTINCT _file, {owner} AS owner, {blocks} FROM _clean WHERE _damaged"
    return (
        f"SELECT _content FROM _kept AS k SEMI JOIN ({spoilt}) AS s "
        f"ON s._file = k._file AND s.block = k._row // {NEARBY} AND s.owner IS NOT DISTINCT FROM k.owner"
    )
