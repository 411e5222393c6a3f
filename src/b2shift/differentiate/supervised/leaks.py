"""What must not be learnt from: columns that know the outcome, names of rows, marks of time; each with its evidence."""

import re
from collections.abc import Collection

import numpy as np
from scipy.stats import spearmanr

from b2shift.differentiate.contracts import LeakFinding
from b2shift.differentiate.scores.measures import auc
from b2shift.differentiate.supervised.knowing import too_good
from b2shift.differentiate.supervised.known import Known, codes, finding, two
from b2shift.differentiate.supervised.shapes import Flags, Floats, Integers
from b2shift.kernel.money import format_number, format_percent
from b2shift.kernel.text import fold

_SAME_GAPS, _FEWEST_GAPS = 0.9, 20
_UNIQUE, _FEWEST_NAMED = 0.95, 50
_EVENLY, _MOSTLY = 0.998, 0.8
_MARKS_TIME = 0.95
_LATER = 0.01
_TELLS_FACT = 0.85
"""AUC of the time from which it is rather how long it took than when the row was known."""
_KEY = re.compile(
    r"(^|_)(id|uuid|guid|key|chave|codigo|cod|code|number|numero|num|index|row|rownames|cnpj|cpf)($|_)"
    r"|^(customer|client|cliente|user|usuario|account|conta|employee|order|pedido|lead|prospect|deal|negocio|row|record"
    r"|contact|contato|company|empresa|policy|contract|contrato|invoice|loan|ticket|member)(id|no|nr|num|number|code)$"
)
_ENTITY = re.compile(
    r"(customer|client|cliente|account|conta|user|usuario|company|empresa|contact|contato|member)"
    r"(_?(id|code|codigo|cod|number|numero|num|key|chave))?|id|cnpj|cpf"
)


def leaks(known: Known, keep: Collection[str]) -> tuple[list[LeakFinding], Integers | None]:
    """What was found, and the entity of each row where a column names one that repeats."""
    told: list[LeakFinding] = []
    entity: Integers | None = None
    for name in known.columns.names:
        found = _of_rows(known, name)
        if found is not None and found.kind == "entity" and found.left_out:
            values = codes(known.columns, name)
            entity = values if entity is None else entity
        if found is not None:
            told.append(found)
    out = {one.column for one in told if one.left_out}
    told += too_good(known, [name for name in known.columns.names if name not in out])
    order = auc(known.came, known.position.astype(float))
    if order is not None and abs(order - 0.5) > 0.1:
        told.append(
            finding("row_order", "", False, f"a ordem das linhas do arquivo conhece o rótulo (AUC {two(order)})")
        )
    late = None if known.time is None else auc(known.came, known.time)
    if late is not None and abs(late - 0.5) > _TELLS_FACT - 0.5:
        words = "o tempo da linha quase diz o rótulo; se é a duração até o fato, use --task survival"
        told.append(finding("time_order", "", False, words))
    return [_kept(one) if one.column in keep and one.left_out else one for one in told], entity


def _of_rows(known: Known, name: str) -> LeakFinding | None:
    """What the column is by its values, its gaps and its name, without the label."""
    values = codes(known.columns, name)
    distinct, seen = len(np.unique(values[values >= 0])), int((values >= 0).sum())
    if distinct == 0 or (distinct == 1 and seen == len(values)):
        return finding("constant", name, True, "não varia")
    if (~known.label_known).sum() >= _FEWEST_GAPS and _correlation(known.gaps[name], ~known.label_known) > _SAME_GAPS:
        return finding("same_survey", name, True, "falta exatamente onde falta o rótulo: vem da mesma resposta")
    return _of_time(known, name) or _of_duration(known, name) or _of_names(known, name, distinct, seen)


def _of_time(known: Known, name: str) -> LeakFinding | None:
    numbers = known.columns.numbers.get(name)
    if known.time is None or numbers is None:
        return None
    both = np.isfinite(numbers) & np.isfinite(known.time)
    if (late := _later(known, name, both)) > _LATER:
        return finding(
            "after_outcome", name, True, f"é posterior ao tempo da linha em {format_percent(late, 0)} das linhas"
        )
    if both.sum() > _FEWEST_GAPS and abs(_rank_correlation(numbers[both], known.time[both])) > _MARKS_TIME:
        return finding("marks_time", name, True, "só diz quando a linha é: o futuro não teria valores parecidos")
    return None


def _later(known: Known, name: str, both: Flags) -> float:
    """Share of the rows whose date is after their time: on a later day, where times are whole days."""
    assert known.time is not None
    numbers, times = known.columns.numbers[name][both], known.time[both]
    if not len(times) or name not in known.columns.days | known.columns.ages:
        return 0.0
    after = -numbers if name in known.columns.ages else numbers - times
    return float((after >= 1 if not (np.mod(times, 1) > 0).any() else after > 0).mean())


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
    return finding("knows_outcome", name, True, f"acompanha a duração até o fato (correlação {two(alike)})")


def _of_names(known: Known, name: str, distinct: int, seen: int) -> LeakFinding | None:
    """Whether the column names rows, or entities that have several."""
    numbers = known.columns.numbers.get(name)
    if name in known.columns.days | known.columns.ages or len(known.came) < _FEWEST_NAMED:
        return None
    if numbers is not None and (np.mod(numbers, 1) > 0).any():
        return None
    plain = fold(name).replace(" ", "_").replace("-", "_")
    if distinct >= _UNIQUE * seen > 0:
        ordered = numbers is not None and _counts_rows(numbers, known.position.astype(float))
        if numbers is None or _KEY.search(plain) or ordered:
            return finding("identifier", name, True, "nomeia as linhas: quase todo valor é diferente")
    if _ENTITY.fullmatch(plain) and 0.02 * seen < distinct < 0.8 * seen:
        several = f"nomeia {format_number(distinct)} entidades que se repetem"
        if _seen_before(known, name) >= _MOSTLY:
            return finding("entity", name, False, f"{several}, e quase todas as linhas a prever são delas")
        return finding("entity", name, True, f"{several}: cada uma fica de um só lado da validação")
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


def _correlation(one: Flags, other: Flags) -> float:
    if one.all() or not one.any() or other.all() or not other.any():
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _rank_correlation(one: Floats, other: Floats) -> float:
    both = np.isfinite(one) & np.isfinite(other)
    if both.sum() < 3 or np.ptp(one[both]) == 0 or np.ptp(other[both]) == 0:
        return 0.0
    return float(spearmanr(one[both], other[both]).statistic)


def _kept(one: LeakFinding) -> LeakFinding:
    return one.model_copy(update={"left_out": False, "evidence": f"{one.evidence}; mantida a pedido"})
