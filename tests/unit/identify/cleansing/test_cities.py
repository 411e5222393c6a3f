"""City names: one wrong letter is corrected by evidence; a real city, however rare, stays."""

from hypothesis import given
from hypothesis import strategies as st

from b2shift.identify.cleansing.cities import Vote, correct_cities, plain_city
from b2shift.kernel.letters import one_edit_apart

BASE = [Vote(f"T{n:05d}", "SAOPAULO", "SP", 5) for n in range(40)]
letters = st.text("ABCDEO", min_size=1, max_size=8)


def written(votes: list[Vote]) -> dict[tuple[str | None, str], str | None]:
    return {key: verdict.after for key, verdict in correct_cities(votes).items()}


def test_the_other_rows_of_the_customer_correct_a_typo() -> None:
    votes = [*BASE, Vote("TFAAA1", "CAMPINAS", "SP", 8), Vote("TFAAA1", "CAPMINAS", "SP", 1)]
    assert written(votes) == {("TFAAA1", "CAPMINAS"): "CAMPINAS"}


def test_a_lone_typo_is_corrected_by_a_frequent_neighbour_of_its_state() -> None:
    assert written([*BASE, Vote("TFAAA1", "SAOXPAULO", "SP", 1)]) == {("TFAAA1", "SAOXPAULO"): "SAOPAULO"}
    assert written([*BASE, Vote("TFAAA1", "SAOXPAULO", "BA", 1)]) == {}


def test_a_rare_city_said_twice_is_real() -> None:
    assert written([*BASE, Vote("TFAAA1", "SAOPAULA", "SP", 2)]) == {}


def test_a_city_that_is_home_to_others_is_real() -> None:
    homes = [Vote(f"TG{n:04d}", "SANTOS", "SP", 3) for n in range(2)]
    votes = [*BASE, *homes, Vote("TFAAA1", "SANTAS", "SP", 6), Vote("TFAAA1", "SANTOS", "SP", 1)]
    assert written(votes) == {}


def test_a_form_several_customers_have_of_a_city_far_more_common_is_a_typo_unless_a_municipality_is_called_so() -> None:
    many = [Vote(f"T{n:05d}", "SAOPAULO", "SP", 5) for n in range(200)]
    two = [Vote(f"TH{n:04d}", "SAOPUALO", "SP", 3) for n in range(2)]
    mixed = [Vote("TFAAA1", "SAOPAULO", "SP", 6), Vote("TFAAA1", "SAOPUALO", "SP", 1)]
    assert written([*many, *two, *mixed]) == {("TFAAA1", "SAOPUALO"): "SAOPAULO"}
    assert written([*many[:150], *two, *mixed]) == {}, "not so much more common"
    real = [Vote(f"T{n:05d}", "PALMAS", "TO", 5) for n in range(200)]
    palma = [*(Vote(f"TH{n:04d}", "PALMA", "MG", 3) for n in range(2)), Vote("TFAAA1", "PALMAS", "TO", 6)]
    assert written([*real, *palma, Vote("TFAAA1", "PALMA", "MG", 1)]) == {}


def test_rows_of_nobody_are_corrected_by_neighbours_only() -> None:
    assert written([*BASE, Vote(None, "SAOPALO", "SP", 1)]) == {(None, "SAOPALO"): "SAOPAULO"}


def test_case_accents_and_spaces_are_the_vendor_s() -> None:
    assert plain_city("São Paulo") == "SAOPAULO"
    assert written([*BASE, Vote(None, "São Paulo", "SP", 1)]) == {(None, "São Paulo"): "SAOPAULO"}


@given(letters, st.data())
def test_one_edit_is_one_edit(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("ABCDEO"))
    for other in (
        text[:place] + text[place + 1 :],
        text[:place] + letter + text[place:],
        text[:place] + letter + text[place + 1 :],
    ):
        assert one_edit_apart(text, other) == (text != other)
        assert one_edit_apart(other, text) == (text != other)
    swapped = text[:place] + text[place : place + 2][::-1] + text[place + 2 :]
    assert one_edit_apart(text, swapped) == (text != swapped)


@given(letters, letters)
def test_the_edit_is_symmetric_and_never_longer(a: str, b: str) -> None:
    assert one_edit_apart(a, b) == one_edit_apart(b, a)
    assert not one_edit_apart(a, b) or abs(len(a) - len(b)) <= 1
