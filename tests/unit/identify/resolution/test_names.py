"""Names of companies: legal forms, abbreviations and marks do not tell companies apart; rare words do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.identify.resolution.companies import PROSPECT, RawCompany, normalise_company
from b2shift.identify.resolution.comparisons import COMPARISONS, NAME, name_level
from b2shift.identify.resolution.names import Vocabulary, parse_name
from b2shift.kernel.letters import Edit, edit

NAMES = [f"Industria {word} Ltda" for word in ("Aurora", "Cristal", "Moderna", "Central", "Uniao")]
VOCABULARY = Vocabulary.of(NAMES)


@pytest.mark.parametrize(
    ("text", "core", "legal_form"),
    [
        ("Indústria Aurora FFK Ltda", "industriaauroraffk", "ltda"),
        ("IND. AURORA FFK LTDA.", "industriaauroraffk", "ltda"),
        ("IND .AURORA FFK LTDA.", "industriaauroraffk", "ltda"),
        ("Industria Aurora FFKLtda", "industriaauroraffk", "ltda"),
        ("Industria Aurora FFK Lda", "industriaauroraffk", "ltda"),
        ("Industria Aurora FF KLtda", "industriaauroraffk", "ltda"),
        ("Industria Aurora FFK S.A.", "industriaauroraffk", "sa"),
        ("Industria Aurora FFK S/A", "industriaauroraffk", "sa"),
        ("Industria Aurora FFK", "industriaauroraffk", None),
        ("Ltda", "ltda", None),
        ("", "", None),
    ],
)
def test_a_name_is_its_words_and_its_legal_form(text: str, core: str, legal_form: str | None) -> None:
    name = parse_name(text, VOCABULARY)
    assert (name.core, name.legal_form) == (core, legal_form)


def test_a_space_out_of_place_changes_nothing_that_is_compared() -> None:
    whole = {parse_name(text, VOCABULARY).whole for text in ("Aurora FFK ME", "Aurora FFKME", "Aurora FF KME")}
    assert whole == {"auroraffkme"}


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("aurora", "aurora", Edit.NONE), ("aurora", "aurra", Edit.MOVED), ("aurora", "auorra", Edit.MOVED),
        ("aurora", "aurera", Edit.CHANGED), ("aurora", "arora", Edit.MOVED), ("aurora", "uaroar", Edit.FAR),
        ("ab", "ba", Edit.MOVED), ("", "a", Edit.MOVED), ("", "ab", Edit.FAR),
    ],
)  # fmt: skip
def test_single_edits_are_distinguished(a: str, b: str, kind: Edit) -> None:
    assert edit(a, b) is edit(b, a) is kind


@given(st.text("abc", min_size=1, max_size=8), st.data())
def test_one_letter_left_out_is_one_edit(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    assert edit(text, text[:place] + text[place + 1 :]) is Edit.MOVED


def test_the_rare_word_of_a_company_registered_many_times_is_not_common() -> None:
    respelt = [
        "Comercio Uniao FFR Ltda",
        "ComercioUniao FFR Ltda",
        "Comerico Uniao FFR Ltda",
        "COMERCIO UNIAO FFR LTDA.",
    ]
    words = Vocabulary.of([*NAMES, *respelt, *respelt])
    assert words.frequency["ffr"] == 8
    assert not words.is_common("ffr")
    assert words.is_common("industria")


def test_a_common_word_misspelt_again_is_a_slip_and_a_rare_word_is_not() -> None:
    known = Vocabulary.of(
        [f"Transportes Horizonte {word}" for word in ("Aurora", "Cristal", "Moderna", "Central", "Uniao")]
    )
    assert known.is_misspelling("horizonet")
    assert not known.is_misspelling("horizonte")
    assert not known.is_misspelling("horizoet"), "two letters off"
    assert not known.is_misspelling("aurora"), "no common word is one edit away"

    def level(one: str, other: str) -> str:
        left, right = (normalise_company(RawCompany(PROSPECT, text, text), known) for text in (one, other))
        return COMPARISONS[NAME].levels[name_level(left, right, known)]

    assert level("Transportes Horizonet FGV", "Transportes Horizoet FGV") == "slip"
    assert level("Transportes Horizonte FGV", "Transportes Horizonte GFV") == "letter_moved"
    assert level("Transportes Horizonet FGV", "Transportes Horizone FGV") == "slip", (
        "each a letter off, the two of them two"
    )
    assert level("Transportes Horizonet FGV", "Transportes Horizonte FG") == "letter_moved"
    assert level("Transportes Horizone FGV", "Transportes Horizone GFV") == "slip", "one misspelling, made once"
    assert level("Transportes Horizonte FGV tLda", "Transportes Horizonte GFV tLda") == "slip"
    assert level("Transportes Horizonte FGV", "Transportes Horizonte GFV") == "letter_moved"


def test_short_common_words_are_misspelt_where_the_other_name_has_them_right() -> None:
    around = ("Aurora", "Cristal", "Moderna", "Central", "Uniao")
    known = Vocabulary.of([f"Hotel Boa Nova {word} Ltda" for word in around])

    def level(one: str, other: str) -> str:
        left, right = (normalise_company(RawCompany(PROSPECT, text, text), known) for text in (one, other))
        return COMPARISONS[NAME].levels[name_level(left, right, known)]

    assert level("Hotel Boa Nova FG8", "Hotel Bo Nvoa FG8") == "slip"
    assert level("Hotel Boa Nova FGE", "Hotel Boa Nva FE") == "letter_moved"
    assert level("Hotel Boa Nova FGE", "Hotel Boa Nva FGX") == "other", "the rare word is another one"
    assert level("Hotel Boa Nova FGE LKJ", "Hotel Boa Nva FG LK") == "other", "two rare words differ"
