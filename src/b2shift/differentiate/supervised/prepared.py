"""A labelled table made ready: rows in the order of their content, leaks found, folds dealt."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.contracts import LeakFinding
from b2shift.differentiate.supervised.drawing import HELD
from b2shift.differentiate.supervised.folds import Deal, Split, contents, forward, splits
from b2shift.differentiate.supervised.known import TOO_GOOD, Known
from b2shift.differentiate.supervised.labels import CLASSIFICATION, REGRESSION, SURVIVAL, Label
from b2shift.differentiate.supervised.leaks import leaks
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.reading import Labelled, Unlabelled
from b2shift.differentiate.supervised.recency import recency
from b2shift.differentiate.supervised.resampling import Resampled, resampled
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Integers
from b2shift.kernel.errors import InputError
from b2shift.kernel.money import format_number, format_percent

_SUSPECTED = {REGRESSION: 0.99}
"""AUC of a column alone from which it is suspected: a number often follows another, above or below the middle."""
_TIME, _KEY = "·tempo", "·chave"
_OWN_TIMES = 0.5
"""Different times a row from which they name rows."""
FEWEST_ROWS, FEWEST_EACH = 30, 8
"""Rows with a label, and rows of each class, under which nothing is learnt."""
MOST_TEACHING = 150_000
"""Rows that teach at most, evenly taken by content; the others are said by the bag, which never saw them."""
_DRAWN = "de {count} linhas, {some} decidem, ensinam e medem, por igual na ordem do conteúdo; todas são previstas"


@dataclass(frozen=True)
class Prepared:
    """The rows whose label is known, by content; everything else lines up with them."""

    columns: Columns
    came: Floats
    label: Label
    time: Floats | None
    place: Integers
    """Where each row stood in the file."""
    weight: Floats
    groups: Integers
    deal: Deal
    findings: tuple[LeakFinding, ...]
    validation: str
    drawn: str | None
    """Which rows these are, where they are not all that have a label."""


def prepared(
    read: Labelled, label: Label, name: str, keep: Collection[str], seed: int, fresh: Unlabelled | None = None
) -> Prepared:
    """Put rows in order, judge columns and rows, deal folds; raises InputError where there is too little to learn."""
    known = label.known & (np.isfinite(read.time) if read.time is not None else True)
    _enough(label, known)
    if read.time is not None:
        _times_that_may_be(read.time[known], label)
    rows = np.flatnonzero(known)
    rows = rows[np.argsort(_contents(read, label, rows), kind="stable")]
    drawn = None
    if len(rows) > MOST_TEACHING:
        drawn = _DRAWN.format(count=format_number(read.count), some=format_number(MOST_TEACHING))
        rows = rows[np.linspace(0, len(rows) - 1, MOST_TEACHING).astype(np.intp)]
    columns, came = read.columns.take(rows), label.numbers[rows]
    times = None if read.time is None else read.time[rows]
    found, entity = _judged(read, label, name, rows, keep, fresh)
    columns = columns.without(_left_out(found))
    if not columns.names:
        reasons = "; ".join(f"{one.column} ({one.evidence})" for one in found if one.left_out and one.column)
        constant = all(one.kind == "constant" for one in found if one.left_out)
        hint = "Dê uma coluna que varie" if constant else "Use --keep COLUNA, se era sabida antes do fato"
        raise InputError("Nenhuma coluna serve para aprender", value=reasons, hint=hint)
    twins = resampled(columns, came, _two_classes(label), _names(read, rows, found))
    groups = twins.groups if entity is None else entity
    weight = np.where(twins.copies | twins.mixtures, 0.0, 1.0)
    if not weight.all():
        found = _without_copies(found, _judged(read, label, name, rows[weight > 0], keep, fresh)[0])
        columns = read.columns.take(rows).without(_left_out(found))
    classes, life = label.task != REGRESSION, np.inf
    mixed = splits(came, groups, seed, classes)
    sayers = 1 if max(read.count, 0 if fresh is None else fresh.count) > HELD else None
    deal = Deal(mixed, sayers=sayers)
    validation = f"validação cruzada: {len(mixed)} vez(es) {len(mixed[0])} partes"
    rounds = [] if times is None or label.task == SURVIVAL else _over_time(times, groups, label, came)
    if times is not None and label.task != SURVIVAL and not rounds:
        validation += ", pois nenhum tempo tem linhas bastantes antes e depois"
    if times is not None and rounds:
        validation = f"cada bloco do tempo previsto só pelos anteriores, {len(rounds[0])} blocos"
        if _two_classes(label) or not classes:
            scaled = came if classes else (came - came.mean()) / (came.std() or 1.0)
            weight, life = recency(columns, scaled, weight, times, rounds[0], Objective(binary=classes))
            if np.isfinite(life):
                validation += f"; o peso de uma linha cai à metade a cada {format_percent(life, 0)} do tempo coberto"
        deal = Deal(rounds, mixed[0], steady=not np.isfinite(life), sayers=sayers)
    return Prepared(
        columns, came, label, times, read.place[rows], weight, groups, deal,
        (*found, *_of_rows(twins, entity is None)), validation, drawn,
    )  # fmt: skip


def _judged(
    read: Labelled, label: Label, name: str, rows: Integers, keep: Collection[str], fresh: Unlabelled | None
) -> tuple[list[LeakFinding], Integers | None]:
    """What the guard says of the columns by some rows."""
    came = label.numbers[rows]
    life = label.task == SURVIVAL
    return leaks(
        Known(
            read.columns.take(rows), came if _two_classes(label) else _above_middle(came, label), name, label.known,
            _gaps(read.columns), None if life or read.until is None else read.until[rows],
            read.place[rows], _SUSPECTED.get(label.task, TOO_GOOD),
            None if fresh is None else fresh.columns, read.time[rows] if life and read.time is not None else None,
            came if label.task == REGRESSION else None,
        ),
        keep,
    )  # fmt: skip


def _left_out(found: Collection[LeakFinding]) -> frozenset[str]:
    return frozenset(one.column for one in found if one.left_out and one.column)


def _without_copies(found: Collection[LeakFinding], again: Collection[LeakFinding]) -> list[LeakFinding]:
    """Without those that know the outcome only by rows that were copied or mixed: a rare exception of which no copy was
    made makes a value look like one class."""
    still = _left_out(again)
    return [one for one in found if one.kind != "knows_outcome" or not one.left_out or one.column in still]


def _names(read: Labelled, rows: Integers, found: Collection[LeakFinding]) -> Columns:
    """The key, a time that few rows share, and the columns left out for naming rows or entities."""
    names = {one.column for one in found if one.left_out and one.kind in ("identifier", "entity")}
    keys = {} if read.ids is None else {_KEY: read.ids[rows]}
    fine = read.time is not None and len(np.unique(read.time[rows])) >= _OWN_TIMES * len(rows)
    times = {_TIME: read.time[rows]} if fine and read.time is not None else {}
    return read.columns.without(frozenset(read.columns.names) - names).take(rows).beside(Columns(times, keys))


def _contents(read: Labelled, label: Label, rows: Integers) -> Floats:
    """What orders the rows: everything known of them, so that only rows equal in all are told apart by place."""
    names = {} if read.ids is None else {"": read.ids}
    times = [] if read.time is None else [read.time]
    return contents(Columns(read.columns.numbers, read.columns.words | names), label.numbers, *times)[rows]


def _enough(label: Label, known: Flags) -> None:
    if known.sum() < FEWEST_ROWS:
        raise InputError(
            "Poucas linhas com rótulo", value=int(known.sum()), hint=f"São precisas ao menos {FEWEST_ROWS}"
        )
    if label.task != REGRESSION:
        # Of lifetimes only the fact must have come to some: it may have come to all.
        numbers, least = label.numbers[known], 1 if label.task == SURVIVAL else 2
        found = np.ones(1) if label.task == SURVIVAL else np.unique(numbers)
        counts = np.array([(numbers == one).sum() for one in found])
        if len(found) < least or counts.min() < FEWEST_EACH:
            raise InputError(
                "Poucas linhas de uma das classes", value=_rarest(label, float(found[counts.argmin()]), counts.min()),
                hint=f"São precisas ao menos {FEWEST_EACH}; junte a classe a outra ou tire suas linhas",
            )  # fmt: skip


def _over_time(times: Floats, groups: Integers, label: Label, came: Floats) -> list[list[Split]]:
    """Blocks said by earlier rows that are enough to learn from; none where too few rows are left to be measured."""

    def enough(rows: Flags) -> bool:
        if rows.sum() < FEWEST_ROWS:
            return False
        return label.task == REGRESSION or min(int((came[rows] == one).sum()) for one in np.unique(came)) >= FEWEST_EACH

    rounds = forward(times, groups, enough)
    measured = sum(len(split.say) for split in rounds[0] if not split.backward) if rounds else 0
    return rounds if measured >= FEWEST_ROWS else []


def _rarest(label: Label, number: float, rows: int) -> str:
    if label.positive is None:
        name = label.classes[int(number)]
    else:
        name = label.positive if number else " ou ".join(one for one in label.classes if one != label.positive)
    return f"{name} ({rows})"


def _times_that_may_be(times: Floats, label: Label) -> None:
    if label.task == SURVIVAL and times.min() < 0:
        raise InputError("Há durações negativas", value=format_number(times.min(), 2), hint="Confira a coluna")
    if times.min() == times.max():
        raise InputError("O tempo é o mesmo em todas as linhas", value="--time", hint="Dê outra coluna")


def _two_classes(label: Label) -> bool:
    return label.task == SURVIVAL or (label.task == CLASSIFICATION and label.positive is not None)


def _above_middle(came: Floats, label: Label) -> Floats:
    """What single columns are judged by: above the median, or of the most common class."""
    if label.task == REGRESSION:
        return np.asarray(came > np.median(came), dtype=float)
    found, counts = np.unique(came, return_counts=True)
    return np.asarray(came == found[counts.argmax()], dtype=float)


def _gaps(columns: Columns) -> dict[str, Flags]:
    told: dict[str, Flags] = {name: ~np.isfinite(values) for name, values in columns.numbers.items()}
    told |= {name: np.array([word is None for word in words], bool) for name, words in columns.words.items()}
    return told


def _of_rows(twins: Resampled, grouped: bool) -> list[LeakFinding]:
    told = []
    if twins.repeated and grouped:
        words = f"{format_number(twins.repeated)} linhas se repetem; as iguais ficam sempre do mesmo lado da validação"
        told.append(LeakFinding(kind="duplicate_rows", column=None, left_out=False, evidence=words))
    if twins.nearly and grouped:
        words = f"{format_number(twins.nearly)} linhas são quase iguais a outra; ficam do mesmo lado da validação"
        told.append(LeakFinding(kind="near_duplicates", column=None, left_out=False, evidence=words))
    if copies := int(twins.copies.sum()):
        words = f"{format_number(copies)} cópias de uma só classe: a tabela foi reamostrada; cada linha ensina uma vez"
        told.append(LeakFinding(kind="oversampled_copies", column=None, left_out=True, evidence=words))
    if mixtures := int(twins.mixtures.sum()):
        words = f"{format_number(mixtures)} linhas exatamente entre duas vizinhas (SMOTE): não ensinam nem medem"
        told.append(LeakFinding(kind="synthetic_rows", column=None, left_out=True, evidence=words))
    return told
