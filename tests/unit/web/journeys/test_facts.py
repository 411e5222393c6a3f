"""What a drawn journey may ask: every measure, by the family of what it is about."""

from b2shift.differentiate.api import feature_declarations
from b2shift.web.console.journeys.forms import FAMILIES, facts


def test_every_family_of_features_has_a_name() -> None:
    assert {one.family for one in feature_declarations()} <= set(FAMILIES)
    assert "Pedidos" in dict(facts())
