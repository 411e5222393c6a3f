"""Probability of buying each product family within 90 days: one model pooled over families."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.features.declarations import declarations
from b2shift.differentiate.scores.affinity import OF_SEGMENTS, Affinity, fit_affinity
from b2shift.differentiate.scores.binary import MIN_POINTS, Rows
from b2shift.differentiate.scores.cards import Card, measured_card, method_of, periods_of, unusable_card, verdict_of
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Design, Floats, Frame, fit_design
from b2shift.differentiate.scores.guard import allowed, measured_leaks
from b2shift.differentiate.scores.interest import interest
from b2shift.differentiate.scores.measures import auc, log_losses
from b2shift.differentiate.scores.outcomes import at_risk, campaign_purchases, key_of, purchases
from b2shift.differentiate.scores.reasons import Phrasebook, ReasonRows, top_reasons
from b2shift.differentiate.scores.score_output import ScoreOutput, empty_column
from b2shift.differentiate.scores.serving import serve
from b2shift.differentiate.scores.stored_models.family_model import (
    FAMILY_CARDS,
    FAMILY_FEATURES,
    PROPENSITY,
    FamilyModel,
    column_of,
    with_family_features,
)
from b2shift.differentiate.scores.training import Period, Trained, beats_base_rate, has_enough_events, train
from b2shift.differentiate.scores.trend import rate_shift

MIN_PURCHASES, MIN_TESTED = 20, 5
"""Purchases of a family over all labelled dates, and in the newest, below which it is not scored."""
EXPLAINED_FAMILIES = 3
"""Families per customer, by lift over the common rate, whose reasons are given."""
_MAX_CUSTOMERS = 10_000
_NEGATIVES_PER_EVENT = 10
_CAMPAIGN_WEIGHT = 3.0
"""Weight of a campaign purchase: campaigns are randomised, sellers choose their customers."""
_Z95, _MIN_AUC = 1.645, 0.55
Bought = set[tuple[str, str]]
"""Customers and product families."""


@dataclass(frozen=True)
class LabelledDate:
    """One labelled date: its customers, and which families they bought after it."""

    frame: Frame
    bought: Floats
    by_campaign: Floats
    """Those of the purchases that only a campaign tells of."""
    families_shown: dict[str, Floats]
    """What they had shown of interest by then (customers × families)."""

    @property
    def by_sellers(self) -> Floats:
        """Purchases from deals and revenue."""
        return self.bought - self.by_campaign

    @property
    def event_weight(self) -> Floats:
        """Weight of each pair as an event.

        Campaign purchases weigh more, but each family's total stays the same.
        """
        weight = np.where(self.by_campaign > 0, _CAMPAIGN_WEIGHT, 1.0)
        total = (weight * self.bought).sum(axis=0)
        return weight * np.where(total > 0, np.maximum(self.by_sellers.sum(axis=0), 1.0) / np.maximum(total, 1.0), 1.0)


@dataclass(frozen=True)
class _Model:
    trained: Trained
    design: Design
    affinity: Affinity
    shifts: tuple[float, ...]
    """Added to log-odds of each family: how far its rate has moved since the dates it was calibrated on."""
    before: Floats
    """The rate of each family on the dates before the test: the baseline prediction."""
    useful: bool
    """Whether the purchases of all families together bear the model out, against those rates."""


def propensity(evidence: Evidence) -> ScoreOutput:
    """One column per family with enough purchases; none for customers without recurring revenue."""
    windows = [evidence.window(frame) for frame in evidence.past]
    sold = [campaign_purchases(evidence.session, *window) for window in windows]
    bought = [purchases(evidence.session, *window) for window in windows]
    families = _families([*bought, *sold])
    if not families:
        return ScoreOutput({}, [], [_no_purchases("Sem compras nas datas conhecidas: não há o que aprender.")])
    dates = [
        _labelled_date(evidence, *date_inputs, families)
        for date_inputs in zip(evidence.past, bought, sold, strict=True)
    ]
    dates = [date for date in dates if len(date.frame)]
    counts = sum((date.bought.sum(axis=0) for date in dates), np.zeros(len(families)))
    if not dates or not counts.any():
        return ScoreOutput({}, [], [_no_purchases("Sem compras de clientes com receita nas datas conhecidas.")])
    keys = [key_of(family) for family in families]
    rows = np.flatnonzero(at_risk(evidence.now.ids, evidence.now.numbers["mrr"], evidence.ended, evidence.as_of))
    now = evidence.now.take(rows)
    model, left_out = _fit(evidence, dates, now, keys)
    notes: dict[str, object] = {"propensity_left_out": left_out}
    if model is None:
        return ScoreOutput(
            {}, [], [_few_purchases(family, int(n)) for family, n in zip(families, counts, strict=True)], notes
        )
    cards = [_card(evidence, model, k, families[k], dates[-1], int(counts[k])) for k in range(len(families))]
    shown = tuple(key for key, card in zip(keys, cards, strict=True) if card["usable"])
    columns: dict[str, Floats] = {column_of(key): empty_column(len(evidence.now)) for key in keys}
    if not shown:
        return ScoreOutput(columns, [], cards, notes)
    trained = model.trained
    model_ = FamilyModel(
        model.affinity, shown, model.design, trained.model, trained.calibration, model.shifts, trained.min_probability
    )
    learnt_on = [date.frame for date in dates]
    served, serving = serve(evidence, model_, _pooled_card(evidence, model) | {FAMILY_CARDS: cards}, learnt_on, now)
    reasons = _predict_families(evidence, serving, columns, rows)
    return ScoreOutput(columns, reasons, [served.card, *served.card[FAMILY_CARDS]], notes, [served])


def _families(bought: Sequence[Bought]) -> list[str]:
    by_key: dict[str, str] = {}
    for family in sorted({family for pairs in bought for _, family in pairs}):
        by_key.setdefault(key_of(family), family)
    return [by_key[key] for key in sorted(by_key) if key]


def _labelled_date(
    evidence: Evidence, frame: Frame, bought: Bought, sold: Bought, families: Sequence[str]
) -> LabelledDate:
    rows = np.flatnonzero(at_risk(frame.ids, frame.numbers["mrr"], evidence.ended, frame.as_of))
    if len(rows) > _MAX_CUSTOMERS:
        rows = rows[np.linspace(0, len(rows) - 1, _MAX_CUSTOMERS).astype(np.intp)]
    mine = frame.take(rows)
    keys = [key_of(family) for family in families]
    shown = interest(evidence.session, frame.as_of, mine.ids, keys)
    by_sellers, by_campaign = (indicator_matrix(mine, pairs, keys) for pairs in (bought, sold))
    return LabelledDate(mine, np.maximum(by_sellers, by_campaign), by_campaign * (1 - by_sellers), shown)


def indicator_matrix(frame: Frame, pairs: Bought, keys: Sequence[str]) -> Floats:
    """1 for the pairs (customers × families)."""
    index = {customer: k for k, customer in enumerate(frame.ids)}
    column = {key: k for k, key in enumerate(keys)}
    indicators = np.zeros((len(frame), len(keys)))
    for customer, family in pairs:
        if customer in index and key_of(family) in column:
            indicators[index[customer], column[key_of(family)]] = 1.0
    return indicators


def _fit(
    evidence: Evidence, dates: Sequence[LabelledDate], now: Frame, keys: Sequence[str]
) -> tuple[_Model | None, dict[str, str]]:
    candidates = [name for name in allowed("propensity", evidence.declared) if not name.startswith("family_")]
    anything = [date.bought.max(axis=1) for date in dates]
    leaks = measured_leaks([date.frame for date in dates], anything, now, candidates)
    features = [name for name in candidates if name not in leaks]
    formats = evidence.formats | {one.name: one.format for one in FAMILY_FEATURES}
    affinity_ = fit_affinity([d.frame for d in dates], [d.by_sellers for d in dates], keys)
    beside = [
        with_family_features(date.frame, affinity_.features(date.frame) | date.families_shown, 0) for date in dates
    ]
    design = fit_design(beside, [*features, *(one.name for one in FAMILY_FEATURES)], formats)
    periods = [_training_period(dates, position, design, keys, evidence.seed) for position in range(len(dates))]
    if not has_enough_events(periods):
        return None, leaks
    trained = train(periods, evidence.seed, evidence.threads)
    events = np.array([date.bought.sum() for date in dates])
    pairs = np.array([float(date.bought.size) for date in dates])
    shift = rate_shift([date.frame.as_of for date in dates], events, pairs, evidence.as_of)
    before = np.concatenate([date.bought for date in dates[:-1]]).mean(axis=0)
    return _Model(trained, design, affinity_, (shift,) * len(keys), before, _useful(trained, before)), leaks


def _useful(trained: Trained, before: Floats) -> bool:
    """All pairs of the test date against the families' previous rates, one-sided 95 % clustered by customer."""
    customers = len(trained.target) // len(before)
    gains = _gains(trained.target, trained.predicted, np.repeat(before, customers))
    by_customer = gains.reshape(len(before), customers).sum(axis=0)
    return bool(by_customer.mean() > _Z95 * by_customer.std() / np.sqrt(max(customers, 1)))


def _gains(target: Floats, predicted: Floats, without: Floats) -> Floats:
    """Log-loss gain over the constant rate, per row."""
    return log_losses(target, without) - log_losses(target, predicted)


def _training_period(dates: Sequence[LabelledDate], at: int, design: Design, keys: Sequence[str], seed: int) -> Period:
    """Every customer × family of a date; rates are of earlier dates (of the next, for the first)."""
    date = dates[at]
    before = dates[:at] or dates[1:2]
    known = fit_affinity([d.frame for d in before], [d.by_sellers for d in before], keys) if before else None
    if known is None:
        known = fit_affinity([date.frame], [np.zeros_like(date.bought)], keys)
    pairs = known.features(date.frame) | date.families_shown
    matrix = np.concatenate([design.matrix(with_family_features(date.frame, pairs, k)) for k in range(len(keys))])
    target, worth = date.bought.T.ravel(), date.event_weight.T.ravel()
    return Period.sampled(date.frame.as_of, matrix, target, _NEGATIVES_PER_EVENT, seed, worth)


def _card(evidence: Evidence, model: _Model, k: int, family: str, test: LabelledDate, count: int) -> Card:
    size = len(test.frame)
    rows_of_family = slice(k * size, (k + 1) * size)
    target, predicted = model.trained.target[rows_of_family], model.trained.predicted[rows_of_family]
    if count < MIN_PURCHASES or target.sum() < MIN_TESTED:
        return _few_purchases(family, count)
    useful = beats_base_rate(target, predicted) or (
        model.useful and _family_is_useful(target, predicted, model.before[k])
    )
    return measured_card(
        column_of(family),
        _label(family),
        f"{method_of(model.trained)}, um modelo para todas as famílias",
        target,
        predicted,
        model.trained.baseline[rows_of_family],
        trained_rows=model.trained.trained_rows,
        periods=periods_of(model.trained),
        verdict=verdict_of(target, predicted, useful),
        usable=useful,
        seed=evidence.seed,
    )


def _family_is_useful(target: Floats, predicted: Floats, before: float) -> bool:
    """Whether the family's own purchases are predicted better than by its rate, if not significantly."""
    gain = _gains(target, predicted, np.full(len(target), before)).mean()
    return bool(gain > 0 and (auc(target, predicted) or 0.0) > _MIN_AUC)


def _predict_families(
    evidence: Evidence, serving: FamilyModel, columns: dict[str, Floats], rows: Rows
) -> list[ReasonRows]:
    """Fill the family columns; reasons of the highest lifts of each customer."""
    now, families = evidence.now.take(rows), serving.affinity.families
    shown = interest(evidence.session, evidence.as_of, now.ids, families)
    beside = {key: serving.with_family(now, shown, key) for key in serving.families_shown}
    predicted = np.zeros((len(rows), len(families)))
    for key, frame in beside.items():
        predicted[:, families.index(key)] = serving.probability(serving.design.matrix(frame), families.index(key))
        columns.setdefault(column_of(key), empty_column(len(evidence.now)))[rows] = predicted[:, families.index(key)]
    lift = predicted / np.maximum(serving.affinity.common, 1e-9)
    best = np.argsort(-lift, axis=1, kind="stable")[:, :EXPLAINED_FAMILIES]
    reasons, common = [], Phrasebook(now, evidence.declared)
    for key, frame in beside.items():
        explained = np.flatnonzero((best == families.index(key)).any(axis=1))
        if len(explained):
            book = Phrasebook(frame, [*evidence.declared, *FAMILY_FEATURES], OF_SEGMENTS, common)
            reasons.append(_reasons_of_family(serving, key, frame, book, explained, rows))
    return reasons


def _reasons_of_family(
    serving: FamilyModel, key: str, beside: Frame, book: Phrasebook, mine: Rows, rows: Rows
) -> ReasonRows:
    prediction = serving.predict_family(beside.take(mine), key)
    reasons = top_reasons(book, column_of(key), prediction.features, prediction.points, mine, MIN_POINTS)
    return ReasonRows(
        rows[reasons.rows], reasons.score, reasons.feature, reasons.phrase, reasons.value, reasons.peers, reasons.points
    )


def _pooled_card(evidence: Evidence, model: _Model) -> Card:
    """Card of all families together."""
    trained = model.trained
    return measured_card(
        PROPENSITY,
        "Propensão por família de produto",
        f"{method_of(trained)}, um modelo para todas as famílias",
        trained.target,
        trained.predicted,
        trained.baseline,
        trained_rows=trained.trained_rows,
        periods=periods_of(trained),
        verdict=verdict_of(trained.target, trained.predicted, model.useful),
        usable=True,
        seed=evidence.seed,
    )


def _label(family: str) -> str:
    """`Propensão a Serviços`: the family as its feature calls it, or as the files write it."""
    called = declarations().labels()
    return f"Propensão a {called.get(f'family_{family.lower()}', family.title()).removeprefix('Tem ')}"


def _few_purchases(family: str, count: int) -> Card:
    verdict = f"Poucas compras nas datas conhecidas ({count}): não dá para aprender quem compra."
    return unusable_card(column_of(family), _label(family), verdict)


def _no_purchases(verdict: str) -> Card:
    return unusable_card(PROPENSITY, "Propensão por família de produto", verdict)
