"""In-process cache of answers about published rows, valid until the next publication or erasure."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.utils.translation import get_language

from b2shift.lake.api import stamp_of
from b2shift.web.crm.current import newest_publication

Answer = TypeVar("Answer")

_MOST_ENTRIES = 1024
_answers: OrderedDict[Hashable, object] = OrderedDict()
_locks: dict[Hashable, Lock] = {}
_guard = Lock()


def cached(question: Hashable, answer: Callable[[], Answer]) -> Answer:
    """The cached answer to a question; computed once per publication, language and process, and again after an erasure.

    `question` must say everything the answer depends on: who may see what belongs to it (see `question_of`). Before
    the first publication nothing is kept.
    """
    newest = newest_publication()
    if newest is None:
        return answer()
    described = stamp_of(Path(settings.HOME), newest.lake_version)
    asked = (newest.pk, newest.published_at, described, get_language(), question)
    with _guard:
        if asked in _answers:
            _answers.move_to_end(asked)
            return cast(Answer, _answers[asked])
        turn = _locks.setdefault(asked, Lock())
    with turn:  # right after a publication everybody asks the same: one works it out, the others wait for that
        with _guard:
            if asked in _answers:
                return cast(Answer, _answers[asked])
        try:
            found = answer()
            with _guard:
                _answers[asked] = found
                while len(_answers) > _MOST_ENTRIES:
                    _answers.popitem(last=False)
        finally:
            with _guard:
                _locks.pop(asked, None)
    return found


def clear_cache() -> None:
    """Clear the cache: for tests, which change rows that elsewhere only a publication changes."""
    with _guard:
        _answers.clear()


def cache_key(rows: QuerySet[Any]) -> Hashable:
    """The cache key of a query: equal for equal queries; None when it can have no rows."""
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return rows.db, sql, repr(parameters)
