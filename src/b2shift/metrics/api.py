"""The front door of the metric dictionary."""

from b2shift.metrics.dictionary import load_dictionary, metric, read_dictionary

__all__ = ["load_dictionary", "metric", "read_dictionary"]
