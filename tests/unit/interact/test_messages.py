"""Templates: one a kind, typed fields, unknown ones refused with line and near names, HTML that only says the text."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from b2shift.interact.api import message_fields, templates_at, write_message
from b2shift.interact.contracts import Kind
from b2shift.interact.messages import load
from b2shift.kernel.errors import InputError, PolicyError, UnknownNameError

PRODUCTS = templates_at(Path(), 0)
VALUES = {
    "pessoa": "Ana", "cliente": "Padaria <b>", "mensagem": "Veja https://b.example/?a=1&b=2.", "responsavel": None,
    "unidade": "RD Station", "anos_de_casa": 3.2, "valor_em_atraso": Decimal("1234.5"), "prazo": date(2026, 12, 2),
}  # fmt: skip


def test_every_kind_of_contact_has_its_words() -> None:
    assert {one.kind for one in PRODUCTS} == set(Kind)
    for one in PRODUCTS:
        told = write_message(one.subject, one.text, VALUES)
        assert "{" not in told.subject + told.text
        assert write_message(one.subject, one.short, VALUES).text


def test_values_are_written_as_people_read_them_and_never_as_fields_or_markup() -> None:
    text = "{valor_em_atraso}|{anos_de_casa}|{prazo}|{responsavel}|{pessoa}\n\n{mensagem}"
    told = write_message("{cliente}", text, VALUES | {"pessoa": "{cliente}\n x"})
    assert told.text.startswith("R$ 1.234,50|3|02/12/2026|Equipe de relacionamento|{cliente} x")
    assert told.subject == "Padaria <b>"
    assert '<a href="https://b.example/?a=1&amp;b=2">' in told.html
    assert "<b>" not in write_message("x", "{cliente}", VALUES).html


@pytest.mark.parametrize(
    ("text", "values", "error"),
    [
        ("{pesoa}", {}, UnknownNameError),
        ("{}", {}, UnknownNameError),
        ("oi }", {}, InputError),
        ("{cliente}", {}, InputError),
        ("{valor_em_atraso}", {"valor_em_atraso": "muito"}, InputError),
    ],
)
def test_what_cannot_be_filled_is_refused(text: str, values: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        write_message("assunto", text, values)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("{mensagem}", "{mensagen}", r"linha \d+.*Quis dizer mensagem"),
        ("kind: retencao", "kind: retensao", r"linha \d+"),
        ("kind: retencao", "kind: expansao", "cada tipo de contato tem um modelo"),
        ("templates:", "modelos:", "falta a lista"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, before: str, after: str, told: str) -> None:
    text = (Path(load.__file__).parent / "templates.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "modelos.yaml"
    wrong.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(PolicyError, match=told):
        load.load(wrong)


def test_fields_say_what_they_are() -> None:
    assert {one.type for one in message_fields()} == {"text", "number", "money", "date"}
