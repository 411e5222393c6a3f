"""Entity names of a lake that questions may contain: sellers, clusters and products."""

from functools import lru_cache

from b2shift.insight.reading.lexicon import Lexicon, build_lexicon
from b2shift.lake.api import Lake
from b2shift.metrics.api import own_metrics
from b2shift.metrics.contracts import OwnMetric

SOURCES = {
    "product_line": (
        "recurring_revenue",
        "SELECT DISTINCT product_family AS name, name AS value FROM recurring_revenue WHERE name IS NOT NULL",
    ),
    "account_owner": ("users", "SELECT name, user_id AS value FROM users WHERE name IS NOT NULL"),
    "cluster": (
        "segment_catalogue",
        "SELECT name, try_cast(regexp_extract(segment_id, '[0-9]+') AS INTEGER) AS value FROM segment_catalogue",
    ),
}


def lexicon_of(lake: Lake) -> Lexicon:
    """The product's lexicon with the entity names of this version of the lake, cached."""
    return _lexicon_of_version(lake, lake.version, own_metrics())


@lru_cache(maxsize=2)
def _lexicon_of_version(lake: Lake, version: int, own: tuple[OwnMetric, ...]) -> Lexicon:
    names = []
    for dimension, (table, sql) in SOURCES.items():
        rows = lake.query(sql).to_pylist() if lake.has(table) else []
        names.append(
            (dimension, tuple(sorted((row["name"], row["value"]) for row in rows if row["value"] is not None)))
        )
    return _built_once(tuple(names), own)


@lru_cache(maxsize=2)
def _built_once(names: tuple[tuple[str, tuple[tuple[str, object], ...]], ...], own: tuple[OwnMetric, ...]) -> Lexicon:
    built = build_lexicon({dimension: dict(pairs) for dimension, pairs in names})
    built.spelling.correct("palavrinha")
    return built
