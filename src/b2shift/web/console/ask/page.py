"""What is on the page that somebody asks from: the customer, the segment or the board's filters, as conditions."""

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from b2shift.metrics.contracts import Filter, TypedQuery
from b2shift.web.accounts.models import User
from b2shift.web.console.board.narrowing import Narrowing, chips
from b2shift.web.crm.models import Segment
from b2shift.web.crm.reading import visible_customers

UNTOUCHED = frozenset({"define", "alert", "report"})
"""What is asked of the whole base wherever it is asked."""
LONGEST = 2000


@dataclass(frozen=True)
class OnPage:
    """What a page is about, in words, and the conditions that narrow a question to it; empty where it is about all."""

    label: str = ""
    filters: tuple[Filter, ...] = ()

    def narrowed(self, query: TypedQuery) -> TypedQuery:
        """A query about what is on the page; what the question names itself stays as asked."""
        if query.intent in UNTOUCHED:
            return query
        said = {one.field for one in query.filters}
        if query.comparison and query.comparison.field:
            said.add(query.comparison.field)
        more = tuple(one for one in self.filters if one.field not in said)
        return query.model_copy(update={"filters": (*query.filters, *more)}) if more else query


def on_page(user: User, address: str) -> OnPage:
    """What the page at an address of ours shows this person; nothing for an address that is none of ours."""
    parts = urlsplit(address[:LONGEST])
    try:
        found = resolve(parts.path)
    except Resolver404:
        return OnPage()
    arguments = found.kwargs
    if "customer_id" in arguments:
        return _customer(user, str(arguments["customer_id"]))
    if found.url_name == "segment":
        return _segment(str(arguments["segment_id"]))
    if found.url_name in {"board", "board_ready"}:
        return _board(user, dict(parse_qsl(parts.query)))
    return OnPage()


def _customer(user: User, code: str) -> OnPage:
    customer = visible_customers(user).filter(customer_id=code).first()
    if customer is None:
        return OnPage()
    return OnPage(customer.name, (Filter(field="customer", op="eq", value=customer.customer_id),))


def _segment(code: str) -> OnPage:
    number = re.search(r"\d+", code)
    segment = Segment.objects.filter(segment_id=code).first()
    if number is None or segment is None:
        return OnPage()
    label = _("segmento %(name)s") % {"name": segment.name}
    return OnPage(label, (Filter(field="cluster", op="eq", value=int(number[0])),))


def _board(user: User, asked: dict[str, str]) -> OnPage:
    narrowed = Narrowing.of(user, asked)
    words = [f"{chip.label}: {chip.value}" for chip in chips(user, replace(narrowed, periodo=""))]
    return OnPage(", ".join(words), narrowed.filters())
