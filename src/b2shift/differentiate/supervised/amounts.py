"""A number: the mean of the families' scores, with a conformal interval of 90 %."""

from collections.abc import Callable

import numpy as np

from b2shift.differentiate.contracts import TrainMeasures
from b2shift.differentiate.supervised.association import chance_of
from b2shift.differentiate.supervised.learning import learn
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.outcome import (
    Outcome,
    Said,
    amount_has_signal,
    gain_in_errors,
    importance_of,
    weights_of,
)
from b2shift.differentiate.supervised.prepared import Prepared
from b2shift.differentiate.supervised.shapes import Columns, Floats
from b2shift.differentiate.supervised.told import reasons
from b2shift.kernel.money import format_number

_COVER = 0.9


def amounts(ready: Prepared, seed: int, tell: Callable[[float], None]) -> Outcome:
    """Learn the number and judge it on rows that did not teach."""
    middle, spread = float(ready.came.mean()), float(ready.came.std()) or 1.0
    learnt = learn(
        ready.columns, (ready.came - middle) / spread, ready.weight, ready.deal, Objective(binary=False), seed, tell,
    )  # fmt: skip
    measured = np.isfinite(learnt.honest)
    measured[[row for split in ready.deal.rounds[0] if split.backward for row in split.say]] = False
    came = ready.came[measured]
    said, flat = middle + spread * learnt.honest[measured], middle + spread * learnt.base[measured]
    missed, missed_base = (came - said) ** 2, (came - flat) ** 2
    gain = gain_in_errors(missed_base - missed, ready.groups[measured])
    usable = amount_has_signal(gain, chance_of(ready, seed))
    away = np.abs(came - (said if usable else flat))
    reach = float(np.quantile(away, min(1.0, _COVER * (1 + 1 / len(away)))))
    told = TrainMeasures(
        rows=len(came), rmse=float(np.sqrt(missed.mean())), rmse_base=float(np.sqrt(missed_base.mean())),
        mae=float(np.abs(came - said).mean()),
        r2=float(1 - missed.mean() / missed_base.mean()),
        interval_90=_covered(away), gain_z=gain,
    )  # fmt: skip

    def shown(columns: Columns, scores: Floats, explained: Callable[[], Floats]) -> Said:
        value = middle + spread * scores if usable else np.full(len(columns), middle)
        words = np.full(len(columns), "", dtype=object)
        if usable:
            words = reasons(columns, learnt.encoding.names, spread * explained(), "")
        return {"prediction": value, "low": value - reach, "high": value + reach, "reasons": words}

    def own() -> Said:
        every = np.arange(len(ready.came))
        return shown(ready.columns, learnt.honest, lambda: learnt.own_contributions(ready.columns, every))

    def new(columns: Columns) -> Said:
        return shown(columns, learnt.scores(columns), lambda: learnt.contributions(columns))

    return Outcome(
        usable, _verdict(usable, told), told, (), weights_of(learnt), importance_of(learnt, ready.columns), own, new
    )


def _covered(away: Floats) -> float:
    """Coverage of intervals whose reach comes from the other half of the rows."""
    half = np.arange(len(away)) % 2 == 0
    inside = [
        (away[one] <= np.quantile(away[~one], min(1.0, _COVER * (1 + 1 / max((~one).sum(), 1))))).mean()
        for one in (half, ~half)
    ]
    return float(np.mean(inside))


def _verdict(usable: bool, told: TrainMeasures) -> str:
    error, base = (format_number(value or 0, 3) for value in (told.rmse, told.rmse_base))
    if not usable:
        return f"Sem sinal utilizável: fora do treino o erro foi {error} e dizer a média a todos erra {base}."
    return f"Utilizável: fora do treino o erro quadrático médio foi {error} (a média sozinha: {base})."
