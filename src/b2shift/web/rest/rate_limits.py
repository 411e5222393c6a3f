"""How often one caller may ask: a bucket of requests per caller that refills steadily.

Buckets live in each process: with N workers a caller may get up to N times the rate, and a restart fills them. That
bounds what one caller costs, which is what they are for; it needs no shared store and no write per read.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock


class TokenBuckets:
    """One bucket per key; `clock` gives seconds that never go back. The least used are forgotten beyond `keep`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, keep: int = 20_000) -> None:
        self._clock, self._keep = clock, keep
        self._guard = Lock()
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, per_minute: int) -> float:
        """Take one request of the key's bucket, which holds a minute's worth; seconds to wait when empty, else 0."""
        with self._guard:
            now = self._clock()
            left, at = self._filled.pop(key, (float(per_minute), now))
            left = min(float(per_minute), left + (now - at) * per_minute / 60)
            wait = 0.0 if left >= 1 else (1 - left) * 60 / per_minute
            self._filled[key] = (left if wait else left - 1, now)
            while len(self._filled) > self._keep:
                self._filled.popitem(last=False)
        return wait

    def clear(self) -> None:
        """Forget every caller."""
        with self._guard:
            self._filled.clear()


buckets = TokenBuckets()
