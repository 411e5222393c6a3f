"""Tuned logistic regression, LightGBM and EBM on the tables of `tables.py`, and their mean.

    PEER_PYTHON -m benchmarks.model_train.peers FOLDER [--bags 8]

Each peer is tuned on the training rows by five-fold log-loss; from 10,000 rows on by three folds over fewer penalties
and larger trees. Writes FOLDER/NAME.peers.parquet with their predictions.
"""

import argparse
import json
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
from interpret.glassbox import ExplainableBoostingClassifier
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

_LARGE = 10_000
_STRENGTHS, _STRENGTHS_OF_LARGE = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10], [0.03, 0.3, 3]
_TREES = [(4, 20, 0.7), (8, 20, 0.7), (16, 20, 0.7), (31, 40, 0.7), (4, 50, 0.5)]
_TREES_OF_LARGE = [(8, 20, 0.7), (31, 40, 0.7), (63, 40, 0.7)]


def _folds(rows: pd.DataFrame) -> StratifiedKFold:
    return StratifiedKFold(3 if len(rows) >= _LARGE else 5, shuffle=True, random_state=0)


def logistic(rows: pd.DataFrame, target: np.ndarray, new: pd.DataFrame) -> np.ndarray:
    """One-hot, imputed with flags, standardised; penalty by log-loss."""
    numbers = [name for name in rows if rows[name].dtype != object]
    words = [name for name in rows if rows[name].dtype == object]
    ready = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), numbers),
        (
            make_pipeline(
                SimpleImputer(strategy="constant", fill_value="NA"),
                OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5),
            ),
            words,
        ),
    )
    model = make_pipeline(ready, LogisticRegression(max_iter=2000))
    tried = {"logisticregression__C": _STRENGTHS_OF_LARGE if len(rows) >= _LARGE else _STRENGTHS}
    search = GridSearchCV(model, tried, cv=_folds(rows), scoring="neg_log_loss")
    return np.asarray(search.fit(rows, target).predict_proba(new)[:, 1])


def boosting(rows: pd.DataFrame, target: np.ndarray, new: pd.DataFrame) -> np.ndarray:
    """LightGBM with its own categories; five sizes, rounds by early stopping in the folds."""
    rows, new = rows.copy(), new.copy()
    for name in rows:
        if rows[name].dtype == object:
            kind = pd.CategoricalDtype(sorted(rows[name].dropna().unique()))
            rows[name], new[name] = rows[name].astype(kind), new[name].astype(kind)
    best: tuple[float, dict[str, object], int] | None = None
    for leaves, least, share in _TREES_OF_LARGE if len(rows) >= _LARGE else _TREES:
        settings = {
            "objective": "binary", "learning_rate": 0.04, "num_leaves": leaves, "min_data_in_leaf": least,
            "feature_fraction": share, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 1, "verbose": -1,
            "num_threads": 1, "seed": 1,
        }  # fmt: skip
        stop = lightgbm.early_stopping(50, verbose=False)
        told = lightgbm.cv(settings, lightgbm.Dataset(rows, target), 600, folds=_folds(rows), callbacks=[stop], seed=1)
        losses = told["valid binary_logloss-mean"]
        if best is None or min(losses) < best[0]:
            best = (min(losses), settings, len(losses))
    assert best is not None
    return np.asarray(lightgbm.train(best[1], lightgbm.Dataset(rows, target), best[2]).predict(new))


def additive(rows: pd.DataFrame, target: np.ndarray, new: pd.DataFrame, bags: int = 8) -> np.ndarray:
    """EBM with its own defaults but for the number of outer bags."""
    kinds = ["nominal" if rows[name].dtype == object else "continuous" for name in rows]
    model = ExplainableBoostingClassifier(feature_types=kinds, n_jobs=1, random_state=1, outer_bags=bags)
    return np.asarray(model.fit(rows, target).predict_proba(new)[:, 1])


def main() -> None:
    """Predict every table that is not predicted yet."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--bags", type=int, default=8, help="outer bags of the EBM")
    given = asked.parse_args()
    folder: Path = given.folder
    for name in json.loads((folder / "tables.json").read_text()):
        out = folder / f"{name}.peers.parquet"
        if out.exists():
            continue
        train, test = (pd.read_parquet(folder / f"{name}.{part}.parquet") for part in ("train", "test"))
        target = train.pop("label").to_numpy()
        rows, new = train.drop(columns="row_id"), test.drop(columns=["row_id", "label"])
        told = {one.__name__: one(rows, target, new) for one in (logistic, boosting)}
        told["additive"] = additive(rows, target, new, given.bags)
        told["mean"] = np.mean(list(told.values()), axis=0)
        pd.DataFrame(told).to_parquet(out, index=False)
        print(name, flush=True)


if __name__ == "__main__":
    main()
