"""Which publication the records hold; looked up once for everything a page shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from b2shift.web.accounts.prepared import Prepared
from b2shift.web.crm.models import Publication

_newest = Prepared(lambda: Publication.objects.all()[:1])
# None outside a page; inside one, empty until somebody asks, then the answer.
_looked_up: ContextVar[list[Publication | None] | None] = ContextVar("looked_up", default=None)


def newest_publication() -> Publication | None:
    """What every page shows: lake version and as-of date."""
    holder = _looked_up.get()
    if holder is None:
        return _first()
    if not holder:
        holder.append(_first())
    return holder[0]


def publication_of_answer() -> Publication | None:
    """The publication the figures of this answer are of; None while none was asked for."""
    holder = _looked_up.get()
    return holder[0] if holder else None


def _first() -> Publication | None:
    return next(iter(_newest()), None)


@contextmanager
def one_publication() -> Iterator[None]:
    """Within it every figure is of the publication that was the newest when first asked."""
    token = _looked_up.set([])
    try:
        yield
    finally:
        _looked_up.reset(token)
