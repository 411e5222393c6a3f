"""From a file to a policy that can be trusted, or to an error that says where it cannot."""

import json
from pathlib import Path

from pydantic import ValidationError

from b2shift.interact.contracts import Policy
from b2shift.interact.policy import check_conditions, check_names, check_rules
from b2shift.interact.policy.document import MAX_BYTES, DocumentError, read
from b2shift.interact.policy.problems import of_shape, refusal
from b2shift.kernel.errors import PolicyError

DEFAULT = Path(__file__).with_name("default.yaml")


def load(path: Path) -> Policy:
    """Read and check a policy; raises PolicyError with the file, the line, the value and the near names."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PolicyError("A régua não pode ser lida", value=path, hint=error.strerror or str(error)) from error
    return parse(raw, path.name)


def parse(raw: bytes, name: str) -> Policy:
    """The same for a text that has not been saved."""
    try:
        document = read(raw)
    except DocumentError as error:
        raise PolicyError(f"{name}, linha {error.line}: {error.what}", value=error.value, hint=error.hint) from error
    try:
        policy = Policy.model_validate_json(json.dumps(document.data), strict=True)
    except ValidationError as error:
        raise refusal(name, document, of_shape(error)) from error
    problems = [p for check in (check_names, check_conditions, check_rules) for p in check.check(policy)]
    if problems:
        raise refusal(name, document, problems)
    return policy
