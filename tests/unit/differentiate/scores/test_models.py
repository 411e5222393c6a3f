"""Models say why: their contributions add up to what they say; neither rows' order nor threads matter."""

from datetime import date

import numpy as np
import pytest

from b2shift.differentiate.scores import fitted_models
from b2shift.differentiate.scores.fitted_models import FittedModel, blend_models, fit_boosting, fit_logistic
from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.measures import auc, sigmoid
from b2shift.differentiate.scores.tiers import SIGNS, fit_tiers, tier_design
from b2shift.differentiate.scores.training import Period, beats_base_rate, has_enough_events, train, train_simple


def _rows(count: int = 1500, seed: int = 2) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(count, 6)).astype(np.float32)
    matrix[rng.random((count, 6)) < 0.15] = np.nan
    known = np.nan_to_num(matrix)
    risk = -2.5 + 1.2 * known[:, 0] - 0.8 * known[:, 1] + 0.7 * np.isnan(matrix[:, 2])
    return matrix, (rng.random(count) < sigmoid(risk)).astype(float)


def _fits(matrix: Floats, target: Floats, threads: int = 1) -> list[FittedModel]:
    weight = np.ones(len(target))
    one, other = fit_logistic(matrix, target, weight), fit_boosting(matrix, target, weight, 3, threads)
    return [one, other, blend_models(one, other)]


@pytest.mark.parametrize("which", [0, 1, 2], ids=["logistic", "boosting", "blend"])
def test_contributions_add_up_to_the_log_odds_but_for_a_constant(which: int) -> None:
    matrix, target = _rows()
    model = _fits(matrix, target)[which]
    rest = model.log_odds(matrix) - model.contributions(matrix).sum(axis=1)
    assert np.ptp(rest) < 1e-6
    assert model.contributions(matrix).shape == matrix.shape


def test_what_matters_in_the_world_matters_most_in_the_contributions() -> None:
    matrix, target = _rows()
    for model in _fits(matrix, target):
        weight = np.abs(model.contributions(matrix)).mean(axis=0)
        assert set(np.argsort(-weight)[:3]) == {0, 1, 2}
        assert model.log_odds(np.full((1, 6), np.nan)) > model.log_odds(np.array([[0, 0, 0, np.nan, np.nan, np.nan]]))


def test_threads_do_not_change_the_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitted_models, "_ROWS_FOR_THREADS", 0)
    matrix, target = _rows(500)
    one, two = (fit_boosting(matrix, target, np.ones(len(target)), 3, threads) for threads in (1, 2))
    assert np.array_equal(one.log_odds(matrix[:500]), two.log_odds(matrix[:500]))


def _periods(dates: int, count: int = 1200) -> list[Period]:
    made = [_rows(count, seed) for seed in range(dates)]
    return [Period(date(2024, 1 + 3 * k, 1), *rows) for k, rows in enumerate(made)]


def test_training_reports_on_rows_it_had_not_seen() -> None:
    periods = _periods(4)
    trained = train(periods, seed=1, threads=1)
    assert trained.tested_on == periods[-1].as_of
    assert np.array_equal(trained.target, periods[-1].target)
    assert trained.trained_rows == 3600
    assert trained.useful
    assert 0.7 < (auc(trained.target, trained.predicted) or 0) < 0.95


def test_labels_at_random_are_of_no_use() -> None:
    rng = np.random.default_rng(9)
    periods = [Period(p.as_of, p.matrix, rng.permutation(p.target)) for p in _periods(4)]
    assert not train(periods, seed=1, threads=1).useful


def test_a_score_that_only_repeats_the_base_rate_does_not_beat_it() -> None:
    target = np.r_[np.ones(10), np.zeros(90)]
    assert not beats_base_rate(target, np.full(100, 0.1))
    assert not beats_base_rate(np.zeros(10), np.full(10, 0.1))
    assert beats_base_rate(target, np.where(target > 0, 0.5, 0.05))


@pytest.mark.parametrize(("dates", "count", "expected"), [(2, 1200, False), (3, 30, False), (3, 1200, True)], ids=str)
def test_a_model_needs_three_dates_and_forty_events(dates: int, count: int, expected: bool) -> None:
    assert has_enough_events(_periods(dates, count)) is expected


def test_tiers_never_fall_with_more_signs_and_share_the_step() -> None:
    width = len(SIGNS["churn_90d"])
    fine = [0.1, 0.0, 0.0, 9.0]
    one, two, four = [-0.5, 0.0, 0.0, 9.0], [-0.5, -0.2, 0.0, 9.0], [-0.5, -0.2, 0.5, 3.0]
    matrix = np.array([fine] * 80 + [one] * 20 + [two] * 10 + [four] * 10, dtype=np.float32)
    target = np.r_[np.ones(2), np.zeros(78), np.ones(3), np.zeros(17), np.ones(12), np.zeros(8)]
    model = fit_tiers("churn_90d", matrix, target)
    said = sigmoid(model.log_odds(np.array([fine, one, two, four])))
    base = target.mean()
    most = (12 + 20 * base) / 40
    assert said == pytest.approx([(2 + 20 * base) / 100, (3 + 20 * base) / 40, most, most])
    parts = model.contributions(np.array([fine, four]))
    assert parts[0] == pytest.approx(np.zeros(width))
    assert len(set(np.round(parts[1], 12))) == 1
    assert model.interval is not None
    low, high = model.interval(np.array([fine]))
    assert low[0] < said[0] < high[0]
    assert tier_design("churn_90d").features[0] == "usage_trend_3m"


def test_one_date_or_no_event_before_the_last_trains_nothing() -> None:
    periods = _periods(2, 50)

    def fit(matrix: Floats, target: Floats) -> FittedModel:
        return fit_tiers("churn_90d", matrix[:, :4], target)

    assert train_simple(periods[:1], fit) is None
    silent = Period(periods[0].as_of, periods[0].matrix, np.zeros(50))
    assert train_simple([silent, periods[1]], fit) is None
