"""The shares of arms by group: Thompson sampling in batches, a floor under every arm, and a stop for a harmful one.

The share of an arm is its probability of being the best (Thompson, 1933; as an allocation: Scott, 2010), mixed with the
floor. Shares hold for a batch of draws, so what an arm was drawn with is exact and can be drawn again.
"""

from collections.abc import Collection, Sequence

import numpy as np

from b2shift.kernel.errors import InputError
from b2shift.learn.choice.delays import exposures, is_within
from b2shift.learn.choice.guardrail import harmful
from b2shift.learn.choice.posterior import DRAWS, Posterior, drawn_rates
from b2shift.learn.choice.shapes import Arms, ArmShare, Flags, Floats, Integers, ShareReason, Trials

LEAST_FLOOR = 0.02
FEWEST_KNOWN = 20
"""Trials of every arm whose outcome is known, below which the shares stay as they began."""
_PARTS = 10_000
"""Shares are whole parts of so many: they add up to one and are written exactly."""


def shares(
    arms: Arms,
    groups: Sequence[str],
    trials: Trials,
    *,
    everyone: str = "",
    stopped: Collection[str] = (),
    seed: int = 0,
    draws: int = DRAWS,
) -> tuple[ArmShare, ...]:
    """The share of every arm in every group, those of `everyone` for a group that is not among them.

    `stopped`: arms stopped before, which stay so. `draws`: of the posterior, that shares are counted from. InputError
    where the arms leave no room for the floor.
    """
    count = len(arms.names)
    if arms.floor < LEAST_FLOOR or arms.floor * count > 1:
        hint = f"De {LEAST_FLOOR:g} a {1 / count:g} para {count} braços"
        raise InputError("A parte mínima de cada braço não cabe", value=arms.floor, hint=hint)
    successes, known, counted = _tables(trials, trials.success_after, arms, len(groups))
    left, _exposed, _counted = _tables(trials, trials.left_after, arms, len(groups))
    out = _stopped(trials, arms, stopped)
    rates = drawn_rates(successes, known, seed, draws)
    begun = bool((known.sum(axis=0)[~out] >= FEWEST_KNOWN).all())
    lines: list[ArmShare] = []
    for place, group in [*enumerate(groups), (None, everyone)]:
        among = rates.unseen if place is None else rates.groups[:, place]
        best = _floored(_probability_best(among, out), arms.floor, out) if begun else _kept(arms.starting, out)
        believed = _of_all(rates, counted.sum(axis=1)) if place is None else among
        low, high = np.quantile(believed, [0.025, 0.975], axis=0)
        rows = slice(None) if place is None else slice(place, place + 1)
        for n, parts in enumerate(_whole_parts(best)):
            line = ArmShare(
                group=group,
                arm=arms.names[n],
                share=parts / _PARTS,
                mean=float(believed[:, n].mean()),
                low=float(low[n]),
                high=float(high[n]),
                trials=int(counted[rows, n].sum()),
                successes=int(successes[rows, n].sum()),
                known=float(known[rows, n].sum()),
                left=int(left[rows, n].sum()),
                reason=ShareReason.STOPPED if out[n] else ShareReason.LEARNT if begun else ShareReason.STARTING,
            )
            lines.append(line)
    return tuple(lines)


def _of_all(rates: Posterior, sizes: Floats) -> Floats:
    """Draws of the rates among all customers, groups as large as they are (draws, arms); of the whole without any."""
    if not sizes.sum():
        return rates.whole
    return np.asarray(np.einsum("dga,g->da", rates.groups, sizes / sizes.sum()))


def _tables(trials: Trials, after: Integers, arms: Arms, groups: int) -> tuple[Floats, Floats, Floats]:
    """(groups, arms): what came within the window, trials counted by their exposure, trials."""
    count, window = len(arms.names), arms.window
    cell = trials.group * count + trials.arm

    def table(weights: Floats) -> Floats:
        return np.asarray(np.bincount(cell, weights, minlength=groups * count).reshape(groups, count), float)

    came = table(is_within(after, window).astype(float))
    exposed = table(exposures(trials.age, after, window))
    return came, np.maximum(exposed, came), table(np.ones(len(cell)))


def _stopped(trials: Trials, arms: Arms, before: Collection[str]) -> Flags:
    """Arms stopped before, and those that make customers leave; never all."""
    out = np.array([arm in before for arm in arms.names])
    if len(trials.arm):
        worse = harmful(trials) & ~out
        out |= worse if (~(out | worse)).any() else False
    return out


def _probability_best(rates: Floats, out: Flags) -> Floats:
    """Of each arm (arms), among those not stopped; ties are nobody's doing: draws differ."""
    best = np.where(out, -1.0, rates).argmax(axis=1)
    return np.bincount(best, minlength=len(out)) / len(rates)


def _kept(starting: Sequence[float], out: Flags) -> Floats:
    kept = np.where(out, 0.0, np.asarray(starting, float))
    return np.asarray(kept / kept.sum())


def _floored(best: Floats, floor: float, out: Flags) -> Floats:
    return np.where(out, 0.0, floor + (1 - floor * (~out).sum()) * best)


def _whole_parts(shares: Floats) -> list[int]:
    """Whole numbers that add up to `_PARTS`, by largest remainder; what is nothing stays nothing."""
    parts = np.floor(shares * _PARTS + 1e-9).astype(int)
    remainders = np.where(shares > 0, shares * _PARTS - parts, -1.0)
    for place in np.argsort(-remainders, kind="stable")[: _PARTS - parts.sum()]:
        parts[place] += 1
    return [int(one) for one in parts]
