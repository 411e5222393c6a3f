"""`b2shift model train` on the tables of `tables.py` against the peers of `peers.py`. A Markdown table out.

    PEER_PYTHON -m benchmarks.model_train.tables FOLDER
    PEER_PYTHON -m benchmarks.model_train.peers FOLDER
    python -m benchmarks.model_train FOLDER [--only NAME ...]

Log-loss, AUC and calibration error on the test rows, which nobody learnt from. *Best* is the peer that did best on
those very rows, which nobody could have known; ± is the standard error of the difference to it. CPU seconds are of all
threads; the memory is the largest the process has held so far (a table alone: `--only`).
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from b2shift.differentiate.api import TrainResult, train_table
from b2shift.differentiate.scores.measures import auc, ece, ece_floor, log_losses


def main() -> None:
    """Train on every table and print a line each."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--only", nargs="+", help="names of tables, as in tables.json")
    given = asked.parse_args()
    folder: Path = given.folder
    print("| table, rows | log-loss | best peer | difference | mean of peers, difference | AUC, best | ECE | CPU, GB |")
    print("|---|---|---|---|---|---|---|---|")
    apart: dict[str, tuple[int, float, float]] = {}
    for name in given.only or json.loads((folder / "tables.json").read_text()):
        train, test = (folder / f"{name}.{part}.parquet" for part in ("train", "test"))
        out = folder / f"{name}.said.parquet"
        started = time.process_time()
        told = train_table(train, "label", out, identity="row_id", test=_without_label(test))
        price = (
            f" {time.process_time() - started:.0f}, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} |"
        )
        print(_line(name, told, pd.read_parquet(test), pd.read_parquet(out), folder, apart) + price, flush=True)
        for one in told.findings:
            print(f"  {name}: {one.kind} {one.column} {'out' if one.left_out else 'stays'}", file=sys.stderr)
    for rows in sorted({rows for rows, _, _ in apart.values()}):
        print(_averages(rows, [pair for size, *pair in apart.values() if size == rows]))


def _averages(rows: int, pairs: list[list[float]]) -> str:
    best, mean = np.array(pairs).T
    error = np.sqrt(len(best))
    return (
        f"{rows:,} rows, {len(best)} tables: to the best peer {best.mean():+.4f} ± {best.std() / error:.4f}, "
        f"to their mean {mean.mean():+.4f} ± {mean.std() / error:.4f}"
    )


def _without_label(test: Path) -> Path:
    blind = test.with_suffix(".blind.parquet")
    pd.read_parquet(test).drop(columns="label").to_parquet(blind, index=False)
    return blind


def _line(
    name: str, told: TrainResult, test: pd.DataFrame, said: pd.DataFrame, folder: Path,
    told_apart: dict[str, tuple[int, float, float]],
) -> str:  # fmt: skip
    target, mine = test["label"].to_numpy(float), said["probability"].to_numpy()
    losses = log_losses(target, mine)
    kept = "" if told.usable else ", refused"
    ours = f"{losses.mean():.4f}{kept}"
    file = folder / f"{name}.peers.parquet"
    calibration = f"{ece(target, mine):.3f}, {ece_floor(mine, 1):.3f}"
    if not file.exists():
        return f"| {name}, {told.rows:,} | {ours} | | | | {auc(target, mine) or 0.5:.3f} | {calibration} |"
    peers = {peer: column.to_numpy() for peer, column in pd.read_parquet(file).items()}
    lost = {peer: log_losses(target, values) for peer, values in peers.items()}
    best = min(lost, key=lambda peer: float(lost[peer].mean()))
    apart, middle = losses - lost[best], losses - lost["mean"]
    told_apart[name] = (told.rows, float(apart.mean()), float(middle.mean()))
    ranks = f"{auc(target, mine) or 0.5:.3f}, {max(auc(target, values) or 0.5 for values in peers.values()):.3f}"
    return (
        f"| {name}, {told.rows:,} | {ours} | {lost[best].mean():.4f} ({best}) | "
        f"{apart.mean():+.4f} ± {apart.std() / np.sqrt(len(apart)):.4f} | {lost['mean'].mean():.4f}, "
        f"{middle.mean():+.4f} ± {middle.std() / np.sqrt(len(middle)):.4f} | {ranks} | "
        f"{calibration}, {ece(target, peers[best]):.3f} |"
    )


if __name__ == "__main__":
    main()
