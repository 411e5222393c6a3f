"""Questions in words: what the page answers, for programs."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from b2shift.insight.contracts import Answer, Plan
from b2shift.web.accounts.permissions import Capability
from b2shift.web.rest.authentication import caller_of, secured
from b2shift.web.rest.contracts.answers import Days, QuestionAnswer
from b2shift.web.rest.pagination import reject_unknown_parameters
from b2shift.web.rest.validators import conditional
from b2shift.web.second_reader.asking import ask_twice

router = Router(tags=["answers"])


Text = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]


class AskQuery(Schema):
    """What is asked, and the earlier questions it may refer to."""

    question: Text = Field(description="in Portuguese or English")
    context: list[Text] = Field([], max_length=6, description="earlier questions, oldest first")


@router.get("", response=QuestionAnswer, summary="Ask in words", **secured(Capability.ASK))
@conditional
def ask_question(request: HttpRequest, query: Query[AskQuery]) -> QuestionAnswer:
    """Numbers over the customers you see, a question back, or why it is not answered."""
    reject_unknown_parameters(request, AskQuery)
    caller = caller_of(request)
    told, following = ask_twice(caller.person, query.question, query.context, caller.doer(request))
    return _answered(told, following) if isinstance(told, Answer) else _unanswered(told)


def _answered(told: Answer, following: tuple[str, ...]) -> QuestionAnswer:
    one, other = told.period, told.compared_period
    return QuestionAnswer(
        action="answer",
        reason=None,
        about="",
        options=(),
        query=told.query.as_json(),
        readings=(),
        fingerprint=told.fingerprint,
        narrative=told.narrative,
        rows=told.rows,
        labels=told.labels,
        units=told.units,
        definitions=told.definitions,
        period=Days(start=one.start, end=one.end) if one else None,
        compared_period=Days(start=other.start, end=other.end) if other else None,
        scope=told.scope,
        notes=told.notes,
        as_of=told.as_of,
        version=told.version,
        following=following,
    )


def _unanswered(told: Plan) -> QuestionAnswer:
    return QuestionAnswer(
        action=told.action,
        reason=told.reason,
        about=told.about,
        options=told.options,
        query=None,
        readings=tuple(one.as_json() for one in told.readings),
        fingerprint=None,
        narrative=(),
        rows=(),
        labels={},
        units={},
        definitions={},
        period=None,
        compared_period=None,
        scope="",
        notes=(),
        as_of=None,
        version=None,
        following=(),
    )
