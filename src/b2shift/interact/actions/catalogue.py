"""The catalogue of actions, loaded and validated."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from b2shift.interact.contracts import Action, Catalogue, Condition
from b2shift.interact.policy.vocabulary import metrics
from b2shift.kernel.errors import PolicyError, UnknownNameError
from b2shift.kernel.faults import faults, told
from b2shift.kernel.yaml import parse_yaml

_DEFAULT = Path(__file__).with_suffix(".yaml")


@lru_cache(maxsize=4)
def load(path: Path = _DEFAULT) -> Catalogue:
    """Load a catalogue; PolicyError or UnknownNameError name the action at fault."""
    document = parse_yaml(path.read_text(encoding="utf-8"))
    try:
        found = Catalogue.model_validate(document)
    except ValidationError as error:
        raise PolicyError(
            "O catálogo de ações está errado", value=path.name, hint=told(faults(error, Catalogue, {"actions": Action}))
        ) from error
    seen: set[str] = set()
    for action in found.actions:
        if action.id in seen:
            raise PolicyError("Duas ações com o mesmo código", value=action.id, hint="Cada uma precisa do seu")
        if action.accept.accepted > action.accept.offered:
            hint = "accepted não pode passar de offered"
            raise PolicyError("Aceites a mais do que ofertas", value=action.id, hint=hint)
        seen.add(action.id)
    for name in metrics_used(found):
        if name not in metrics():
            raise UnknownNameError("métrica", name, metrics())
    return found


def metrics_used(catalogue: Catalogue) -> set[str]:
    """Every metric the catalogue refers to."""
    return {
        name for action in catalogue.actions for name in (action.value.metric, *(c.metric for c in conditions(action)))
    }


def conditions(action: Action) -> Iterator[Condition]:
    """Conditions on eligibility and acceptance of an action."""
    yield from action.where
    for lift in action.lifts:
        yield lift.when
