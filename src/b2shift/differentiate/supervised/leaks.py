"""What must not be learnt from: columns that know the outcome, names of rows, marks of time; each with its evidence."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

from b2shift.differentiate.contracts import LeakFinding
from b2shift.differentiate.scores.measures import auc
from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.linear import logistic_path
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Integers
from b2shift.kernel.money import format_number
from b2shift.kernel.text import fold

TOO_GOOD = 0.9
_BY_NAME = 0.15
_CONFIRMED = 0.03
"""A suspect stays when the columns that are not suspected rank as well without it, up to this."""
_NEARLY_ALL, _TWICE, _SLACK = 0.995, 2.0, 0.002
"""A suspect that ranks nearly all pairs stays only when the others rank wrongly at most so many times as many, and a
few more: what is filled in after the fact leaves next to none, and other columns of such tables often know much too."""
_MOST_SUSPECTS = 0.4
"""Share of suspected columns from which the table is easy rather than leaky: they confirm one another."""
_BINS, _INNER = 20, 5
_PURE, _FEWEST_PURE, _CAUGHT = 0.98, 30, 0.2
_SAME_GAPS, _FEWEST_GAPS = 0.9, 20
_UNIQUE, _FEWEST_NAMED = 0.95, 50
_EVENLY, _MOSTLY = 0.998, 0.8
_MARKS_TIME = 0.95
_LATER = 0.01
_KEY = re.compile(
    r"(^|_)(id|uuid|guid|key|chave|codigo|cod|code|number|numero|num|index|row|rownames|cnpj|cpf)($|_)"
    r"|^(customer|client|cliente|user|usuario|account|conta|employee|order|pedido|lead|prospect|deal|negocio|row|record"
    r"|contact|contato|company|empresa|policy|contract|contrato|invoice|loan|ticket|member)(id|no|nr|num|number|code)$"
)
_ENTITY = re.compile(
    r"(customer|client|cliente|account|conta|user|usuario|company|empresa|contact|contato|member)"
    r"(_?(id|code|codigo|cod|number|numero|num|key|chave))?|id|cnpj|cpf"
)
_AFTER = re.compile(
    r"cancel|motivo|reason|outcome|resultado|closed|fechad|encerr|lost|perdid|ganh|(^|_)won|after|depois|future|churn"
)


@dataclass(frozen=True)
class Known:
    """What the guard looks at: the columns, the label as 0 and 1 (rank above the median for a number), and times."""

    columns: Columns
    came: Floats
    label: str
    label_known: Flags
    """Of all rows of the file, in `gaps` too; the other fields are of the rows whose label is known."""
    gaps: Mapping[str, Flags]
    time: Floats | None
    position: Integers
    """Where each row stood in the file."""
    too_good: float = TOO_GOOD
    """AUC of one column alone from which it is suspected of knowing the outcome."""
    fresh: Columns | None = None
    """The rows that are to be said, where they are other ones."""
    duration: Floats | None = None
    """Time until the fact or until last seen, where that is the label."""


def leaks(known: Known, keep: Collection[str]) -> tuple[list[LeakFinding], Integers | None]:
    """What was found, and the entity of each row where a column names one that repeats."""
    told: list[LeakFinding] = []
    entity: Integers | None = None
    for name in known.columns.names:
        found = _of_rows(known, name)
        if found is not None and found.kind == "entity" and found.left_out:
            values = _codes(known.columns, name)
            entity = values if entity is None else entity
        if found is not None:
            told.append(found)
    out = {one.column for one in told if one.left_out}
    alone = {name: _alone(known, name) for name in known.columns.names if name not in out}
    told += _too_good(known, alone)
    order = auc(known.came, known.position.astype(float))
    if order is not None and abs(order - 0.5) > 0.1:
        told.append(
            _finding("row_order", "", False, f"a ordem das linhas do arquivo conhece o rótulo (AUC {_two(order)})")
        )
    return [_kept(one) if one.column in keep and one.left_out else one for one in told], entity


def _of_rows(known: Known, name: str) -> LeakFinding | None:
    """What the column is by its values, its gaps and its name, without the label."""
    values = _codes(known.columns, name)
    distinct, seen = len(np.unique(values[values >= 0])), int((values >= 0).sum())
    if distinct == 0 or (distinct == 1 and seen == len(values)):
        return _finding("constant", name, True, "não varia")
    if (~known.label_known).sum() >= _FEWEST_GAPS and _correlation(known.gaps[name], ~known.label_known) > _SAME_GAPS:
        return _finding("same_survey", name, True, "falta exatamente onde falta o rótulo: vem da mesma resposta")
    return _of_time(known, name) or _of_duration(known, name) or _of_names(known, name, distinct, seen)


def _of_time(known: Known, name: str) -> LeakFinding | None:
    numbers = known.columns.numbers.get(name)
    if known.time is None or numbers is None:
        return None
    both = np.isfinite(numbers) & np.isfinite(known.time)
    if name in known.columns.days and (late := float((numbers[both] > known.time[both]).mean())) > _LATER:
        return _finding("after_outcome", name, True, f"é posterior ao tempo da linha em {_percent(late)} das linhas")
    if both.sum() > _FEWEST_GAPS and abs(_rank_correlation(numbers[both], known.time[both])) > _MARKS_TIME:
        return _finding("marks_time", name, True, "só diz quando a linha é: o futuro não teria valores parecidos")
    return None


def _of_duration(known: Known, name: str) -> LeakFinding | None:
    """Whether the column is the duration in other words: it goes up with it among those to whom the fact came."""
    numbers = known.columns.numbers.get(name)
    if known.duration is None or numbers is None:
        return None
    both = np.isfinite(numbers) & np.isfinite(known.duration) & (known.came > 0)
    if both.sum() <= _FEWEST_GAPS:
        return None
    alike = _rank_correlation(numbers[both], known.duration[both])
    if abs(alike) <= _MARKS_TIME:
        return None
    return _finding("knows_outcome", name, True, f"acompanha a duração até o fato (correlação {_two(alike)})")


def _of_names(known: Known, name: str, distinct: int, seen: int) -> LeakFinding | None:
    """Whether the column names rows, or entities that have several."""
    numbers = known.columns.numbers.get(name)
    if len(known.came) < _FEWEST_NAMED or (numbers is not None and (np.mod(numbers, 1) > 0).any()):
        return None
    plain = fold(name).replace(" ", "_").replace("-", "_")
    if distinct >= _UNIQUE * seen > 0:
        ordered = numbers is not None and _counts_rows(numbers, known.position.astype(float))
        if numbers is None or _KEY.search(plain) or ordered:
            return _finding("identifier", name, True, "nomeia as linhas: quase todo valor é diferente")
    if _ENTITY.fullmatch(plain) and 0.02 * seen < distinct < 0.8 * seen:
        several = f"nomeia {format_number(distinct)} entidades que se repetem"
        if _seen_before(known, name) >= _MOSTLY:
            return _finding("entity", name, False, f"{several}, e quase todas as linhas a prever são delas")
        return _finding("entity", name, True, f"{several}: cada uma fica de um só lado da validação")
    return None


def _seen_before(known: Known, name: str) -> float:
    """Share of the rows to be said whose value of the column some row that teaches has."""
    if known.fresh is None:
        return 0.0
    kind = "words" if name in known.columns.words else "numbers"
    mine, theirs = (getattr(one, kind)[name].tolist() for one in (known.columns, known.fresh))
    taught = set(mine)
    return float(np.mean([value in taught for value in theirs])) if theirs else 0.0


def _counts_rows(numbers: Floats, position: Floats) -> bool:
    """Whether the numbers go up evenly with the rows: a file may also be sorted by a column that says something."""
    both = np.isfinite(numbers)
    if both.sum() < _FEWEST_NAMED or np.ptp(numbers[both]) == 0:
        return False
    return abs(float(np.corrcoef(numbers[both], position[both])[0, 1])) > _EVENLY


def _too_good(known: Known, alone: Mapping[str, float]) -> list[LeakFinding]:
    hints = {name for name in alone if _hints(name, known.label)}
    pure = {name: why for name in alone if (why := _pure(known, name))}
    suspects = {
        name
        for name, rank in alone.items()
        if rank > known.too_good or name in pure or (name in hints and rank > known.too_good - _BY_NAME)
    }
    if not suspects:
        return []
    others = [name for name in alone if name not in suspects]
    rest = _together(known, others) if len(suspects) <= _MOST_SUSPECTS * len(alone) else max(alone.values())
    told = []
    for name in sorted(suspects):
        if _confirmed(alone[name], rest) and name not in pure:
            told.append(
                _finding(
                    "strong", name, False,
                    f"sozinha ordena com AUC {_two(alone[name])}, e as outras sem ela ordenam com {_two(rest)}",
                    alone[name],
                )
            )  # fmt: skip
        else:
            because = (
                pure.get(name) or f"sozinha ordena com AUC {_two(alone[name])}; as outras juntas, com {_two(rest)}"
            )
            told.append(_finding("knows_outcome", name, True, because, alone[name]))
    return told


def _confirmed(alone: float, rest: float) -> bool:
    if alone >= _NEARLY_ALL:
        return 1 - rest <= _TWICE * (1 - alone) + _SLACK
    return alone <= rest + _CONFIRMED


def _alone(known: Known, name: str) -> float:
    """AUC of the column alone: rates of its levels or twentieths, each row said by rows of other fifths."""
    codes = _binned(known.columns, name)
    inner = np.random.default_rng(0).permutation(len(codes)) % _INNER
    said = np.zeros(len(codes))
    size = int(codes.max()) + 1
    for part in range(_INNER):
        others = inner != part
        mean = known.came[others].mean()
        counts = np.bincount(codes[others], minlength=size)
        sums = np.bincount(codes[others], weights=known.came[others], minlength=size)
        said[~others] = ((sums + 2 * mean) / (counts + 2))[codes[~others]]
    return auc(known.came, said) or 0.5


def _together(known: Known, names: list[str]) -> float:
    """AUC of a penalised regression on the columns, cross-validated."""
    if not names:
        return 0.5
    columns = known.columns.without(frozenset(known.columns.names) - set(names))
    rows = Encoding.of(columns).matrices(columns)
    matrix = np.hstack([rows.linear, rows.curves / 2])
    inner = np.random.default_rng(1).permutation(len(matrix)) % 3
    said = np.zeros(len(matrix))
    for part in range(3):
        others = inner != part
        [found] = logistic_path(matrix[others], known.came[others], np.ones(others.sum()), np.array([10.0]))
        said[~others] = found[0] + matrix[~others] @ found[1:]
    return auc(known.came, said) or 0.5


def _pure(known: Known, name: str) -> str:
    """A level, or the presence of a value, that only events have, and many of them."""
    base = known.came.mean()
    if base > 0.6:
        return ""
    codes = _codes(known.columns, name)
    known_rows = codes >= 0
    if _FEWEST_PURE <= known_rows.sum() < len(codes) and known.came[known_rows].mean() >= _PURE:
        caught = known.came[known_rows].sum() / known.came.sum()
        if caught >= _CAUGHT:
            return f"só tem valor onde o fato aconteceu ({_percent(float(caught))} dos casos)"
    if name in known.columns.words:
        counts = np.bincount(codes[known_rows])
        events = np.bincount(codes[known_rows], weights=known.came[known_rows])
        caught_by = events / known.came.sum()
        rate = events / np.maximum(counts, 1)
        if ((counts >= _FEWEST_PURE) & (rate >= _PURE) & (caught_by >= _CAUGHT)).any() and base < 0.5:
            return "um de seus valores só existe onde o fato aconteceu"
    return ""


def _hints(name: str, label: str) -> bool:
    told, mine = (fold(one).replace(" ", "_").replace("-", "_") for one in (name, label))
    shared = set(told.split("_")) & {part for part in mine.split("_") if len(part) > 3}
    return bool(_AFTER.search(told) or shared)


def _codes(columns: Columns, name: str) -> Integers:
    """Values as codes, -1 where missing."""
    if name in columns.words:
        words = columns.words[name]
        codes = np.unique([word or "" for word in words], return_inverse=True)[1]
        return np.where(np.array([word is None for word in words], bool), -1, codes).astype(np.intp)
    values = columns.numbers[name]
    codes = np.unique(np.nan_to_num(values), return_inverse=True)[1]
    return np.where(np.isfinite(values), codes, -1).astype(np.intp)


def _binned(columns: Columns, name: str) -> Integers:
    codes = _codes(columns, name)
    if name in columns.numbers and codes.max(initial=0) > _BINS:
        values = columns.numbers[name]
        edges = np.unique(np.nanquantile(values, np.arange(1, _BINS) / _BINS))
        codes = np.where(codes < 0, -1, np.searchsorted(edges, values, side="right"))
    return np.asarray(codes + 1)


def _correlation(one: Flags, other: Flags) -> float:
    if one.all() or not one.any() or other.all() or not other.any():
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _rank_correlation(one: Floats, other: Floats) -> float:
    both = np.isfinite(one) & np.isfinite(other)
    if both.sum() < 3 or np.ptp(one[both]) == 0 or np.ptp(other[both]) == 0:
        return 0.0
    return float(spearmanr(one[both], other[both]).statistic)


def _finding(kind: str, column: str, left_out: bool, evidence: str, auc_alone: float | None = None) -> LeakFinding:
    return LeakFinding(kind=kind, column=column or None, left_out=left_out, evidence=evidence, auc_alone=auc_alone)


def _kept(one: LeakFinding) -> LeakFinding:
    return one.model_copy(update={"left_out": False, "evidence": f"{one.evidence}; mantida a pedido"})


def _two(value: float) -> str:
    return format_number(value, 2)


def _percent(share: float) -> str:
    return f"{format_number(100 * share)}%"
