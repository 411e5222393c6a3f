"""The limits, read."""

from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from b2shift.interact.contracts import Limits
from b2shift.interact.policy.document import DocumentError, read
from b2shift.kernel.errors import PolicyError

_DEFAULT = Path(__file__).with_suffix(".yaml")


@lru_cache(maxsize=4)
def load(path: Path = _DEFAULT) -> Limits:
    """The limits of a file; raises PolicyError with the field at fault."""
    try:
        return Limits.model_validate(read(path.read_bytes()).data)
    except DocumentError as error:
        raise PolicyError(f"{path.name}, linha {error.line}: {error.what}", value=error.value) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "limites"
        raise PolicyError("Os limites estão errados", value=place, hint=str(first["msg"])) from error
