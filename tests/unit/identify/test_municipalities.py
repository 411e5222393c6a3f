"""Cities as people write them."""

import pytest

from b2shift.identify.api import municipality


@pytest.mark.parametrize(
    ("city", "state", "written"),
    [
        ("SAOJOSEDOSCAMPOS", "SP", "São José dos Campos"),
        ("são josé dos campos", "SP", "São José dos Campos"),
        ("VILAVELHA", "ES", "Vila Velha"),
        ("BRASILIA", "DF", "Brasília"),
        ("Alta Floresta d Oeste", "RO", "Alta Floresta D'Oeste"),
        ("FLORIANOPOLIS", None, "Florianópolis"),
        ("CURITIBA", "SP", "Curitiba"),
    ],
)
def test_a_municipality_gets_its_spaces_and_accents_back(city: str, state: str | None, written: str) -> None:
    assert municipality(city, state) == written


def test_the_state_tells_names_of_the_same_letters_apart() -> None:
    assert (municipality("GOIANA", "PE"), municipality("GOIANA", "MG")) == ("Goiana", "Goianá")
    assert municipality("MONTENEGRO") == "Montenegro", "two are written otherwise: nobody guesses"


@pytest.mark.parametrize(
    ("city", "written"),
    [("RIBEIRAOREDONDO", "Ribeiraoredondo"), ("lagoa DO mato alto", "Lagoa do Mato Alto"), ("", ""), ("123", "123")],
)
def test_what_nobody_knows_only_begins_with_capitals(city: str, written: str) -> None:
    assert municipality(city, "SP") == written
