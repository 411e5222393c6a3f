"""Everything that can go wrong, as a tree; every message says what happened, with what value, and what to do.

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


class B2ShiftError(Exception):
    """What happened, with what value, and what to do about it."""

    exit_code = 1

    def __init__(self, what: str, *, value: object = None, hint: str = "") -> None:
        self.what, self.value, self.hint = what, value, hint
        shown = "" if value is None else f": {value!s}"
        super().__init__(f"{what}{shown}" + (f". {hint}" if hint else ""))


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

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = get_close_matches(name, names, n=3, cutoff=0.5)
        hint = f"Did you mean {', '.join(near)}?" if near else f"Known: {', '.join(names[:20])}"
        super().__init__(f"No {kind} has this name", value=name, hint=hint)


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
