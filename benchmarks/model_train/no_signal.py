"""Tables without a signal and with a weak one: how many `b2shift model train` refuses.

    python -m benchmarks.model_train.no_signal --rows 300 --tables 12 [--strength 0] [--seed 1] [--rate 0.3]

Six numbers, two categories and gaps; the label is chance (`--strength 0`), or follows two of the numbers and a
category, more with a larger strength. The AUC of the truth on the same rows says how weak the signal is.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from b2shift.differentiate.api import train_table
from b2shift.differentiate.scores.measures import auc


def drawn(rng: np.random.Generator, rows: int, strength: float, rate: float) -> tuple[pd.DataFrame, np.ndarray]:
    """A table and the log-odds of its label."""
    numbers = rng.normal(size=(rows, 6))
    numbers[:, 3:] = np.exp(numbers[:, 3:]).round(1)
    plan, city = rng.integers(0, 3, rows), rng.integers(0, 15, rows)
    odds = strength * (numbers[:, 0] + 0.7 * numbers[:, 1] + 0.8 * (plan == 1)) + np.log(rate / (1 - rate))
    frame = pd.DataFrame(numbers, columns=[f"n{place}" for place in range(6)]).mask(rng.random(numbers.shape) < 0.05)
    words = {"plan": [f"p{code}" for code in plan], "city": [f"c{code}" for code in city]}
    return frame.assign(**words, label=(rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)), odds


def main() -> None:
    """Train on each table; a line each, and the count."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=300)
    asked.add_argument("--tables", type=int, default=12)
    asked.add_argument("--strength", type=float, default=0.0)
    asked.add_argument("--rate", type=float, default=0.3)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    refused = 0
    for place in range(given.tables):
        rng = np.random.default_rng([given.seed, place, given.rows])
        frame, odds = drawn(rng, given.rows, given.strength, given.rate)
        with tempfile.TemporaryDirectory() as home:
            table = Path(home) / "table.parquet"
            frame.to_parquet(table, index=False)
            told = train_table(table, "label", Path(home) / "out.parquet")
        refused += not told.usable
        truth = auc(frame["label"].to_numpy(float), odds) if given.strength else None
        kept = "passes" if told.usable else "refused"
        print(
            f"{given.rows} rows, table {place}: {kept}, gain {told.measures.gain_z:.2f} errors, "
            f"AUC {told.measures.auc or 0.5:.3f}" + (f", of the truth {truth:.3f}" if truth else ""),
            flush=True,
        )
    print(f"{given.rows} rows, strength {given.strength}: {refused} of {given.tables} refused")


if __name__ == "__main__":
    main()
