"""From a file to a policy that can be trusted, or to an error that says where it cannot."""

import json
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from b2shift.interact.contracts import Limits, Policy
from b2shift.interact.policy import check_conditions, check_names, check_rules
from b2shift.interact.policy.document import MAX_BYTES, Document, DocumentError, read
from b2shift.interact.policy.problems import Problem, from_validation, policy_error
from b2shift.kernel.errors import PolicyError

DEFAULT = Path(__file__).with_name("default.yaml")


def load(path: Path) -> Policy:
    """Read and check a policy; raises PolicyError with the file, the line, the value and the near names."""
    return parse(raw(path), path.name)


def limits_of(policy: Policy) -> Limits:
    """What no contact may pass under this policy: as it says, or as the product's own does."""
    limits = policy.limits or _default().limits
    if limits is None:
        raise PolicyError("A régua do produto não diz os limites", value=DEFAULT.name)
    return limits


@lru_cache(maxsize=1)
def _default() -> Policy:
    return load(DEFAULT)


def raw(path: Path) -> bytes:
    """The text of a policy; raises PolicyError when the file cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PolicyError("A régua não pode ser lida", value=path, hint=error) from error


def parse(text: bytes, name: str) -> Policy:
    """The same for a text that has not been saved."""
    try:
        document = read(text)
    except DocumentError as error:
        raise PolicyError(f"{name}, linha {error.line}: {error.what}", value=error.value, hint=error.hint) from error
    policy, problems = shaped(document)
    if policy is None or problems:
        raise policy_error(name, document, problems)
    return policy


def shaped(document: Document) -> tuple[Policy | None, list[Problem]]:
    """The policy in a document and what is wrong with it; without the shape of one there is no policy."""
    try:
        policy = Policy.model_validate_json(json.dumps(document.data), strict=True)
    except ValidationError as error:
        return None, from_validation(error)
    names, conditions = check_names.check(policy), check_conditions.check(policy)
    return policy, [*names, *conditions, *check_rules.check(policy, limits_of(policy))]
