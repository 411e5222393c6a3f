"""The front door of the metric dictionary and its compiler."""

from b2shift.metrics.buckets import MAIN, OTHER, Bucket, before, bucket, compared, default_period, series
from b2shift.metrics.compiler import Scope, Statement, aggregate, customers
from b2shift.metrics.dictionary import load_dictionary, metric, read_dictionary
from b2shift.metrics.measures import PERCENTILES, facets_of, has_data, measures, tables_of
from b2shift.metrics.rollups import build_rollups

__all__ = [
    "MAIN",
    "OTHER",
    "PERCENTILES",
    "Bucket",
    "Scope",
    "Statement",
    "aggregate",
    "before",
    "bucket",
    "build_rollups",
    "compared",
    "customers",
    "default_period",
    "facets_of",
    "has_data",
    "load_dictionary",
    "measures",
    "metric",
    "read_dictionary",
    "series",
    "tables_of",
]
