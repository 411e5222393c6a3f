"""Which own metrics are in force: said by whoever answers in a home's name, seen by everything below until then."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from b2shift.metrics.contracts import OwnMetric

_IN_FORCE: ContextVar[tuple[OwnMetric, ...]] = ContextVar("own_metrics", default=())


@contextmanager
def with_own_metrics(metrics: Iterable[OwnMetric]) -> Iterator[None]:
    """The dictionary holds these metrics too, in this context only."""
    before = _IN_FORCE.set(tuple(metrics))
    try:
        yield
    finally:
        _IN_FORCE.reset(before)


def own_metrics() -> tuple[OwnMetric, ...]:
    """The own metrics of this context; none where nobody said any."""
    return _IN_FORCE.get()
