"""Any table of numbers segmented: read, checked, fitted, measured, written."""

import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from sklearn.metrics import adjusted_rand_score

from b2shift.differentiate.contracts import FitResult
from b2shift.differentiate.segments import measures
from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers, distinct
from b2shift.differentiate.segments.floored import partition_of
from b2shift.differentiate.segments.search import DENSITY, KMEANS, MIXTURE
from b2shift.differentiate.segments.space import reference_space
from b2shift.kernel.errors import InputError, StorageError, UnknownNameError
from b2shift.kernel.progress import Progress
from b2shift.lake.api import literal, quote

AS_IS, ROBUST = "as-is", "robust"
VIEWS = (AS_IS, ROBUST)
ALGORITHMS = (KMEANS, MIXTURE, DENSITY)
REFITS = 5
KEPT_SHARE = 0.8
_NUMBERS = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
    "FLOAT", "DOUBLE", "BOOLEAN",
}  # fmt: skip


def fit_table(  # noqa: PLR0913 - each argument is an option of the command
    table: Path,
    id_column: str,
    out: Path,
    *,
    k: int,
    view: str,
    floor: float,
    algorithm: str,
    seed: int,
    progress: Progress,
) -> FitResult:
    """Segment the rows of a CSV or Parquet file and write id and segment (0 is the largest) to another.

    Raises InputError with the column or option at fault.
    """
    started = time.perf_counter()
    _check_options(k, view, floor, algorithm, out)
    progress("Segmentar tabela", 0, REFITS + 3, "ler")
    ids, columns = _read(table, id_column)
    matrix, constant = _matrix(columns, view)
    if k > len(matrix) or 1 / k < floor:
        raise InputError(
            "Os segmentos pedidos não cabem na tabela",
            value=f"k={k}, floor={floor}, {len(matrix)} linhas",
            hint="Peça menos segmentos ou uma parte mínima menor",
        )
    progress("Segmentar tabela", 1, REFITS + 3, algorithm)
    raw = distinct(matrix)
    points = raw.moved(reference_space(raw).project(raw.rows))
    labels = partition_of(raw, points, k, floor=floor, algorithm=algorithm, seed=seed)
    stability = _stability(matrix, labels[raw.owner], k, floor, algorithm, seed, progress)
    null = _null(matrix, k, floor, algorithm, seed)
    sizes = np.bincount(labels, weights=raw.weights).astype(int)
    _write(ids, labels[raw.owner], id_column, out)
    progress("Segmentar tabela", REFITS + 3, REFITS + 3)
    return FitResult(
        table=table, out=out, view=view, algorithm=algorithm, seed=seed, k=k, k_found=len(sizes), floor=floor,
        sizes=tuple(sizes.tolist()), smallest_share=float(sizes.min() / sizes.sum()),
        silhouette=measures.silhouette(points, labels, seed=seed), silhouette_half_width=measures.half_width(points),
        davies_bouldin=measures.davies_bouldin(points, labels),
        calinski_harabasz=measures.calinski_harabasz(points, labels),
        stability=stability, refits=REFITS, null_silhouette=null, rows=len(matrix), distinct_rows=len(raw.rows),
        columns=matrix.shape[1], constant_columns=constant, dims=points.rows.shape[1],
        seconds=round(time.perf_counter() - started, 3),
    )  # fmt: skip


def _check_options(k: int, view: str, floor: float, algorithm: str, out: Path) -> None:
    if view not in VIEWS:
        raise UnknownNameError("preparo", view, VIEWS)
    if algorithm not in ALGORITHMS:
        raise UnknownNameError("algoritmo", algorithm, ALGORITHMS)
    if k < 2:
        raise InputError("São precisos ao menos dois segmentos", value=k, hint="Use --k 2 ou mais")
    if not 0 <= floor <= 0.5:
        raise InputError("A parte mínima vai de 0 a 0.5", value=floor, hint="Use --floor 0.01 para 1 %")
    if out.suffix not in (".csv", ".parquet"):
        raise InputError("Formato de arquivo desconhecido", value=out, hint="Termine --out em .csv ou .parquet")


def _read(table: Path, id_column: str) -> "tuple[pa.ChunkedArray[Any], dict[str, Floats]]":
    """The ids, and the other columns as numbers; every fault names its column."""
    connection = duckdb.connect()
    rows = _opened(connection, table)
    types = {name: str(kind) for name, kind in zip(rows.columns, rows.types, strict=True)}
    if id_column not in types:
        raise UnknownNameError("coluna", id_column, types)
    if len(types) < 2:
        raise InputError("A tabela só tem a coluna da chave", value=table, hint="Acrescente colunas de números")
    for name, kind in types.items():
        if name != id_column and kind.split("(")[0] not in _NUMBERS | {"DECIMAL"}:
            raise InputError(
                "Uma coluna não tem números", value=f"{name} ({kind})", hint="Deixe-a fora ou passe-a a números"
            )
    identifier = quote(id_column)
    told = rows.project(", ".join([f"{identifier} AS id", *(f"{quote(n)}::DOUBLE" for n in types if n != id_column)]))
    data = told.to_arrow_table()
    if len(data) < 2:
        raise InputError("A tabela tem linhas de menos", value=len(data), hint="São precisas ao menos duas")
    ids = data.column(0)
    if ids.null_count or len(ids.unique()) < len(ids):
        raise InputError(
            "A coluna da chave tem valores vazios ou repetidos", value=id_column, hint="Dê uma linha por chave"
        )
    names = [name for name in types if name != id_column]
    return ids, {name: _numbers(data.column(i), name) for i, name in enumerate(names, 1)}


def _opened(connection: duckdb.DuckDBPyConnection, table: Path) -> duckdb.DuckDBPyRelation:
    if not table.is_file():
        raise InputError("A tabela não existe", value=table, hint="Dê o caminho de um arquivo CSV ou Parquet")
    try:
        if table.suffix.lower() == ".parquet":
            return connection.sql(f"SELECT * FROM read_parquet({literal(table)})")
        return connection.sql(f"SELECT * FROM read_csv({literal(table)})")
    except duckdb.Error as error:
        raise InputError(
            "A tabela não pode ser lida",
            value=table,
            hint=f"Dê um arquivo CSV ou Parquet ({str(error).splitlines()[0]})",
        ) from error


def _numbers(column: "pa.ChunkedArray[Any]", name: str) -> Floats:
    missing = column.null_count
    values: Floats = column.to_numpy().astype(np.float64)
    missing = max(missing, int((~np.isfinite(values)).sum()))
    if missing:
        raise InputError(
            "Uma coluna tem valores vazios ou infinitos",
            value=f"{name} ({missing})",
            hint="Preencha-os ou deixe-a fora",
        )
    return values


def _matrix(columns: dict[str, Floats], view: str) -> tuple[Floats, tuple[str, ...]]:
    """Rows x columns, and the names of those that do not vary (they carry nothing)."""
    constant = tuple(name for name, values in columns.items() if np.ptp(values) == 0)
    if len(constant) == len(columns):
        raise InputError("Nenhuma coluna varia", value=", ".join(constant), hint="Acrescente uma que separe as linhas")
    kept = [values if view == AS_IS else _robust(values) for values in columns.values()]
    return np.column_stack(kept), constant


def _robust(values: Floats) -> Floats:
    """Signed logarithm, centred on the median, over the robust deviation, cut at three of it: tails do not rule."""
    logged = np.sign(values) * np.log1p(np.abs(values))
    low, middle, high = np.quantile(logged, [0.25, 0.5, 0.75])
    spread = (high - low) / 1.349 or logged.std() or 1.0
    cut: Floats = np.clip((logged - middle) / spread, -3, 3)
    return cut


def _stability(
    matrix: Floats, whole: Integers, k: int, floor: float, algorithm: str, seed: int, progress: Progress
) -> float:
    """Mean adjusted Rand index of refits on random 80 % of the rows (standardised anew) against the whole."""
    agreed = []
    for refit in range(REFITS):
        progress("Segmentar tabela", 2 + refit, REFITS + 3, f"estabilidade {refit + 1}/{REFITS}")
        rng = np.random.default_rng([seed, refit])
        rows = np.sort(_by_content(matrix, rng)[: max(2, int(KEPT_SHARE * len(matrix)))])
        labels, owner = _again(matrix[rows], k, floor, algorithm, seed)
        agreed.append(float(adjusted_rand_score(whole[rows], labels[owner])))
    return float(np.mean(agreed))


def _null(matrix: Floats, k: int, floor: float, algorithm: str, seed: int) -> float:
    """Silhouette of the same search where each column is shuffled alone."""
    rng = np.random.default_rng(seed)
    ordered = matrix[np.lexsort(matrix.T)]
    shuffled = np.column_stack([rng.permutation(column) for column in ordered.T])
    raw = distinct(shuffled)
    points = raw.moved(reference_space(raw).project(raw.rows))
    return measures.silhouette(
        points, partition_of(raw, points, k, floor=floor, algorithm=algorithm, seed=seed), seed=seed
    )


def _again(matrix: Floats, k: int, floor: float, algorithm: str, seed: int) -> tuple[Integers, Integers]:
    raw: Distinct = distinct(matrix)
    points = raw.moved(reference_space(raw).project(raw.rows))
    return partition_of(raw, points, min(k, len(matrix)), floor=floor, algorithm=algorithm, seed=seed), raw.owner


def _by_content(matrix: Floats, rng: np.random.Generator) -> Integers:
    """A random order of the rows that does not depend on the order they came in."""
    order = np.lexsort(matrix.T)
    shuffled: Integers = order[rng.permutation(len(matrix))]
    return shuffled


def _write(ids: "pa.ChunkedArray[Any]", labels: Integers, id_column: str, out: Path) -> None:
    connection = duckdb.connect()
    connection.register("fitted", pa.table({id_column: ids, "segment": pa.array(labels, pa.int32())}))
    form = "FORMAT parquet" if out.suffix == ".parquet" else "FORMAT csv, HEADER"
    try:
        connection.execute(f"COPY (SELECT * FROM fitted) TO {literal(out)} ({form})")
    except (duckdb.IOException, OSError) as error:
        raise StorageError(
            "Os segmentos não puderam ser gravados", value=out, hint=str(error).splitlines()[0]
        ) from error
