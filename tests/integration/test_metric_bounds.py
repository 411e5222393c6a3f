"""The metrics of the product keep the bounds they declare, on a whole home: in all, by segment and month by month."""

from pathlib import Path

import pytest

from b2shift.insight.api import answer_query
from b2shift.insight.contracts import Answer
from b2shift.lake.api import open_lake
from b2shift.metrics.api import Scope, has_data, measures, product_dictionary
from b2shift.metrics.contracts import Period, TypedQuery

HELD = [name for name in product_dictionary().metrics if has_data(name)]


@pytest.mark.slow
@pytest.mark.parametrize("name", HELD)
def test_a_metric_keeps_its_bounds(demo_home: Path, name: str) -> None:
    lake = open_lake(demo_home)
    low, high = product_dictionary().metrics[name].bounds
    assert low is not None
    queries = [
        TypedQuery(intent="metric", metrics=(name,)),
        TypedQuery(intent="metric", metrics=(name,), dimensions=("segment",)),
    ]
    if measures()["measures"][name].get("time") != "now":
        end = lake.manifest.as_of.replace(day=1)
        year = Period(start=end.replace(year=end.year - 1), end=lake.manifest.as_of, grain="month")
        queries.append(TypedQuery(intent="trend", metrics=(name,), time=year))
    told = [answer_query(lake, query, Scope()) for query in queries]
    if not all(isinstance(one, Answer) for one in told):
        pytest.skip(f"{name}: this lake does not hold it")
    values = [row[name] for one in told if isinstance(one, Answer) for row in one.rows if row.get(name) is not None]
    if measures()["measures"][name].get("time") == "now" and not values:
        pytest.skip(f"{name}: this base is too small to score")
    assert values
    assert min(values) >= low
    assert high is None or max(values) <= high + 1e-9
