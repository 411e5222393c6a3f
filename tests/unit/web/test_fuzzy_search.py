"""A word typed with one slip finds what was meant, on both databases, and what is spelt right finds nothing more."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from b2shift.web.accounts.roles import Role
from b2shift.web.crm.fuzzy import begins_within_one_edit, begins_within_two_edits, candidates, deletion_forms
from b2shift.web.crm.models import Customer, Publication, SearchForm, SearchWord
from b2shift.web.crm.search import search

pytestmark = pytest.mark.records
SignIn = Callable[[Role], Client]


def found(text: str) -> set[str]:
    return set(search(Customer.objects.all(), text).rows.values_list("customer_id", flat=True))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pdaria", "padaria"), ("paadaria", "padaria"), ("podaria", "padaria"), ("apdaria", "padaria"),
        ("padarai", "padaria"), ("padarja", "padaria"), ("padiria sao", "padaria sao"), ("clinca", "clinica"),
        ("curitba", "curitiba"), ("belo horisonte", "belo horizonte"), ("sao palo", "sao paulo"),
        ("JOSÉ mulller", "jose muller"),
    ],
)  # fmt: skip
def test_one_slip_is_forgiven(published: Publication, typed: str, meant: str) -> None:
    assert found(meant)
    assert found(typed) == found(meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("belo hroizomte", "belo horizonte"), ("belo orizomte", "belo horizonte")],
)
def test_two_slips_are_forgiven_in_a_long_word(published: Publication, typed: str, meant: str) -> None:
    assert found(meant)
    assert found(typed) == found(meant)


def test_two_slips_in_a_short_word_are_another_word(published: Publication) -> None:
    assert found("pdarja") == set()


def test_the_published_forms_are_those_that_are_looked_for(published: Publication) -> None:
    for word in SearchWord.objects.values_list("word", flat=True):
        assert set(SearchForm.objects.filter(word=word).values_list("form", flat=True)) == deletion_forms(word)


@given(st.text("abcdefgh", min_size=11, max_size=16), st.data())
def test_two_letters_changed_in_a_long_word_share_a_form(word: str, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(word) - 1), min_size=2, max_size=2, unique=True))
    typed = "".join("x" if place in places else letter for place, letter in enumerate(word))
    assert begins_within_two_edits(typed, word)
    assert deletion_forms(typed) & deletion_forms(word) or len([place for place in places if place < 6]) == 2


def test_what_somebody_has_is_read_as_it_is(published: Publication) -> None:
    assert candidates("padaria") == ["padaria"]
    assert candidates("pad") == ["pad"]
    assert candidates("10006") == ["10006"]
    assert found("xyzxyzxyz") == set()
    assert found("padaria' OR 1=1 --") == found("padaria OR 1 1")


@given(st.text("abcdef", min_size=4, max_size=9), st.data())
def test_any_one_slip_in_the_beginning_shares_a_form(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcdefx"))
    slip = data.draw(st.sampled_from(["less", "other", "more"]))
    typed = word[:place] + {"less": "", "other": letter, "more": letter + word[place]}[slip] + word[place + 1 :]
    if len(typed) >= 6 or abs(len(typed) - len(word)) <= 1:
        known = deletion_forms(word)
        assert begins_within_one_edit(typed, word)
        assert deletion_forms(typed) & known


def test_the_words_and_forms_follow_the_publication(published: Publication) -> None:
    words = set(SearchWord.objects.values_list("word", flat=True))
    assert {"padaria", "muller", "curitiba", "coracao"} <= words
    assert not {word for word in words if not word.isalpha() or len(word) < 4}
    assert set(SearchForm.objects.filter(word="ltda").values_list("form", flat=True)) == {
        "ltda",
        "tda",
        "lda",
        "lta",
        "ltd",
    }


def test_as_you_type_it_costs_two_small_questions_once(published: Publication, signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    browser.get("/busca/?q=padaria", headers={"HX-Request": "true"})
    with CaptureQueriesContext(
        connection,
    ) as first:
        assert "Padaria" in browser.get("/busca/?q=pdaria", headers={"HX-Request": "true"}).content.decode()
    with CaptureQueriesContext(connection) as again:
        browser.get("/busca/?q=pdaria", headers={"HX-Request": "true"})
    assert len(first) == len(again) + 2


def test_the_palette_forgives_within_what_one_sees(published: Publication, signed_in: SignIn) -> None:
    page = signed_in(Role.EXECUTOR).get("/clientes/?q=pdaria", headers={"HX-Request": "true"}).content.decode()
    seen = set(re.findall(r"/clientes/(\w+)/", page)) & found("padaria")
    owned = set(Customer.objects.filter(owner="U0002").values_list("customer_id", flat=True))
    assert seen == found("padaria") & owned < found("padaria")
