"""Before anybody asks: each worker opens the pages that many open first, once per publication.

The first question after a publication is worked out (totals of the whole base, choices of the filters), then
remembered; people with the same role and unit share the answers. Those of a seller's portfolio are small and can wait.
"""

import gc
import logging
import threading
from collections.abc import Callable, Iterator

from django.contrib.sessions.backends.db import SessionStore
from django.db import Error, close_old_connections
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.translation import override

from b2shift.kernel.errors import B2ShiftError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, Scope, may, scope_of
from b2shift.web.console.board.boards import of_this_house
from b2shift.web.crm import similar_companies
from b2shift.web.crm.current import newest_publication
from b2shift.web.crm.reading import visible_customers

PAGES = (
    ("console:home", None),
    ("console:customers", Capability.CUSTOMERS),
    ("console:due", Capability.PROPOSALS),
    ("console:segments", Capability.SEGMENTS),
    ("console:board", Capability.ASK),
)
_LOOK_EVERY = 2.0  # seconds between looks for a new publication
_LOG = logging.getLogger(__name__)


def start() -> None:
    """Keep this process warm in a thread of its own, for as long as the process lives."""
    threading.Thread(target=_keep_warm, args=[threading.Event()], name="warming", daemon=True).start()


def _keep_warm(stop: threading.Event) -> None:
    warmed: object = None
    while True:
        try:
            newest = newest_publication()
            current = newest and (newest.pk, newest.published_at)
            if current and current != warmed:
                warm()
                if warmed is None:
                    # What is here now stays: going through it again stops every page of the worker for 70 ms.
                    gc.collect()
                    gc.freeze()
                warmed = current
        except (B2ShiftError, Error):
            _LOG.warning("The first pages could not be opened ahead; they will be when somebody asks", exc_info=True)
        close_old_connections()
        if stop.wait(_LOOK_EVERY):
            return


def warm() -> int:
    """Open the first pages as each kind of person who sees many customers; how many.

    Then the index of companies, and last the boards and the catalogue, which take longest and fewer people open first.
    """
    opened = _open_all(_pages)
    similar_companies.prepare()
    return opened + _open_all(_boards) + _open_all(_catalogue)


def _open_all(pages_of: Callable[[User], list[str]]) -> int:
    opened = 0
    for person in _readers():
        with override(person.language):
            for path in pages_of(person):
                _open(path, person)
                opened += 1
    return opened


def _pages(person: User) -> list[str]:
    pages = [reverse(name) for name, needed in PAGES if needed is None or may(person, needed)]
    # One customer's page opens the lake and its templates for all of them.
    some = visible_customers(person).order_by("customer_id").values_list("customer_id", flat=True)[:1]
    return [*pages, *(reverse("console:customer", args=[customer]) for customer in some)]


def _boards(person: User) -> list[str]:
    boards = of_this_house() if may(person, Capability.ASK) else ()
    return [reverse("console:board_ready", args=[one.name]) for one in boards]


def _catalogue(person: User) -> list[str]:
    # One lineage works out all of them.
    lineage = reverse("console:catalogue_lineage", args=["customers"])
    return [reverse("console:catalogue"), lineage] if may(person, Capability.CATALOGUE) else []


def _readers() -> Iterator[User]:
    seen = set()
    for person in User.objects.filter(is_active=True).order_by("pk"):
        kind = (person.role, person.business_unit, person.language)
        if kind not in seen and scope_of(person) in {Scope.ALL, Scope.UNIT}:
            seen.add(kind)
            yield person


def _open(path: str, person: User) -> None:
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    request.session, request.user = SessionStore(), person
    found = resolve(path)
    request.resolver_match = found
    found.func(request, *found.args, **found.kwargs)
