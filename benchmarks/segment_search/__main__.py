"""The predecessor's model selection in plain scikit-learn against the product's, one thread, the same rows.

    python -m benchmarks.segment_search TABLE.parquet [--sizes 10000 70000 1000000] [--continuous]

TABLE has a key and one-hot columns (`b2shift export features_b2shift37`). Each side runs in a process of its own. Above
20,000 rows the peer is scaled up from measured parts (peer.py says how).
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Figure, run

ALL_RUN_UP_TO = 20_000
_ALONE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_PARTS = ("space", "distinct", "kmeans", "mixture", "hdbscan", "kmeans, mixture, hdbscan", "scores")


def main() -> None:
    """Measure each size in turn and print a Markdown table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("table", type=Path)
    asked.add_argument("--sizes", type=int, nargs="+", default=[10_000, 70_000, 1_000_000])
    asked.add_argument("--continuous", action="store_true")
    asked.add_argument("--parts", action="store_true", help="scale the peer up from measured parts at every size")
    asked.add_argument("--side", choices=["peer", "product"], help="run one side and write its figures to --out")
    asked.add_argument("--out", type=Path)
    told = asked.parse_args()
    if told.side:
        told.out.write_text(json.dumps(_side(told.side, told.table, told.sizes[0], told.continuous, told.refits)))
        return
    print("| rows | distinct | peer CPU s | product CPU s | ratio | product peak MB | inertia, mean (worst) |")
    print("|---|---|---|---|---|---|---|")
    for rows in told.sizes:
        options = [*(["--continuous"] if told.continuous else []), *(["--parts"] if told.refits else [])]
        peer, _ = _alone("peer", told.table, rows, options)
        ours, figure = _alone("product", told.table, rows, options)
        print(_row(rows, peer, ours, figure), flush=True)
        print(f"<!-- peer {_parts(peer)}; product {_parts(ours)} -->", flush=True)


def _side(side: str, source: Path, rows: int, continuous: bool, parts: bool) -> dict[str, float]:
    from benchmarks.segment_search import product_selection, sklearn_selection
    from benchmarks.segment_search import resampled_tables as made

    matrix = made.table(source, rows, continuous=continuous)
    if side == "product":
        return product_selection.whole(matrix)
    return (
        sklearn_selection.whole(matrix) if rows <= ALL_RUN_UP_TO and not parts else sklearn_selection.scaled_up(matrix)
    )


def _alone(side: str, source: Path, rows: int, options: list[str]) -> tuple[dict[str, float], Figure]:
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "figures.json"
        command = [sys.executable, "-m", "benchmarks.segment_search", str(source), "--sizes", str(rows)]
        command += ["--side", side, "--out", str(out), *options]
        figure = run(command, _ALONE)
        return json.loads(out.read_text()), figure


def _seconds(figures: dict[str, float]) -> float:
    return sum(figures.get(name, 0.0) for name in _PARTS)


def _row(rows: int, peer: dict[str, float], ours: dict[str, float], figure: Figure) -> str:
    shared = [name for name in peer if name.startswith("inertia") and name in ours]
    ratios = [ours[name] / peer[name] for name in shared]
    quality = f"{sum(ratios) / len(ratios):.3f} ({max(ratios):.3f})" if ratios else "—"
    before, after = _seconds(peer), _seconds(ours)
    return (
        f"| {rows:,} | {ours['distinct rows']:,.0f} | {before:,.0f}{'' if ratios else ' (scaled up)'} | {after:.1f} "
        f"| **{before / after:,.0f}** | {figure.peak_mb:,.0f} | {quality} |"
    )


def _parts(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {figures[name]:.1f}" for name in _PARTS if name in figures)


if __name__ == "__main__":
    main()
