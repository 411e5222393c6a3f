"""No personal column without a purpose, no purpose without its legal basis."""

import re
from pathlib import Path

import pytest

import b2shift
from b2shift.identify.api import Basis, purposes
from b2shift.identify.privacy.redaction import is_cpf, redaction_pattern
from b2shift.lake.api import load_specs
from b2shift.lake.contracts import PersonalData

PACKAGES = ("identify", "differentiate", "interact", "learn")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_personal_column_says_what_it_is_for(package: str) -> None:
    known = {one.purpose for one in purposes()}
    for table in load_specs(Path(b2shift.__file__).parent / package / "tables.yaml"):
        for column in table.columns:
            assert set(column.purposes) <= known, f"{table.name}.{column.name}"
            assert bool(column.purposes) == (column.personal is not PersonalData.NONE), f"{table.name}.{column.name}"


def test_a_legitimate_interest_was_weighed() -> None:
    assert all(one.balance for one in purposes() if one.basis is Basis.LEGITIMATE_INTEREST)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("falei com joao  assuncao ontem", True), ("JOÃO ASSUNÇÃO", True), ("JoÃ£o AssunÃ§Ã£o", True),
        ("tel 27900005076", True), ("+55 (27) 90000-5076", True), ("127900005076", False),
        ("joao assuncaozinho", False),
        ("a joao@padaria.example b", True), ("xjoao@padaria.example", False), ("João", False),
    ],
)  # fmt: skip
def test_a_person_is_found_however_written_and_nobody_else(text: str, found: bool) -> None:
    told = redaction_pattern(["João Assunção", "(27) 90000-5076", "joao@padaria.example", "Ana"])
    assert bool(re.search(told, text)) is found


@pytest.mark.parametrize(
    ("text", "valid"), [("529.982.247-25", True), ("52998224724", False), ("111.111.111-11", False)]
)
def test_a_cpf_is_known_by_its_digits(text: str, valid: bool) -> None:
    assert is_cpf(text) is valid
