"""A trial from any table: one row a customer, the arm it was given, what came of it, and what was known before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from b2shift.differentiate.api import encode, read_rows
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.money import format_number
from b2shift.learn.trials.shapes import TrialColumns
from b2shift.learn.trials.trial import Floats, Integers, Trial

FEWEST_ROWS = 50
"""Of an arm."""
MOST_ARMS = 100
_CHANCE_OF_DIFFERING = 0.001
"""That any column known before differs between arms by lot alone as much as what is taken for an outcome."""


@dataclass(frozen=True)
class TrialTable:
    """The rows of a table: arms, values, and what was known before."""

    arms: tuple[str, ...]
    arm: Integers
    values: Mapping[str, Floats]
    numbers: Mapping[str, Floats]
    """Other columns that were asked for as numbers."""
    chance: Floats
    linear: Floats
    trees: Floats
    keys: Sequence[str | None]
    """The key of each row, or its place in the file."""
    notes: tuple[str, ...]

    def trial(self, measure: str) -> Trial:
        """With one of the values."""
        return Trial(self.arms, self.arm, self.chance, self.values[measure], self.linear, self.trees)

    def index(self, arm: str) -> int:
        """The index of an arm; UnknownNameError where there is none of that name."""
        if arm not in self.arms:
            raise UnknownNameError("braço", arm, self.arms)
        return self.arms.index(arm)


def read_trial(
    given_by: TrialColumns, values: Sequence[str], *, numbers: Sequence[str] = (), learns: bool = True
) -> TrialTable:
    """Read it; raises InputError naming the file, column or arm at fault.

    `numbers`: other columns to read as numbers. `learns`: whether the rest is read as known before; what differs
    between arms more than by lot is left out, and told.
    """
    arm, lot, identity = given_by.arm, given_by.lot, given_by.identity
    texts = [arm, *(name for name in (lot, identity) if name is not None)]
    _refuse_twice([*texts, *values, *numbers])
    given = read_rows(given_by.table, texts, [*values, *numbers], given_by.unused)
    notes, arms_given = list(given.notes), given.texts[arm]
    if given.count > len(arms_given):
        notes.append(f"Usadas {format_number(len(arms_given))} das {format_number(given.count)} linhas, sorteadas")
    told = np.array([one is not None for one in arms_given])
    for name in (*values, *numbers):
        told &= np.isfinite(given.numbers[name])
    if missing := int((~told).sum()):
        notes.append(f"{format_number(missing)} linhas sem braço ou sem valor ficaram de fora")
    arms, index = _arms(arms_given[told])
    numbers_before = {name: column[told] for name, column in given.columns.numbers.items()}
    words_before = {name: column[told] for name, column in given.columns.words.items()}
    strata = np.unique(_texts(given.texts[lot][told]), return_inverse=True)[1] if lot else np.zeros(len(index), np.intp)
    chance = _chances(index, strata, len(arms))
    linear, trees = np.zeros((len(index), 0)), np.zeros((len(index), 0))
    if learns:
        names, matrices = (*numbers_before, *words_before), encode(numbers_before, words_before)
        linear = np.hstack([matrices.linear, matrices.curves])
        sources = np.r_[matrices.linear_source, matrices.curves_source]
        late = _late_sources(linear, sources, index, chance)
        notes += _told_late(sorted(names[one] for one in late), len(names))
        linear = linear[:, ~np.isin(sources, late)]
        trees = matrices.trees[:, ~np.isin(matrices.trees_source, late)]
    keys = given.texts[identity][told].tolist() if identity else list(map(str, np.flatnonzero(told)))
    chosen = {name: given.numbers[name][told] for name in (*values, *numbers)}
    return TrialTable(
        arms, index, {name: chosen[name] for name in values}, {name: chosen[name] for name in numbers}, chance, linear,
        trees, keys, tuple(notes),
    )  # fmt: skip


def _refuse_twice(names: Sequence[str]) -> None:
    for name in names:
        if list(names).count(name) > 1:
            raise InputError("A mesma coluna tem dois papéis", value=name, hint="Dê colunas diferentes")


def _arms(given: np.ndarray) -> tuple[tuple[str, ...], Integers]:
    names, index = np.unique(_texts(given), return_inverse=True)
    if len(names) < 2:
        hint = "Um experimento tem pelo menos dois: por exemplo, quem recebeu e quem não"
        raise InputError("A coluna tem menos de dois braços", value=names[0] if len(names) else None, hint=hint)
    if len(names) > MOST_ARMS:
        hint = f"São {len(names)} valores; dê a coluna que diz o que cada um recebeu"
        raise InputError(f"A coluna tem mais de {MOST_ARMS} braços", value=names[0], hint=hint)
    return tuple(map(str, names)), index.astype(np.intp)


def check_sizes(table: TrialTable) -> None:
    """Refuse arms of too few rows (InputError)."""
    counts = np.bincount(table.arm, minlength=len(table.arms))
    few = int(counts.argmin())
    if counts[few] < FEWEST_ROWS:
        hint = f"Só {counts[few]} linhas; é preciso ter {FEWEST_ROWS} em cada braço"
        raise InputError("Um braço tem linhas de menos", value=table.arms[few], hint=hint)


def check_known_before(table: TrialTable) -> None:
    """Refuse a table that says nothing else of its rows (InputError)."""
    if not table.linear.shape[1]:
        raise InputError("Nada se sabia antes de nenhuma linha", hint="Acrescente colunas medidas antes do sorteio")


def _texts(values: np.ndarray) -> np.ndarray:
    return np.array(["" if one is None else str(one) for one in values], dtype=object)


def _chances(arm: Integers, strata: Integers, arms: int) -> Floats:
    """The share of each arm among the rows of the same lot: (n, arms)."""
    counts = np.zeros((int(strata.max(initial=0)) + 1, arms))
    np.add.at(counts, (strata, arm), 1)
    if len(arm) and not counts.all():
        empty = int(np.flatnonzero((counts == 0).any(axis=1))[0])
        hint = "Tire as linhas desse sorteio, ou não dê a coluna"
        raise InputError("Num dos sorteios falta um braço", value=f"{int(counts[empty].sum())} linhas", hint=hint)
    return np.asarray((counts / counts.sum(axis=1, keepdims=True))[strata])


def _late_sources(columns: Floats, sources: Integers, arm: Integers, chance: Floats) -> list[int]:
    """Sources of columns that differ between arms more than a lot lets them: they were measured after it."""
    drawn = (arm[:, None] == np.arange(chance.shape[1])) - chance
    level = _CHANCE_OF_DIFFERING / max(columns.shape[1], 1)
    known = zip(columns.T, sources.tolist(), strict=True)
    return sorted({source for column, source in known if _differs(column, drawn, level)})


def _differs(column: Floats, drawn: Floats, level: float) -> bool:
    """Whether the arms' means of a column differ: a score test of as many degrees of freedom as arms but one.

    `drawn` (n, arms): 1 for the arm a row was given, less the chance of each.
    """
    centred = column - column.mean()
    sums = (centred @ drawn)[1:]
    spread = (drawn[:, 1:] * (centred**2)[:, None]).T @ drawn[:, 1:]
    try:
        statistic = float(sums @ np.linalg.solve(spread, sums))
    except np.linalg.LinAlgError:
        return False
    return bool(chi2.sf(statistic, len(sums)) < level)


def _told_late(late: Sequence[str], columns: int) -> list[str]:
    if not late:
        return []
    if columns > 2 and 2 * len(late) > columns:
        hint = "A maior parte do que se sabia difere entre eles; sem sorteio, não se sabe o que o braço mudou"
        raise InputError("Os braços não parecem sorteados", value=", ".join(late), hint=hint)
    names = ", ".join(late)
    return [f"Difere entre os braços mais do que um sorteio deixa, como o que se mede depois; ficou de fora: {names}"]
