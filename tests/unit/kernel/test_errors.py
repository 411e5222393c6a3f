"""An error tells a person what happened, with what value, and what to do, in one line of Portuguese."""

import pickle
from pathlib import Path

import pytest

from b2shift.kernel.errors import LONGEST_VALUE, B2ShiftError, DropError, InputError, UnknownNameError, why


def test_an_error_says_what_value_and_what_to_do() -> None:
    error = DropError("A pasta não tem nada que sirva", value="entrega/", hint="Confira o caminho")
    assert str(error) == "A pasta não tem nada que sirva: entrega/. Confira o caminho"
    assert (error.what, error.value, error.hint) == (
        "A pasta não tem nada que sirva",
        "entrega/",
        "Confira o caminho",
    )
    assert str(B2ShiftError("Só isto")) == "Só isto"
    assert str(B2ShiftError("Vazio", value="")) == "Vazio:"


def test_an_error_is_one_short_line_whatever_the_value() -> None:
    told = str(B2ShiftError("Linha ilegível", value="x\ny\t" * 10**6, hint="Veja\na linha"))
    assert "\n" not in told
    assert len(told) < LONGEST_VALUE + 80
    assert told.endswith("(4000000 caracteres). Veja a linha")


def test_unknown_names_offer_the_near_ones() -> None:
    error = UnknownNameError("tabela", "custmers", ["tickets", "customers", "contacts"])
    assert str(error) == "Não existe tabela com este nome: custmers. Quis dizer customers?"


@pytest.mark.parametrize(("asked", "meant"), [("CUSTOMERS", "customers"), ("regiao", "Região"), ("Açao", "acao")])
def test_case_and_accents_do_not_hide_a_near_name(asked: str, meant: str) -> None:
    assert f"Quis dizer {meant}?" in str(UnknownNameError("nome", asked, [meant, "zzzzzz"]))


def test_a_name_near_nothing_shows_what_there_is() -> None:
    assert str(UnknownNameError("tabela", "xyz", ["b", "a"])).endswith("Existem: a, b")
    assert str(UnknownNameError("tabela", "xyz", [])).endswith("Ainda não existe nenhum")
    many = str(UnknownNameError("tabela", "xyz", [f"n{i:02d}" for i in range(30)]))
    assert many.endswith("n19…")


def test_errors_cross_a_process_border() -> None:
    for error in (UnknownNameError("tabela", "a", ["b"]), DropError("Nada", value=3, hint="Tente")):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert (again.what, again.value, again.hint) == (error.what, error.value, error.hint)


def test_what_the_machine_refused_is_shown_in_words(tmp_path: Path) -> None:
    missing, other = tmp_path / "nada.yaml", tmp_path / "outro.yaml"
    with pytest.raises(FileNotFoundError) as refused:
        missing.read_text()
    assert str(InputError("Não se lê", value=missing, hint=refused.value)) == (
        f"Não se lê: {missing}. Não existe: confira o caminho"
    )
    assert InputError("Não se lê", value=other, hint=refused.value).hint == f"Não existe: confira o caminho ({missing})"
    with pytest.raises(IsADirectoryError) as folder:
        tmp_path.read_text()
    assert why(folder.value, tmp_path) == "É uma pasta: dê um arquivo"
    with pytest.raises(UnicodeDecodeError) as garbled:
        b"\xe7".decode("utf-8")
    assert why(garbled.value).startswith("Não está em UTF-8")
    assert why(OSError("o servidor caiu")) == "o servidor caiu"
