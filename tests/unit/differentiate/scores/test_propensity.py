"""Product families as people call them."""

import pytest

from b2shift.differentiate.scores.propensity import _label


@pytest.mark.parametrize(
    ("family", "label"),
    [("SERVICOS", "Propensão a Serviços"), ("RH", "Propensão a RH"), ("NOVA LINHA", "Propensão a Nova Linha")],
)
def test_a_family_is_called_as_its_feature_is(family: str, label: str) -> None:
    assert _label(family) == label
