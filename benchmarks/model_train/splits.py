"""Tables dealt into rows to learn from and rows to measure on, and the steps of a benchmark on the command line."""

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

Tables = Iterable[tuple[str, pd.DataFrame]]


def deal(folder: Path, tables: Tables, sizes: list[int], tested: tuple[int, int]) -> None:
    """Samples of each size as `<name>_<size>.train.parquet`, other rows as `.test.parquet`; names in `tables.json`.

    `tested`: the fewest and the most rows to measure on; a sample that leaves fewer is not drawn.
    """
    fewest, most = tested
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for name, frame in tables:
        words = frame.select_dtypes(exclude="number").columns
        frame[words] = frame[words].astype(object).where(frame[words].notna(), None)
        for rows in (size for size in sizes if len(frame) >= size + fewest):
            order = np.random.default_rng(rows).permutation(len(frame))
            for part, places in {"train": order[:rows], "test": order[rows : rows + most]}.items():
                frame.iloc[np.sort(places)].to_parquet(folder / f"{name}_{rows}.{part}.parquet", index=False)
            names.append(f"{name}_{rows}")
    (folder / "tables.json").write_text(json.dumps(names))


def steps(
    about: str | None, tables: Callable[[], Tables], tested: tuple[int, int], **others: Callable[[Path], None]
) -> None:
    """Carry out one step, of the name the command line gives: `write` deals the tables, the others take the folder."""
    asked = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", choices=("write", *others))
    asked.add_argument("folder", type=Path)
    asked.add_argument("--rows", type=int, nargs="+", default=[300, 1000])
    given = asked.parse_args()
    if given.what == "write":
        deal(given.folder, tables(), given.rows, tested)
    else:
        others[given.what](given.folder)
