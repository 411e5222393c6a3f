"""`fit_table`: what it writes, what it measures, and what it refuses."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import davies_bouldin_score, silhouette_score
from sklearn.preprocessing import StandardScaler

from b2shift.differentiate.api import FitResult, fit_table
from b2shift.kernel.errors import B2ShiftError, InputError


def table(folder: Path, *, rows: int = 300, form: str = "parquet", order: np.ndarray | None = None) -> Path:
    flags = (np.random.default_rng(0).random((rows, 7)) < 0.35).astype(int)
    keys = np.array([f"K{i:04d}" for i in range(rows)])
    order = np.arange(rows) if order is None else order
    told = pa.table({"key": keys[order], **{f"f{i}": flags[order, i] for i in range(7)}, "same": np.ones(rows, int)})
    place = folder / f"table.{form}"
    if form == "parquet":
        pq.write_table(told, place)
    else:
        duckdb.connect().from_arrow(told).write_csv(str(place))
    return place


def written(place: Path) -> dict[str, int]:
    read = "read_parquet" if place.suffix == ".parquet" else "read_csv"
    return dict(duckdb.sql(f"SELECT key, segment FROM {read}('{place}')").fetchall())


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, FitResult]:
    folder = tmp_path_factory.mktemp("fit")
    return folder, fit_table(table(folder), "key", folder / "out.parquet", k=6, floor=0.05)


def test_the_result_says_what_the_file_holds(fitted: tuple[Path, FitResult]) -> None:
    folder, result = fitted
    segments = written(folder / "out.parquet")
    sizes = np.bincount(list(segments.values()))
    assert len(segments) == result.rows == 300
    assert tuple(sizes.tolist()) == result.sizes
    assert result.smallest_share == sizes.min() / 300 >= 0.05
    assert (result.k, result.k_found, result.columns, result.constant_columns) == (6, 6, 8, ("same",))


def test_the_measures_are_scikit_learns_in_the_reference_space(fitted: tuple[Path, FitResult]) -> None:
    folder, result = fitted
    segments = written(folder / "out.parquet")
    columns = pq.read_table(folder / "table.parquet")
    labels = [segments[key] for key in columns.column("key").to_pylist()]
    matrix = np.column_stack([columns.column(name).to_numpy() for name in columns.column_names[1:]]).astype(float)
    space = PCA(0.80, svd_solver="full").fit_transform(StandardScaler().fit_transform(matrix))
    assert result.dims == space.shape[1]
    assert result.silhouette == pytest.approx(silhouette_score(space, labels), abs=1e-6)
    assert result.davies_bouldin == pytest.approx(davies_bouldin_score(space, labels), rel=1e-6)
    assert result.silhouette_half_width == 0
    assert -1 <= result.stability <= 1
    assert -1 <= result.null_silhouette <= 1


def test_the_order_of_rows_and_columns_and_the_form_of_the_file_do_not_matter(
    tmp_path: Path, fitted: tuple[Path, FitResult]
) -> None:
    folder, result = fitted
    given = table(tmp_path, order=np.random.default_rng(5).permutation(300))
    columns = ["f3", "f6", "same", "f1", "key", "f0", "f5", "f2", "f4"]
    duckdb.sql(f"SELECT {', '.join(columns)} FROM '{given}'").write_csv(str(tmp_path / "table.csv"))
    other = fit_table(tmp_path / "table.csv", "key", tmp_path / "out.csv", k=6, floor=0.05)
    assert written(tmp_path / "out.csv") == written(folder / "out.parquet")
    assert other.model_dump(exclude={"table", "out", "seconds"}) == result.model_dump(
        exclude={"table", "out", "seconds"}
    )


def test_the_summary_is_short_and_in_portuguese(fitted: tuple[Path, FitResult]) -> None:
    told = str(fitted[1])
    assert "300 linhas" in told
    assert "Silhueta" in told
    assert "same" in told
    assert len(told.splitlines()) == 5
    assert FitResult.model_validate_json(fitted[1].model_dump_json()) == fitted[1]


def test_the_robust_view_is_not_ruled_by_a_tail(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    money = np.concatenate([rng.lognormal(2, 0.2, 100), rng.lognormal(6, 0.2, 100)])
    money[0] = 1e12
    pq.write_table(pa.table({"key": range(200), "money": money, "n": rng.normal(size=200)}), tmp_path / "t.parquet")
    result = fit_table(tmp_path / "t.parquet", "key", tmp_path / "o.csv", k=2, view="robust", floor=0.2)
    assert min(result.sizes) > 60


def refused(folder: Path, columns: dict[str, object], **options: object) -> B2ShiftError:
    pq.write_table(pa.table(columns), folder / "t.parquet")
    told: dict[str, object] = {"k": 2, "floor": 0.0}
    with pytest.raises(InputError) as caught:
        fit_table(folder / "t.parquet", "key", folder / "o.csv", **{**told, **options})  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("columns", "at_fault"),
    [
        ({"key": [1, 2, 3], "word": ["a", "b", "c"]}, "word"),
        ({"key": [1, 2, 3], "hole": [1.0, None, 2.0]}, "hole (1)"),
        ({"key": [1, 2, 3], "hole": [1.0, float("nan"), float("inf")]}, "hole (2)"),
        ({"key": [1, 2, 3], "same": [4, 4, 4]}, "same"),
        ({"key": [1, 1, 3], "x": [1, 2, 3]}, "key"),
        ({"key": [1, None, 3], "x": [1, 2, 3]}, "key"),
        ({"other": [1, 2, 3], "x": [1, 2, 3]}, "key"),
        ({"key": [1, 2, 3]}, "t.parquet"),
        ({"key": [1], "x": [1]}, "1"),
    ],
)
def test_a_table_that_cannot_be_segmented_names_its_column(
    tmp_path: Path, columns: dict[str, object], at_fault: str
) -> None:
    error = refused(tmp_path, columns)
    assert at_fault in str(error)
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("options", "at_fault"),
    [
        ({"view": "asis"}, "as-is"),
        ({"algorithm": "kmean"}, "kmeans"),
        ({"k": 1}, "dois segmentos"),
        ({"k": 9}, "k=9"),
        ({"floor": 0.9}, "0.9"),
        ({"k": 3, "floor": 0.4}, "floor=0.4"),
    ],
)
def test_options_are_checked(tmp_path: Path, options: dict[str, object], at_fault: str) -> None:
    assert at_fault in str(refused(tmp_path, {"key": [1, 2, 3], "x": [1, 2, 3]}, **options))


def test_files_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    (tmp_path / "binary.parquet").write_bytes(b"\x00\x01")
    pq.write_table(pa.table({"key": [1, 2, 3, 4], "x": [1, 2, 8, 9]}), tmp_path / "t.parquet")
    with pytest.raises(InputError, match="não existe"):
        fit_table(tmp_path / "none.csv", "key", tmp_path / "o.csv", k=2)
    with pytest.raises(InputError, match="não pode ser lida"):
        fit_table(tmp_path / "binary.parquet", "key", tmp_path / "o.csv", k=2)
    with pytest.raises(InputError, match="Formato de arquivo"):
        fit_table(tmp_path / "t.parquet", "key", tmp_path / "o.xlsx", k=2)
    with pytest.raises(InputError, match="A pasta do arquivo não existe"):
        fit_table(tmp_path / "t.parquet", "key", tmp_path / "missing" / "o.csv", k=2)


@pytest.mark.parametrize("largest", [1e308, 1e-320])
def test_numbers_that_cannot_be_squared_tell_rows_apart(tmp_path: Path, largest: float) -> None:
    pq.write_table(pa.table({"key": range(60), "x": [largest, -largest] * 30}), tmp_path / "t.parquet")
    told = fit_table(tmp_path / "t.parquet", "key", tmp_path / "out.csv", k=2)
    assert told.sizes == (30, 30)
    assert told.silhouette == pytest.approx(1)
