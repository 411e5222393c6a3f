"""What was asked in a conversation, kept in the session, with the reading a person chose where there were two."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from b2shift.metrics.contracts import TypedQuery
from b2shift.web.console.decorators import AuthenticatedRequest

KEY = "asked"
KEPT = 20


class AskedQuestion(NamedTuple):
    """One question of a conversation: `chosen` is what the person said it means, `page` where it was asked."""

    question: str
    chosen: TypedQuery | None = None
    page: str = ""


def conversation(request: AuthenticatedRequest) -> list[AskedQuestion]:
    """What was asked so far, oldest first."""
    return [_asked(entry) for entry in request.session.get(KEY, [])]


def keep(request: AuthenticatedRequest, one: AskedQuestion) -> list[AskedQuestion]:
    """The conversation with one more question; the oldest fall out."""
    entry: Any = one.question
    if one.chosen is not None or one.page:
        query = one.chosen.model_dump(mode="json", exclude_none=True) if one.chosen else None
        entry = {"question": one.question, "query": query, "page": one.page}
    request.session[KEY] = [*request.session.get(KEY, []), entry][-KEPT:]
    return conversation(request)


def forget(request: AuthenticatedRequest) -> None:
    """Begin anew."""
    request.session.pop(KEY, None)


def earlier(asked: Sequence[AskedQuestion]) -> list[str]:
    """The questions a next one may refer to: those after the last one whose reading was chosen.

    A question that was read otherwise than the person meant is no ground to build on.
    """
    after: list[str] = []
    for one in asked:
        after = [] if one.chosen is not None else [*after, one.question]
    return after


def _asked(entry: Any) -> AskedQuestion:
    if isinstance(entry, dict):
        chosen = TypedQuery.model_validate(entry["query"]) if entry["query"] else None
        return AskedQuestion(entry["question"], chosen, entry["page"])
    return AskedQuestion(entry)
