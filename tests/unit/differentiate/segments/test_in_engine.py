"""Labels told by an engine are those of scikit-learn."""

from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from b2shift.differentiate.segments.in_engine import with_labels
from b2shift.differentiate.segments.space import Space

COLUMNS = ["meses", "usuarios", "chamados", "valor", "horas"]


def fitted() -> tuple[pd.DataFrame, Space, np.ndarray, np.ndarray]:
    """Rows, scaler and projection as a space, centres, and scikit-learn's labels."""
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(3000, 5)) @ rng.normal(size=(5, 5)) * [10, 3, 1, 5000, 40] + [24, 8, 2, 9000, 60]
    scaler = StandardScaler().fit(rows)
    pca = PCA(3, random_state=0).fit(scaler.transform(rows))
    means = KMeans(7, n_init=1, random_state=0).fit(pca.transform(scaler.transform(rows)))
    space = Space(scaler.mean_, scaler.scale_, pca.components_.T, 1.0)
    return pd.DataFrame(rows, columns=COLUMNS), space, means.cluster_centers_, means.labels_


def told(connection: Any, frame: pd.DataFrame, space: Space, centres: np.ndarray) -> pd.DataFrame:
    table = connection.create_table("clientes", frame.assign(linha=range(len(frame))))
    return with_labels(table, COLUMNS, space, centres).execute().sort_values("linha", ignore_index=True)


def test_duckdb_tells_the_labels_of_scikit_learn() -> None:
    frame, space, centres, labels = fitted()
    said = told(ibis.duckdb.connect(), frame, space, centres)
    assert said.columns.tolist() == [*COLUMNS, "linha", "segment"]
    assert said["segment"].tolist() == labels.tolist()


def test_a_row_with_a_gap_has_no_label() -> None:
    _, space, centres, _ = fitted()
    connection = ibis.duckdb.connect()
    connection.raw_sql("CREATE TABLE gaps AS SELECT * FROM (VALUES (1.0, 2.0, 3.0, NULL, 5.0)) v(a, b, c, d, e)")
    said = with_labels(connection.table("gaps"), ["a", "b", "c", "d", "e"], space, centres).execute()
    assert said["segment"].isna().tolist() == [True]


@pytest.mark.slow
def test_spark_tells_the_labels_of_scikit_learn(tmp_path: Path) -> None:
    """By two executors of their own, over a file; skipped where pyspark is not installed."""
    from tests.integration.engines import spark_session

    frame, space, centres, labels = fitted()
    frame.assign(linha=range(len(frame))).to_parquet(tmp_path / "clientes.parquet")
    with spark_session() as session:
        session.read.parquet(f"{tmp_path / 'clientes.parquet'}").repartition(4).createOrReplaceTempView("clientes")
        table = ibis.table({**dict.fromkeys(COLUMNS, "float64"), "linha": "int64"}, name="clientes")
        told = with_labels(table, COLUMNS, space, centres).select("linha", "segment")
        rows = session.sql(ibis.to_sql(told, dialect="databricks")).collect()
        assert [row["segment"] for row in sorted(rows, key=lambda row: row["linha"])] == labels.tolist()
