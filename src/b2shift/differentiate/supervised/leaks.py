"""Columns that must not be learnt from: target leakage, identifiers, time markers; each with its evidence."""

import re
from collections.abc import Collection

import numpy as np
from scipy.stats import spearmanr

from b2shift.differentiate.contracts import LeakFinding
from b2shift.differentiate.scores.measures import auc
from b2shift.differentiate.supervised.leak_context import LeakContext, codes, leak_finding, two_decimals
from b2shift.differentiate.supervised.shapes import Flags, Floats, Integers
from b2shift.differentiate.supervised.target_leakage import find_target_leakage
from b2shift.kernel.money import format_number, format_percent
from b2shift.kernel.text import fold

_SAME_MISSINGNESS, _MIN_ROWS = 0.9, 20
_MIN_UNIQUE, _MIN_NAMED_ROWS = 0.95, 50
_MIN_LINEARITY, _MIN_KNOWN = 0.998, 0.8
_MAX_TIME_CORRELATION = 0.95
_MAX_AFTER = 0.01
_MAX_TIME_AUC = 0.85
"""AUC of the row's time from which it is rather a duration than a date."""
_KEY = re.compile(
    r"(^|_)(id|uuid|guid|key|chave|codigo|cod|code|number|numero|num|index|row|rownames|cnpj|cpf)($|_)"
    r"|^(customer|client|cliente|user|usuario|account|conta|employee|order|pedido|lead|prospect|deal|negocio|row|record"
    r"|contact|contato|company|empresa|policy|contract|contrato|invoice|loan|ticket|member)(id|no|nr|num|number|code)$"
)
_ENTITY = re.compile(
    r"(customer|client|cliente|account|conta|user|usuario|company|empresa|contact|contato|member)"
    r"(_?(id|code|codigo|cod|number|numero|num|key|chave))?|id|cnpj|cpf"
)


def find_leaks(context: LeakContext, keep: Collection[str]) -> tuple[list[LeakFinding], Integers | None]:
    """All findings, and the entity codes of the rows where a column names repeated entities."""
    findings: list[LeakFinding] = []
    entity: Integers | None = None
    for name in context.columns.names:
        found = _without_label(context, name)
        if found is not None and found.kind == "entity" and found.left_out:
            values = codes(context.columns, name)
            entity = values if entity is None else entity
        if found is not None:
            findings.append(found)
    left_out = {one.column for one in findings if one.left_out}
    findings += find_target_leakage(context, [name for name in context.columns.names if name not in left_out])
    order_auc = auc(context.target, context.position.astype(float))
    if order_auc is not None and abs(order_auc - 0.5) > 0.1:
        findings.append(
            leak_finding(
                "row_order",
                "",
                False,
                f"a ordem das linhas do arquivo conhece o rótulo (AUC {two_decimals(order_auc)})",
            )
        )
    time_auc = None if context.time is None else auc(context.target, context.time)
    if time_auc is not None and abs(time_auc - 0.5) > _MAX_TIME_AUC - 0.5:
        evidence = "o tempo da linha quase diz o rótulo; se é a duração até o fato, use --task survival"
        findings.append(leak_finding("time_order", "", False, evidence))
    return [_kept_on_request(one) if one.column in keep and one.left_out else one for one in findings], entity


def _without_label(context: LeakContext, name: str) -> LeakFinding | None:
    """Findings from a column's values, missingness and name alone."""
    levels = codes(context.columns, name)
    distinct, present = len(np.unique(levels[levels >= 0])), int((levels >= 0).sum())
    if distinct == 0 or (distinct == 1 and present == len(levels)):
        return leak_finding("constant", name, True, "não varia")
    if (~context.labelled).sum() >= _MIN_ROWS and _correlation(
        context.missing[name], ~context.labelled
    ) > _SAME_MISSINGNESS:
        return leak_finding("same_survey", name, True, "falta exatamente onde falta o rótulo: vem da mesma resposta")
    return _time_leak(context, name) or _duration_leak(context, name) or _identifier(context, name, distinct, present)


def _time_leak(context: LeakContext, name: str) -> LeakFinding | None:
    numbers = context.columns.numbers.get(name)
    if context.time is None or numbers is None:
        return None
    both = np.isfinite(numbers) & np.isfinite(context.time)
    if (share := _share_after(context, name, both)) > _MAX_AFTER:
        return leak_finding(
            "after_outcome", name, True, f"é posterior ao tempo da linha em {format_percent(share, 0)} das linhas"
        )
    if both.sum() > _MIN_ROWS and abs(_rank_correlation(numbers[both], context.time[both])) > _MAX_TIME_CORRELATION:
        return leak_finding("marks_time", name, True, "só diz quando a linha é: o futuro não teria valores parecidos")
    return None


def _share_after(context: LeakContext, name: str, both: Flags) -> float:
    """Share of rows whose date is later than their time: on a later day, where times are whole days."""
    assert context.time is not None
    numbers, times = context.columns.numbers[name][both], context.time[both]
    if not len(times) or name not in context.columns.days | context.columns.ages:
        return 0.0
    after = -numbers if name in context.columns.ages else numbers - times
    return float((after >= 1 if not (np.mod(times, 1) > 0).any() else after > 0).mean())


def _duration_leak(context: LeakContext, name: str) -> LeakFinding | None:
    """Whether the column is the survival duration in disguise: rank correlation among those with the event."""
    numbers = context.columns.numbers.get(name)
    if context.duration is None or numbers is None:
        return None
    both = np.isfinite(numbers) & np.isfinite(context.duration) & (context.target > 0)
    if both.sum() <= _MIN_ROWS:
        return None
    correlation = _rank_correlation(numbers[both], context.duration[both])
    if abs(correlation) <= _MAX_TIME_CORRELATION:
        return None
    return leak_finding(
        "knows_outcome", name, True, f"acompanha a duração até o fato (correlação {two_decimals(correlation)})"
    )


def _identifier(context: LeakContext, name: str, distinct: int, present: int) -> LeakFinding | None:
    """Whether the column identifies rows, or entities with several rows."""
    numbers = context.columns.numbers.get(name)
    if name in context.columns.days | context.columns.ages or len(context.target) < _MIN_NAMED_ROWS:
        return None
    if numbers is not None and (np.mod(numbers, 1) > 0).any():
        return None
    normalised = fold(name).replace(" ", "_").replace("-", "_")
    if distinct >= _MIN_UNIQUE * present > 0:
        ordered = numbers is not None and _is_row_counter(numbers, context.position.astype(float))
        if numbers is None or _KEY.search(normalised) or ordered:
            return leak_finding("identifier", name, True, "nomeia as linhas: quase todo valor é diferente")
    if _ENTITY.fullmatch(normalised) and 0.02 * present < distinct < 0.8 * present:
        evidence = f"nomeia {format_number(distinct)} entidades que se repetem"
        if _share_known(context, name) >= _MIN_KNOWN:
            return leak_finding("entity", name, False, f"{evidence}, e quase todas as linhas a prever são delas")
        return leak_finding("entity", name, True, f"{evidence}: cada uma fica de um só lado da validação")
    return None


def _share_known(context: LeakContext, name: str) -> float:
    """Share of the rows to predict whose value of the column occurs in training."""
    if context.unlabelled is None:
        return 0.0
    kind = "words" if name in context.columns.words else "numbers"
    training_values, new_values = (getattr(one, kind)[name].tolist() for one in (context.columns, context.unlabelled))
    known_values = set(training_values)
    return float(np.mean([value in known_values for value in new_values])) if new_values else 0.0


def _is_row_counter(numbers: Floats, position: Floats) -> bool:
    """Whether the numbers rise linearly with the row number; a file may also be sorted by a real column."""
    both = np.isfinite(numbers)
    if both.sum() < _MIN_NAMED_ROWS or np.ptp(numbers[both]) == 0:
        return False
    return abs(float(np.corrcoef(numbers[both], position[both])[0, 1])) > _MIN_LINEARITY


def _correlation(one: Flags, other: Flags) -> float:
    if one.all() or not one.any() or other.all() or not other.any():
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _rank_correlation(one: Floats, other: Floats) -> float:
    both = np.isfinite(one) & np.isfinite(other)
    if both.sum() < 3 or np.ptp(one[both]) == 0 or np.ptp(other[both]) == 0:
        return 0.0
    return float(spearmanr(one[both], other[both]).statistic)


def _kept_on_request(one: LeakFinding) -> LeakFinding:
    return one.model_copy(update={"left_out": False, "evidence": f"{one.evidence}; mantida a pedido"})
