"""The front door of the metric dictionary and its compiler."""

from b2shift.metrics.buckets import MAIN, OTHER, Bucket, before, bucket, compared, default_period, series
from b2shift.metrics.compiler import Scope, Statement, aggregate, customers
from b2shift.metrics.dictionary import load_dictionary, metric, product_dictionary, read_dictionary
from b2shift.metrics.exporting import FORMATS, dictionary_text, dimensions_of
from b2shift.metrics.measures import PERCENTILES, facets_of, has_data, measures, tables_of
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

__all__ = [
    "FORMATS",
    "MAIN",
    "OTHER",
    "PERCENTILES",
    "Bucket",
    "Formula",
    "Scope",
    "Statement",
    "aggregate",
    "before",
    "bucket",
    "build_rollups",
    "changed_metrics",
    "compared",
    "customers",
    "default_period",
    "dictionary_text",
    "dimensions_of",
    "export_star",
    "facets_of",
    "has_data",
    "keep_own_metrics",
    "kind_of",
    "load_dictionary",
    "measures",
    "metric",
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
    "star_page",
    "star_rows",
    "star_tables",
    "table_statements",
    "tables_of",
    "view_statements",
    "with_own_metrics",
]
