"""Answers agree with the revenue bridge, which another part computes another way, month by month."""

from pathlib import Path

import pytest

from b2shift.insight.api import answer_query, plan_question
from b2shift.insight.contracts import Answer
from b2shift.lake.api import open_lake
from b2shift.metrics.api import Scope

PAIRS = [
    ("MRR", "mrr", "end_mrr", 1),
    ("MRR perdido", "churned_mrr", "churned_mrr", 1),
    ("MRR de expansão", "expansion_mrr", "expansion_mrr", 1),
    ("novos clientes", "new_customers", "customers_new", 1),
    ("clientes perdidos", "churned_customers", "customers_churned", 1),
    ("NRR", "nrr", "nrr_12m", 100),
    ("GRR", "grr", "grr_12m", 100),
]


@pytest.mark.slow
@pytest.mark.parametrize(("words", "metric", "column", "scale"), PAIRS)
def test_a_series_agrees_with_the_bridge(demo_home: Path, words: str, metric: str, column: str, scale: int) -> None:
    lake = open_lake(demo_home)
    plan = plan_question(f"{words} mês a mês nos últimos 12 meses", lake.manifest.as_of)
    assert plan.query is not None
    told = answer_query(lake, plan.query, Scope())
    assert isinstance(told, Answer)
    bridge = {row["month"].isoformat(): row[column] for row in lake.query("SELECT * FROM revenue_bridge").to_pylist()}
    seen = {row["bucket"]: row[metric] for row in told.rows}
    assert len(seen) >= 10
    for month, value in seen.items():
        assert value == pytest.approx(scale * float(bridge[month] or 0), rel=1e-9, abs=1e-6), month
