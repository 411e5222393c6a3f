"""Columns that know the outcome, alone or added up: what ranks far better than all the others together."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from b2shift.differentiate.contracts import LeakFinding
from b2shift.differentiate.scores.measures import auc
from b2shift.differentiate.supervised.causes import Beside, cause
from b2shift.differentiate.supervised.echoes import echoes
from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.known import Known, binned, codes, finding, two
from b2shift.differentiate.supervised.linear import logistic_path
from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers
from b2shift.kernel.money import format_percent
from b2shift.kernel.text import fold

_BY_NAME = 0.15
_NEAR = 0.07
"""How far under the AUC of a suspect a column may be its companion: two leaks would confirm each other."""
_CONFIRMED = 0.03
"""A suspect stays when the columns that are not suspected rank as well without it, up to this."""
_NEARLY_ALL, _TWICE, _SLACK = 0.995, 2.0, 0.002
"""A suspect that ranks nearly all pairs stays only when the others rank wrongly at most so many times as many, and a
few more: what is filled in after the fact leaves next to none, and other columns of such tables often know much too."""
_MOST_SUSPECTS = 0.4
"""Share of suspected columns from which the table is easy rather than leaky: they confirm one another."""
_INNER = 5
_PURE, _CAUGHT = 0.98, 0.2
_FEWEST_PURE, _BY_CHANCE = 12, 1e-9
"""Rows that share a value only one class has: at least so many, and so many that chance would hardly draw them."""
_MOST_COMMON = 0.7
"""Share of the rows up to which a class may be so judged: of a commoner one honest values often have nothing else."""
_LINE, _LINE_OF_AMOUNTS = 0.9, 0.9999
"""Share of the label's variance that a sum of columns must hold to be the label in parts."""
_PART, _ALIKE = 0.05, 1e-3
_ROWS_A_COLUMN, _WHOLE = 10, 0.95
_ROWS_A_GROUP, _MOST_DAYS = 100, 12
_AFTER = re.compile(
    r"cancel|motivo|reason|outcome|resultado|closed|fechad|encerr|lost|perdid|ganh|(^|_)won|after|depois|future|churn"
)


def too_good(known: Known, names: Sequence[str]) -> list[LeakFinding]:
    """What is found in the columns: suspects that the others confirm stay, the rest is left out."""
    alone = {name: _alone(known, name) for name in names}
    told = _counted(known, alone)
    told += _suspects(known, _without(alone, told))
    told += _in_gaps(known, _without(alone, told))
    return [*told, *_in_parts(known, _without(alone, told))]


def _without(alone: Mapping[str, float], told: Sequence[LeakFinding]) -> dict[str, float]:
    gone = {one.column for one in told if one.left_out}
    return {name: rank for name, rank in alone.items() if name not in gone}


def _counted(known: Known, alone: Mapping[str, float]) -> list[LeakFinding]:
    """Numbers that are the label's own rate in small groups of rows."""
    if known.amount is not None:
        return []
    coded = ((name, codes(known.columns, name)) for name in alone)
    grouping = {name: places for name, places in coded if _may_group(places)}
    told = []
    for name in alone:
        others = [places for other, places in grouping.items() if other != name]
        if name in known.columns.numbers and echoes(known.columns.numbers[name], known.came, others):
            words = "é a taxa do próprio rótulo em grupos de poucas linhas (codificação pelo alvo)"
            told.append(finding("knows_outcome", name, True, words, alone[name]))
    return told


def _may_group(places: Integers) -> bool:
    """Whether a column of these codes names groups of a few rows."""
    rows, different = len(places), len(np.unique(places))
    return rows / _ROWS_A_GROUP < different < rows / 1.5


def _in_gaps(known: Known, alone: Mapping[str, float]) -> list[LeakFinding]:
    """Dates that tell nothing much alone, and the label by the days between them: the one that goes with the label."""
    days = [name for name in alone if name in known.columns.days | known.columns.ages][:_MOST_DAYS]
    told: list[LeakFinding] = []
    found = {pair: rank for pair in combinations(days, 2) if (rank := _of_gap(known, alone, pair)) is not None}
    while found:
        in_pairs = {name: sum(name in pair for pair in found) for name in days}
        name = max(days, key=lambda one: (in_pairs[one], alone[one]))
        pair = max((pair for pair in found if name in pair), key=lambda one: found[one])
        words = f"os dias entre {pair[0]} e {pair[1]} ordenam sozinhos com AUC {two(found[pair])}"
        told.append(finding("knows_outcome", name, True, words, found[pair]))
        found = {pair: rank for pair, rank in found.items() if name not in pair}
    return told


def _of_gap(known: Known, alone: Mapping[str, float], pair: tuple[str, str]) -> float | None:
    """How well the days between two dates rank, where neither date and none of the other columns come near it."""
    gap = known.columns.numbers[pair[0]] - known.columns.numbers[pair[1]]
    if not np.isfinite(gap).any() or max(alone[name] for name in pair) > known.too_good - _NEAR:
        return None
    rank = _alone(replace(known, columns=Columns({"": gap}, {})), "")
    if rank <= known.too_good:
        return None
    return None if _confirmed(rank, _Others.of(known, [name for name in alone if name not in pair]).rank) else rank


def _suspects(known: Known, alone: Mapping[str, float]) -> list[LeakFinding]:
    hints = {name for name in alone if _hints(name, known.label)}
    pure = {name: why for name in alone if known.amount is None and (why := _pure(known, name))}
    suspects = {
        name
        for name, rank in alone.items()
        if rank > known.too_good or name in pure or (name in hints and rank > known.too_good - _BY_NAME)
    }
    if not suspects:
        return []
    most = _MOST_SUSPECTS * len(alone)
    easy = len(suspects) > max(1, most)
    near = {name for name, rank in alone.items() if rank > known.too_good - _NEAR} - suspects
    near = near if len(suspects | near) <= most else set()
    beside = _Others.of(known, [name for name in alone if name not in suspects | near])
    rest, told = beside.rank, []
    for name in sorted(suspects):
        others = max(rank for other, rank in alone.items() if other != name) if easy else rest
        if name not in pure and _confirmed(alone[name], others):
            words = f"sozinha ordena com AUC {two(alone[name])}, e as outras sem ela ordenam com {two(others)}"
            told.append(finding("strong", name, False, words, alone[name]))
        elif name not in pure and name not in hints and not easy and (why := beside.cause(name, alone[name])):
            words = f"sozinha ordena com AUC {two(alone[name])}, {why}: parece sabida antes"
            told.append(finding("strong", name, False, words, alone[name]))
        else:
            whole = None if name in pure else beside.rank_with(name)
            told.append(_out(name, alone[name], others, pure.get(name), whole))
    if any(one.left_out for one in told):
        told += [_out(name, alone[name], rest) for name in sorted(near) if not _confirmed(alone[name], rest)]
    return told


def _out(name: str, alone: float, others: float, pure: str | None = None, whole: float | None = None) -> LeakFinding:
    because = pure or f"sozinha ordena com AUC {two(alone)}; as outras juntas, com {two(others)}"
    if whole is not None and alone < _NEARLY_ALL:
        because += f", e com ela, {two(whole)}: se era sabida antes do fato, --keep a devolve"
    return finding("knows_outcome", name, True, because, alone)


def _confirmed(alone: float, rest: float) -> bool:
    if alone >= _NEARLY_ALL:
        return 1 - rest <= _TWICE * (1 - alone) + _SLACK
    return alone <= rest + _CONFIRMED


def _alone(known: Known, name: str) -> float:
    """AUC of the column as it is, or of the rates of its levels or twentieths said by other fifths."""
    places = binned(known.columns, name)
    inner = np.random.default_rng(0).permutation(len(places)) % _INNER
    said = np.zeros(len(places))
    size = int(places.max()) + 1
    for part in range(_INNER):
        others = inner != part
        mean = known.came[others].mean()
        counts = np.bincount(places[others], minlength=size)
        sums = np.bincount(places[others], weights=known.came[others], minlength=size)
        said[~others] = ((sums + 2 * mean) / (counts + 2))[places[~others]]
    rank = auc(known.came, said) or 0.5
    values = known.columns.numbers.get(name)
    if values is None or not np.isfinite(values).all():
        return rank
    plain = auc(known.came, values) or 0.5
    return max(rank, plain, 1 - plain)


@dataclass(frozen=True)
class _Others:
    """The columns beside the suspects, and how well a penalised regression on them ranks rows that did not teach it."""

    known: Known
    names: tuple[str, ...]
    beside: Beside
    rank: float

    @classmethod
    def of(cls, known: Known, names: Collection[str]) -> "_Others":
        """Cross-validated; 0.5 where there is none."""
        columns = known.columns.without(frozenset(known.columns.names) - set(names))
        said = np.zeros(len(known.came))
        if not names:
            return cls(known, (), Beside(np.zeros((len(said), 0)), np.zeros(0, np.intp), said), 0.5)
        rows = Encoding.of(columns).matrices(columns)
        matrix = np.hstack([rows.linear, rows.curves / 2])
        inner = np.random.default_rng(1).permutation(len(matrix)) % 3
        for part in range(3):
            others = inner != part
            [found] = logistic_path(matrix[others], known.came[others], np.ones(others.sum()), np.array([10.0]))
            said[~others] = found[0] + matrix[~others] @ found[1:]
        sources = np.r_[rows.linear_of, rows.curves_of]
        return cls(known, tuple(names), Beside(matrix, sources, said), auc(known.came, said) or 0.5)

    def rank_with(self, name: str) -> float:
        """How well they rank with the suspect."""
        return _Others.of(self.known, [*self.names, name]).rank

    def cause(self, name: str, alone: float) -> str:
        """Why the column may be a cause, so that it stays though the others do not rank as well; empty where not."""
        values, fresh = self.known.columns.numbers.get(name), self.known.fresh
        if values is None or alone >= _NEARLY_ALL or self.known.amount is not None:
            return ""
        new = fresh.numbers.get(name) if fresh is not None else None
        return cause(values, self.known.came, self.beside, new)


def _pure(known: Known, name: str) -> str:
    """A level, a number, the presence or the absence of a value that only one class has, and many of its rows."""
    places = codes(known.columns, name) + 1
    counts = np.bincount(places)
    for came, happened in ((known.came, "aconteceu"), (1 - known.came, "não aconteceu")):
        if len(counts) < 2 or came.mean() > _MOST_COMMON:
            continue
        events = np.bincount(places, weights=came)
        if counts[0] and _only(float(events[1:].sum()), float(counts[1:].sum()), came):
            caught = format_percent(float(events[1:].sum() / came.sum()), 0)
            return f"só tem valor onde o fato {happened} ({caught} dos casos)"
        if _only(float(events[0]), float(counts[0]), came):
            return f"só falta onde o fato {happened} ({format_percent(float(events[0] / came.sum()), 0)} dos casos)"
        likely = np.flatnonzero((counts >= _FEWEST_PURE) & (events >= _PURE * counts))
        for level in likely[likely > 0]:
            if not _only(float(events[level]), float(counts[level]), came):
                continue
            if name in known.columns.words or not _neighbours_alike(events, counts, int(level), came):
                return f"um de seus valores só existe onde o fato {happened}"
    return ""


def _neighbours_alike(events: Floats, counts: Integers, level: int, came: Floats) -> bool:
    """Whether the rows next to a value of a number, on one side, come near it: then it is high or low, not coded."""
    for side in (slice(level - 1, 0, -1), slice(level + 1, None)):
        reached = np.cumsum(counts[side])
        near = int(np.searchsorted(reached, _FEWEST_PURE)) + 1
        rows = counts[side][:near].sum()
        if rows and events[side][:near].sum() / rows > (1 + came.mean()) / 2:
            return True
    return False


def _only(events: float, rows: float, came: Floats) -> bool:
    if rows < _FEWEST_PURE or events < _PURE * rows or events < _CAUGHT * came.sum():
        return False
    return bool(came.mean() ** events < _BY_CHANCE)


def _in_parts(known: Known, alone: Mapping[str, float]) -> list[LeakFinding]:
    """Columns that tell nothing much alone and whose sum, or difference, is the label."""
    target = known.came if known.amount is None else known.amount
    names = [name for name in alone if name in known.columns.numbers]
    names = [name for name in names if np.isfinite(known.columns.numbers[name]).mean() >= _WHOLE]
    if len(names) < 2:
        return []
    matrix = np.column_stack([known.columns.numbers[name] for name in names])
    whole = np.isfinite(matrix).all(axis=1)
    if whole.sum() < _ROWS_A_COLUMN * len(names):
        return []
    slopes, spread, held = _line(matrix[whole], target[whole])
    parts = np.flatnonzero(np.abs(slopes) * spread > _PART * target.std())
    if held < _LINE or len(parts) < 2:
        return []
    slopes, _, held = _line(matrix[whole][:, parts], target[whole])
    mine = [names[part] for part in parts]
    if known.amount is not None:
        if held < _LINE_OF_AMOUNTS or np.ptp(np.abs(slopes)) > _ALIKE * np.abs(slopes).max():
            return []
    elif held < _LINE or max(alone[name] for name in mine) > known.too_good:
        return []
    words = f"{' e '.join(mine)}: juntas, somadas ou subtraídas, são o rótulo"
    return [finding("knows_outcome", name, True, words, alone[name]) for name in mine]


def _line(matrix: Floats, target: Floats) -> tuple[Floats, Floats, float]:
    """Least squares: slopes, the spread of each column, and the share of the target's variance held."""
    spread = matrix.std(axis=0)
    scaled = (matrix - matrix.mean(axis=0)) / np.where(spread > 0, spread, 1)
    away = target - target.mean()
    found = np.linalg.lstsq(scaled, away, rcond=None)[0]
    left = away - scaled @ found
    held = 1 - float(left @ left) / max(float(away @ away), 1e-300)
    return found / np.where(spread > 0, spread, 1), spread, held


def _hints(name: str, label: str) -> bool:
    told, mine = (fold(one).replace(" ", "_").replace("-", "_") for one in (name, label))
    shared = set(told.split("_")) & {part for part in mine.split("_") if len(part) > 3}
    return bool(_AFTER.search(told) or shared)
