"""Tables too large to be searched whole: a drawn part is searched, every row carried to what was found there."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import adjusted_rand_score
from tests.unit.differentiate.segments.test_edges import few_sizes

from b2shift.differentiate.api import SearchResult, search_table
from b2shift.differentiate.segments import table_search
from b2shift.differentiate.segments.out_of_sample import assign_all_rows
from b2shift.differentiate.segments.reading import open_mixed_table
from b2shift.differentiate.segments.table_search import read_and_encode

ROWS = 3_000


def planted() -> tuple[pa.Table, "np.ndarray[Any, np.dtype[np.intp]]"]:
    """Three kinds of row told by two numbers (one with gaps) and a word of which some values are rare."""
    rng = np.random.default_rng(1)
    kind = rng.choice(3, ROWS, p=[0.5, 0.3, 0.2])
    centres = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0]])
    numbers = (centres[kind] + rng.normal(size=(ROWS, 2))).round(1)
    words = np.where(rng.random(ROWS) < 0.002, [f"só {i}" for i in range(ROWS)], np.array(["a", "b", "c"])[kind])
    gaps = pa.array(np.where(rng.random(ROWS) < 0.03, np.nan, numbers[:, 1]), from_pandas=True)
    keys = [f"k{i}" for i in range(ROWS)]
    return pa.table({"id": keys, "x": numbers[:, 0], "y": gaps, "w": words, "v": 10.0 * kind}), kind


@pytest.fixture
def _room_for_few(monkeypatch: pytest.MonkeyPatch) -> None:
    few_sizes(monkeypatch)
    monkeypatch.setattr(table_search, "MAX_CELLS", 24_000)
    monkeypatch.setattr(table_search, "SEARCHED_ROWS", 400)


def searched(folder: Path, told: pa.Table, seed: int = 7) -> tuple[SearchResult, dict[str, int]]:
    pq.write_table(told, folder / "t.parquet")
    out = folder / "out.parquet"
    result = search_table(folder / "t.parquet", "id", out, seconds=600, money="v", seed=seed)
    return result, dict(duckdb.sql(f"SELECT id, segment FROM '{out}'").fetchall())


@pytest.mark.usefixtures("_room_for_few")
def test_planted_groups_are_found_in_any_order_of_the_rows(tmp_path: Path) -> None:
    table, kind = planted()
    result, labels = searched(tmp_path, table)
    keys = table["id"].to_pylist()
    assert set(labels) == set(keys)
    assert adjusted_rand_score(kind, [labels[key] for key in keys]) > 0.97
    assert (result.rows, result.carried_rows) == (ROWS, ROWS)
    assert abs(result.searched_rows - 400) < 80
    assert result.chosen.sizes == tuple(np.bincount(list(labels.values())).tolist())
    assert sorted(result.chosen.sizes, reverse=True) == list(result.chosen.sizes)
    assert result.chosen.money_explained > 0.9
    other, again = searched(tmp_path, table.take(pa.array(np.random.default_rng(2).permutation(ROWS))))
    assert again == labels
    assert other.searched_rows == result.searched_rows
    equal = duckdb.sql(
        f"SELECT max(n) FROM (SELECT count(DISTINCT segment) AS n FROM '{tmp_path / 't.parquet'}' "
        f"JOIN '{tmp_path / 'out.parquet'}' USING (id) GROUP BY x, y, w)"
    ).fetchall()
    assert equal == [(1,)]
    assert searched(tmp_path, table, seed=8)[0].searched_rows != result.searched_rows


def test_with_room_all_rows_are_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few_sizes(monkeypatch)
    result, _ = searched(tmp_path, planted()[0].slice(0, 500))
    assert (result.rows, result.searched_rows, result.carried_rows) == (500, 500, 0)


@pytest.mark.usefixtures("_room_for_few")
@pytest.mark.parametrize("keys", [["k0"] * ROWS, [*map(str, range(ROWS - 1)), None]])
def test_keys_that_repeat_or_lack_are_refused(tmp_path: Path, keys: list[str | None]) -> None:
    with pytest.raises(table_search.InputError, match="vazios ou repetidos: id"):
        searched(tmp_path, planted()[0].set_column(0, "id", pa.array(keys)))


def test_rows_are_drawn_where_exact_counting_finds_too_many_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pq.write_table(planted()[0].slice(0, 1_000), tmp_path / "t.parquet")
    with open_mixed_table(tmp_path / "t.parquet", "id", "v") as read:
        columns, layout = read_and_encode(read, 7)
        values = len(np.bincount(columns.inverse)) * layout.width
        monkeypatch.setattr(table_search, "MAX_CELLS", values)
        assert len(read_and_encode(read, 7)[0].ids) == 1_000
        monkeypatch.setattr(table_search, "MAX_CELLS", values - 1)
        few, layout = read_and_encode(read, 7)
    assert 0 < len(np.bincount(few.inverse)) * layout.width < values


def test_a_segment_below_the_floor_in_the_whole_table_goes_to_the_others(tmp_path: Path) -> None:
    x = np.concatenate([np.zeros(60), np.full(30, 5.0), np.full(10, 9.0)]) + np.linspace(0, 0.1, 100)
    pq.write_table(pa.table({"id": range(100), "x": x}), tmp_path / "t.parquet")
    with open_mixed_table(tmp_path / "t.parquet", "id") as read:
        columns, layout = read_and_encode(read, 7)
        view = layout.view(columns)
        labels = np.digitize(x, [3.0, 7.0])
        for floor, expected in ((0.1, [60, 30, 10]), (0.11, [60, 40])):
            told: list[int] = []
            ids, found = assign_all_rows(read, layout, view, labels, floor=floor, seed=7, progress=told.append)
            assert np.bincount(found).tolist() == expected
            assert ids.to_pylist() == list(range(100))
            assert set(told) == {100}
    assert np.array_equal(found == 1, x > 3)
