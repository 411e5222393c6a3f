"""Keyset pages: the next page starts where the last row ended, so page 1,000 costs what page 1 does."""

import base64
import binascii
import json
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db.models import Model, Q, QuerySet

from b2shift.kernel.errors import InputError
from b2shift.web.crm.models import Publication

PAGE_ROWS = 50

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in order, and the cursors of the pages beside it (None at an end)."""

    rows: list[Row]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class _Place:
    """The row a page starts after (or, `back`, ends before): its sort value and key."""

    value: Any
    key: str
    back: bool


def page_of(
    rows: QuerySet[Row], *, column: str, descending: bool, key: str, cursor: str = "", size: int = PAGE_ROWS
) -> Page[Row]:
    """One page of `rows` by `column` then `key`; rows without a value come last in either direction.

    Two index walks instead of NULLS LAST, which neither database takes from an index in both directions.
    A cursor nobody issued raises InputError.
    """
    place = _read(cursor, rows.model, column) if cursor else None
    back = place is not None and place.back
    found = _walk(rows, column, descending, key, place, size + 1)
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    before = (more if back else place is not None) and bool(found)
    after = (place is not None if back else more) and bool(found)
    return Page(
        rows=found,
        next=_cursor(found[-1], column, key, back=False) if after else None,
        previous=_cursor(found[0], column, key, back=True) if before else None,
    )


def _walk(rows: QuerySet[Row], column: str, descending: bool, key: str, place: _Place | None, limit: int) -> list[Row]:
    """Up to `limit` rows away from the place: through the rows with a value and those without, in reading order."""
    back = place is not None and place.back
    sign = "-" if descending != back else ""
    nullable = rows.model._meta.get_field(column).null
    groups = [False, True] if nullable else [False]
    if back:
        groups.reverse()
    if place is not None and nullable:
        groups = groups[groups.index(place.value is None) :]
    found: list[Row] = []
    for empty in groups:
        part = rows.filter(**{f"{column}__isnull": empty}) if nullable else rows
        if place is not None and (place.value is None) == empty:
            part = part.filter(_beyond(place, column, key, sign))
        order = [f"{'-' if back else ''}{key}"] if empty else [f"{sign}{column}", f"{sign}{key}"]
        found += part.order_by(*order)[: limit - len(found)]
        if len(found) >= limit:
            break
    return found


def _beyond(place: _Place, column: str, key: str, sign: str) -> Q:
    if place.value is None:
        return Q(**{f"{key}__{'lt' if place.back else 'gt'}": place.key})
    than = "lt" if sign else "gt"
    return Q(**{f"{column}__{than}e": place.value}) & (
        Q(**{f"{column}__{than}": place.value}) | Q(**{f"{key}__{than}": place.key})
    )


def _cursor(row: Model, column: str, key: str, *, back: bool) -> str:
    value = getattr(row, column)
    told = value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
    return base64.urlsafe_b64encode(json.dumps([told, getattr(row, key), back]).encode()).decode().rstrip("=")


def _read(cursor: str, model: type[Model], column: str) -> _Place:
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        value, key, back = told
        if not isinstance(key, str) or not isinstance(back, bool) or isinstance(value, list | dict):
            raise ValueError(cursor)
        return _Place(None if value is None else model._meta.get_field(column).to_python(value), key, back)
    except (ValueError, TypeError, ValidationError, binascii.Error, UnicodeDecodeError) as error:
        raise InputError(
            "Este cursor de página não foi emitido aqui", value=cursor[:80], hint="Comece pela primeira página"
        ) from error


_counts: OrderedDict[tuple[object, ...], int] = OrderedDict()
_guard = Lock()


def count_of(rows: QuerySet[Any], *, keep: int = 512) -> int:
    """How many rows there are; the same question is answered from memory until the next publication."""
    newest = Publication.objects.values_list("pk", "published_at").first()
    if newest is None:
        return rows.count()
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return 0
    asked = (newest, rows.db, sql, repr(parameters))
    with _guard:
        if asked in _counts:
            _counts.move_to_end(asked)
            return _counts[asked]
    number = rows.count()
    with _guard:
        _counts[asked] = number
        while len(_counts) > keep:
            _counts.popitem(last=False)
    return number
