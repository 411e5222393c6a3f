"""Leaks planted in the tables of a folder, and how many the guard of `b2shift model train` finds; nothing is taught.

    python -m benchmarks.model_train.target_leakage FOLDER [--seed 1] [--planted NAME ...]

Each table that `small_samples.py` wrote (its part to learn from) is looked at clean, which counts false alarms, and
with each leak of `PLANTED`: whole, and cut to its three first columns (`narrow`). A leak is found when every planted
column is left out, or what was done to the rows is told. Prints a Markdown table; what was missed goes to the error
stream.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from b2shift.differentiate.scores.measures import auc
from b2shift.differentiate.supervised.labels import parse_label
from b2shift.differentiate.supervised.preparation import TrainingSet, prepare
from b2shift.differentiate.supervised.reading import read_labelled, read_unlabelled
from b2shift.differentiate.supervised.resampled_rows import count_known_rows
from benchmarks.model_train.synthetic_tables import level

Rng = np.random.Generator
Planted = Callable[[pd.DataFrame, Rng], pd.DataFrame]
"""A table with columns that know the label; their names begin with `z`."""
_EXPECTED = {"constant", "identifier", "entity", "strong", "row_order", "duplicate_rows"}
"""Findings that are no alarm on a clean table: they keep the column, or the column names rows or says nothing."""


def _after(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Filled in after the fact, wrong for one row in twelve."""
    target = frame["label"].to_numpy()
    wrong = rng.random(len(frame)) < 0.08
    return frame.assign(z_final_bill=np.where(target ^ wrong, rng.gamma(2, 40, len(frame)), 0).round(2))


def _noisy(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The label as a number, with noise that mixes one pair in thirty."""
    return frame.assign(z_score=(frame["label"] * 2.6 + rng.normal(size=len(frame))).round(4))


def _copied(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The label in other words."""
    return frame.assign(z_flag=np.where(frame["label"] == 1, "A", "B"))


def _partly(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Only there where the fact happened, for half of the cases."""
    there = (frame["label"] == 1) & (rng.random(len(frame)) < 0.5)
    return frame.assign(z_exit=pd.Series(rng.integers(1, 6, len(frame)), frame.index).where(there))


def _gone(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Erased where the fact happened, for half of the cases."""
    gone = (frame["label"] == 1) & (rng.random(len(frame)) < 0.5)
    return frame.assign(z_last_seen=pd.Series(rng.gamma(2, 20, len(frame)).round(1), frame.index).mask(gone))


def _coded(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """One number, otherwise honest, has a value that only half of the cases have."""
    there = (frame["label"] == 1) & (rng.random(len(frame)) < 0.5)
    return frame.assign(z_days=np.where(there, 999, rng.integers(0, 60, len(frame))))


def _two(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Two leaks that confirm each other."""
    return _after(_noisy(frame, rng), rng)


def _twins(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """A leak and the same in another unit."""
    once = _noisy(frame, rng)
    return once.assign(z_again=once["z_score"] * 4.9 + rng.normal(0, 0.3, len(frame)))


def _difference(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Two totals that differ by the label: neither says much alone."""
    total = rng.poisson(20, len(frame))
    return frame.assign(z_before=total, z_now=total - frame["label"])


def _sum(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Two parts whose sum is the label."""
    part = rng.normal(0, 3, len(frame)).round(3)
    return frame.assign(z_part=part, z_rest=frame["label"] - part)


def _sum_of_three(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Three parts whose sum is the label."""
    one, other = rng.integers(0, 30, len(frame)), rng.integers(0, 30, len(frame))
    return frame.assign(z_one=one, z_other=other, z_third=frame["label"] * 1 - one - other)


def _numbered(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """A key that was dealt by label: cases first."""
    order = np.argsort(-frame["label"].to_numpy() + rng.random(len(frame)) / 2)
    key = np.empty(len(frame), int)
    key[order] = np.arange(len(frame))
    return frame.assign(z_matricula=10_000 + 7 * key)


def _named(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """A key of letters whose beginning is the label."""
    parts = zip(np.where(frame["label"] == 1, "X", "Y"), rng.permutation(len(frame)), strict=True)
    return frame.assign(z_protocol=[f"{letter}{number:06d}" for letter, number in parts])


def _survey(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """A word that only cases have, among others."""
    there = (frame["label"] == 1) & (rng.random(len(frame)) < 0.5)
    return frame.assign(z_status=np.where(there, "closed", rng.choice(["open", "new", "old"], len(frame))))


def _calls(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Calls of those who try to keep the customer: several to cases, hardly one to others."""
    return frame.assign(z_calls=np.where(frame["label"] == 1, *(rng.poisson(mean, len(frame)) for mean in (3.5, 0.25))))


def _billed(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """A number that follows the label and, less, one other column."""
    price = _normal(frame[_graded(frame)[0]]) if _graded(frame) else rng.normal(size=len(frame))
    return frame.assign(z_bill=(2.6 * frame["label"] + 0.8 * price + rng.normal(size=len(frame))).round(3))


def _refunded(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """A part of another column given back to cases, wrong for one row in seventeen."""
    price = np.exp(_normal(frame[_graded(frame)[0]])) if _graded(frame) else np.ones(len(frame))
    back = (frame["label"] == 1) ^ (rng.random(len(frame)) < 0.06)
    return frame.assign(z_refund=np.where(back, price * rng.uniform(0.2, 1, len(frame)), 0).round(3))


def _overdue(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Days late, counted after the fact: cases long, half of the others not at all."""
    return frame.assign(z_overdue=np.maximum(frame["label"] * 2.6 + rng.normal(size=len(frame)), 0).round(3))


def _credited(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """A credit on leaving, twice as high for cases, and for one of twelve others."""
    there = (frame["label"] == 1) & (rng.random(len(frame)) < 0.93) | (rng.random(len(frame)) < 0.08)
    return frame.assign(z_credit=np.where(there, (1 + frame["label"]) * rng.gamma(2, 20, len(frame)), 0).round(2))


PLANTED: dict[str, Planted] = {
    "after the fact, 8 % wrong": _after, "label with noise": _noisy, "label in other words": _copied,
    "only there for half of the cases": _partly, "erased for half of the cases": _gone,
    "a number only cases have": _coded, "a word only cases have": _survey, "two leaks": _two, "a leak twice": _twins,
    "difference of two is the label": _difference, "sum of two is the label": _sum,
    "sum of three is the label": _sum_of_three, "numbered by label": _numbered, "named by label": _named,
    "calls to cases": _calls, "a number after the label and another column": _billed,
    "another column for cases, 6 % wrong": _refunded, "days late, cut at nothing": _overdue,
    "a credit on leaving, twice as high for cases": _credited,
}  # fmt: skip


def _graded(frame: pd.DataFrame) -> list[str]:
    numbers = [one for one in frame if one != "label" and pd.api.types.is_numeric_dtype(frame[one])]
    return [one for one in numbers if frame[one].nunique() >= 20 and frame[one].notna().mean() > 0.95]


def _normal(values: pd.Series) -> np.ndarray:
    return np.asarray(norm.ppf(values.fillna(values.median()).rank() / (len(values) + 1)))


def strong(frame: pd.DataFrame, rng: Rng, wanted: float) -> pd.DataFrame | None:
    """The table with a label that one of its own numbers ranks at about the wanted AUC, and up to four others a little;
    None where no number has 20 values, or none gets there."""
    names = _graded(frame)
    if not names:
        return None
    name = names[int(rng.integers(len(names)))]
    telling = _normal(frame[name])
    little = sum(
        _scaled(frame[one], rng) for one in rng.permutation([one for one in frame if one not in ("label", name)])[:4]
    )
    drawn, rate = rng.random(len(frame)), float(np.clip(frame["label"].mean(), 0.05, 0.5))
    best: tuple[float, np.ndarray] = (1.0, np.zeros(len(frame)))
    for slope in np.arange(1, 14, 0.5):
        odds = slope * telling + 0.7 * little / (np.std(little) or 1)
        target = (drawn < 1 / (1 + np.exp(-(odds + level(odds, rate))))).astype(int)
        rank = auc(target.astype(float), telling) or 0.5
        best = min(best, (abs(rank - wanted), target), key=lambda pair: pair[0])
    return frame.assign(label=best[1]) if best[0] < 0.03 else None


def lacking(frame: pd.DataFrame, rng: Rng, wanted: float) -> pd.DataFrame | None:
    """The table with a label that a further number, which most rows lack, ranks at about the wanted AUC."""
    some = rng.random(len(frame)) < rng.uniform(0.15, 0.35)
    amount = np.where(some, rng.lognormal(2.7, 1.1, len(frame)), 0).round(3)
    slope, drawn, rate = rng.uniform(0.3, 1.2), rng.random(len(frame)), float(np.clip(some.mean() * 0.7, 0.08, 0.4))
    best: tuple[float, np.ndarray] = (1.0, np.zeros(len(frame)))
    for having in np.arange(0, 8, 0.25):
        odds = np.where(some, having + slope * (np.log1p(amount) - 2.7), 0)
        target = (drawn < 1 / (1 + np.exp(-(odds + level(odds, rate))))).astype(int)
        rank = auc(target.astype(float), amount) or 0.5
        best = min(best, (abs(rank - wanted), target), key=lambda pair: pair[0])
    return frame.assign(most_lack=amount, label=best[1]) if best[0] < 0.03 else None


def _scaled(values: pd.Series, rng: Rng) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(values):
        values = values.fillna("").map({one: rng.normal() for one in sorted(values.fillna("").unique())})
    told = values.astype(float).fillna(values.astype(float).median()).to_numpy()
    return np.asarray(rng.choice([-1, 1]) * (told - told.mean()) / (told.std() or 1))


def _copies(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    few = frame[frame["label"] == frame["label"].value_counts().idxmin()]
    return pd.concat([frame, few.sample(len(few) * 2, replace=True, random_state=int(rng.integers(1 << 30)))])


def _everyone(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    return pd.concat([frame, frame.sample(frac=0.3, random_state=int(rng.integers(1 << 30)))])


ROWS: dict[str, tuple[Planted, str]] = {
    "rows of the rarer class drawn again": (_copies, "oversampled_copies"),
    "rows of both classes twice": (_everyone, "duplicate_rows"),
}


def _dated(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """A key that counts on with time."""
    when = rng.integers(0, 365, len(frame))
    return frame.assign(when=when, z_key=when * 1000 + rng.integers(0, 1000, len(frame)))


def again(train: pd.DataFrame, test: pd.DataFrame) -> int:
    """How many rows of `test` the guard takes for rows of `train`."""
    with tempfile.TemporaryDirectory() as home:
        files = [Path(home) / f"{part}.parquet" for part in ("train", "test")]
        for file, frame in zip(files, (train, test), strict=True):
            frame.to_parquet(file, index=False)
        read = read_labelled(files[0], "label", None, None)
        return count_known_rows(read.columns, read_unlabelled(files[1], read, None).columns)


def looked_at(frame: pd.DataFrame, rng: Rng, time: str | None = None) -> TrainingSet:
    """What the guard says of the table, in a random order."""
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "table.parquet"
        frame.sample(frac=1, random_state=int(rng.integers(1 << 30))).to_parquet(file, index=False)
        read = read_labelled(file, "label", time, None)
        return prepare(read, parse_label(read.label, "classification", None), "label", (), 7)


class _Tally:
    """What was tried on every table, and what was found."""

    def __init__(self, seed: int, planted: set[str] | None) -> None:
        self.seed = seed
        self.planted = {name: one for name, one in PLANTED.items() if planted is None or name in planted}
        self.found: Counter[str] = Counter()
        self.tried: Counter[str] = Counter()

    def count(self, what: str, found: bool) -> None:
        """One more try."""
        self.tried[what] += 1
        self.found[what] += found

    def out_of_fold(self, frame: pd.DataFrame, form: str) -> None:
        """Honest columns that tell nearly all: they should stay."""
        for wanted in (0.92, 0.95):
            rng = np.random.default_rng([self.seed, int(100 * wanted)])
            if (whole := strong(frame, rng, wanted)) is not None:
                out = [one for one in looked_at(whole, rng).findings if one.kind == "knows_outcome" and one.left_out]
                self.count(f"an honest column of AUC {wanted} stays{form}", not out)
        rng = np.random.default_rng([self.seed, 92, 1])
        if (whole := lacking(frame, rng, 0.92)) is not None:
            out = [one for one in looked_at(whole, rng).findings if one.column == "most_lack" and one.left_out]
            self.count(f"an honest column that most rows lack stays{form}", not out)

    def columns(self, frame: pd.DataFrame, name: str, form: str) -> None:
        """Every planted column."""
        clean: dict[str, Planted | None] = {"clean": None}
        for leak, plant in (clean | self.planted).items():
            rng = np.random.default_rng([self.seed, len(leak)])
            whole = frame if plant is None else plant(frame, rng)
            self.count(leak + form, _caught(whole, rng, f"{name}{form}", leak))

    def rows(self, frame: pd.DataFrame, name: str, form: str) -> None:
        """Rows drawn again, and a key that counts on with time."""
        for what, (plant, kind) in ROWS.items():
            rng = np.random.default_rng([self.seed, len(what)])
            for timed in ("", ", --time"):
                whole = plant(frame, rng)
                if timed:
                    whole = whole.assign(when=rng.integers(0, 365, len(whole)))
                kinds = {one.kind for one in looked_at(whole, rng, "when" if timed else None).findings}
                self.count(what + timed + form, kind in kinds)
                if kind not in kinds:
                    print(f"{name}{form}: {what}{timed} missed, {sorted(kinds)}", file=sys.stderr)
        rng = np.random.default_rng([self.seed, 99])
        told = looked_at(_dated(frame, rng), rng, "when")
        self.count(f"a key that counts on with time, --time{form}", "z_key" not in told.columns.names)

    def seen_again(self, table: pd.DataFrame, test: pd.DataFrame) -> None:
        """Rows that teach among those to be said."""
        few = pd.concat([test, table.sample(50, random_state=self.seed)])
        self.count("50 rows that teach among those to be said", again(table, few) >= 50)
        self.count("none among them, none told", again(table, test) <= 0.01 * len(test))


def main() -> None:
    """Count what is found on every table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", nargs="+", help="names of tables, as in tables.json")
    asked.add_argument("--planted", nargs="*", help="only these columns are planted, and no rows")
    given = asked.parse_args()
    tally = _Tally(given.seed, None if given.planted is None else set(given.planted))
    for name in given.only or json.loads((given.folder / "tables.json").read_text()):
        table = pd.read_parquet(given.folder / f"{name}.train.parquet").drop(columns="row_id")
        narrow = table[[*[one for one in table if one != "label"][:3], "label"]]
        for form, frame in (("", table), (", narrow", narrow)):
            tally.out_of_fold(frame, form)
            tally.columns(frame, name, form)
            if given.planted is None:
                tally.rows(frame, name, form)
        if given.planted is None:
            tally.seen_again(table, pd.read_parquet(given.folder / f"{name}.test.parquet")[table.columns])
    print("| planted | found | of |\n|---|---|---|")
    for leak, count in tally.tried.items():
        print(f"| {leak} | {tally.found[leak]} | {count} |")


def _caught(whole: pd.DataFrame, rng: Rng, name: str, leak: str) -> bool:
    planted = {one for one in whole if one.startswith("z_")}
    try:
        told = looked_at(whole, rng)
    except ValueError as error:
        print(f"{name}: {leak}: {error}", file=sys.stderr)
        return bool(planted)
    out = {str(one.column): one for one in told.findings if one.left_out}
    if not planted:
        alarms = [one for one in told.findings if one.kind not in _EXPECTED]
        for one in alarms:
            print(f"{name}: clean, alarm {one.kind} {one.column}: {one.evidence}", file=sys.stderr)
        return not alarms
    for column in sorted(planted - set(out)):
        print(f"{name}: {leak} missed at {column}", file=sys.stderr)
    for column, one in out.items():
        if column not in planted and one.kind not in _EXPECTED:
            print(f"{name}: {leak} took {column} along: {one.evidence}", file=sys.stderr)
    return planted <= set(out)


if __name__ == "__main__":
    main()
