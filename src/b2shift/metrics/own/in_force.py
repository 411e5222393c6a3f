"""Which own metrics are in force: said by whoever answers in a home's name, seen by everything below until then."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from b2shift.metrics.contracts import OwnMetric

_SAID: ContextVar[tuple[OwnMetric, ...]] = ContextVar("own_metrics", default=())


@contextmanager
def with_own_metrics(told: Iterable[OwnMetric]) -> Iterator[None]:
    """The dictionary holds these metrics too, in this context only."""
    before = _SAID.set(tuple(told))
    try:
        yield
    finally:
        _SAID.reset(before)


def own_metrics() -> tuple[OwnMetric, ...]:
    """The own metrics of this context; none where nobody said any."""
    return _SAID.get()
