"""Work that another run of the same home may hold up."""

import time
from collections.abc import Callable
from typing import TypeVar

from b2shift.kernel.errors import LakeBusyError

Result = TypeVar("Result")
_LOOK_EVERY = 5.0


def waiting_for_the_lake(work: Callable[[], Result], *, wait: bool) -> Result:
    """What the work returns; a busy lake is waited for, or, without `wait`, told as LakeBusyError."""
    while True:
        try:
            return work()
        except LakeBusyError:
            if not wait:
                raise
            time.sleep(_LOOK_EVERY)
