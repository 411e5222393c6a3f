"""The probability that a customer buys each product family within 90 days: one model pooled over families."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.features.declarations import declarations
from b2shift.differentiate.scores.affinity import OF_SEGMENTS, Affinity, affinity
from b2shift.differentiate.scores.binary import LEAST_POINTS, Rows
from b2shift.differentiate.scores.cards import Card, measured_card, method_of, periods_of, silent_card, verdict_of
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Design, Floats, Frame, design
from b2shift.differentiate.scores.guard import allowed, measured_leaks
from b2shift.differentiate.scores.interest import interest
from b2shift.differentiate.scores.kept.pairs import BESIDE, PARTS, PROPENSITY, Pairs, column_of, paired
from b2shift.differentiate.scores.measures import auc, log_losses
from b2shift.differentiate.scores.outcomes import at_risk, campaign_purchases, key_of, purchases
from b2shift.differentiate.scores.reasons import Phrasebook, Told, told_reasons
from b2shift.differentiate.scores.scored import Scored, nowhere
from b2shift.differentiate.scores.serving import serve
from b2shift.differentiate.scores.training import Period, Trained, beats_base_rate, enough, train
from b2shift.differentiate.scores.trend import rate_shift

FEWEST_PURCHASES, FEWEST_TESTED = 20, 5
"""Purchases of a family over all labelled dates, and in the newest, under which it is not scored."""
EXPLAINED = 3
"""Families of each customer with most propensity over the common rate whose reasons are told."""
_MOST_CUSTOMERS = 10_000
_QUIET_PER_EVENT = 10
_DRAWN_BY_LOT = 3.0
"""Weight of a purchase that a campaign made: the customers it went to are drawn, where sellers choose theirs."""
_SURE, _RANKS = 1.645, 0.55
Bought = set[tuple[str, str]]
"""Customers and product families."""


@dataclass(frozen=True)
class LabelledDate:
    """One labelled date: its customers, and who bought which family after it."""

    frame: Frame
    bought: Floats
    by_campaign: Floats
    """Those of the purchases that only a campaign tells of."""
    shown: dict[str, Floats]
    """What they had shown of interest by then (customers × families)."""

    @property
    def by_sellers(self) -> Floats:
        """The purchases that deals and revenue tell of, of all families alike."""
        return self.bought - self.by_campaign

    @property
    def worth(self) -> Floats:
        """The weight of each pair as an event to learn from.

        Purchases by campaign weigh more, but no family weighs more in all because the campaigns were of it.
        """
        one = np.where(self.by_campaign > 0, _DRAWN_BY_LOT, 1.0)
        whole = (one * self.bought).sum(axis=0)
        return one * np.where(whole > 0, np.maximum(self.by_sellers.sum(axis=0), 1.0) / np.maximum(whole, 1.0), 1.0)


@dataclass(frozen=True)
class _Model:
    trained: Trained
    seen: Design
    known: Affinity
    shifts: tuple[float, ...]
    """Added to log-odds of each family: how far its rate has moved since the dates it was calibrated on."""
    before: Floats
    """The rate of each family on the dates before the test: what is said without a model."""
    useful: bool
    """Whether the purchases of all families together bear the model out, against those rates."""


def propensity(evidence: Evidence) -> Scored:
    """One column per family with enough purchases; customers without recurring revenue have none."""
    windows = [evidence.window(frame) for frame in evidence.past]
    sold = [campaign_purchases(evidence.session, *window) for window in windows]
    bought = [purchases(evidence.session, *window) for window in windows]
    families = _families([*bought, *sold])
    if not families:
        return Scored({}, [], [_nothing("Sem compras nas datas conhecidas: não há o que aprender.")])
    dates = [_date(evidence, *one, families) for one in zip(evidence.past, bought, sold, strict=True)]
    dates = [date for date in dates if len(date.frame)]
    counts = sum((date.bought.sum(axis=0) for date in dates), np.zeros(len(families)))
    if not dates or not counts.any():
        return Scored({}, [], [_nothing("Sem compras de clientes com receita nas datas conhecidas.")])
    keys = [key_of(family) for family in families]
    rows = np.flatnonzero(at_risk(evidence.now.ids, evidence.now.numbers["mrr"], evidence.ended, evidence.as_of))
    now = evidence.now.take(rows)
    model, left_out = _train(evidence, dates, now, keys)
    notes: dict[str, object] = {"propensity_left_out": left_out}
    if model is None:
        return Scored({}, [], [_few(family, int(n)) for family, n in zip(families, counts, strict=True)], notes)
    cards = [_card(evidence, model, k, families[k], dates[-1], int(counts[k])) for k in range(len(families))]
    shown = tuple(key for key, card in zip(keys, cards, strict=True) if card["usable"])
    columns: dict[str, Floats] = {column_of(key): nowhere(len(evidence.now)) for key in keys}
    if not shown:
        return Scored(columns, [], cards, notes)
    trained = model.trained
    made = Pairs(model.known, shown, model.seen, trained.learned, trained.calibration, model.shifts, trained.least)
    learnt_on = [date.frame for date in dates]
    served, serving = serve(evidence, made, _whole_card(evidence, model) | {PARTS: cards}, learnt_on, now)
    told = _say(evidence, serving, columns, rows)
    return Scored(columns, told, [served.card, *served.card[PARTS]], notes, [served])


def _families(bought: Sequence[Bought]) -> list[str]:
    told: dict[str, str] = {}
    for family in sorted({family for pairs in bought for _, family in pairs}):
        told.setdefault(key_of(family), family)
    return [told[key] for key in sorted(told) if key]


def _date(evidence: Evidence, frame: Frame, bought: Bought, sold: Bought, families: Sequence[str]) -> LabelledDate:
    rows = np.flatnonzero(at_risk(frame.ids, frame.numbers["mrr"], evidence.ended, frame.as_of))
    if len(rows) > _MOST_CUSTOMERS:
        rows = rows[np.linspace(0, len(rows) - 1, _MOST_CUSTOMERS).astype(np.intp)]
    mine = frame.take(rows)
    keys = [key_of(family) for family in families]
    shown = interest(evidence.session, frame.as_of, mine.ids, keys)
    by_sellers, by_campaign = (_marked(mine, pairs, keys) for pairs in (bought, sold))
    return LabelledDate(mine, np.maximum(by_sellers, by_campaign), by_campaign * (1 - by_sellers), shown)


def _marked(frame: Frame, pairs: Bought, keys: Sequence[str]) -> Floats:
    """1 for the pairs (customers × families)."""
    place = {customer: k for k, customer in enumerate(frame.ids)}
    column = {key: k for k, key in enumerate(keys)}
    told = np.zeros((len(frame), len(keys)))
    for customer, family in pairs:
        if customer in place and key_of(family) in column:
            told[place[customer], column[key_of(family)]] = 1.0
    return told


def _train(
    evidence: Evidence, dates: Sequence[LabelledDate], now: Frame, keys: Sequence[str]
) -> tuple[_Model | None, dict[str, str]]:
    usual = [name for name in allowed("propensity", evidence.declared) if not name.startswith("family_")]
    anything = [date.bought.max(axis=1) for date in dates]
    leaks = measured_leaks([date.frame for date in dates], anything, now, usual)
    kept = [name for name in usual if name not in leaks]
    formats = evidence.formats | {one.name: one.format for one in BESIDE}
    whole = affinity([d.frame for d in dates], [d.by_sellers for d in dates], keys)
    beside = [paired(date.frame, whole.of(date.frame) | date.shown, 0) for date in dates]
    seen = design(beside, [*kept, *(one.name for one in BESIDE)], formats)
    periods = [_period(dates, at, seen, keys, evidence.seed) for at in range(len(dates))]
    if not enough(periods):
        return None, leaks
    trained = train(periods, evidence.seed, evidence.threads)
    events = np.array([date.bought.sum() for date in dates])
    pairs = np.array([float(date.bought.size) for date in dates])
    shift = rate_shift([date.frame.as_of for date in dates], events, pairs, evidence.as_of)
    before = np.concatenate([date.bought for date in dates[:-1]]).mean(axis=0)
    return _Model(trained, seen, whole, (shift,) * len(keys), before, _useful(trained, before)), leaks


def _useful(trained: Trained, before: Floats) -> bool:
    """All pairs of the test date against the rate each family had before, one-sided 95 % by customers."""
    customers = len(trained.happened) // len(before)
    gains = _gains(trained.happened, trained.said, np.repeat(before, customers))
    by_customer = gains.reshape(len(before), customers).sum(axis=0)
    return bool(by_customer.mean() > _SURE * by_customer.std() / np.sqrt(max(customers, 1)))


def _gains(happened: Floats, said: Floats, without: Floats) -> Floats:
    """By how much less log-loss a row has than with what is said without a model."""
    return log_losses(happened, without) - log_losses(happened, said)


def _period(dates: Sequence[LabelledDate], at: int, seen: Design, keys: Sequence[str], seed: int) -> Period:
    """Every customer × family of a date; the rates beside them are of earlier dates (of the next, for the first)."""
    date = dates[at]
    before = dates[:at] or dates[1:2]
    known = affinity([d.frame for d in before], [d.by_sellers for d in before], keys) if before else None
    if known is None:
        known = affinity([date.frame], [np.zeros_like(date.bought)], keys)
    pairs = known.of(date.frame) | date.shown
    matrix = np.concatenate([seen.matrix(paired(date.frame, pairs, k)) for k in range(len(keys))])
    happened, worth = date.bought.T.ravel(), date.worth.T.ravel()
    return Period.thinned(date.frame.as_of, matrix, happened, _QUIET_PER_EVENT, seed, worth)


def _card(evidence: Evidence, model: _Model, k: int, family: str, test: LabelledDate, count: int) -> Card:
    size = len(test.frame)
    mine = slice(k * size, (k + 1) * size)
    happened, said = model.trained.happened[mine], model.trained.said[mine]
    if count < FEWEST_PURCHASES or happened.sum() < FEWEST_TESTED:
        return _few(family, count)
    useful = beats_base_rate(happened, said) or (model.useful and _borne_out(happened, said, model.before[k]))
    return measured_card(
        column_of(family),
        _label(family),
        f"{method_of(model.trained)}, um modelo para todas as famílias",
        happened,
        said,
        model.trained.baseline[mine],
        trained_rows=model.trained.trained_rows,
        periods=periods_of(model.trained),
        verdict=verdict_of(happened, said, useful),
        usable=useful,
        seed=evidence.seed,
    )


def _borne_out(happened: Floats, said: Floats, before: float) -> bool:
    """Whether the family's own few purchases, too, are told better than by its rate before, if not beyond chance."""
    gain = _gains(happened, said, np.full(len(happened), before)).mean()
    return bool(gain > 0 and (auc(happened, said) or 0.0) > _RANKS)


def _say(evidence: Evidence, serving: Pairs, columns: dict[str, Floats], rows: Rows) -> list[Told]:
    """Fill the columns of the families that are shown; the reasons of those that stand out most for each customer."""
    now, families = evidence.now.take(rows), serving.known.families
    shown = interest(evidence.session, evidence.as_of, now.ids, families)
    beside = {key: serving.beside(now, shown, key) for key in serving.shown}
    said = np.zeros((len(rows), len(families)))
    for key, frame in beside.items():
        said[:, families.index(key)] = serving.probability(serving.seen.matrix(frame), families.index(key))
        columns.setdefault(column_of(key), nowhere(len(evidence.now)))[rows] = said[:, families.index(key)]
    times = said / np.maximum(serving.known.common, 1e-9)
    best = np.argsort(-times, axis=1, kind="stable")[:, :EXPLAINED]
    told, common = [], Phrasebook(now, evidence.declared)
    for key, frame in beside.items():
        mine = np.flatnonzero((best == families.index(key)).any(axis=1))
        if len(mine):
            book = Phrasebook(frame, [*evidence.declared, *BESIDE], OF_SEGMENTS, common)
            told.append(_explain(serving, key, frame, book, mine, rows))
    return told


def _explain(serving: Pairs, key: str, beside: Frame, book: Phrasebook, mine: Rows, rows: Rows) -> Told:
    said = serving.of(beside.take(mine), key)
    told = told_reasons(book, column_of(key), said.told, said.points, mine, LEAST_POINTS)
    return Told(rows[told.rows], told.score, told.feature, told.phrase, told.value, told.peers, told.points)


def _whole_card(evidence: Evidence, model: _Model) -> Card:
    """Of all families together."""
    trained = model.trained
    return measured_card(
        PROPENSITY,
        "Propensão por família de produto",
        f"{method_of(trained)}, um modelo para todas as famílias",
        trained.happened,
        trained.said,
        trained.baseline,
        trained_rows=trained.trained_rows,
        periods=periods_of(trained),
        verdict=verdict_of(trained.happened, trained.said, model.useful),
        usable=True,
        seed=evidence.seed,
    )


def _label(family: str) -> str:
    """`Propensão a Serviços`: the family as its feature calls it, or as the files write it."""
    called = declarations().labels()
    return f"Propensão a {called.get(f'family_{family.lower()}', family.title()).removeprefix('Tem ')}"


def _few(family: str, count: int) -> Card:
    verdict = f"Poucas compras nas datas conhecidas ({count}): não dá para aprender quem compra."
    return silent_card(column_of(family), _label(family), verdict)


def _nothing(verdict: str) -> Card:
    return silent_card(PROPENSITY, "Propensão por família de produto", verdict)
