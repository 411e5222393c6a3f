"""What the engine wrote in Portuguese, read back with the templates it was written with and told in English."""

from b2shift.web.console.retold.reading import retold

__all__ = ["retold"]
