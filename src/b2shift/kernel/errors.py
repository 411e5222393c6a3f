"""Everything that can go wrong, as a tree; every message says what happened, with what value, and what to do.

Messages are in Portuguese (pt-BR) where they are raised: the command line and the pages show them as they are.

B2ShiftError
├── InputError            what a person gave cannot be used (exit code 2)
│   ├── DropError         the folder delivered holds nothing usable
│   ├── SourceError       one source of the drop cannot be read; the others go on
│   ├── SchemaError       a required column is missing or has another meaning
│   ├── PolicyError       a contact rule is wrong; names its line and the near names
│   └── UnknownNameError  no table, rule, segment or view has this name; names the near ones
├── StateError            the place where we work is not in a state to go on (exit code 3)
│   ├── LakeBusyError     another run holds the writer's lock
│   ├── LakeEmptyError    nothing has been published yet
│   └── StorageError      the disk is full or not writable; the previous version still serves
└── AccessError           this person may not see or do this (exit code 4)
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from b2shift.kernel.text import fold, squeeze

LONGEST_VALUE = 200
"""Characters of a value that an error shows: a value at fault may be a line of two gigabytes."""


class B2ShiftError(Exception):
    """What happened, with what value, and what to do about it."""

    exit_code = 1

    def __init__(self, what: str, *, value: object = None, hint: str = "") -> None:
        self.what, self.value, self.hint = what, value, hint
        shown = "" if value is None else f": {_short(value)}"
        super().__init__(squeeze(f"{what}{shown}" + (f". {hint}" if hint else "")))

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors cross process borders whole: class, attributes and message, whatever the constructor asks for."""
        return _restored, (type(self), self.args, self.__dict__)


class InputError(B2ShiftError):
    """What a person gave cannot be used."""

    exit_code = 2


class DropError(InputError):
    """The folder delivered holds nothing usable."""


class SourceError(InputError):
    """One source of the drop cannot be read; the others go on."""


class SchemaError(InputError):
    """A required column is missing, or a table does not have the shape it declares."""


class PolicyError(InputError):
    """A contact rule is wrong."""


class UnknownNameError(InputError):
    """No such name; the message offers the nearest ones."""

    def __init__(self, kind: str, name: str, known: Iterable[str], none: str = "Ainda não existe nenhum") -> None:
        """`kind` is the Portuguese word for what was looked for (`tabela`, `regra`, `segmento`); `none` what to do when
        nothing is known."""
        super().__init__(f"Não existe {kind} com este nome", value=name, hint=_nearest(name, sorted(known)) or none)


class StateError(B2ShiftError):
    """The place where we work is not in a state to go on."""

    exit_code = 3


class LakeBusyError(StateError):
    """Another run holds the writer's lock."""


class LakeEmptyError(StateError):
    """Nothing has been published yet."""


class StorageError(StateError):
    """The disk is full or not writable; the previous version still serves."""


class AccessError(B2ShiftError):
    """This person may not see or do this."""

    exit_code = 4


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… ({len(text)} caracteres)"


def _nearest(name: str, known: list[str]) -> str:
    spelled: dict[str, str] = {fold(one): one for one in known}
    near = [spelled[one] for one in get_close_matches(fold(_short(name)), spelled, n=3, cutoff=0.5)]
    if near:
        return f"Quis dizer {', '.join(near)}?"
    return f"Existem: {', '.join(known[:20])}{'…' if len(known) > 20 else ''}" if known else ""


def _restored(kind: type[B2ShiftError], arguments: tuple[Any, ...], state: dict[str, Any]) -> B2ShiftError:
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(state)
    return error
