"""Leaks planted in the tables of a folder, and how many the guard of `b2shift model train` finds; nothing is taught.

    python -m benchmarks.model_train.guards FOLDER [--seed 1]

Each table that `samples.py` wrote (its part to learn from) is looked at clean, which counts false alarms, and with each
leak of `PLANTED`: whole, and cut to its three first columns (`narrow`). A leak is found when every planted column is
left out, or what was done to the rows is told. Prints a Markdown table; what was missed goes to the error stream.
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

from b2shift.differentiate.supervised.labels import label_of
from b2shift.differentiate.supervised.prepared import Prepared, prepared
from b2shift.differentiate.supervised.reading import read_labelled, read_unlabelled
from b2shift.differentiate.supervised.resampling import seen_again

Rng = np.random.Generator
Planted = Callable[[pd.DataFrame, Rng], pd.DataFrame]
"""A table with columns that know the label; their names begin with `z`."""
_EXPECTED = {"constant", "identifier", "entity", "strong", "row_order", "duplicate_rows"}
"""Findings that are no alarm on a clean table: they keep the column, or the column names rows or says nothing."""


def _after(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Filled in after the fact, wrong for one row in twelve."""
    came = frame["label"].to_numpy()
    wrong = rng.random(len(frame)) < 0.08
    return frame.assign(z_final_bill=np.where(came ^ wrong, rng.gamma(2, 40, len(frame)), 0).round(2))


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


PLANTED: dict[str, Planted] = {
    "after the fact, 8 % wrong": _after, "label with noise": _noisy, "label in other words": _copied,
    "only there for half of the cases": _partly, "erased for half of the cases": _gone,
    "a number only cases have": _coded, "a word only cases have": _survey, "two leaks": _two, "a leak twice": _twins,
    "difference of two is the label": _difference, "sum of two is the label": _sum,
    "sum of three is the label": _sum_of_three, "numbered by label": _numbered, "named by label": _named,
}  # fmt: skip


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
        return seen_again(read.columns, read_unlabelled(files[1], read, None)[0])


def looked_at(frame: pd.DataFrame, rng: Rng, time: str | None = None) -> Prepared:
    """What the guard says of the table, in a random order."""
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "table.parquet"
        frame.sample(frac=1, random_state=int(rng.integers(1 << 30))).to_parquet(file, index=False)
        read = read_labelled(file, "label", time, None)
        return prepared(read, label_of(read.label, "classification", None), "label", (), 7)


def main() -> None:
    """Count what is found on every table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", nargs="+", help="names of tables, as in tables.json")
    given = asked.parse_args()
    found: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for name in given.only or json.loads((given.folder / "tables.json").read_text()):
        table = pd.read_parquet(given.folder / f"{name}.train.parquet").drop(columns="row_id")
        narrow = table[[*[one for one in table if one != "label"][:3], "label"]]
        for form, frame in (("", table), (", narrow", narrow)):
            for leak, plant in {"clean": None, **PLANTED}.items():
                rng = np.random.default_rng([given.seed, len(leak)])
                whole = frame if plant is None else plant(frame, rng)
                caught = _caught(whole, rng, f"{name}{form}", leak)
                tried[leak + form] += 1
                found[leak + form] += caught
            for what, (plant, kind) in ROWS.items():
                rng = np.random.default_rng([given.seed, len(what)])
                for timed in ("", ", --time"):
                    whole = plant(frame, rng)
                    if timed:
                        whole = whole.assign(when=rng.integers(0, 365, len(whole)))
                    told = looked_at(whole, rng, "when" if timed else None)
                    tried[what + timed + form] += 1
                    kinds = {one.kind for one in told.findings}
                    found[what + timed + form] += kind in kinds
                    if kind not in kinds:
                        print(f"{name}{form}: {what}{timed} missed, {sorted(kinds)}", file=sys.stderr)
            rng = np.random.default_rng([given.seed, 99])
            told = looked_at(_dated(frame, rng), rng, "when")
            tried[f"a key that counts on with time, --time{form}"] += 1
            found[f"a key that counts on with time, --time{form}"] += "z_key" not in told.columns.names
        test = pd.read_parquet(given.folder / f"{name}.test.parquet")[table.columns]
        few = pd.concat([test, table.sample(50, random_state=given.seed)])
        tried["50 rows that teach among those to be said"] += 1
        found["50 rows that teach among those to be said"] += again(table, few) >= 50
        tried["none among them, none told"] += 1
        found["none among them, none told"] += again(table, test) <= 0.01 * len(test)
    print("| planted | found | of |\n|---|---|---|")
    for leak, count in tried.items():
        print(f"| {leak} | {found[leak]} | {count} |")


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
