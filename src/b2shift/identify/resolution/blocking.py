"""Blocking: the candidate pairs are those that share an identifier, a rare word, or a name up to one edit."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from b2shift.identify.resolution.companies import PROSPECT, Company, Population
from b2shift.identify.resolution.name_similarity import rarest_words
from b2shift.identify.resolution.names import Vocabulary
from b2shift.kernel.letters import one_left_out

# A value that more companies share is no blocking key.
_LARGEST_BLOCK = 50
_SHORTEST_SPELLING = 4
_DELETIONS = """
    list_distinct(list_concat([{text}], list_transform(
        range(1, length({text}) + 1), lambda place: substr({text}, 1, place - 1) || substr({text}, place + 1)
    )))
"""
# A text and all it is with a letter deleted: two texts one edit apart share one (symmetric deletes, W. Garbe).
_BLOCKING_KEYS = f"""
    WITH spellings AS (
        SELECT record, kind, unnest(list_distinct(list_concat({_DELETIONS.format(text="core")},
               {_DELETIONS.format(text="whole")}))) AS spelling FROM _normalised
        UNION
        SELECT record, kind, unnest({_DELETIONS.format(text="corrected")}) FROM _normalised WHERE corrected <> core
    ),
    terms AS (SELECT record, kind, unnest(terms) AS term FROM _normalised)
    SELECT record, kind, md5_number_lower(spelling) AS key FROM spellings WHERE length(spelling) >= {_SHORTEST_SPELLING}
    UNION ALL
    SELECT record, kind, md5_number_lower(term) AS key FROM terms
    WHERE term IN (SELECT term FROM terms GROUP BY term HAVING count(*) <= {_LARGEST_BLOCK})
"""
_CANDIDATES = f"""
    SELECT DISTINCT one.record AS one, other.record AS other
    FROM _blocking_keys AS one JOIN _blocking_keys AS other USING (key)
    WHERE one.kind = '{PROSPECT}' AND (other.kind <> '{PROSPECT}' OR other.record > one.record)
    ORDER BY ALL
"""


KEYS = "SELECT DISTINCT key, record FROM _blocking_keys"
"""SELECT of key and record, within `blocked`: the rows of `company_keys`."""


def blocking_terms(company: Company, vocabulary: Vocabulary) -> list[str]:
    """The values that few companies share: identifiers, the two rarest words, alone and together."""
    terms = [
        f"{kind}:{value}"
        for kind, value in (("cnpj", company.cnpj_root), ("domain", company.domain), ("phone", company.phone))
        if value
    ]
    rare = rarest_words(company.name, vocabulary, 2)
    terms += [f"word:{word}" for word in rare if not vocabulary.is_common(word)]
    if len(rare) > 1:
        terms.append(f"words:{' '.join(sorted(rare))}")
    return terms


def blocking_keys(company: Company, vocabulary: Vocabulary) -> list[int]:
    """The keys of one company, as `company_keys` holds them."""
    names = (company.name.core, company.name.whole, "".join(company.name.corrected))
    spellings = {text for name in names for text in one_left_out(name) if len(text) >= _SHORTEST_SPELLING}
    return sorted(_hash(text) for text in spellings.union(blocking_terms(company, vocabulary)))


def _hash(text: str) -> int:
    """DuckDB's `md5_number_lower`: the last eight bytes of the digest, little-endian."""
    return int.from_bytes(md5(text.encode(), usedforsecurity=False).digest()[8:], "little")


@contextmanager
def blocked(connection: duckdb.DuckDBPyConnection, population: Population) -> Iterator[None]:
    """Hold the blocking keys of all records in a temporary table, for `candidate_pairs` and `KEYS`."""
    companies = population.companies
    normalised = pa.table({
        "record": pa.array(range(len(companies)), pa.int32()),
        "kind": pa.array([company.kind for company in companies], pa.string()),
        "core": pa.array([company.name.core for company in companies], pa.string()),
        "whole": pa.array([company.name.whole for company in companies], pa.string()),
        "corrected": pa.array(["".join(company.name.corrected) for company in companies], pa.string()),
        "terms": pa.array(
            [blocking_terms(company, population.vocabulary) for company in companies], pa.list_(pa.string())
        ),
    })  # fmt: skip
    connection.register("_normalised", normalised)
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE _blocking_keys AS {_BLOCKING_KEYS}")
        yield
    finally:
        connection.unregister("_normalised")
        connection.execute("DROP TABLE IF EXISTS _blocking_keys")


def candidate_pairs(connection: duckdb.DuckDBPyConnection) -> NDArray[np.int64]:
    """Within `blocked`: positions (prospect, other), a row per pair; the other is a customer or a later prospect."""
    pairs = connection.execute(_CANDIDATES).fetchnumpy()
    return np.column_stack([pairs["one"], pairs["other"]]).astype(np.int64)
