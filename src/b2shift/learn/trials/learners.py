"""Learners of what one arm brings over another for each row, of a trial of two arms.

T: a model of each arm, their difference. X: each arm's values less what the other's model says, learnt, weighed by the
chances (Kunzel and others, 2019). DR: the difference of the arms' scores, learnt (Kennedy, 2023).
"""

from collections.abc import Sequence

import numpy as np

from b2shift.learn.trials.trial import Floats, Integers, Model, Trial, arm_scores, folds, is_rate, ridge

T_LINEAR, T_TREES, X, DR_LINEAR, DR_TREES = LEARNERS = ("T linear", "T árvores", "X", "DR linear", "DR árvores")
QUICK = (T_LINEAR,)
"""What takes seconds of hundreds of thousands of rows."""
_ROUNDS = 80
_MOST_ROWS = 200_000
"""Rows that trees of this size and logistic regressions learn from: more change nothing."""
_FEWEST_CASES = 20
_TREES = {
    "num_leaves": 8, "learning_rate": 0.05, "min_data_in_leaf": 100, "lambda_l2": 10.0, "max_bin": 63,
    "feature_fraction": 0.8, "deterministic": True, "force_row_wise": True, "num_threads": 2, "verbosity": -1,
}  # fmt: skip


def fit_learners(trial: Trial, seed: int, wanted: Sequence[str]) -> tuple[Model, ...]:
    """What the second arm brings over the first, by each of the learners `wanted`."""
    arms = others, ours = trial.take(trial.arm == 0), trial.take(trial.arm == 1)
    models: dict[str, Model] = {}
    if T_LINEAR in wanted:
        shares = is_rate(trial.value) and min(map(_cases, arms)) >= _FEWEST_CASES
        models[T_LINEAR] = _between(*((_logistic(one, seed) if shares else ridge(one)) for one in arms))
    if T_TREES in wanted or X in wanted:
        trees = [_boosted(one, one.value, seed) for one in arms]
        models |= {T_TREES: _between(*trees), X: _crossed(others, ours, *trees)}
    if DR_LINEAR in wanted or DR_TREES in wanted:
        scores = arm_scores(trial, folds(trial, seed))
        difference = scores[:, 1] - scores[:, 0]
        models[DR_LINEAR] = ridge(trial, difference)
        if DR_TREES in wanted:
            models[DR_TREES] = _boosted(trial, difference, seed)
    return tuple(models[name] for name in wanted)


def _between(against: Model, arm: Model) -> Model:
    return lambda rows: arm(rows) - against(rows)


def _crossed(others: Trial, ours: Trial, without: Model, with_it: Model) -> Model:
    of_ours = ridge(ours, ours.value - without(ours))
    of_others = ridge(others, with_it(others) - others.value)
    share = float(np.r_[others.chance, ours.chance][:, 0].mean())
    return lambda rows: share * of_ours(rows) + (1 - share) * of_others(rows)


def _logistic(trial: Trial, seed: int) -> Model:
    """Logistic regression of values of 0 and 1 on the linear columns."""
    from sklearn.linear_model import LogisticRegression

    rows = _drawn(trial, seed)
    fitted = LogisticRegression(C=0.1, solver="newton-cholesky").fit(trial.linear[rows], trial.value[rows])
    return lambda rows: np.asarray(fitted.predict_proba(rows.linear)[:, 1])


def _boosted(trial: Trial, target: Floats, seed: int) -> Model:
    """Boosted trees of `target`, few and shallow: effects are small beside noise."""
    import lightgbm

    rows = _drawn(trial, seed)
    data = lightgbm.Dataset(trial.trees[rows], target[rows])
    fitted = lightgbm.train({**_TREES, "objective": "l2", "seed": seed}, data, _ROUNDS)
    return lambda others: np.asarray(fitted.predict(others.trees), dtype=np.float64)


def _drawn(trial: Trial, seed: int) -> Integers:
    rows = np.arange(len(trial))
    return rows if len(rows) <= _MOST_ROWS else np.random.default_rng(seed).choice(rows, _MOST_ROWS, replace=False)


def _cases(trial: Trial) -> int:
    """Rows of the rarer value of an arm."""
    return int(min(trial.value.sum(), len(trial) - trial.value.sum()))
