"""What the trial of a table tells: effects, who is persuaded, a learnt choice, and what another rule would bring."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa

from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.money import format_number, format_percent
from b2shift.learn.effects.estimate import FEWEST, Estimate, difference
from b2shift.learn.trials.off_policy import FEWEST_EFFECTIVE, LARGEST_WEIGHT, LoggedPolicy, evaluate_policy
from b2shift.learn.trials.policy import learn_policy
from b2shift.learn.trials.reading import TrialTable, check_known_before, check_sizes, read_trial
from b2shift.learn.trials.shapes import (
    Interval,
    PolicyArm,
    PolicyEvaluation,
    PolicyResult,
    TrialArm,
    TrialColumns,
    TrialEffect,
    UpliftResult,
)
from b2shift.learn.trials.trial import Floats, Trial, is_rate, mean_of
from b2shift.learn.trials.uplift import fit_uplift, groups_told, qini

MOST_CHOICES = 8
"""Arms that a choice is learnt among."""
GROUPS = 10
"""Half of them in small tables."""
_ROWS_OF_TEN_GROUPS = 5_000
ROW = "row"
"""The key of what has none: the place in the file, from 0."""
UNIFORM = "uniforme"
"""The rule that gives every arm with the same chance."""
_RARE = 0.05
"""Share of choices that the log hardly ever made, from which it is told."""


def trial_effects(
    given_by: TrialColumns, values: Sequence[str], control: str | None
) -> tuple[tuple[TrialEffect, ...], tuple[str, ...]]:
    """Each arm against the control, or each pair where none is named; and notes."""
    read = read_trial(given_by, values)
    check_sizes(read)
    against = None if control is None else read.index(control)
    every = range(len(read.arms))
    pairs = combinations(every, 2) if against is None else ((one, against) for one in every if one != against)
    return tuple(_effect(read, measure, *pair) for pair in pairs for measure in values), read.notes


def _effect(read: TrialTable, measure: str, arm: int, against: int) -> TrialEffect:
    pair = read.trial(measure).between(arm, against)
    treated, nothing = pair.arm == 1, np.zeros((len(pair), 0))
    known = pair.linear if min(np.bincount(pair.arm)) >= FEWEST + pair.linear.shape[1] else nothing
    plain, adjusted = (difference(pair.value, treated, one, rate=is_rate(pair.value)) for one in (nothing, known))
    return TrialEffect(
        measure=measure,
        arm=_arm(pair, 1),
        against=_arm(pair, 0),
        difference=_told(plain),
        adjusted=_told(adjusted),
    )


def _arm(trial: Trial, arm: int) -> TrialArm:
    values = trial.value[trial.arm == arm]
    return TrialArm(name=trial.arms[arm], rows=len(values), mean=float(values.mean()))


def _told(estimate: Estimate | None) -> Interval | None:
    if estimate is None:
        return None
    return Interval(value=estimate.difference, low=estimate.low, high=estimate.high)


def trial_uplift(
    given_by: TrialColumns, value: str, *, treated: str, control: str, harmful: bool, seed: int
) -> tuple[UpliftResult, pa.Table]:
    """Who of a table is persuaded by one arm over another; and a table of what is expected of each row.

    `harmful`: less of the value is better; groups then begin with those of whom the arm takes most away.
    """
    read = read_trial(given_by, [value])
    ours, others = read.index(treated), read.index(control)
    check_sizes(read)
    check_known_before(read)
    trial = _turned(read.trial(value), harmful)
    found = fit_uplift(trial, ours, others, seed)
    pair = (trial.arm == ours) | (trial.arm == others)
    groups = groups_told(found, GROUPS if len(trial) >= _ROWS_OF_TEN_GROUPS else GROUPS // 2)
    rates = is_rate(trial.value)

    def back(told: Interval) -> Interval:
        return told.turned() if harmful else told

    result = UpliftResult(
        measure=value,
        arm=treated,
        against=control,
        rows=len(trial),
        effect=back(mean_of(found.score)),
        gain=found.gain.interval,
        tells_apart=found.gain.beyond_chance,
        qini=qini(found.expected[pair], trial.arm[pair] == ours, trial.value[pair]) if rates else None,
        groups=tuple(one.model_copy(update={"effect": back(one.effect)}) for one in groups),
        harmed=sum(one.rows for one in groups if one.effect.high < 0 and found.gain.beyond_chance),
        learners=found.weights,
        notes=read.notes,
    )
    sign = -1 if harmful else 1
    rows = {"expected": sign * found.expected, "place": found.place}
    return result, pa.table({given_by.identity or ROW: read.keys} | rows)


def trial_policy(
    given_by: TrialColumns, value: str, *, costs: Mapping[str, float], harmful: bool, seed: int
) -> tuple[PolicyResult, pa.Table]:
    """Whether a choice learnt from a table beats giving all the same arm; and a table of the arm of each row."""
    read = read_trial(given_by, [value])
    if len(read.arms) > MOST_CHOICES:
        hint = f"São {len(read.arms)}; junte ou tire braços"
        raise InputError(f"A escolha se aprende entre até {MOST_CHOICES} braços", value=given_by.arm, hint=hint)
    check_sizes(read)
    check_known_before(read)
    price = np.zeros(len(read.arms))
    for name, cost in costs.items():
        price[read.index(name)] = cost
    found = learn_policy(_turned(read.trial(value), harmful), price, seed)
    chosen = np.bincount(found.choice, minlength=len(read.arms))
    base = 1.0 if is_rate(read.values[value]) else 0.0

    def back(told: Interval) -> Interval:
        return told.turned(base) if harmful else told

    result = PolicyResult(
        measure=value,
        rows=len(found.choice),
        arms=tuple(
            PolicyArm(name=name, cost=cost, to_all=back(worth), chosen=count)
            for name, cost, worth, count in zip(read.arms, price.tolist(), found.values, chosen.tolist(), strict=True)
        ),
        best=read.arms[found.best],
        value=back(found.value),
        gain=found.gain,
        is_better=found.is_better,
        notes=read.notes,
    )
    names = np.array(read.arms, dtype=object)[found.choice]
    return result, pa.table({given_by.identity or ROW: read.keys, "arm": names.tolist()})


def _turned(trial: Trial, harmful: bool) -> Trial:
    """With values of which more is better: of a harmful case, that it does not come."""
    if not harmful:
        return trial
    return trial.with_value(1 - trial.value if is_rate(trial.value) else -trial.value)


def logged_policy(
    table: Path, arm: str, value: str, chance: str, *, rule: str | None, rule_column: str | None, seed: int
) -> PolicyEvaluation:
    """What a rule would have brought, from rows given their arms with known chances (column `chance`).

    `rule`: `uniforme`, or the name of an arm, given to all. `rule_column`: the arm the rule gives to each row.
    """
    if (rule is None) == (rule_column is None):
        raise InputError("É preciso uma regra, e uma só", hint="Dê `--rule` ou `--rule-column`")
    given_by = TrialColumns(table=table, arm=arm, identity=rule_column)
    read = read_trial(given_by, [value], numbers=[chance], learns=False)
    chances = read.numbers[chance]
    if (wrong := (chances <= 0) | (chances > 1)).any():
        hint = "Dê a chance que o braço da linha tinha de ser escolhido"
        raise InputError("Uma chance não está entre 0 e 1", value=format_number(float(chances[wrong][0]), 6), hint=hint)
    given = _uniform(read) if rule == UNIFORM else _always(read, rule) if rule else _as_told(read)
    found = evaluate_policy(read.arm, chances, given, read.values[value], seed)
    return PolicyEvaluation(
        measure=value,
        rule=rule or str(rule_column),
        rows=len(chances),
        effective_rows=found.effective_rows,
        largest_weight=found.largest_weight,
        never_given=found.never_given,
        logged=mean_of(read.values[value]),
        estimates=found.estimates,
        may_go_live=found.is_better,
        notes=(*read.notes, *_doubts(found)),
    )


def _uniform(read: TrialTable) -> Floats:
    return np.full((len(read.arm), len(read.arms)), 1 / len(read.arms))


def _always(read: TrialTable, arm: str) -> Floats:
    return np.tile(np.arange(len(read.arms)) == read.index(arm), (len(read.arm), 1)).astype(np.float64)


def _as_told(read: TrialTable) -> Floats:
    """By the arm named in each row."""
    place = {name: index for index, name in enumerate(read.arms)}
    for name in read.keys:
        if name not in place:
            raise UnknownNameError("braço", str(name), read.arms)
    chosen = np.array([place[str(name)] for name in read.keys])
    return (chosen[:, None] == np.arange(len(read.arms))).astype(np.float64)


def _doubts(found: LoggedPolicy) -> list[str]:
    """Why the log tells a rule badly, or not at all."""
    doubts = []
    if not found.estimates:
        doubts.append(
            f"As linhas pesam como {format_number(found.effective_rows)}; abaixo de {FEWEST_EFFECTIVE} nada se diz: "
            "o que a regra faria quase não aconteceu"
        )
    elif found.largest_weight > LARGEST_WEIGHT:
        doubts.append(
            f"Uma só linha pesa como {format_number(found.largest_weight)}; acima de {format_number(LARGEST_WEIGHT)} a "
            "regra se propõe, não se aplica"
        )
    if found.never_given > _RARE:
        doubts.append(
            f"{format_percent(found.never_given)} do que a regra faria quase nunca foi feito; não se sabe o que traria"
        )
    return doubts
