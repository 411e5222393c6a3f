"""What pydantic refuses is told in Portuguese: the place, the value, and what to do."""

from typing import Literal

import pytest
from pydantic import Field, ValidationError, field_validator

from b2shift.kernel.contract import Contract
from b2shift.kernel.faults import faults, told


class Part(Contract):
    kind: Literal["date", "text"]
    size: int = Field(1, ge=1)


class Whole(Contract):
    name: str
    parts: tuple[Part, ...] = Field(min_length=1)

    @field_validator("name")
    @classmethod
    def _plain(cls, name: str) -> str:
        if " " in name:
            raise ValueError("o nome não tem espaços")
        return name


GOOD = {"name": "a", "parts": [{"kind": "date"}]}


@pytest.mark.parametrize(
    ("declared", "line"),
    [
        (GOOD | {"name": "a b"}, "name: o nome não tem espaços: a b"),
        (GOOD | {"name": 3}, "name: o valor precisa ser um texto (entre aspas, se for número): 3"),
        (GOOD | {"parts": []}, "parts: a lista está vazia. O mínimo de itens é 1"),
        (GOOD | {"parts": [{"kind": "dat"}]}, "parts.0.kind: valor desconhecido: dat. Quis dizer date?"),
        (GOOD | {"parts": [{"kind": "date", "syze": 2}]}, "parts.0.syze: campo desconhecido: syze. Quis dizer size?"),
        (
            GOOD | {"parts": [{"kind": "date", "size": 0}]},
            "parts.0.size: o valor está abaixo do mínimo: 0. O mínimo é 1",
        ),
        ({"parts": [{}]}, "falta um campo: name; parts.0: falta um campo: kind"),
        ({"nam": "a", "parts": [{"kind": "date"}]}, "nam: campo desconhecido: nam. Quis dizer name?"),
    ],
)
def test_each_refusal_is_told_once_with_its_place(declared: dict[str, object], line: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Whole.model_validate(declared)
    assert told(faults(refused.value, Whole, {"parts": Part})) == line
