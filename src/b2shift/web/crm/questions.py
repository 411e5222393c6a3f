"""Questions in a person's name: answered over the customers they see, and no others."""

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

from django.utils.translation import get_language

from b2shift.insight import api as insight
from b2shift.insight.api import Locale, answer_query, in_this_house, lexicon_of, plan_question, suggest_questions
from b2shift.insight.contracts import Answer, Plan
from b2shift.kernel.errors import LakeEmptyError
from b2shift.lake.api import Lake
from b2shift.metrics.api import Scope as Rows
from b2shift.metrics.api import load_dictionary, own_metrics
from b2shift.metrics.contracts import TypedQuery
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, Scope, require, scope_of
from b2shift.web.crm.cache import cached
from b2shift.web.crm.lake import lake
from b2shift.web.crm.own_metrics import of_this_home
from b2shift.web.crm.reading import portfolio

TURNS = 6
"""Earlier questions of a conversation that a new one may refer to."""


class Reply(NamedTuple):
    """What a question came to, and what may be asked next."""

    result: Answer | Plan
    following: tuple[str, ...] = ()


def rows_of(user: User) -> Rows:
    """The customers of the person's scope and of the unit in view, as the compiler takes them."""
    units = {user.unit_in_view} - {""}
    owners: tuple[str, ...] | None = None
    match scope_of(user):
        case Scope.ALL:
            pass
        case Scope.UNIT if user.business_unit:
            units |= {user.business_unit}
        case Scope.TEAM | Scope.OWN:
            owners = tuple(portfolio(user))
        case _:
            owners = ()
    return Rows(owners=owners, units=tuple(sorted(units)) or None)


def reference_date(user: User) -> date:
    """The day of the data, from which periods are read."""
    require(user, Capability.ASK)
    return lake().manifest.as_of


@of_this_home
def ask(user: User, question: str, earlier: Sequence[str] = ()) -> Reply:
    """An answer, a question back or a refusal; AccessError for who may not ask, InputError where no number is right."""
    return reply_to(user, read_question(user, question, earlier), question, earlier)


@of_this_home
def read_question(user: User, question: str, earlier: Sequence[str] = ()) -> Plan:
    """How the built-in reader reads a question on this day of the data; nothing is computed yet."""
    return plan_question(question, reference_date(user), tuple(earlier)[-TURNS:], lexicon_of(lake()))


@of_this_home
def reply_to(user: User, planned: Plan, question: str, earlier: Sequence[str] = ()) -> Reply:
    """What a plan comes to over the customers the person sees, and what may be asked next."""
    if planned.query is None:
        return Reply(planned)
    read = lake()
    query, notes = in_this_house(read, planned.query, language_of_page())
    result = answer(user, query)
    if isinstance(result, Plan):
        return Reply(result)
    context = (*tuple(earlier)[-TURNS:], question)
    following = suggest_questions(query, reference_date(user), context, lexicon_of(read), language_of_page())
    return Reply(result.noted(notes), following)


@of_this_home
def held_metrics() -> frozenset[str]:
    """Metrics that this house has data for; none before its first run."""
    try:
        read = lake()
    except LakeEmptyError:
        return frozenset()
    return cached(("held", read.version, own_metrics()), lambda: insight.held_metrics(read))


def metrics_read_in(question: str) -> frozenset[str]:
    """The metrics a question names, as the built-in reader reads it on this day of the data."""
    query = plan_question(question, lake().manifest.as_of).query
    known = load_dictionary().metrics
    named = (*query.metrics, *(one.field for one in query.filters)) if query else ()
    return frozenset(name for name in named if name in known)


def offered(metrics: Sequence[str]) -> tuple[str, ...]:
    """Of metrics offered to choose from those this house can answer, by what stands for them; all where it has none."""
    read, held = lake(), held_metrics()
    told = dict.fromkeys(insight.stand_in(read, name) for name in metrics)
    return tuple(name for name in told if name in held) or tuple(metrics)


def is_self_contained(question: str, query: TypedQuery) -> bool:
    """Whether a question means this query today without the ones before it: then its days may move with the data."""
    return _planned(question) == query


def redated(question: str, query: TypedQuery) -> TypedQuery:
    """A kept query as its question means it today: only its days may move; without a question as it was kept."""
    planned = _planned(question) if question else None
    days = {"time": None, "forecast": None, "comparison": None}
    same = planned is not None and planned.model_copy(update=days) == query.model_copy(update=days)
    return planned if planned is not None and same else query


@of_this_home
def _planned(question: str) -> TypedQuery | None:
    read = lake()
    query = plan_question(question, read.manifest.as_of, (), lexicon_of(read)).query
    return in_this_house(read, query)[0] if query else None


@of_this_home
def answer(user: User, query: TypedQuery) -> Answer | Plan:
    """A typed query over the customers the person sees: pages, tiles and programs all ask here."""
    require(user, Capability.ASK)
    read: Lake = lake()
    scope = rows_of(user)
    if "customer" in query.dimensions and not query.limit:
        return answer_query(read, query, scope, language_of_page())  # as long as the base: not kept in memory
    question = ("answer", read.version, query.model_dump_json(), repr(scope), own_metrics())
    return cached(question, lambda: answer_query(read, query, scope, language_of_page()))


def language_of_page() -> Literal["pt", "en"]:
    """The language of the person's pages, in which answers are told."""
    return "en" if (get_language() or "").startswith("en") else "pt"


def locale_of_page() -> Locale:
    """Names of metrics and dimensions as the person's pages say them."""
    return Locale(language_of_page())
