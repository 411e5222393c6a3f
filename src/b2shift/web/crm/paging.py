"""Keyset pages: the next page starts where the last row ended, so page 1,000 costs what page 1 does."""

import base64
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Case, F, Model, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from b2shift.kernel.errors import InputError
from b2shift.web.crm.cache import cache_key, cached

PAGE_ROWS = 50
FEW = 2_000
"""Rows that are found and sorted sooner than an index of the whole table is walked."""
_SIGNER = Signer(salt="b2shift.crm.paging")

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in order, and the cursors of the pages beside it (None at an end)."""

    rows: list[Row]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class _Position:
    """The row a page starts after (or, `back`, ends before): its sort value and key."""

    value: Any
    key: str
    back: bool


@dataclass(frozen=True)
class _Order:
    """How rows are sorted: by `column`, then by the unique `key`; `few` when there are not many to sort."""

    column: str
    descending: bool
    key: str
    few: bool = False

    def by(self, sign: str, *columns: str) -> list[Any]:
        """What ORDER BY takes: the sort's own index, or for few rows an expression that has none."""
        if not self.few:
            return [f"{sign}{column}" for column in columns]
        # No index is made of `coalesce(x, x)`: the database finds the few rows by their filters, then sorts them. By
        # the sort's index it would walk the whole table to meet them.
        plain = [Coalesce(F(column), F(column)) for column in columns]
        return [one.desc() if sign else one.asc() for one in plain]


def page_of(
    rows: QuerySet[Row],
    *,
    column: str,
    descending: bool,
    key: str,
    cursor: str = "",
    size: int = PAGE_ROWS,
    walk: QuerySet[Row] | None = None,
    total: int | None = None,
) -> Page[Row]:
    """One page of `rows` by `column` then `key`; rows without a value come last in either direction.

    Two index walks instead of NULLS LAST, which neither database takes from an index in both directions. `walk` are
    the same rows told so that meeting them in that order is cheap; they are taken when there are many. `total` is how
    many there are, where that is known.
    A cursor that was not issued here, or was issued for another sort, raises InputError.
    """
    order = _Order(column, descending, key, few=(count_of(rows) if total is None else total) <= FEW)
    position = _read(cursor, rows.model, order) if cursor else None
    back = position is not None and position.back
    found = _rows_from(rows if order.few or walk is None else walk, order, position, size + 1)
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    before = (more if back else position is not None) and bool(found)
    after = (position is not None if back else more) and bool(found)
    return Page(
        rows=found,
        next=_cursor(found[-1], order, back=False) if after else None,
        previous=_cursor(found[0], order, back=True) if before else None,
    )


def all_in_order(rows: QuerySet[Row], *, column: str, descending: bool, key: str) -> QuerySet[Row]:
    """Every row in the order of its pages, for a file: rows without a value last, by key, on either database."""
    value, sign = F(column), "-" if descending else ""
    if not _nullable(rows, column):
        return rows.order_by(f"{sign}{column}", f"{sign}{key}")
    last = value.desc(nulls_last=True) if descending else value.asc(nulls_last=True)
    return rows.order_by(
        last, Case(When(**{f"{column}__isnull": True}, then=F(key)), default=Value("")), f"{sign}{key}"
    )


def _nullable(rows: QuerySet[Row], column: str) -> bool:
    return bool(getattr(rows.model._meta.get_field(column), "null", False))


def _rows_from(rows: QuerySet[Row], order: _Order, position: _Position | None, limit: int) -> list[Row]:
    """Up to `limit` rows away from the place: through the rows with a value and those without, in reading order."""
    back = position is not None and position.back
    sign = "-" if order.descending != back else ""
    nullable = _nullable(rows, order.column)
    groups = [False, True] if nullable else [False]
    if back:
        groups.reverse()
    if position is not None and nullable:
        groups = groups[groups.index(position.value is None) :]
    found: list[Row] = []
    for empty in groups:
        part = rows.filter(**{f"{order.column}__isnull": empty}) if nullable else rows
        if position is not None and (position.value is None) == empty:
            part = part.filter(_beyond(position, order, sign))
        by = order.by("-" if back else "", order.key) if empty else order.by(sign, order.column, order.key)
        found += part.order_by(*by)[: limit - len(found)]
        if len(found) >= limit:
            break
    return found


def _beyond(position: _Position, order: _Order, sign: str) -> Q:
    """Rows after the place in the direction of `sign`; the first condition is what an index can start from."""
    if position.value is None:
        return Q(**{f"{order.key}__{'lt' if position.back else 'gt'}": position.key})
    than = "lt" if sign else "gt"
    return Q(**{f"{order.column}__{than}e": position.value}) & (
        Q(**{f"{order.column}__{than}": position.value}) | Q(**{f"{order.key}__{than}": position.key})
    )


def _cursor(row: Model, order: _Order, *, back: bool) -> str:
    """The row's place, signed: nobody can make one up, so its values need no checking."""
    value = getattr(row, order.column)
    plain = value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
    position = json.dumps([order.column, order.descending, plain, getattr(row, order.key), back], separators=(",", ":"))
    return _SIGNER.sign(base64.urlsafe_b64encode(position.encode()).decode().rstrip("="))


def _read(cursor: str, model: type[Model], order: _Order) -> _Position:
    try:
        signed = _SIGNER.unsign(cursor)
    except BadSignature as error:
        raise _refused(cursor) from error
    column, descending, value, key, back = json.loads(base64.urlsafe_b64decode(signed + "=" * (-len(signed) % 4)))
    if (column, descending) != (order.column, order.descending):
        raise _refused(cursor)
    field: Any = model._meta.get_field(column)
    return _Position(None if value is None else field.to_python(value), key, back)


def _refused(cursor: str) -> InputError:
    return InputError(
        _("Este cursor de página não foi emitido aqui para esta ordem"),
        value=cursor[:80],
        hint=_("Comece pela primeira página"),
    )


def count_of(rows: QuerySet[Any]) -> int:
    """How many rows there are; the same question is answered from memory until the next publication."""
    question = cache_key(rows.order_by().values("pk"))  # whatever is read of them, and in whichever order
    return 0 if question is None else cached(("count", question), rows.count)
