"""Learners of what one arm brings over another for each row, of a trial of two arms.

T: a model of each arm, their difference. X: each arm's values less what the other's model says, learnt, weighed by the
chances (Kunzel and others, 2019). DR: the difference of the arms' scores, learnt (Kennedy, 2023).
"""

import numpy as np

from b2shift.learn.trials.trial import Floats, Model, Trial, arm_scores, folds, is_rate, ridge

LEARNERS = ("T linear", "T árvores", "X", "DR linear", "DR árvores")
_ROUNDS = 80
_MOST_ROWS = 200_000
"""Rows that trees of this size learn from: more change nothing."""
_FEWEST_CASES = 20
_TREES = {
    "num_leaves": 8, "learning_rate": 0.05, "min_data_in_leaf": 100, "lambda_l2": 10.0, "max_bin": 63,
    "feature_fraction": 0.8, "deterministic": True, "force_row_wise": True, "num_threads": 2, "verbosity": -1,
}  # fmt: skip


def fit_learners(trial: Trial, seed: int) -> tuple[Model, ...]:
    """What the second arm brings over the first, by each of `LEARNERS`."""
    others, ours = (trial.take(trial.arm == one) for one in (0, 1))
    linear = _logistic if is_rate(trial.value) and min(map(_cases, (others, ours))) >= _FEWEST_CASES else ridge
    trees = [_boosted(one, one.value, seed) for one in (others, ours)]
    scores = arm_scores(trial, folds(len(trial), seed))
    difference = scores[:, 1] - scores[:, 0]
    return (
        _between(linear(others), linear(ours)),
        _between(*trees),
        _crossed(others, ours, *trees),
        ridge(trial, difference),
        _boosted(trial, difference, seed),
    )


def _between(against: Model, arm: Model) -> Model:
    return lambda rows: arm(rows) - against(rows)


def _crossed(others: Trial, ours: Trial, without: Model, with_it: Model) -> Model:
    of_ours = ridge(ours, ours.value - without(ours))
    of_others = ridge(others, with_it(others) - others.value)
    share = float(np.r_[others.chance, ours.chance][:, 0].mean())
    return lambda rows: share * of_ours(rows) + (1 - share) * of_others(rows)


def _logistic(trial: Trial) -> Model:
    """Logistic regression of values of 0 and 1 on the linear columns."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=0.1, max_iter=500).fit(trial.linear, trial.value)
    return lambda rows: np.asarray(fitted.predict_proba(rows.linear)[:, 1])


def _boosted(trial: Trial, target: Floats, seed: int) -> Model:
    """Boosted trees of `target`, few and shallow: effects are small beside noise."""
    import lightgbm

    rows = np.arange(len(trial))
    if len(rows) > _MOST_ROWS:
        rows = np.random.default_rng(seed).choice(rows, _MOST_ROWS, replace=False)
    data = lightgbm.Dataset(trial.trees[rows], target[rows])
    fitted = lightgbm.train({**_TREES, "objective": "l2", "seed": seed}, data, _ROUNDS)
    return lambda others: np.asarray(fitted.predict(others.trees), dtype=np.float64)


def _cases(trial: Trial) -> int:
    """Rows of the rarer value of an arm."""
    return int(min(trial.value.sum(), len(trial) - trial.value.sum()))
