"""Customers of another system under keys of ours: each code gets one key, which every run and home gives again."""

from hashlib import blake2b

import pyarrow as pa

from b2shift.identify.sources.declaration import Customers, Source
from b2shift.identify.sources.declarations import tables
from b2shift.lake.api import Session, literal, quote

CODE_VERSION = 1
TABLE = "customer_codes"
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 6


def register_codes(session: Session, sources: list[Source]) -> None:
    """Write `customer_codes` with the codes that registries and evidence of these sources hold; codes of earlier
    deliveries keep their keys."""
    foreign = [s for s in sources if s.customer is not None and s.customer.codes]
    if not foreign:
        return
    telling = [s for s in foreign if s.customers is not Customers.MENTION]
    inputs = [source.raw_table for source in telling]
    with session.stage(TABLE, inputs=inputs, parameters=(CODE_VERSION, [s.source for s in telling])) as stage:
        if stage.stale:
            known = _known(session)
            found = session.connection.execute(" UNION ".join(map(_codes, telling)) or _NOBODY).fetchall()
            for system, code in sorted(set(found) - set(known)):
                known[system, code] = key_of(system, code, set(known.values()))
            rows = [(system, code, key) for (system, code), key in sorted(known.items())]
            columns = zip(*rows, strict=True) if rows else ((), (), ())
            names = ("system", "code", "customer_id")
            session.write(
                tables()[TABLE], pa.table({n: pa.array(c, pa.string()) for n, c in zip(names, columns, strict=True)})
            )


_NOBODY = "SELECT '' AS system, '' AS code WHERE FALSE"


def _known(session: Session) -> dict[tuple[str, str], str]:
    if not session.has(TABLE):
        return {}
    rows = session.query(f"SELECT system, code, customer_id FROM {TABLE}").to_pylist()
    return {(row["system"], row["code"]): row["customer_id"] for row in rows}


def _codes(source: Source) -> str:
    column = source.customer
    assert column is not None
    text = tidy(f"r.{quote(column.header)}")
    nulls = ", ".join(map(literal, ("", *map(str.casefold, source.nulls))))
    return (
        f"SELECT {literal(column.codes)} AS system, {text} AS code FROM {quote(source.raw_table)} AS r "
        f"WHERE _text IS NULL AND {text} NOT IN ({nulls})"
    )


def tidy(text: str) -> str:
    """SQL: the form two spellings of a code share, be it a number or a name."""
    return f"lower(strip_accents(trim(regexp_replace({text}, '[\\s\\x{{A0}}]+', ' ', 'g'))))"


def key_of(system: str, code: str, taken: set[str]) -> str:
    """Six letters and digits that follow from system and code alone, unless another code has them already."""
    for attempt in range(len(taken) + 1):
        digest = blake2b(f"{system}\x1f{code}\x1f{attempt}".encode(), digest_size=8).digest()
        number = int.from_bytes(digest)
        key = "".join(_LETTERS[number >> 5 * place & 31] for place in range(_LENGTH))
        if key not in taken and not key.isdigit():
            return key
    raise AssertionError("a key that is not taken comes up among more attempts than keys taken")


def key_sql(system: str, text: str) -> str:
    """SQL: the key of a code; one that nobody registered stays as delivered, marked so that it is nobody's key."""
    found = f"(SELECT c.customer_id FROM {TABLE} AS c WHERE c.system = {literal(system)} AND c.code = {tidy(text)})"
    return f"coalesce({found}, {text} || ' ?')"
