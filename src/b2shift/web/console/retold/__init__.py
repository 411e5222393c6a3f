"""What the engine wrote in Portuguese, read back with the templates it was written with and told in English."""

from b2shift.web.console.retold.reading import retold
from b2shift.web.console.retold.refusals import refused

__all__ = ["refused", "retold"]
