"""Classes: one model of yes or no for two of them, one a class (shares brought to one) for more."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from b2shift.differentiate.contracts import ReliabilityBin, TrainMeasures
from b2shift.differentiate.scores import measures
from b2shift.differentiate.supervised.association import chance_of
from b2shift.differentiate.supervised.learning import Learnt, learn
from b2shift.differentiate.supervised.objective import Objective, probability
from b2shift.differentiate.supervised.outcome import (
    SURE,
    Outcome,
    Said,
    gain_in_errors,
    has_signal,
    importance_of,
    weights_of,
)
from b2shift.differentiate.supervised.prepared import Prepared
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats
from b2shift.differentiate.supervised.shuffled import shuffled_auc
from b2shift.differentiate.supervised.told import in_points, reasons
from b2shift.kernel.money import format_number, format_percent

BINARY = Objective(binary=True)
_UNIT = " p.p."


def classes(ready: Prepared, seed: int, tell: Callable[[float], None]) -> Outcome:
    """Learn the classes and judge them on rows that did not teach."""
    if ready.label.positive is not None:
        return _two(ready, seed, tell)
    return _many(ready, seed, tell)


def _two(ready: Prepared, seed: int, tell: Callable[[float], None]) -> Outcome:
    learnt = _learn(ready, ready.came, seed, tell)
    said, measured = probability(learnt.honest), _measured(ready, learnt)
    base = probability(learnt.base)
    came = ready.came
    told, gain = _measures(ready, came, said, base, measured, seed)
    usable = has_signal(gain, _ranked(told, len(np.unique(ready.groups[measured]))), chance_of(ready, seed))
    rate = float(np.average(came, weights=ready.weight))
    least = 0.5 / len(came)

    def shown(columns: Columns, odds: Floats, explained: Callable[[], Floats]) -> Said:
        if not usable:
            return {"probability": np.full(len(columns), rate), "reasons": np.full(len(columns), "", dtype=object)}
        points = in_points(odds, explained())
        return {
            "probability": np.clip(probability(odds), least, 1 - least),
            "reasons": reasons(columns, learnt.encoding.names, points, _UNIT),
        }

    def own() -> Said:
        every = np.arange(len(came))
        return shown(ready.columns, learnt.honest, lambda: learnt.own_contributions(ready.columns, every))

    def new(columns: Columns) -> Said:
        odds = learnt.scores(columns) if usable else np.zeros(len(columns))
        return shown(columns, odds, lambda: learnt.contributions(columns))

    bins = measures.reliability(came[measured], said[measured])
    return Outcome(
        usable, _verdict(usable, told), told,
        tuple(ReliabilityBin(predicted=b["predicted"], observed=b["observed"], rows=int(b["customers"])) for b in bins),
        weights_of(learnt), importance_of(learnt, ready.columns), own, new,
    )  # fmt: skip


def _many(ready: Prepared, seed: int, tell: Callable[[float], None]) -> Outcome:
    names = ready.label.classes
    each: list[Learnt] = []
    for place in range(len(names)):
        came = (ready.came == place).astype(float)
        each.append(_learn(ready, came, seed, partial(_told_of, tell, place, len(names))))
    said = _shares([one.honest for one in each])
    base = _shares([one.base for one in each])
    measured = np.all([_measured(ready, one) for one in each], axis=0)
    mine = ready.came.astype(int)[measured]
    row = np.arange(len(mine))
    losses = -np.log(np.clip(said[measured][row, mine], 1e-6, 1))
    losses_base = -np.log(np.clip(base[measured][row, mine], 1e-6, 1))
    gain = gain_in_errors(losses_base - losses, ready.groups[measured])
    usable = gain > SURE
    hits = said[measured].argmax(axis=1) == mine
    told = TrainMeasures(
        rows=len(mine), log_loss=float(losses.mean()), log_loss_base=float(losses_base.mean()), gain_z=gain,
        brier=float(((said[measured] - np.eye(len(names))[mine]) ** 2).sum(axis=1).mean()),
        ece=measures.ece(hits.astype(float), said[measured].max(axis=1)),
        ece_floor=measures.ece_floor(said[measured].max(axis=1), seed),
    )  # fmt: skip
    rates = np.bincount(ready.came.astype(int), weights=ready.weight, minlength=len(names)) / ready.weight.sum()

    def shown(columns: Columns, shares: Floats, explained: Callable[[int], tuple[Floats, Floats]]) -> Said:
        shares = shares if usable else np.tile(rates, (len(columns), 1))
        best = shares.argmax(axis=1)
        words = np.full(len(columns), "", dtype=object)
        for place in np.unique(best) if usable else ():
            rows = np.flatnonzero(best == place)
            odds, parts = explained(int(place))
            points = in_points(odds[rows], parts[rows])
            words[rows] = reasons(columns.take(rows), each[place].encoding.names, points, _UNIT)
        said_of = {f"probability_{name}": shares[:, place] for place, name in enumerate(names)}
        return {"prediction": np.array(names, dtype=object)[best], **said_of, "reasons": words}

    def own() -> Said:
        every = np.arange(len(ready.came))
        return shown(
            ready.columns, said, lambda at: (each[at].honest, each[at].own_contributions(ready.columns, every))
        )

    def new(columns: Columns) -> Said:
        scores = [one.scores(columns) for one in each]
        return shown(columns, _shares(scores), lambda at: (scores[at], each[at].contributions(columns)))

    importance: dict[str, float] = {}
    for one in each:
        for name, value in importance_of(one, ready.columns).items():
            importance[name] = importance.get(name, 0.0) + value / len(each)
    ordered = dict(sorted(importance.items(), key=lambda pair: -pair[1]))
    return Outcome(usable, _verdict(usable, told), told, (), weights_of(each[0]), ordered, own, new)


def _told_of(tell: Callable[[float], None], place: int, count: int, part: float) -> None:
    tell((place + part) / count)


def _learn(ready: Prepared, came: Floats, seed: int, tell: Callable[[float], None]) -> Learnt:
    return learn(ready.columns, came, ready.weight, ready.deal, BINARY, seed, tell)


def _measured(ready: Prepared, learnt: Learnt) -> Flags:
    told: Flags = np.isfinite(learnt.honest) & (ready.weight > 0)
    told[[row for split in ready.deal.rounds[0] if split.backward for row in split.say]] = False
    return told


def _measures(
    ready: Prepared, came: Floats, said: Floats, base: Floats, measured: Flags, seed: int
) -> tuple[TrainMeasures, float]:
    mine, told, flat = came[measured], said[measured], base[measured]
    losses, losses_base = measures.log_losses(mine, told), measures.log_losses(mine, flat)
    gain = gain_in_errors(losses_base - losses, ready.groups[measured])
    return TrainMeasures(
        rows=len(mine), events=int(mine.sum()), base_rate=float(mine.mean()),
        log_loss=float(losses.mean()), log_loss_base=float(losses_base.mean()),
        auc=measures.auc(mine, told), auc_shuffled=shuffled_auc(ready.columns, came, ready.deal.rounds[0], seed),
        brier=measures.brier(mine, told), ece=measures.ece(mine, told), ece_floor=measures.ece_floor(told, seed),
        gain_z=gain,
    ), gain  # fmt: skip


def _ranked(told: TrainMeasures, groups: int) -> float:
    """By how many standard errors of chance the AUC is above one half (Mann-Whitney), as many rows as there are groups:
    a row that is said again proves nothing more."""
    events, rows = told.events or 0, told.rows
    if told.auc is None or not 0 < events < rows:
        return 0.0
    share = groups / rows
    return (told.auc - 0.5) / float(np.sqrt((groups + 1) / (12 * share**2 * events * (rows - events))))


def _shares(scores: Sequence[Floats]) -> Floats:
    told = np.column_stack([probability(one) for one in scores])
    return np.asarray(told / told.sum(axis=1, keepdims=True))


def _verdict(usable: bool, told: TrainMeasures) -> str:
    loss, base = format_number(told.log_loss or 0, 3), format_number(told.log_loss_base or 0, 3)
    if not usable:
        return (
            f"Sem sinal utilizável: fora do treino a perda foi {loss} e dizer a todos a taxa base perde {base}. "
            "A previsão é a taxa base."
        )
    ranked = f", AUC {format_number(told.auc, 2)}" if told.auc is not None else ""
    rate = f", taxa base {format_percent(told.base_rate)}" if told.base_rate is not None else ""
    return f"Utilizável: fora do treino a perda foi {loss} (taxa base sozinha: {base}){ranked}{rate}."
