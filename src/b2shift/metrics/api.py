"""The front door of the metric dictionary and its compiler."""

from b2shift.metrics.buckets import MAIN, OTHER, Bucket, before, bucket, compared, default_period, series
from b2shift.metrics.compiler import PERCENTILES, Scope, Statement, aggregate, customers, has_data, measures
from b2shift.metrics.dictionary import load_dictionary, metric, read_dictionary

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
    "compared",
    "customers",
    "default_period",
    "has_data",
    "load_dictionary",
    "measures",
    "metric",
    "read_dictionary",
    "series",
]
