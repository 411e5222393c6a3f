"""The front door of asking."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from b2shift.insight.answers.columns import INNER as INNER_COLUMNS
from b2shift.insight.answers.columns import grain_of, heading_of, unit_of
from b2shift.insight.answers.crossing import alert_query, alert_rule, evaluate_alert, watched_value
from b2shift.insight.answers.locale import Language, Locale
from b2shift.insight.contracts import AlertRule, Answer, MetricTest, Plan
from b2shift.insight.evaluation.score import Asked, read_questions
from b2shift.insight.evaluation.score import evaluate as _evaluate
from b2shift.insight.hypothetical import assumption_in
from b2shift.insight.model.agreement import agreed, worth_asking
from b2shift.insight.model.contracts import ModelEndpoint, ModelUsage
from b2shift.insight.model.reading import ModelReading, read_by_model, request_for
from b2shift.insight.planning.plan import plan as plan_question
from b2shift.insight.reading.lexicon import Lexicon, product_lexicon
from b2shift.insight.whatif import Assumptions, Baseline, Simulation, Step, simulate
from b2shift.metrics.api import Scope, vet
from b2shift.metrics.contracts import OwnMetric, TypedQuery

if TYPE_CHECKING:  # planning alone must not wait for the engine
    from b2shift.lake.api import Lake

__all__ = [
    "INNER_COLUMNS",
    "Assumptions",
    "Baseline",
    "Locale",
    "ModelEndpoint",
    "ModelReading",
    "ModelUsage",
    "Simulation",
    "Step",
    "agreed",
    "alert_query",
    "alert_rule",
    "answer_query",
    "assumption_in",
    "backtest_alert",
    "describe_query",
    "drill_down",
    "evaluate_alert",
    "evaluate_questions",
    "grain_of",
    "heading_of",
    "held_metrics",
    "in_this_house",
    "lexicon_of",
    "plan_question",
    "prepare",
    "read_by_model",
    "read_questions",
    "request_for",
    "run_metric_tests",
    "simulate",
    "stand_in",
    "suggest_questions",
    "unit_of",
    "watched_value",
    "worth_asking",
]


def prepare(as_of: date) -> None:
    """Load and build everything that planning needs, so that the first question waits for nothing."""
    product_lexicon().spelling.correct("palavrinha")
    plan_question("MRR por segmento", as_of)


def evaluate_questions(questions: Sequence[Asked], as_of: date) -> dict[str, Any]:
    """Score the plans of questions with expected plans; see `evaluation.score.evaluate`."""
    prepare(as_of)
    return _evaluate(questions, lambda asked: plan_question(asked["question"], as_of, asked.get("context", ())), as_of)


def answer_query(lake: "Lake", query: TypedQuery, scope: Scope, language: Language = "pt") -> Answer | Plan:
    """The answer to a typed query within a scope, worded in a language; see `answers.answer.answer`.

    The query is validated first, whoever wrote it (`metrics.vetting.vet`).
    """
    from b2shift.insight.answers.answer import answer

    return answer(lake, vet(query), scope, language)


def in_this_house(lake: "Lake", query: TypedQuery, language: Language = "pt") -> tuple[TypedQuery, tuple[str, ...]]:
    """A query over the data of this house, and what to say of it; see `answers.availability.in_this_house`."""
    from b2shift.insight.answers.availability import in_this_house as found

    return found(lake, query, language)


def held_metrics(lake: "Lake") -> frozenset[str]:
    """Names of the metrics a lake has data for; see `answers.availability.held_metrics`."""
    from b2shift.insight.answers.availability import held_metrics as found

    return found(lake)


def stand_in(lake: "Lake", name: str) -> str:
    """The metric that answers for one in this house; see `answers.availability.stand_in`."""
    from b2shift.insight.answers.availability import stand_in as found

    return found(lake, name)


def describe_query(query: TypedQuery, language: Language = "pt") -> str:
    """A typed query in one line of text; see `answers.paraphrase.paraphrase`."""
    from b2shift.insight.answers.paraphrase import paraphrase

    return paraphrase(query, Locale(language))


def backtest_alert(lake: "Lake", query: TypedQuery, rule: AlertRule, scope: Scope) -> list[dict[str, Any]]:
    """When an alert with its rule would have fired in the past; see `answers.backtest.backtest`."""
    from b2shift.insight.answers.backtest import backtest
    from b2shift.insight.answers.numbers import Numbers

    return backtest(Numbers(lake, query, scope), rule)


def drill_down(query: TypedQuery, row: dict[str, Any]) -> TypedQuery | None:
    """The customers behind a number, as another query; see `answers.drill_down.drill_down`."""
    from b2shift.insight.answers.drill_down import drill_down as found

    return found(query, row)


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


def run_metric_tests(lake: "Lake", one: OwnMetric) -> tuple[MetricTest, ...]:
    """The tests of a custom metric; see `metric_tests.run_metric_tests`."""
    from b2shift.insight.metric_tests import run_metric_tests as run

    return run(lake, one)


def lexicon_of(lake: "Lake") -> Lexicon:
    """The lexicon with the entity names of a lake; see `answers.entity_names.lexicon_of`."""
    from b2shift.insight.answers.entity_names import lexicon_of as found

    return found(lake)
