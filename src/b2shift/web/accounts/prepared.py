"""Questions that every page asks, written as SQL once: the ORM takes longer to write one than the database to answer.

Nothing of an answer is kept (ADR 0398).
"""

from collections.abc import Callable
from threading import local
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import QuerySet

Row = TypeVar("Row")
Value = str | int | float | tuple[str, ...]


class Prepared(Generic[Row]):
    """`rows(*values)` as a question whose values change and whose SQL does not.

    A value is a text, a number or a tuple of texts that `rows` only ever compares columns with; each tuple length is
    a question of its own. Related rows come by `select_related`, never by `prefetch_related`.
    """

    def __init__(self, rows: Callable[..., QuerySet[Any, Row]]) -> None:
        self._rows = rows
        self._written = local()  # a compiler belongs to the connection of its thread

    def __call__(self, *values: Value) -> list[Row]:
        """The rows for these values, asked of the database now."""
        shape = tuple(len(one) if isinstance(one, tuple) else type(one) for one in values)
        kept: dict[Any, _Written[Row]] = self._written.__dict__
        found = kept.get(shape)
        if found is None or not found.usable:
            found = kept[shape] = _Written(self._rows, values)
        return found.answer(values)


class _Written(Generic[Row]):
    def __init__(self, rows: Callable[..., QuerySet[Any, Row]], values: tuple[Value, ...]) -> None:
        count = iter(range(10_000))
        marks = [tuple(_mark(text, count) for text in one) if isinstance(one, tuple) else _mark(one, count)
                 for one in values]  # fmt: skip
        self._asked: Any = rows(*marks)
        compiler: Any = self._asked.query.get_compiler(using=self._asked.db)
        sql, parameters = compiler.as_sql()
        flat = list(_flat(marks))
        assert all(mark in parameters for mark in flat), "every value must be compared with a column as it is"
        self._places = [flat.index(one) if one in flat else None for one in parameters]
        self._sql, self._parameters, self._compiler = sql, list(parameters), compiler
        self._asked.query.get_compiler = lambda *_args, **_more: compiler  # type: ignore[method-assign]

    @property
    def usable(self) -> bool:
        """Whether the thread still has the connection it was written for."""
        return self._compiler.connection is connections[self._asked.db]

    def answer(self, values: tuple[Value, ...]) -> list[Row]:
        given = list(_flat(values))
        filled = tuple(
            told if place is None else given[place] for told, place in zip(self._parameters, self._places, strict=True)
        )
        self._compiler.as_sql = lambda *_args, **_more: (self._sql, filled)
        return list(self._asked._iterable_class(self._asked))


def _mark(value: str | int | float, count: Any) -> str | int | float:
    """Something of the value's type that no question says by itself."""
    n = next(count)
    return f"\u0001{n}\u0001" if isinstance(value, str) else type(value)(-987_654_321_000 - n)


def _flat(values: Any) -> Any:
    for one in values:
        yield from one if isinstance(one, tuple) else (one,)
