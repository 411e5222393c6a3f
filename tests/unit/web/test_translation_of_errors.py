"""What errors say is told in English on English pages and to programs that ask so; the code tells what is left."""

import pickle
import re
from collections.abc import Iterator

import pytest
from django.utils import translation
from tools.errors import missing, said

from b2shift.kernel.errors import B2ShiftError, InputError, PolicyError, StorageError, UnknownNameError
from b2shift.web.console.translation.error_texts import known_error_texts

HOLE = re.compile(r"\{\d\}")
PORTUGUESE = re.compile(r"[ãõçêâáéíóú]|\b(não|uma|com|sem|para|pela|esta|este|foi|são|dos|das)\b", re.IGNORECASE)


@pytest.fixture
def english() -> Iterator[None]:
    """Who asks reads English."""
    with translation.override("en"):
        yield


def test_every_text_of_an_error_has_english() -> None:
    assert not missing()


def test_the_code_is_read_deeply_enough_to_find_them() -> None:
    texts = {one.text for one in said()}
    assert "Não existe métrica com este nome" in texts  # the kind that a name is looked for in
    assert "a faixa de NPS não tem limites" in texts  # a problem of a policy
    assert "O leiaute {1} espera outra coisa: {2}" in texts  # holes
    assert "Nenhuma versão guardada: rode `b2shift run PASTA` com outra --home" in texts  # what a method gives back
    assert "o valor precisa ser uma lista" in texts  # one of a table


def test_english_keeps_the_holes_and_none_of_the_portuguese() -> None:
    for portuguese, told in (pair for part in known_error_texts().values() for pair in part.items()):
        assert sorted(HOLE.findall(portuguese)) == sorted(HOLE.findall(told)), portuguese
        assert not PORTUGUESE.search(told), told


def test_no_english_is_kept_for_what_nothing_says() -> None:
    texts = {one.text for one in said()}
    sentences = {sentence for text in texts for sentence in text.split(". ")}
    kept = [text for part, told in known_error_texts().items() if part != "framed" for text in told]
    assert not [text for text in kept if text not in texts | sentences]


TOLD = {
    UnknownNameError("métrica", "chrn", ["churn_rate", "mrr"]): "There is no metric with this name: chrn. Did you mean "
    "churn_rate?",
    UnknownNameError("order", "x", ["a", "b"]): "There is no order with this name: x. There are: a, b",
    StorageError("A decisão não pôde ser guardada", value="/x", hint=OSError(28, "", "/y")): "The decision could not "
    "be kept: /x. The disk is full: free some space (/y)",
    InputError("A fórmula é longa demais", value=1200, hint="Use até 1.000 caracteres"): "The formula is too long: "
    "1200. Use at most 1,000 characters",
    InputError("MRR perdido só tem o valor de hoje: não há mudança a medir"): "Lost MRR has only today's value: there "
    "is no change to measure",
    PolicyError(
        "regua.yaml, linha 12: regra nps: a faixa de NPS não tem limites",
        hint="O mínimo é 1. Há outros problemas (2): linha 4: regra x: tema desconhecido: foo; linha 9: falta um campo",
    ): "regua.yaml, line 12: rule nps: the NPS band has no limits. The minimum is 1. There are other problems (2): "
    "line 4: rule x: unknown theme: foo; line 9: a field is missing",
    InputError("The campaign is gone", hint="Reload the page"): "The campaign is gone. Reload the page",
}


@pytest.mark.parametrize(("error", "told"), TOLD.items(), ids=range(len(TOLD)))
def test_an_error_is_heard_in_english(english: None, error: B2ShiftError, told: str) -> None:
    assert str(error) == told
    assert str(pickle.loads(pickle.dumps(error))) == told


def test_an_error_is_heard_as_raised_where_portuguese_is_read() -> None:
    error = InputError("A fórmula é longa demais", value=1200, hint="Use até 1.000 caracteres")
    assert str(error) == "A fórmula é longa demais: 1200. Use até 1.000 caracteres"
    with translation.override("en"):
        assert error.what == "The formula is too long"
    assert error.what == "A fórmula é longa demais"


@pytest.mark.usefixtures("english")
def test_refusals_of_a_document_are_told_each_after_its_place() -> None:
    error = InputError(
        "A agenda não serve",
        value="schedule.yaml",
        hint="jobs.0.kind: valor desconhecido: dat. Quis dizer date?; jobs.1: falta um campo: name",
    )
    assert str(error).endswith("jobs.0.kind: unknown value: dat. Did you mean date?; jobs.1: a field is missing: name")
