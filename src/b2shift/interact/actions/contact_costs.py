"""Cost of a contact by channel, loaded and validated."""

from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from b2shift.interact.contracts import Channel, ContactCost, ContactCosts
from b2shift.kernel.errors import PolicyError
from b2shift.kernel.faults import faults, told
from b2shift.kernel.yaml import parse_yaml

_DEFAULT = Path(__file__).with_suffix(".yaml")


@lru_cache(maxsize=4)
def load_contact_costs(path: Path = _DEFAULT) -> ContactCosts:
    """The costs of every channel; PolicyError names what is wrong or missing."""
    try:
        found = ContactCosts.model_validate(parse_yaml(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise PolicyError(
            "Os custos de contato estão errados",
            value=path.name,
            hint=told(faults(error, ContactCosts, {"channels": ContactCost})),
        ) from error
    missing = [one.value for one in Channel if one not in found.channels]
    if missing:
        raise PolicyError("Falta o custo de um canal", value=", ".join(missing), hint=f"Acrescente-o em {path.name}")
    return found
