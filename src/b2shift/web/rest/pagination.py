"""Lists a page at a time, and short ones whole, in the same envelope."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Schema

from b2shift.kernel.errors import InputError
from b2shift.web.crm.filters import sort_column
from b2shift.web.crm.paging import Page as Found
from b2shift.web.crm.paging import count_of, page_of
from b2shift.web.rest.contracts.base import Page
from b2shift.web.rest.problems import invalid
from b2shift.web.rest.queries import ListQuery

Row = TypeVar("Row", bound=Model)
Answer = TypeVar("Answer", bound=Page[Any])


def page(
    answer: type[Answer],
    rows: QuerySet[Row],
    query: ListQuery,
    *,
    sorts: Mapping[str, str],
    sort: str,
    key: str,
    shape: Callable[[Row], Any],
    walk: QuerySet[Row] | None = None,
) -> Answer:
    """The page of `rows` a query asks for; `walk` as in `page_of`."""
    column, descending = sort_column(sorts, sort)
    found = _found(rows, query, column=column, descending=descending, key=key, walk=walk)
    return answer(items=tuple(map(shape, found.rows)), next=found.next, previous=found.previous, total=count_of(rows))


def page_by_number(answer: type[Answer], rows: QuerySet[Row], query: ListQuery, shape: Callable[[Row], Any]) -> Answer:
    """A page by number, newest first; the total is counted anew, for these rows change at any moment."""
    found = _found(rows, query, column="id", descending=True, key="id")
    return answer(items=tuple(map(shape, found.rows)), next=found.next, previous=found.previous, total=rows.count())


def _found(rows: QuerySet[Row], query: ListQuery, **order: Any) -> Found[Row]:
    try:
        return page_of(rows, cursor=query.cursor, size=query.limit, **order)
    except InputError as error:
        raise invalid("cursor", str(error)) from error


def single_page(answer: type[Answer], items: Iterable[Any]) -> Answer:
    """A list short enough for one page."""
    rows = tuple(items)
    return answer(items=rows, next=None, previous=None, total=len(rows))


def reject_unknown_parameters(request: HttpRequest, query: type[Schema]) -> None:
    """A misspelt filter must not answer with everybody."""
    for name in sorted(set(request.GET) - set(query.model_fields)):
        near = get_close_matches(name, query.model_fields, n=1)
        message = gettext("Não há este parâmetro")
        raise invalid(name[:80], f"{message}. {gettext('Há %(near)s') % {'near': near[0]}}" if near else message)
