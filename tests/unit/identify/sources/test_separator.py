"""The mark between the fields of a delimited text."""

import pytest

from b2shift.identify.sources import separator


@pytest.mark.parametrize(
    ("header", "declared", "mark"),
    [
        ("codigo;nome;cidade", "", ";"),
        ("codigo,nome,cidade", "", ","),
        ('"Nome, completo";"Cidade, UF, país"', "", ";"),
        ("codigo\tnome", "", "\t"),
        ("codigo|nome;cidade,uf", "|", "|"),
        ("codigo;nome,uf", "", ";"),
        ("codigo", "", ";"),
    ],
)
def test_a_header_is_separated_by_what_most_names_are(header: str, declared: str, mark: str) -> None:
    assert separator.separator_of_header(header, declared) == mark


@pytest.mark.parametrize(
    ("lines", "mark"),
    [
        (["ano;valor;meta", "1,5;2,5;3,5", "2,5;1,0;4,25"], ";"),
        (["nome,interesses", "Ana,erp; crm; fiscal", "Bia,rh; folha"], ","),
        (['"a,b";"c,d"', '"e,f";"g,h"'], ";"),
        ([], ";"),
    ],
)
def test_lines_are_separated_by_what_most_of_them_hold(lines: list[str], mark: str) -> None:
    assert separator.separator_of_lines(lines) == mark
