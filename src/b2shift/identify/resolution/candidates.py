"""Pairs worth comparing: companies that share a rare word, an identifier, or a name but for one letter."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from b2shift.identify.resolution.companies import PROSPECT, Company, Population
from b2shift.identify.resolution.names import Vocabulary
from b2shift.identify.resolution.rarity import rarest
from b2shift.kernel.letters import one_left_out

# What more companies share than this does not tell them apart.
_MOST = 50
_SHORTEST = 4
SPELLINGS = """
    list_distinct(list_concat([{text}], list_transform(
        range(1, length({text}) + 1), lambda place: substr({text}, 1, place - 1) || substr({text}, place + 1)
    )))
"""
"""A text and all it is with a letter left out: two texts one edit apart share one (symmetric deletes, W. Garbe)."""
_KEYS = f"""
    WITH spellings AS (
        SELECT record, kind, unnest(list_distinct(list_concat({SPELLINGS.format(text="core")},
               {SPELLINGS.format(text="whole")}))) AS spelling FROM _named
        UNION
        SELECT record, kind, unnest({SPELLINGS.format(text="mended")}) FROM _named WHERE mended <> core
    ),
    marks AS (SELECT record, kind, unnest(marks) AS mark FROM _named)
    SELECT record, kind, md5_number_lower(spelling) AS key FROM spellings WHERE length(spelling) >= {_SHORTEST}
    UNION ALL
    SELECT record, kind, md5_number_lower(mark) AS key FROM marks
    WHERE mark IN (SELECT mark FROM marks GROUP BY mark HAVING count(*) <= {_MOST})
"""
_PAIRS = f"""
    SELECT DISTINCT one.record AS one, other.record AS other
    FROM _keys AS one JOIN _keys AS other USING (key)
    WHERE one.kind = '{PROSPECT}' AND (other.kind <> '{PROSPECT}' OR other.record > one.record)
    ORDER BY ALL
"""


KEYS = "SELECT DISTINCT key, record FROM _keys"
"""SELECT of key and record, within `keyed`: two records that share a key are worth comparing."""


def marks(company: Company, vocabulary: Vocabulary) -> list[str]:
    """What few companies share: identifiers, the two rarest words, alone and together."""
    found = [
        f"{kind}:{value}"
        for kind, value in (("cnpj", company.cnpj_root), ("domain", company.domain), ("phone", company.phone))
        if value
    ]
    rare = rarest(company.name, vocabulary, 2)
    found += [f"word:{word}" for word in rare if not vocabulary.common(word)]
    if len(rare) > 1:
        found.append(f"words:{' '.join(sorted(rare))}")
    return found


def keys_of(company: Company, told: list[str]) -> list[int]:
    """The keys of one company, as `company_keys` holds them."""
    names = (company.name.core, company.name.whole, "".join(company.name.mended))
    spellings = {text for name in names for text in one_left_out(name)}
    return sorted(_fingerprint(text) for text in {*told, *(s for s in spellings if len(s) >= _SHORTEST)})


def _fingerprint(text: str) -> int:
    """DuckDB's `md5_number_lower`: the last eight bytes of the digest, the first of them the least."""
    return int.from_bytes(md5(text.encode(), usedforsecurity=False).digest()[8:], "little")


@contextmanager
def keyed(connection: duckdb.DuckDBPyConnection, people: Population) -> Iterator[None]:
    """Hold the keys of every record in the connection while candidates are looked for and `KEYS` are written."""
    companies = people.companies
    named = pa.table({
        "record": pa.array(range(len(companies)), pa.int32()),
        "kind": pa.array([company.kind for company in companies], pa.string()),
        "core": pa.array([company.name.core for company in companies], pa.string()),
        "whole": pa.array([company.name.whole for company in companies], pa.string()),
        "mended": pa.array(["".join(company.name.mended) for company in companies], pa.string()),
        "marks": pa.array([marks(company, people.vocabulary) for company in companies], pa.list_(pa.string())),
    })  # fmt: skip
    connection.register("_named", named)
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE _keys AS {_KEYS}")
        yield
    finally:
        connection.unregister("_named")
        connection.execute("DROP TABLE IF EXISTS _keys")


def candidates(connection: duckdb.DuckDBPyConnection) -> NDArray[np.int64]:
    """Within `keyed`: positions (prospect, other), a row per pair; the other is a customer or a later prospect."""
    pairs = connection.execute(_PAIRS).fetchnumpy()
    return np.column_stack([pairs["one"], pairs["other"]]).astype(np.int64)
