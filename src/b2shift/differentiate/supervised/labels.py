"""Parses the label column: binary, multiclass or numeric."""

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
MAX_CLASSES = 20
_REGRESSION_FROM = 10
"""Distinct numbers above which a label without a task is numeric, not a class."""
_MIN_NUMERIC = 0.98
"""Share of labels that must be numbers for a numeric label; the others become missing."""
_MAX_NUMBER = 1e100
"""Numbers beyond which sums of squares overflow."""
_YES = (
    "1", "1.0", "true", "verdadeiro", "yes", "sim", "y", "s", "t", "positive", "positivo", "positiva", "churn",
    "churned", "won", "ganho", "ganha", "success", "sucesso",
)  # fmt: skip
_NO = (
    "0", "0.0", "-1", "-1.0", "false", "falso", "no", "nao", "n", "f", "negative", "negativo", "negativa", "lost",
    "perdido", "perdida", "failure", "fracasso",
)  # fmt: skip
_NEGATION = re.compile(r"(not|no|non|nao|sem)[ _-]*(?=\S)")
"""Prefix that negates a class (`Not converted`, `Não_pago`)."""


@dataclass(frozen=True)
class Label:
    """The label of every row: classes with the rows that have one, or numbers (NaN where missing)."""

    task: str
    known: Flags
    numbers: Floats
    """Regression: the values. Binary: 1 for `positive`. Multiclass: index into `classes`."""
    classes: tuple[str, ...] = ()
    positive: str | None = None


def parse_label(values: Words, task: str | None, positive: str | None) -> Label:
    """Parse label values; the positive class is a usual word for yes, the larger of two numbers, or else the rarer.

    For survival, all rows may have the event.
    """
    if task is not None and task not in TASKS:
        raise UnknownNameError("tarefa", task, TASKS)
    texts, codes = _dictionary_encoded(values)
    labelled: Flags = codes >= 0
    numbers = np.array([*map(_number, texts), np.nan])[codes]
    distinct, index = np.unique(
        _commonest_spellings(texts, np.bincount(codes[labelled], minlength=len(texts))), return_inverse=True
    )
    codes = np.append(index, -1)[codes]
    counts = np.bincount(codes[labelled], minlength=len(distinct))
    if len(distinct) < 2:
        single = str(distinct[0]) if len(distinct) else "vazio"
        if task == SURVIVAL and (
            _positive_class((single,), numeric=False) or (positive and _is_same_class(single, positive))
        ):
            return Label(SURVIVAL, labelled, labelled.astype(float), (single,), single)
        raise InputError("O rótulo tem um só valor", value=single, hint=_single_value_hint(int((~labelled).sum())))
    numeric = bool(np.isfinite(numbers[labelled]).mean() >= _MIN_NUMERIC)
    if task == REGRESSION or (task is None and numeric and len(distinct) > _REGRESSION_FROM):
        if not numeric:
            raise InputError("O rótulo não é um número", value=distinct[0], hint="Use --task classification")
        largest = float(np.abs(numbers[np.isfinite(numbers)]).max())
        if largest > _MAX_NUMBER:
            raise InputError("O rótulo tem números grandes demais", value=f"{largest:g}", hint="Divida-o por um deles")
        return Label(REGRESSION, np.isfinite(numbers), numbers)
    if len(distinct) > MAX_CLASSES:
        raise InputError("O rótulo tem classes de mais", value=len(distinct), hint="Use --task regression, se é número")
    classes = tuple(str(name) for name in distinct)
    if positive is not None:
        positive = next((name for name in classes if _is_same_class(name, positive)), positive)
    if positive is not None and positive not in classes:
        raise UnknownNameError("classe", positive, classes)
    if len(classes) > 2 and positive is None:
        if task == SURVIVAL:
            raise InputError("O rótulo da sobrevivência tem mais de dois valores", value=len(classes), hint="Use 0 e 1")
        return Label(CLASSIFICATION, labelled, codes.astype(float), classes)
    positive_class = positive or _positive_class(classes, numeric) or classes[int(np.argmin(counts))]
    return Label(
        task or CLASSIFICATION,
        labelled,
        (codes == classes.index(positive_class)).astype(float),
        classes,
        positive_class,
    )


def yes_and_no(values: Words) -> Floats | None:
    """1 for a usual word for yes, 0 for the other word, NaN where missing; None of texts that are no such two."""
    label = parse_label(values, CLASSIFICATION, None) if len(set(values.tolist()) - {None}) == 2 else None
    if label is None or label.positive is None or _positive_class(label.classes, numeric=False) is None:
        return None
    return np.where(label.known, label.numbers, np.nan)


def _positive_class(classes: Sequence[str], numeric: bool) -> str | None:
    """The positive class: of two numbers (1 and 2 for alive and dead, 0 and 100) the larger; of words a usual one, or
    the one that another negates."""
    if numeric and len(classes) == 2 and np.isfinite([_number(name) for name in classes]).all():
        return max(classes, key=_number)
    folded = {fold(name): name for name in classes}
    negated = {_NEGATION.sub("", text, count=1) for text in folded if _NEGATION.match(text)}
    return next((folded[word] for word in (*_YES, *sorted(negated)) if word in folded), None)


def _single_value_hint(missing: int) -> str:
    """What to do when all labels are equal."""
    if not missing:
        return "Não há o que distinguir"
    return f"{format_number(missing)} linhas não o têm: se isso quer dizer não, escreva não nelas"


def _is_same_class(name: str, wanted_name: str) -> bool:
    """Whether a class is the one asked for: the same word or number, or a synonym of yes or no (`true`, `yes`)."""
    folded, wanted = fold(name), fold(wanted_name)
    return (
        folded == wanted
        or _number(folded) == _number(wanted)
        or any({folded, wanted} <= set(synonyms) for synonyms in (_YES, _NO))
    )


def _dictionary_encoded(values: Words) -> tuple[list[str], Integers]:
    """Distinct texts, and the code of each row; -1 where missing."""
    encoded = pa.array(values, pa.string()).dictionary_encode()
    levels = [str(text) for text in encoded.dictionary.to_pylist()]
    return levels, encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.intp)


def _commonest_spellings(texts: Sequence[str], counts: Integers) -> list[str]:
    """Texts that differ only in case, accents or spaces (`Não`, `NAO`) as their commonest spelling."""
    commonest: dict[str, str] = {}
    for _, value in sorted(zip(-counts, texts, strict=True)):
        commonest.setdefault(fold(value), value)
    return [commonest[fold(value)] for value in texts]


def _number(value: object) -> float:
    try:
        return float(str(value)) if value is not None else np.nan
    except ValueError:
        return np.nan
