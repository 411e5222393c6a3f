"""Learners of what one arm brings over another for each row, of a trial of two arms.

T: a model of each arm, their difference. X: each arm's values less what the other's model says, learnt, weighed by the
chances (Künzel and others, 2019). DR: the difference of the arms' scores, learnt (Kennedy, 2023).
"""

from collections.abc import Callable, Mapping

import numpy as np

from b2shift.learn.trials.trial import FOLDS, Floats, Model, Trial, arm_scores, folds, is_rate, ridge

Learner = Callable[[Trial, int], Model]
_ROUNDS = 80
_MOST_ROWS = 200_000
"""Rows that trees of this size learn from: more change nothing."""
_FEWEST_CASES = 20
_TREES = {
    "num_leaves": 8, "learning_rate": 0.05, "min_data_in_leaf": 100, "lambda_l2": 10.0, "max_bin": 63,
    "feature_fraction": 0.8, "deterministic": True, "force_row_wise": True, "num_threads": 2, "verbosity": -1,
}  # fmt: skip


def learners(trial: Trial) -> Mapping[str, Learner]:
    """The learners that suit the values of a trial, by name."""
    linear = logistic if is_rate(trial.value) and _has_cases(trial) else ridge
    return {
        "T linear": lambda rows, seed: _t(rows, lambda arm: linear(arm)),
        "T árvores": lambda rows, seed: _t(rows, lambda arm: boosted(arm, arm.value, seed)),
        "X": _x,
        "DR linear": lambda rows, seed: ridge(rows, _difference(rows, seed)),
        "DR árvores": lambda rows, seed: boosted(rows, _difference(rows, seed), seed),
    }


def _t(trial: Trial, fit: Callable[[Trial], Model]) -> Model:
    against, arm = (fit(trial.take(trial.arm == one)) for one in (0, 1))
    return lambda rows: arm(rows) - against(rows)


def _x(trial: Trial, seed: int) -> Model:
    others, ours = (trial.take(trial.arm == one) for one in (0, 1))
    without, with_it = boosted(others, others.value, seed), boosted(ours, ours.value, seed)
    of_ours = ridge(ours, ours.value - without(ours))
    of_others = ridge(others, with_it(others) - others.value)
    share = float(trial.chance[:, 0].mean())
    return lambda rows: share * of_ours(rows) + (1 - share) * of_others(rows)


def _difference(trial: Trial, seed: int) -> Floats:
    scores = arm_scores(trial, folds(len(trial), seed, FOLDS))
    return scores[:, 1] - scores[:, 0]


def logistic(trial: Trial) -> Model:
    """Logistic regression of values of 0 and 1 on the linear columns."""
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(trial.value)) < 2:
        return ridge(trial)
    fitted = LogisticRegression(C=0.1, max_iter=500).fit(trial.linear, trial.value)
    return lambda rows: np.asarray(fitted.predict_proba(rows.linear)[:, 1])


def boosted(trial: Trial, target: Floats, seed: int) -> Model:
    """Boosted trees of `target`, few and shallow: effects are small beside noise."""
    import lightgbm

    rows = np.arange(len(trial))
    if len(rows) > _MOST_ROWS:
        rows = np.random.default_rng(seed).choice(rows, _MOST_ROWS, replace=False)
    data = lightgbm.Dataset(trial.trees[rows], target[rows], free_raw_data=True)
    fitted = lightgbm.train({**_TREES, "objective": "l2", "seed": seed}, data, _ROUNDS)
    return lambda others: np.asarray(fitted.predict(others.trees), dtype=np.float64)


def _has_cases(trial: Trial) -> bool:
    counts = [int((trial.value[trial.arm == arm] == one).sum()) for arm in (0, 1) for one in (0.0, 1.0)]
    return min(counts) >= _FEWEST_CASES
