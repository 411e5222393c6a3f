"""A CNPJ is written in one way, whatever way it came."""

import pytest

from b2shift.web.console.formats import cnpj


@pytest.mark.parametrize(
    ("came", "told"),
    [
        ("80561842/0001-44", "80.561.842/0001-44"),
        ("99.065.268/0001-79", "99.065.268/0001-79"),
        ("12abc34501de35", "12.ABC.345/01DE-35"),
        ("8056184200014", "8056184200014"),
        (None, "–"),
        ("", "–"),
    ],
)
def test_a_cnpj_is_written_as_people_know_it(came: str | None, told: str) -> None:
    assert cnpj(came) == told
