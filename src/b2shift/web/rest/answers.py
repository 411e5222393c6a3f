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
    result, following = ask_twice(caller.person, query.question, query.context, caller.doer(request))
    return _answered(result, following) if isinstance(result, Answer) else _unanswered(result)


def _answered(answer: Answer, following: tuple[str, ...]) -> QuestionAnswer:
    one, other = answer.period, answer.compared_period
    return QuestionAnswer(
        action="answer",
        reason=None,
        about="",
        options=(),
        query=answer.query.as_json(),
        readings=(),
        fingerprint=answer.fingerprint,
        narrative=answer.narrative,
        rows=answer.rows,
        labels=answer.labels,
        units=answer.units,
        definitions=answer.definitions,
        period=Days(start=one.start, end=one.end) if one else None,
        compared_period=Days(start=other.start, end=other.end) if other else None,
        conditions=answer.conditions,
        scope=answer.scope.described(),
        notes=answer.notes,
        as_of=answer.as_of,
        version=answer.version,
        following=following,
    )


def _unanswered(plan: Plan) -> QuestionAnswer:
    return QuestionAnswer(
        action=plan.action,
        reason=plan.reason,
        about=plan.about,
        options=plan.options,
        query=None,
        readings=tuple(one.as_json() for one in plan.readings),
        fingerprint=None,
        narrative=(),
        rows=(),
        labels={},
        units={},
        definitions={},
        period=None,
        compared_period=None,
        conditions=(),
        scope="",
        notes=(),
        as_of=None,
        version=None,
        following=(),
    )
