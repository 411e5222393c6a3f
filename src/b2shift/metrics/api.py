"""The front door of the metric dictionary and its compiler."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from b2shift.metrics.buckets import MAIN, MONTHS_IN, OTHER, Bucket, before, bucket, compared, default_period, series
from b2shift.metrics.compiler import Statement, aggregate, customers
from b2shift.metrics.contracts import Scope
from b2shift.metrics.dictionary import load_dictionary, metric, product_dictionary, read_dictionary
from b2shift.metrics.exporting import FORMATS, dictionary_text, dimensions_of
from b2shift.metrics.measures import (
    OVER_CUSTOMERS,
    PERCENTILES,
    column_needed,
    columns_sought,
    counts_customers,
    facets_of,
    has_data,
    measures,
    sources_of,
    tables_of,
)
from b2shift.metrics.own.formula import Formula, read_formula
from b2shift.metrics.own.in_force import own_metrics, with_own_metrics
from b2shift.metrics.own.soundness import kind_of
from b2shift.metrics.own.versions import (
    changed_metrics,
    keep_own_metrics,
    own_metrics_at,
    own_metrics_of,
    own_number,
    own_versions,
    put_back_own_metrics,
)
from b2shift.metrics.rollups import build_rollups
from b2shift.metrics.star.export import export_star, star_page
from b2shift.metrics.star.postgres import table_statements, view_statements
from b2shift.metrics.star.powerbi import semantic_model
from b2shift.metrics.star.tables import star_rows, star_tables
from b2shift.metrics.vetting import CALCULATIONS, REPORT_FORMATS, SCHEDULES, listed, vet

if TYPE_CHECKING:  # reading questions must not wait for another engine's words
    from b2shift.lake.api import Lake
    from b2shift.metrics.engines.elsewhere import Elsewhere

__all__ = [
    "CALCULATIONS",
    "FORMATS",
    "MAIN",
    "MONTHS_IN",
    "OTHER",
    "OVER_CUSTOMERS",
    "PERCENTILES",
    "REPORT_FORMATS",
    "SCHEDULES",
    "Bucket",
    "Formula",
    "Scope",
    "Statement",
    "aggregate",
    "before",
    "bucket",
    "build_rollups",
    "changed_metrics",
    "column_needed",
    "columns_sought",
    "compared",
    "counts_customers",
    "customers",
    "default_period",
    "dictionary_text",
    "dimensions_of",
    "export_star",
    "facets_of",
    "has_data",
    "keep_own_metrics",
    "kind_of",
    "listed",
    "load_dictionary",
    "measures",
    "metric",
    "on_postgres",
    "on_spark",
    "own_metrics",
    "own_metrics_at",
    "own_metrics_of",
    "own_number",
    "own_versions",
    "product_dictionary",
    "put_back_own_metrics",
    "read_dictionary",
    "read_formula",
    "semantic_model",
    "series",
    "sources_of",
    "star_page",
    "star_rows",
    "star_tables",
    "table_statements",
    "tables_of",
    "translated",
    "vet",
    "view_statements",
    "with_own_metrics",
]


def translated(statement: Statement, dialect: str, columns: Mapping[str, Sequence[str]]) -> Statement:
    """A statement in another engine's words; see `engines.dialects.translated`."""
    from b2shift.metrics.engines.dialects import translated as translate

    return translate(statement, dialect, columns)


def on_postgres(lake: "Lake", connection: Any) -> "Elsewhere":
    """A version whose tables lie in PostgreSQL too, asked there; `connection` is psycopg's."""
    from b2shift.metrics.engines.elsewhere import Elsewhere, on_postgres

    return Elsewhere(lake, "postgres", on_postgres(connection))


def on_spark(lake: "Lake", session: Any) -> "Elsewhere":
    """A version whose tables are views of a Spark session too, asked there."""
    from b2shift.metrics.engines.elsewhere import Elsewhere, on_spark

    return Elsewhere(lake, "spark", on_spark(session))
