"""Everything that can go wrong, as a tree; every message says what happened, with what value, and what to do.

Messages are in Portuguese (pt-BR) where they are raised, and heard as `hear_with` says: on the command line as
they are, on pages and by programs in the language of who asked.

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

import errno
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, ClassVar

from b2shift.kernel.text import fold, squeeze

LONGEST_VALUE = 200
"""Characters of a value that an error shows: a value at fault may be a line of two gigabytes."""


FULL = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})
REFUSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
"""Refusals of the machine: no room, and no right to."""
_REFUSALS: Mapping[int | None, str] = {
    **dict.fromkeys(FULL, "O disco está cheio: libere espaço"),
    **dict.fromkeys(REFUSED, "Sem permissão: confira a pasta"),
    errno.ENOENT: "Não existe: confira o caminho",
    errno.ENOTDIR: "O caminho passa por um arquivo: confira-o",
    errno.EISDIR: "É uma pasta: dê um arquivo",
    errno.EEXIST: "Já existe: escolha outro nome",
    errno.ENAMETOOLONG: "O nome é longo demais: encurte-o",
}


class B2ShiftError(Exception):
    """What happened, with what value, and what to do about it."""

    exit_code = 1
    heard: ClassVar[Callable[[str], str]] = staticmethod(str)
    """How a text sounds to who hears it: as it was raised, until `hear_with` says otherwise."""

    @classmethod
    def hear_with(cls, ear: Callable[[str], str]) -> None:
        """From now on every text of an error is heard through this, which knows the language of who hears."""
        B2ShiftError.heard = staticmethod(ear)

    def __init__(self, what: str, *, value: object = None, hint: str | OSError | UnicodeDecodeError = "") -> None:
        """`hint` is what to do about it, or what the machine refused, which is told as `why` tells it."""
        self._what, self.value, self._hint = what, value, hint if isinstance(hint, str) else why(hint, value)
        super().__init__(what, value, self._hint)

    @property
    def what(self) -> str:
        """What happened, in the language of who hears it."""
        return B2ShiftError.heard(self._what)

    @property
    def hint(self) -> str:
        """What to do about it, in the language of who hears it; empty for nothing."""
        return B2ShiftError.heard(self._hint)

    def __str__(self) -> str:
        shown = "" if self.value is None else f": {_short(self.value)}"
        return squeeze(f"{self.what}{shown}" + (f". {self.hint}" if self.hint else ""))

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
        super().__init__(f"Não existe {kind} com este nome", value=name, hint=near_names(name, known) or none)


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


def why(error: OSError | UnicodeDecodeError, told: object = None) -> str:
    """What stands in the way of a file, what to do, and which file where it is another one than was `told`.

    What is rare is said in the machine's own words.
    """
    if isinstance(error, UnicodeDecodeError):
        return "Não está em UTF-8: salve-o assim"
    if error.errno not in _REFUSALS:
        return str(error)
    which = error.filename if error.filename is not None and str(error.filename) != str(told) else None
    return _REFUSALS[error.errno] + (f" ({which})" if which is not None else "")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… ({len(text)} caracteres)"


def near_names(name: str, known: Iterable[str]) -> str:
    """A hint with the names that a wrong one is near to, else with those there are; empty when there are none."""
    names = sorted(set(known))
    spelled: dict[str, str] = {fold(one): one for one in names}
    near = [spelled[one] for one in get_close_matches(fold(_short(name)), spelled, n=3, cutoff=0.5)]
    if near:
        return f"Quis dizer {', '.join(near)}?"
    return f"Existem: {', '.join(names[:20])}{'…' if len(names) > 20 else ''}" if names else ""


def _restored(kind: type[B2ShiftError], arguments: tuple[Any, ...], state: dict[str, Any]) -> B2ShiftError:
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(state)
    return error
