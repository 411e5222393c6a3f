"""Questions that every page asks, written as SQL once: the ORM takes longer to write one than the database to answer.

Nothing of an answer is kept (ADR 0398, 0414).
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
Value = str | int | float | tuple[str, ...]
_Written = tuple[type[Row], str, list[object]]
"""The model, its SQL, and for each place of it the number of the value that goes there, or what always stands there."""


class Prepared(Generic[Row]):
    """`rows(*values)` as a question whose values change and whose SQL does not.

    A value is a text, a number or a tuple of texts that `rows` only ever compares columns with; each tuple length is
    a question of its own. Rows are whole and of one table: what they point at is asked for by itself.
    """

    def __init__(self, rows: Callable[..., QuerySet[Row]]) -> None:
        self._rows = rows
        self._written: dict[tuple[object, ...], _Written[Row]] = {}

    def __call__(self, *values: Value) -> list[Row]:
        """The rows for these values, asked of the database now."""
        shape = tuple(len(one) if isinstance(one, tuple) else type(one) for one in values)
        if shape not in self._written:
            self._written[shape] = self._write(values)
        model, sql, places = self._written[shape]
        given = list(_flat(values))
        parameters = [given[place.number] if isinstance(place, _Place) else place for place in places]
        return list(model._default_manager.raw(sql, parameters))

    def _write(self, values: tuple[Value, ...]) -> _Written[Row]:
        numbers = count()
        marks: list[Value] = [
            tuple(_text(next(numbers)) for _ in one) if isinstance(one, tuple) else _mark(one, next(numbers))
            for one in values
        ]
        question = self._rows(*marks)
        if question.query.select_related:
            raise ValueError("a prepared question is of one table: ask for what its rows point at by itself")
        sql, parameters = question.query.sql_with_params()
        flat = list(_flat(marks))
        if not set(flat) <= set(parameters):
            raise ValueError("every value must be compared with a column as it is")
        return question.model, sql, [_Place(flat.index(one)) if one in flat else one for one in parameters]


class _Place:
    """Where a value of this number goes."""

    def __init__(self, number: int) -> None:
        self.number = number


def _mark(value: str | int | float, number: int) -> str | int | float:
    """Something of the value's type that no question says by itself."""
    return _text(number) if isinstance(value, str) else type(value)(-987_654_321_000 - number)


def _text(number: int) -> str:
    return f"\u0001{number}\u0001"


def _flat(values: Iterable[Value]) -> Iterator[str | int | float]:
    for one in values:
        if isinstance(one, tuple):
            yield from one
        else:
            yield one
