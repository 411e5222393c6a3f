"""What the wizard tells of a column in words."""

import pytest

from b2shift.identify.wizard.column_summary import summarise


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["11", "22", "33"], "números inteiros; sempre preenchida; nenhum valor se repete"),
        (["Preço", "", ""] * 20, "categorias; 33% preenchida; um só valor"),
        ([f"{n % 1500},50" for n in range(3000)], "números; sempre preenchida; 1.500 valores diferentes"),
        (["10,5"] * 97 + ["muito"] * 3, "97% números; sempre preenchida; 2 valores diferentes"),
        (["SP", "RJ"] * 300 + [""], "UF; mais de 99% preenchida; 2 valores diferentes"),
        (["", ""], "vazia"),
    ],
)
def test_a_column_is_summarised_as_a_person_would(values: list[str], told: str) -> None:
    assert summarise(values).description == told
