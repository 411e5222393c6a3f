"""One question and what it came to, ready for the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from b2shift.insight.api import assumption_in, plan_question
from b2shift.insight.contracts import Answer, Plan
from b2shift.kernel.errors import B2ShiftError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.ask.conversation import AskedQuestion
from b2shift.web.console.ask.figures import (
    ROWS_SHOWN,
    Figure,
    chart_of,
    figures_of,
    narrative_of,
    query_text,
    rows_url,
    table_of,
    title_of,
)
from b2shift.web.console.ask.page import OnPage, on_page
from b2shift.web.console.ask.words import SAID, Choice, choices
from b2shift.web.console.charts import Chart, Table
from b2shift.web.crm.models import Customer
from b2shift.web.crm.questions import reply_to
from b2shift.web.crm.reading import visible_customers
from b2shift.web.ledger.trail import Doer
from b2shift.web.second_reader.asking import read_twice

NEAR = 5


@dataclass(frozen=True)
class Turn:
    """A question with its answer, question back, refusal or error; `key` is unique on the page."""

    key: str
    question: str
    answer: Answer | None = None
    figures: Sequence[Figure] = ()
    chart: Chart | None = None
    table: Table | None = None
    following: tuple[str, ...] = ()
    title: str | Promise = ""
    why: str | Promise = ""
    about: str = ""
    choices: Sequence[Choice] = ()
    near: Sequence[Customer] = ()
    only_about: str = ""
    simulator: str = ""

    @property
    def narrative(self) -> tuple[str, ...]:
        """What the answer says."""
        return narrative_of(self.answer) if self.answer else ()

    @property
    def more(self) -> int:
        """Rows that the table leaves out."""
        return max(0, len(self.answer.rows) - ROWS_SHOWN) if self.answer else 0

    @property
    def tile_title(self) -> str:
        """What the answer is called on a board: the question, or what it shows where that needs the ones before."""
        if self.answer is None:
            return ""
        alone = plan_question(self.question, self.answer.as_of).query
        return self.question if alone == self.answer.query else title_of(self.answer)

    @property
    def query_text(self) -> str:
        """The typed query, as a tile keeps it."""
        return query_text(self.answer.query) if self.answer else ""

    @property
    def rows_address(self) -> str:
        """Where all rows stand."""
        return rows_url(self.answer.query) if self.answer else ""


def turn(doer: Doer, asked: AskedQuestion, before: Sequence[str], key: str, *, calling: bool = True) -> Turn:
    """Ask in the person's name, and dress what comes back; an error of the house is said, not raised.

    Without `calling` no model is asked anew: for turns that are shown again.
    """
    try:
        return answered_turn(doer, asked, before, key, read_turn(doer, asked, before, calling=calling))
    except B2ShiftError as error:
        return failed_turn(asked, key, error)


def read_turn(doer: Doer, asked: AskedQuestion, before: Sequence[str], *, calling: bool = True) -> Plan:
    """How a question is read where it was asked, before anything is computed."""
    assert doer.person is not None
    if asked.chosen is not None:
        return Plan(action="answer", query=asked.chosen)
    planned = read_twice(doer.person, asked.question, before, doer, calling=calling)
    if planned.query is None or not asked.page:
        return planned
    return planned.model_copy(update={"query": on_page(doer.person, asked.page).narrowed(planned.query)})


def answered_turn(doer: Doer, asked: AskedQuestion, before: Sequence[str], key: str, planned: Plan) -> Turn:
    """What a reading comes to, dressed."""
    user, question = doer.person, asked.question
    assert user is not None
    result, following = reply_to(user, planned, question, before)
    if isinstance(result, Plan):
        return _unanswered(user, result, question, key)
    return Turn(
        key,
        question,
        answer=result,
        figures=figures_of(result),
        chart=chart_of(result, f"resposta-{key}"),
        table=table_of(result),
        following=following,
        only_about=_only_about(result, on_page(user, asked.page) if asked.page else OnPage()),
    )


def _only_about(answer: Answer, page: OnPage) -> str:
    """What the numbers are limited to: the page the question was asked on, where it narrows it, and other filters."""
    filters = answer.query.filters
    narrowed = bool(page.filters) and set(page.filters) <= set(filters)
    told = zip(filters, answer.conditions, strict=False)  # answers kept by former releases have no words
    own = [words for one, words in told if not narrowed or one not in page.filters]
    return " · ".join([page.label, *own] if narrowed else own)


def failed_turn(asked: AskedQuestion, key: str, error: B2ShiftError) -> Turn:
    """An error of the house, said."""
    return Turn(key, asked.question, title=str(error), why=error.hint or _("Pergunte de outro jeito"))


def _unanswered(user: User, plan: Plan, question: str, key: str) -> Turn:
    title, why = SAID[plan.reason or "out_of_scope"]
    near: Sequence[Customer] = ()
    if plan.reason == "ambiguous_entity" and len(plan.about) >= 3:
        near = list(visible_customers(user).filter(name__icontains=plan.about).order_by("name")[:NEAR])
    return Turn(
        key, question, title=title, why=why, about=plan.about, choices=tuple(choices(plan, question)), near=near,
        simulator=_simulator(user, question),
    )  # fmt: skip


def _simulator(user: User, question: str) -> str:
    """Where what a question supposes is computed, for those who may see it."""
    assumption = assumption_in(question) if may(user, Capability.OVERVIEW) else None
    return (
        f"{reverse('console:simulator')}?{urlencode(assumption.model_dump(exclude_unset=True))}" if assumption else ""
    )
