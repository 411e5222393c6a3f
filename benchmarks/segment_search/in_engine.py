"""Labels by scikit-learn (scaler, PCA, K-Means) and by the expression of `segments/in_engine.py` on DuckDB.

python -m benchmarks.segment_search.in_engine [--rows 1000000] [--columns 12] [--segments 22]
"""

import argparse
import time

import duckdb
import ibis
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from b2shift.differentiate.segments.in_engine import with_labels
from b2shift.differentiate.segments.space import Space


def main() -> None:
    """Fit on 20,000 rows, label all of them both ways, each from a Parquet-like table in memory to labels."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("rows", 1_000_000), ("columns", 12), ("segments", 22)):
        asked.add_argument(f"--{name}", type=int, default=usual)
    told = asked.parse_args()
    rng = np.random.default_rng(1)
    names = [f"c{place}" for place in range(told.columns)]
    rows = rng.normal(size=(told.rows, told.columns)) @ rng.normal(size=(told.columns, told.columns))
    frame = pd.DataFrame(rows, columns=names)
    model = make_pipeline(StandardScaler(), PCA(0.8), KMeans(told.segments, n_init=1, random_state=0))
    model.fit(rows[:20_000])
    scaler, pca, means = (one for _, one in model.steps)
    start = time.process_time()
    labels = model.predict(frame.to_numpy())
    plain = time.process_time() - start
    engine = duckdb.connect(config={"threads": 1})
    engine.register("given", frame)
    engine.execute("CREATE TABLE rows AS SELECT * FROM given")
    space = Space(scaler.mean_, scaler.scale_, pca.components_.T, float(pca.explained_variance_ratio_.sum()))
    expression = with_labels(ibis.duckdb.from_connection(engine).table("rows"), names, space, means.cluster_centers_)
    start = time.process_time()
    said = expression.select("segment").execute()["segment"].to_numpy()
    there = time.process_time() - start
    print(
        f"scikit-learn {told.rows / plain:,.0f} rows/s, DuckDB {told.rows / there:,.0f} rows/s (one thread),", end=" "
    )
    print(f"{int((said != labels).sum())} of {told.rows:,} labels differ; CPU seconds")


if __name__ == "__main__":
    main()
