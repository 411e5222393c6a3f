"""Which publication the records hold; looked up once for everything a page shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from b2shift.web.crm.models import Publication

# None outside a page; inside one, empty until somebody asks, then the answer.
_looked_up: ContextVar[list[Publication | None] | None] = ContextVar("looked_up", default=None)


def newest_publication() -> Publication | None:
    """What every page shows: lake version and as-of date."""
    kept = _looked_up.get()
    if kept is None:
        return Publication.objects.first()
    if not kept:
        kept.append(Publication.objects.first())
    return kept[0]


@contextmanager
def one_publication() -> Iterator[None]:
    """Within it every figure is of the publication that was the newest when first asked."""
    token = _looked_up.set([])
    try:
        yield
    finally:
        _looked_up.reset(token)
