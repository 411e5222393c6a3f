"""The front door of asking."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from b2shift.insight.answers.columns import INNER as INNER_COLUMNS
from b2shift.insight.answers.columns import heading_of, unit_of
from b2shift.insight.answers.crossing import judge, question_of, rule_of, seen_in
from b2shift.insight.answers.voice import Language, Voice
from b2shift.insight.contracts import AlertRule, Answer, Plan, Trial
from b2shift.insight.evaluation.score import Asked, read_questions
from b2shift.insight.evaluation.score import evaluate as _evaluate
from b2shift.insight.model.agreement import agreed, worth_asking
from b2shift.insight.model.contracts import ModelAt, Spent
from b2shift.insight.model.reading import ModelRead, read_by_model, request_for
from b2shift.insight.planning.plan import plan as plan_question
from b2shift.insight.reading.lexicon import Lexicon, product_lexicon
from b2shift.insight.supposing import supposed
from b2shift.insight.whatif import Assumed, Base, Simulated, Step, simulate
from b2shift.metrics.api import Scope, vet
from b2shift.metrics.contracts import OwnMetric, TypedQuery

if TYPE_CHECKING:  # planning alone must not wait for the engine
    from b2shift.lake.api import Lake

__all__ = [
    "INNER_COLUMNS",
    "Assumed",
    "Base",
    "ModelAt",
    "ModelRead",
    "Simulated",
    "Spent",
    "Step",
    "Voice",
    "agreed",
    "answer_query",
    "crossings",
    "describe_query",
    "evaluate_questions",
    "heading_of",
    "judge",
    "lexicon_of",
    "plan_question",
    "prepare",
    "prove_metric",
    "question_of",
    "read_by_model",
    "read_questions",
    "request_for",
    "rows_behind",
    "rule_of",
    "seen_in",
    "simulate",
    "suggest_questions",
    "supposed",
    "unit_of",
    "worth_asking",
]


def prepare(as_of: date) -> None:
    """Load and build everything that planning needs, so that the first question waits for nothing."""
    product_lexicon().spelling.correct("palavrinha")
    plan_question("MRR por segmento", as_of)


def evaluate_questions(questions: Sequence[Asked], as_of: date) -> dict[str, Any]:
    """Plan questions that say what they expect, and judge the plans; see `evaluation.score.evaluate`."""
    prepare(as_of)
    return _evaluate(questions, lambda asked: plan_question(asked["question"], as_of, asked.get("context", ())), as_of)


def answer_query(lake: "Lake", query: TypedQuery, scope: Scope, language: Language = "pt") -> Answer | Plan:
    """Numbers for a typed query within a scope, told in a language; see `answers.answer.answer`.

    Whoever wrote the query, a reader, a model or an address, it is vetted first (`metrics.vetting.vet`).
    """
    from b2shift.insight.answers.answer import answer

    return answer(lake, vet(query), scope, language)


def describe_query(query: TypedQuery, language: Language = "pt") -> str:
    """A typed query in one line of words; see `answers.described.describe`."""
    from b2shift.insight.answers.described import describe

    return describe(query, Voice(language))


def crossings(lake: "Lake", query: TypedQuery, rule: AlertRule, scope: Scope) -> list[dict[str, Any]]:
    """An alert with its rule tried on the past; see `answers.alerting.rehearse`."""
    from b2shift.insight.answers.alerting import rehearse
    from b2shift.insight.answers.numbers import Numbers

    return rehearse(Numbers(lake, query, scope), rule)


def rows_behind(query: TypedQuery, row: dict[str, Any]) -> TypedQuery | None:
    """The customers a number is made of, as another query; see `answers.behind.behind`."""
    from b2shift.insight.answers.behind import behind

    return behind(query, row)


def suggest_questions(
    query: TypedQuery,
    as_of: date,
    context: Sequence[str],
    lexicon: Lexicon | None = None,
    language: Language = "pt",
) -> tuple[str, ...]:
    """Questions that follow; see `answers.suggesting.suggest`."""
    from b2shift.insight.answers.suggesting import suggest

    return suggest(query, as_of, context, lexicon, language)


def prove_metric(lake: "Lake", one: OwnMetric) -> tuple[Trial, ...]:
    """The tests of a metric a house adds; see `proving.prove`."""
    from b2shift.insight.proving import prove

    return prove(lake, one)


def lexicon_of(lake: "Lake") -> Lexicon:
    """The lexicon with the names a lake holds; see `answers.names.lexicon_of`."""
    from b2shift.insight.answers.names import lexicon_of as found

    return found(lake)
