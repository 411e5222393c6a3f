"""`segment fit`: a fixed number of segments on any numeric table, measured and written."""

import time
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score

from b2shift.differentiate.contracts import FitResult
from b2shift.differentiate.given import TABLES
from b2shift.differentiate.segments import measures
from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers, distinct
from b2shift.differentiate.segments.minimum_size import DENSITY, MIXTURE, partition_of
from b2shift.differentiate.segments.reading import read_numbers, write_labels
from b2shift.differentiate.segments.representations import robust
from b2shift.differentiate.segments.space import reference_space
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.progress import Progress
from b2shift.lake.api import check_output

AS_IS, ROBUST = "as-is", "robust"
VIEWS = (AS_IS, ROBUST)
ALGORITHMS = ("kmeans", MIXTURE, DENSITY)
REFITS = 5
REFIT_SHARE = 0.8


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
    _check_options(k, view, floor, algorithm)
    check_output(out, *TABLES, read=(table,))
    progress("Segmentar tabela", 0, REFITS + 3, "ler")
    data = read_numbers(table, id_column)
    matrix, constant = _matrix(data.numbers, view)
    if k > len(matrix) or 1 / k < floor:
        raise InputError(
            "Os segmentos pedidos não cabem na tabela",
            value=f"k={k}, floor={floor}, {len(matrix)} linhas",
            hint="Peça menos segmentos ou uma parte mínima menor",
        )
    progress("Segmentar tabela", 1, REFITS + 3, algorithm)
    raw = distinct(matrix)
    points = raw.with_rows(reference_space(raw).project(raw.rows))
    labels = partition_of(raw, points, k, floor=floor, algorithm=algorithm, seed=seed)
    stability = _stability(matrix, labels[raw.inverse], k, floor, algorithm, seed, progress)
    null = _null_silhouette(matrix, k, floor, algorithm, seed)
    sizes = np.bincount(labels, weights=raw.weights).astype(int)
    write_labels(data.ids, labels[raw.inverse], id_column, out)
    progress("Segmentar tabela", REFITS + 3, REFITS + 3)
    return FitResult(
        table=table, out=out, view=view, algorithm=algorithm, seed=seed, k=k, k_found=len(sizes), floor=floor,
        sizes=tuple(sizes.tolist()), smallest_share=float(sizes.min() / sizes.sum()),
        silhouette=measures.silhouette(points, labels, seed=seed), silhouette_half_width=measures.half_width(points),
        davies_bouldin=measures.davies_bouldin(points, labels),
        calinski_harabasz=measures.calinski_harabasz(points, labels),
        stability=stability, refits=REFITS, null_silhouette=null, rows=len(matrix), distinct_rows=len(raw.rows),
        columns=matrix.shape[1], constant_columns=constant, dims=points.rows.shape[1], notes=data.notes,
        seconds=round(time.perf_counter() - started, 3),
    )  # fmt: skip


def _check_options(k: int, view: str, floor: float, algorithm: str) -> None:
    if view not in VIEWS:
        raise UnknownNameError("preparo", view, VIEWS)
    if algorithm not in ALGORITHMS:
        raise UnknownNameError("algoritmo", algorithm, ALGORITHMS)
    if k < 2:
        raise InputError("São precisos ao menos dois segmentos", value=k, hint="Use --k 2 ou mais")
    if not 0 <= floor <= 0.5:
        raise InputError("A parte mínima vai de 0 a 0.5", value=floor, hint="Use --floor 0.01 para 1 %")


def _matrix(columns: dict[str, Floats], view: str) -> tuple[Floats, tuple[str, ...]]:
    """Rows × columns, and the names of the constant columns."""
    constant = tuple(name for name, values in columns.items() if np.ptp(values) == 0)
    if len(constant) == len(columns):
        raise InputError("Nenhuma coluna varia", value=", ".join(constant), hint="Acrescente uma que separe as linhas")
    transformed = [values if view == AS_IS else robust(values) for values in columns.values()]
    return np.column_stack(transformed), constant


def _stability(
    matrix: Floats, reference: Integers, k: int, floor: float, algorithm: str, seed: int, progress: Progress
) -> float:
    """Mean adjusted Rand index of refits on random 80 % of the rows against the whole."""
    agreements = []
    for refit in range(REFITS):
        progress("Segmentar tabela", 2 + refit, REFITS + 3, f"estabilidade {refit + 1}/{REFITS}")
        rng = np.random.default_rng([seed, refit])
        rows = np.sort(_content_order(matrix, rng)[: max(2, int(REFIT_SHARE * len(matrix)))])
        labels, inverse = _refit(matrix[rows], k, floor, algorithm, seed)
        agreements.append(float(adjusted_rand_score(reference[rows], labels[inverse])))
    return float(np.mean(agreements))


def _null_silhouette(matrix: Floats, k: int, floor: float, algorithm: str, seed: int) -> float:
    """Silhouette of the same fit with each column shuffled."""
    rng = np.random.default_rng(seed)
    ordered = matrix[np.lexsort(matrix.T)]
    shuffled = np.column_stack([rng.permutation(column) for column in ordered.T])
    raw = distinct(shuffled)
    points = raw.with_rows(reference_space(raw).project(raw.rows))
    return measures.silhouette(
        points, partition_of(raw, points, k, floor=floor, algorithm=algorithm, seed=seed), seed=seed
    )


def _refit(matrix: Floats, k: int, floor: float, algorithm: str, seed: int) -> tuple[Integers, Integers]:
    raw: Distinct = distinct(matrix)
    points = raw.with_rows(reference_space(raw).project(raw.rows))
    return partition_of(raw, points, min(k, len(matrix)), floor=floor, algorithm=algorithm, seed=seed), raw.inverse


def _content_order(matrix: Floats, rng: np.random.Generator) -> Integers:
    """A random row order independent of file order."""
    order = np.lexsort(matrix.T)
    shuffled: Integers = order[rng.permutation(len(matrix))]
    return shuffled
