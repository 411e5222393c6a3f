"""How good segments are on tables alike the published one: plain methods and the product on the same rows.

    python -m benchmarks.segment_search.quality SEED... [--seconds 300] [--refits 5] [--write FOLDER]

A seed whose table is not near the published figures (plain methods only) is told and passed over.
"""

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from b2shift.differentiate.segments import local_search, measures, merge_split
from b2shift.differentiate.segments.evaluation import search_predecessor, shape_aims
from b2shift.differentiate.segments.kmeans import k_means
from b2shift.differentiate.segments.partitions import PairwiseDistances
from b2shift.differentiate.segments.predecessor import COLUMNS, VARIABLES
from b2shift.differentiate.segments.representations import POOLED, SCALED, representations
from b2shift.differentiate.segments.selection import FLOOR
from b2shift.differentiate.segments.view import View, build_view
from b2shift.kernel.progress import silent
from benchmarks.segment_search.synthetic_one_hot import table

PUBLISHED = {
    "distinct": (1365, 170),
    "segment": (0.214, 0.008),
    "22": (0.229, 0.012),
    "30": (0.257, 0.012),
    "38": (0.279, 0.012),
}
"""Figures of the real table and how far a made one may be: distinct rows, silhouettes by segment and by K-Means."""
STARTS = 200
"""Starts of K-Means of which the tightest with the floor is climbed from."""


def main() -> None:
    """Print a line of plain methods and the aims for each table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("seeds", type=int, nargs="+")
    asked.add_argument("--seconds", type=float, default=300)
    asked.add_argument("--refits", type=int, default=5)
    asked.add_argument("--write", type=Path, help="only write the tables near the published figures")
    told = asked.parse_args()
    for seed in told.seeds:
        view = _view(table(seed))
        figures, near = _near(view)
        text = ", ".join(f"{name} {value:.4g}" for name, value in figures.items())
        if not near:
            print(f"{seed}: passed over ({text})", flush=True)
            continue
        if told.write:
            keys = pa.array([f"C{row:05d}" for row in range(view.count)])
            columns = [pa.array(column.astype(np.int8)) for column in view.matrix().T]
            pq.write_table(pa.table([keys, *columns], names=["customer_id", *COLUMNS]), told.write / f"{seed}.parquet")
            print(f"{seed}: {text}", flush=True)
            continue
        print(f"{seed}: {text}, climbed 22 {_climbed(view):.4g}", flush=True)
        for aim in shape_aims(
            search_predecessor(view, refits=told.refits, seconds=told.seconds, seed=7, progress=silent)
        ):
            reached = "not measured" if aim.value is None else f"{aim.value:.3f}"
            print(f"    {aim.name} {reached} of {aim.aim} {'met' if aim.met else ''}", flush=True)


def _near(view: View) -> tuple[dict[str, float], bool]:
    """Figures of plain methods, the cheapest first, up to one that is not near the published; whether all are."""
    figures: dict[str, float] = {}
    for name, (published, width) in PUBLISHED.items():
        figures[name] = _plain(view, name)
        if abs(figures[name] - published) > width:
            return figures, False
    return figures, True


def _plain(view: View, name: str) -> float:
    """Distinct rows, or a silhouette: by market segment, or by K-Means with 20 starts and so many centres."""
    if name == "distinct":
        return float(len(view.points.rows))
    if name == "segment":
        at = len(VARIABLES[:6])
        labels = np.unique(view.distinct.rows[:, at : at + 14].argmax(axis=1), return_inverse=True)[1].reshape(-1)
    else:
        labels = k_means(view.points, int(name), seed=0, starts=20)[0]
    return measures.silhouettes(view.points, [labels])[0]


def _climbed(view: View) -> float:
    """The published best at k = 22: rare columns pooled, the tightest of STARTS above the floor, rows then moved."""
    forms = representations(view)
    pooled, pairs = forms.get(POOLED, forms[SCALED]), PairwiseDistances(view.points, FLOOR)
    starts = (
        merge_split.reshape_to_k(pairs, k_means(pooled, 22, seed=seed, starts=1)[0], 22) for seed in range(STARTS)
    )
    return local_search.hill_climb(pairs, max(starts, key=lambda one: one.silhouette)).silhouette


def _view(matrix: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> View:
    ends = np.cumsum([0, *(len(names) for names in VARIABLES)])
    return build_view("parecida", [(names, matrix[:, ends[i] : ends[i + 1]]) for i, names in enumerate(VARIABLES)])


if __name__ == "__main__":
    main()
