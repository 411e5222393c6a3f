"""Tables at the edge: three rows, nothing that varies, gaps, many names, an outlier; a result or a clear refusal."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from b2shift.differentiate.api import SearchResult, search_table
from b2shift.differentiate.segments import search_loop, search_space
from b2shift.differentiate.segments.checkpoint import Checkpoint
from b2shift.differentiate.segments.distinct import distinct
from b2shift.differentiate.segments.layout import fit_layout
from b2shift.differentiate.segments.reading import open_mixed_table
from b2shift.kernel.errors import InputError

RNG = np.random.default_rng(0)
EDGES: dict[str, dict[str, Any]] = {
    "three rows": {"a": [1.0, 2.0, 9.0], "b": ["x", "y", "x"]},
    "one column": {"a": RNG.normal(size=200)},
    "zeros with gaps": {"a": pa.array([0.0, None] * 30), "b": RNG.normal(size=60)},
    "a column all missing": {"a": pa.nulls(60, pa.float64()), "b": RNG.normal(size=60)},
    "every row twice": {"a": [1.0, 2.0] * 40, "b": ["u", "v"] * 40},
    "many names": {"w": [f"n{i % 60}" for i in range(150)], "x": RNG.normal(size=150)},
    "three rows of two kinds": {"a": [1.0, 1.0, 1.0], "b": ["x", "y", "x"]},
    "as large as numbers get": {"x": [1e308, -1e308] * 40, "y": RNG.normal(size=80)},
    "as small as numbers get": {"x": 1e-320 * np.arange(80), "y": RNG.normal(size=80)},
    "infinite": {"x": [float("inf")] * 3 + [1.0] * 27 + [2.0] * 30},
    "an outlier": {"x": np.append(RNG.normal(size=149), 1e9), "y": RNG.normal(size=150)},
    "more columns than rows": {f"c{i}": RNG.normal(size=24) for i in range(40)},
}


def few_sizes(patch: pytest.MonkeyPatch) -> None:
    """A search that ends by itself."""
    defaults = search_loop.SearchPlan.__init__.__defaults__
    patch.setattr(search_loop.SearchPlan.__init__, "__defaults__", ((3,), *defaults[1:]))
    patch.setattr(search_space, "TIGHTEST_UP_TO", 4)


def searched(folder: Path, told: dict[str, Any], seconds: float = 1) -> SearchResult:
    rows = len(next(iter(told.values())))
    pq.write_table(pa.table({"id": range(rows), **told}), folder / "t.parquet")
    return search_table(folder / "t.parquet", "id", folder / "out.csv", seconds=seconds)


@pytest.mark.parametrize("edge", EDGES)
def test_an_edge_gives_segments_above_the_floor(tmp_path: Path, edge: str) -> None:
    told = searched(tmp_path, EDGES[edge])
    assert told.chosen.k >= 2
    assert sum(told.chosen.sizes) == told.rows
    assert min(told.chosen.sizes) >= min(5, told.rows // 4, 0.01 * told.rows)
    assert -1 <= told.chosen.silhouette <= 1
    assert len((tmp_path / "out.csv").read_text().splitlines()) == told.rows + 1


def test_one_column_is_not_held_against_chance(tmp_path: Path) -> None:
    alone = searched(tmp_path, {"a": np.r_[RNG.normal(size=60), RNG.normal(9, 1, size=60)]})
    assert (alone.beyond_chance, alone.chosen.null_excess) == (None, None)
    assert alone.chosen.silhouette > 0.7


@pytest.mark.parametrize("told", [{"a": [1.0] * 30}, {"a": ["x"] * 30, "b": [None] * 30}])
def test_a_table_where_nothing_varies_is_refused_by_name(tmp_path: Path, told: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="Nenhuma coluna separa as linhas"):
        searched(tmp_path, told)


def test_the_order_of_the_rows_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few_sizes(monkeypatch)
    kind = RNG.integers(0, 3, 240)
    told = {"a": kind + RNG.normal(0, 0.1, 240), "w": np.array(["x", "y", "z"])[kind]}
    order = RNG.permutation(240)
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    first = searched(tmp_path / "first", told, 300)
    second = searched(tmp_path / "second", {name: values[order] for name, values in told.items()}, 300)
    one, other = (np.loadtxt(tmp_path / f / "out.csv", delimiter=",", skiprows=1) for f in ("first", "second"))
    assert first.chosen.k == second.chosen.k
    assert np.array_equal(one[order, 1], other[:, 1])


def test_a_killed_search_takes_up_what_it_had_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few_sizes(monkeypatch)
    kind = RNG.integers(0, 3, 240)
    told = {"a": kind + RNG.normal(0, 0.1, 240), "b": RNG.normal(size=240)}

    class KilledError(Exception):
        """What ends the process here."""

    def kill(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr("b2shift.differentiate.segments.search_loop._measure_stability", kill)
        with pytest.raises(KilledError):
            searched(tmp_path, told, 60)
    place = tmp_path / "out.csv.busca"
    found = place.read_text().splitlines()
    assert len(found) > 3
    place.write_text("\n".join([*found, "{", '{"search": 1, "trial": "x", "seconds": 0, "labels": "!"}']) + "\n")
    had = {json.loads(line)["trial"] for line in found}
    again: list[str] = []
    monkeypatch.setattr(Checkpoint, "put", lambda self, trial, labels, seconds: again.append(trial))
    assert searched(tmp_path, told, 60).tried >= len(had) - 1
    assert not had & set(again)
    assert not place.exists()


def test_what_another_table_found_is_not_taken(tmp_path: Path) -> None:
    one, other = (distinct(np.array(rows)) for rows in ([[0.0], [1.0], [2.0]], [[0.0], [1.0], [3.0]]))
    Checkpoint(tmp_path / "out.csv", one, 0.01, 7).put("t", np.array([0, 1, 1]), 2.0)
    assert Checkpoint(tmp_path / "out.csv", other, 0.01, 7).get("t") is None
    assert Checkpoint(tmp_path / "out.csv", one, 0.02, 7).get("t") is None
    labels, seconds = Checkpoint(tmp_path / "out.csv", one, 0.01, 7).get("t") or (np.zeros(0), 0.0)
    assert (labels.tolist(), seconds) == ([0, 1, 1], 2.0)


def test_rows_that_repeat_cost_no_memory(tmp_path: Path) -> None:
    rows = 30_000
    words, numbers = RNG.choice(["x", "y", None], rows), RNG.choice([0.0, -0.0, 1.0, np.nan], rows)
    told = {"id": range(rows), "w": words.tolist(), "n": numbers, "name": [f"n{i}" for i in range(rows)]}
    pq.write_table(pa.table(told), tmp_path / "t.parquet")
    with open_mixed_table(tmp_path / "t.parquet", "id") as opened:
        read = opened.read_all(100)
    assert read is not None
    assert (read.ignored, len(np.unique(read.inverse))) == (("name",), 9)
    again = read.words["w"].take(pa.array(read.inverse)).to_pylist()
    assert again == words.tolist()
    assert np.array_equal(read.numbers["n"][read.inverse], numbers, equal_nan=True)
    view = fit_layout(read).view(read)
    assert (view.count, len(view.distinct.rows), view.distinct.total) == (rows, 9, rows)
    pq.write_table(pa.table({"id": range(rows), "n": RNG.normal(size=rows)}), tmp_path / "t.parquet")
    with open_mixed_table(tmp_path / "t.parquet", "id") as opened:
        assert opened.read_all(10_000) is None
