"""What the label asks for: a yes or no, one of a few classes, or a number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from b2shift.differentiate.supervised.shapes import Flags, Floats, Integers, Words
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.money import format_number
from b2shift.kernel.text import fold

CLASSIFICATION, REGRESSION, SURVIVAL = TASKS = ("classification", "regression", "survival")
MOST_CLASSES = 20
_NUMBER_FROM = 10
"""Different numbers above which a label without a task is a number to be said, not a class."""
_ALMOST_ALL = 0.98
"""Share of the labels that must be numbers for the label to be one; the others are taken as unknown."""
_LARGEST = 1e100
"""Numbers beyond which their squares can no longer be added."""
_YES = (
    "1", "1.0", "true", "verdadeiro", "yes", "sim", "y", "s", "t", "positive", "positivo", "positiva", "churn",
    "churned", "won", "ganho", "ganha", "success", "sucesso",
)  # fmt: skip
_NO = (
    "0", "0.0", "-1", "-1.0", "false", "falso", "no", "nao", "n", "f", "negative", "negativo", "negativa", "lost",
    "perdido", "perdida", "failure", "fracasso",
)  # fmt: skip
_DENIED = re.compile(r"(not|no|non|nao|sem)[ _-]*(?=\S)")
"""What stands before a class to deny it (`Not converted`, `Não_pago`)."""


@dataclass(frozen=True)
class Label:
    """The label of every row of the table: classes with the rows that know theirs, or numbers (NaN where unknown)."""

    task: str
    known: Flags
    numbers: Floats
    """Regression: the values. Two classes: 1 for `positive`. More classes: the place in `classes`."""
    classes: tuple[str, ...] = ()
    positive: str | None = None


def label_of(said: Words, task: str | None, positive: str | None) -> Label:
    """Read the label; the positive class is the usual word for yes, the larger of two numbers, or else the rarer.

    Of a lifetime the fact may have come to all.
    """
    if task is not None and task not in TASKS:
        raise UnknownNameError("tarefa", task, TASKS)
    spelt, codes = _coded(said)
    known: Flags = codes >= 0
    numbers = np.array([*map(_number, spelt), np.nan])[codes]
    found, place = np.unique(
        _as_spelt_mostly(spelt, np.bincount(codes[known], minlength=len(spelt))), return_inverse=True
    )
    codes = np.append(place, -1)[codes]
    counts = np.bincount(codes[known], minlength=len(found))
    if len(found) < 2:
        only = str(found[0]) if len(found) else "vazio"
        if task == SURVIVAL and (_yes((only,), numeric=False) or (positive and _same(only, positive))):
            return Label(SURVIVAL, known, known.astype(float), (only,), only)
        raise InputError("O rótulo tem um só valor", value=only, hint=_what_else(int((~known).sum())))
    numeric = bool(np.isfinite(numbers[known]).mean() >= _ALMOST_ALL)
    if task == REGRESSION or (task is None and numeric and len(found) > _NUMBER_FROM):
        if not numeric:
            raise InputError("O rótulo não é um número", value=found[0], hint="Use --task classification")
        largest = float(np.abs(numbers[np.isfinite(numbers)]).max())
        if largest > _LARGEST:
            raise InputError("O rótulo tem números grandes demais", value=f"{largest:g}", hint="Divida-o por um deles")
        return Label(REGRESSION, np.isfinite(numbers), numbers)
    if len(found) > MOST_CLASSES:
        raise InputError("O rótulo tem classes de mais", value=len(found), hint="Use --task regression, se é número")
    classes = tuple(str(name) for name in found)
    if positive is not None:
        positive = next((name for name in classes if _same(name, positive)), positive)
    if positive is not None and positive not in classes:
        raise UnknownNameError("classe", positive, classes)
    if len(classes) > 2 and positive is None:
        if task == SURVIVAL:
            raise InputError("O rótulo da sobrevivência tem mais de dois valores", value=len(classes), hint="Use 0 e 1")
        return Label(CLASSIFICATION, known, codes.astype(float), classes)
    yes = positive or _yes(classes, numeric) or classes[int(np.argmin(counts))]
    return Label(task or CLASSIFICATION, known, (codes == classes.index(yes)).astype(float), classes, yes)


def _yes(classes: Sequence[str], numeric: bool) -> str | None:
    """The class that says yes: of two numbers (1 and 2 for alive and dead, 0 and 100) the larger; of words a usual one,
    or the one that another denies."""
    if numeric and len(classes) == 2 and np.isfinite([_number(name) for name in classes]).all():
        return max(classes, key=_number)
    told = {fold(name): name for name in classes}
    denied = {_DENIED.sub("", one, count=1) for one in told if _DENIED.match(one)}
    return next((told[word] for word in (*_YES, *sorted(denied)) if word in told), None)


def _what_else(blank: int) -> str:
    """What may be done where all that is said is the same."""
    if not blank:
        return "Não há o que distinguir"
    return f"{format_number(blank)} linhas não o têm: se isso quer dizer não, escreva não nelas"


def _same(name: str, asked: str) -> bool:
    """Whether a class is the one asked for: the same word or number, or another word for yes or no (`true`, `yes`)."""
    told, wanted = fold(name), fold(asked)
    return told == wanted or _number(told) == _number(wanted) or any({told, wanted} <= set(one) for one in (_YES, _NO))


def _coded(said: Words) -> tuple[list[str], Integers]:
    """The texts that there are, and which each row has; -1 where there is none."""
    coded = pa.array(said, pa.string()).dictionary_encode()
    levels = [str(one) for one in coded.dictionary.to_pylist()]
    return levels, coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.intp)


def _as_spelt_mostly(spelt: Sequence[str], counts: Integers) -> list[str]:
    """Words that differ only in case, accents or spaces (`Não`, `NAO`) as the commonest of their spellings."""
    mostly: dict[str, str] = {}
    for _, value in sorted(zip(-counts, spelt, strict=True)):
        mostly.setdefault(fold(value), value)
    return [mostly[fold(value)] for value in spelt]


def _number(value: object) -> float:
    try:
        return float(str(value)) if value is not None else np.nan
    except ValueError:
        return np.nan
