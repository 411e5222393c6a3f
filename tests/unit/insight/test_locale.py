"""Answers are told in the language of the page: every sentence has its English twin, every number its English form."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from tests.unit.insight.small_lake import AS_OF, SmallLake

from b2shift.insight.answers import locale
from b2shift.insight.answers.analyses import RISEN, STEADY
from b2shift.insight.api import answer_query, plan_question, suggest_questions
from b2shift.insight.contracts import Answer
from b2shift.lake.api import Lake
from b2shift.metrics.api import Scope, load_dictionary

FOLDER = Path(locale.__file__).parent
FIELDS = re.compile(r"\{(\w+)\}")
PORTUGUESE = re.compile(r"\b(em|de|dos|da|que|ao|maior|menor|era|subiu|caiu|clientes|entre|por|nos|ficou|mais)\b")


def said() -> Iterator[str]:
    """Every text that may be given to `say`: those written there, and the constants of the same file."""
    for file in FOLDER.glob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        held = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        yield from (text for text in held.values() if text in locale.english())
        tables = [node.value for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)]
        words = [one.value for table in tables for one in table.values if isinstance(one, ast.Constant)]
        yield from (text for text in words if text in locale.english())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value
                    elif isinstance(part, ast.Name) and part.id in held:
                        yield held[part.id]


def test_every_sentence_has_its_twin_and_no_twin_is_left_over() -> None:
    chips = {"e por segmento?", "e por região?", "e por cluster?"}
    spoken = set(said()) | chips | {"{all} cliente atende ao que foi pedido."}
    english = locale.english()
    assert len(spoken) > 50
    assert spoken == set(english)


def test_every_metric_is_defined_in_english(lake: Lake) -> None:
    for one in load_dictionary().metrics.values():
        assert one.definition_en, one.name
        assert one.owner_en, one.name
        assert not PORTUGUESE.search(one.definition_en), one.definition_en
    query = plan_question("What is NRR?", AS_OF).query
    assert query is not None
    told = answer_query(lake, query, Scope(), "en")
    assert isinstance(told, Answer)
    assert "Owner: Finance." in told.narrative[0]
    assert told.definitions["NRR"].startswith("MRR today of the customers")


def test_twins_hold_the_same_values() -> None:
    for told, twin in locale.english().items():
        assert sorted(FIELDS.findall(told)) == sorted(FIELDS.findall(twin)), told


def test_every_metric_has_an_english_name() -> None:
    for one in load_dictionary().metrics.values():
        planned = plan_question(one.label_en, AS_OF)
        assert planned.query is not None, one.label_en
        assert planned.query.metrics == (one.name,), one.label_en


@pytest.fixture(scope="module")
def lake() -> Lake:
    return cast(Lake, SmallLake())


@pytest.mark.parametrize(
    "question",
    [
        "MRR", "MRR by segment last month", "MRR over the last 6 months", "Why did MRR change last month?",
        "Compare MRR in May with April", "top 2 customers by MRR", "customers with MRR above 100",
        "Which month had the highest MRR in 2026?",
        "share of MRR in retail", "MRR in retail compared to the average of the base",
        "MRR forecast for the next 3 months",
        "Alert me when MRR drops below 700", "What is NPS?",
    ],
)  # fmt: skip
def test_an_answer_is_translated_to_english(lake: Lake, question: str) -> None:
    planned = plan_question(question, AS_OF)
    assert planned.query is not None, planned
    told = answer_query(lake, planned.query, Scope(), "en")
    assert isinstance(told, Answer), told
    assert told.narrative
    if planned.query.intent != "define":  # definitions are declared in Portuguese
        for sentence in told.narrative:
            assert not PORTUGUESE.search(sentence), sentence
    same = answer_query(lake, planned.query, Scope())
    assert isinstance(same, Answer)
    assert (same.rows, same.fingerprint) == (told.rows, told.fingerprint) or planned.query.intent == "explain"
    for text in suggest_questions(planned.query, AS_OF, (question,), None, "en"):
        assert not PORTUGUESE.search(text), text


def test_numbers_and_months_have_their_english_form() -> None:
    one = locale.Locale("en")
    assert one.figure(1234567.0, "brl") == "R$ 1.23M"
    assert one.figure(93448.11, "brl") == "R$ 93.4k"
    assert one.figure(12.34, "percent") == "12.3%"
    assert one.month(AS_OF) == "Jun 2026"
    assert locale.Locale().figure(1234567.0, "brl") == "R$ 1,23 mi"


def test_a_sentence_that_ends_in_points_has_one_full_stop() -> None:
    portuguese, english = locale.Locale(), locale.Locale("en")
    for speaker, points in ((portuguese, "0,11 p.p."), (english, "0.11 pp")):
        size = speaker.say("{points} p.p.", points=speaker.number(0.11, 2))
        assert size == points
        assert ".." not in speaker.say(STEADY, what="x", before="y", now=size)
    assert portuguese.say(RISEN, what="Churn", size="0,11 p.p.", before="mai/2026", now="jun/2026") == (
        "Churn subiu 0,11 p.p. de mai/2026 para jun/2026."
    )
