"""Loads a stored score model from its text."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from b2shift.differentiate.scores.stored_models.binary_model import load_binary
from b2shift.differentiate.scores.stored_models.contract_models import RENEWAL, VALUE, load_renewal, load_value
from b2shift.differentiate.scores.stored_models.family_model import PROPENSITY, FamilyModel, load_family_model
from b2shift.differentiate.scores.stored_models.health_rules import HEALTH, load_health
from b2shift.differentiate.scores.stored_models.protocol import CustomerModel
from b2shift.differentiate.scores.stored_models.purchase_models import (
    EXPANSION,
    PURCHASE,
    load_expansion,
    load_purchase,
)

_KINDS: Mapping[str, Callable[[Mapping[str, Any], int], CustomerModel | FamilyModel]] = {
    HEALTH: load_health,
    RENEWAL: load_renewal,
    VALUE: load_value,
    PURCHASE: load_purchase,
    EXPANSION: load_expansion,
    PROPENSITY: load_family_model,
}


def load_model(text: str, threads: int = 1) -> CustomerModel | FamilyModel:
    """The model of a text; texts without a kind, the oldest, are binary scores."""
    stored = json.loads(text)
    return _KINDS.get(stored.get("kind", ""), load_binary)(stored, threads)
