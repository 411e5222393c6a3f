"""The templates in force: one for each kind of contact."""

from collections import Counter
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from b2shift.interact.contracts import Kind, MessageTemplate
from b2shift.interact.messages.write import fields_of
from b2shift.interact.policy.document import DocumentError, read
from b2shift.kernel.errors import InputError, PolicyError
from b2shift.kernel.faults import faults

DEFAULT = Path(__file__).with_name("templates.yaml")
_SHAPE = TypeAdapter(tuple[MessageTemplate, ...])


@lru_cache(maxsize=8)
def load(path: Path = DEFAULT) -> tuple[MessageTemplate, ...]:
    """The templates of a file that does not change; PolicyError names the line, the value and the near names."""
    return parsed(path.read_bytes(), path.name)


def parsed(content: bytes, name: str) -> tuple[MessageTemplate, ...]:
    """The templates of a text, which errors call `name`; PolicyError as `load`."""
    try:
        document = read(content)
        found = _SHAPE.validate_python(document.data["templates"])
    except DocumentError as error:
        raise PolicyError(f"{name}, linha {error.line}: {error.what}", value=error.value) from error
    except (KeyError, TypeError) as error:
        raise PolicyError(f"{name}: falta a lista templates", value=str(error)) from error
    except ValidationError as error:
        first = faults(error, MessageTemplate)[0]
        line = document.line(("templates", *first.path))
        raise PolicyError(f"{name}, linha {line}: {first.what}", value=first.value, hint=first.hint) from error
    for position, one in enumerate(found):
        for part in ("subject", "text", "short"):
            try:
                fields_of(getattr(one, part))
            except InputError as error:
                line = document.line(("templates", position, part))
                raise PolicyError(f"{name}, linha {line}: {error.what}", value=error.value, hint=error.hint) from error
    twice = [kind for kind, count in Counter(one.kind for one in found).items() if count > 1]
    missing = [kind.value for kind in Kind if kind not in {one.kind for one in found}]
    if twice or missing:
        raise PolicyError(f"{name}: cada tipo de contato tem um modelo", value=", ".join([*twice, *missing]))
    return found
