"""Every metric by month, quarter and year, from rows and from rollups: the same on DuckDB, PostgreSQL and Spark."""

import math
import os
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.integration.engines import fill_postgres, fill_spark, spark_session

from b2shift.differentiate.api import features_statement
from b2shift.identify.sources.declarations import tables
from b2shift.insight.api import answer_query, plan_question
from b2shift.insight.contracts import Answer
from b2shift.kernel.calendar import add_months, last_closed_month
from b2shift.lake.api import Lake, open_lake, writing
from b2shift.metrics.api import (
    MAIN,
    OTHER,
    Bucket,
    Scope,
    aggregate,
    bucket,
    build_rollups,
    customers,
    measures,
    on_postgres,
    on_spark,
)
from b2shift.metrics.contracts import Filter

METRICS = sorted(name for name, told in measures()["measures"].items() if "source" in told)
SPLITS = [(), ("segment", "cluster"), ("nps_band",)]
NEAR = 1e-9
LEARNT = {"churn_risk", "mrr_at_risk"}
"""Metrics of a score that a base of this size cannot have: every engine then says nothing."""


ORDERS = """
    SELECT invoice_id AS order_id, customer_id, issued_on AS ordered_on, 'Bebidas' AS product_family,
           amount::DECIMAL(18,2) AS amount, CASE month(issued_on) WHEN 3 THEN 'CANCELADO' ELSE 'FATURADO' END AS status
    FROM invoices WHERE customer_id IS NOT NULL
"""
"""What the demo does not deliver: an order for every invoice, those of March cancelled."""


@pytest.fixture(scope="module")
def lake(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The demo's, with orders."""
    home, as_of = tmp_path_factory.mktemp("ordering"), open_lake(demo_home).manifest.as_of
    shutil.copytree(demo_home / "lake", home / "lake")
    with writing(home) as session:
        session.write(tables()["orders"], ORDERS)
        build_rollups(session, as_of)
        session.commit(as_of)
    return open_lake(home)


@pytest.fixture(scope="module")
def postgres(lake: Lake) -> Iterator[Any]:
    """The lake's tables in a schema of their own, gone afterwards."""
    address = os.environ.get("B2SHIFT_TEST_POSTGRES")
    if not address:
        pytest.skip("B2SHIFT_TEST_POSTGRES is not set")
    psycopg = pytest.importorskip("psycopg")
    name = f"engines_{os.getpid()}"
    with psycopg.connect(address, autocommit=False) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        connection.execute(f"SET search_path TO {name}")
        fill_postgres(lake, connection)
        yield on_postgres(lake, connection)
        connection.rollback()
        connection.execute(f"DROP SCHEMA {name} CASCADE")
        connection.commit()


@pytest.fixture(scope="module")
def spark(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The lake's tables as views of a session with two executors."""
    with spark_session() as session:
        fill_spark(lake, session, tmp_path_factory.mktemp("spark"))
        yield on_spark(lake, session)


@pytest.fixture(params=["postgres", "spark"])
def elsewhere(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def stretches(as_of: date) -> list[Bucket]:
    """The last twelve months, four quarters and two years, and the running month."""
    closed, out = last_closed_month(as_of), []
    for grain, months, many in (("m", 1, 12), ("q", 3, 4), ("y", 12, 2)):
        for place in range(many):
            last = add_months(closed, 1 - place * months)
            out.append(bucket(f"{grain}{place}", add_months(last, -months), last - timedelta(days=1), closed))
    return [*out, bucket("run", as_of.replace(day=1), as_of, closed)]


def rows(asked: Any, metric: str, split: tuple[str, ...], *, rolled: bool, **more: Any) -> dict[Any, Any]:
    day = asked.manifest.as_of
    whole = stretches(day)
    kept = more.pop("filters", ())
    filtered = [whole[0]._replace(name=MAIN), whole[1]._replace(name=OTHER)]
    scope, on = more.pop("scope", Scope()), day if rolled else None
    told = aggregate(metric, whole, split, kept, scope, filtered=filtered, rolled=on, **more)
    found = asked.query(told.sql, told.parameters).to_pylist()
    keys = ("bucket", *split)
    return {
        tuple(str(row[k]) for k in keys): [row.get(c) for c in ("value", "num", "den", "customers")] for row in found
    }


def alike(one: Any, other: Any) -> bool:
    """Equal, or numbers nearly so; nothing is like what is no number."""
    one, other = (None if isinstance(value, float) and math.isnan(value) else value for value in (one, other))
    if isinstance(one, float | Decimal) and isinstance(other, float | int | Decimal):
        return math.isclose(one, other, rel_tol=NEAR, abs_tol=NEAR)
    return bool(one == other)


def differences(one: dict[Any, Any], other: dict[Any, Any]) -> dict[Any, Any]:
    return {
        key: (one.get(key), other.get(key))
        for key in {*one, *other}
        if key not in one or key not in other or not all(map(alike, one[key], other[key]))
    }


@pytest.mark.slow
@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_is_the_same_on_every_grain(lake: Lake, postgres: Any, metric: str) -> None:
    for split in SPLITS:
        for rolled in (False, True):
            here, there = (rows(one, metric, split, rolled=rolled) for one in (lake, postgres))
            assert here or metric in LEARNT
            assert not differences(here, there), (metric, split, rolled)


@pytest.mark.slow
@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_is_the_same_on_spark(lake: Lake, spark: Any, metric: str) -> None:
    """From rows in groups, from rollups as a whole: fewer statements, each of which takes Spark a second."""
    for split, rolled in ((("segment", "cluster"), False), ((), True)):
        here, there = (rows(one, metric, split, rolled=rolled) for one in (lake, spark))
        assert here or metric in LEARNT
        assert not differences(here, there), (metric, split, rolled)


@pytest.mark.slow
def test_conditions_scopes_and_percentiles_are_the_same(lake: Lake, elsewhere: Any) -> None:
    owner = lake.query("SELECT owner_id FROM customers GROUP BY 1 ORDER BY count(*) DESC LIMIT 1").to_pylist()[0][
        "owner_id"
    ]
    asked: list[dict[str, Any]] = [
        {"scope": Scope(owners=(owner, "ninguém"))},
        {"scope": Scope(owners=())},
        {"scope": Scope(units=("services",))},
        {"filters": (Filter(field="state", op="neq", value="sp"), Filter(field="cluster", op="in", value=(1, 2)))},
        {"filters": (Filter(field="tickets", op="change_pct_gt", value=10), Filter(field="mrr", op="gt", value=100))},
        {"filters": (Filter(field="renewal_date", op="between", value=("2020-01-01", "2030-12-31")),)},
        {"filters": (Filter(field="segment", op="eq", value="x' OR '1'='1\\"),)},
        {"calculation": "p90"},
        {"calculation": "median"},
        {"calculation": "standard_deviation"},
    ]
    for more in asked:
        for rolled in (False, True):
            here, there = (rows(one, "mrr", ("region",), rolled=rolled, **dict(more)) for one in (lake, elsewhere))
            assert not differences(here, there), (more, rolled)


@pytest.mark.slow
@pytest.mark.parametrize("days_before", [0, 120])
def test_the_features_of_scores_are_the_same_on_spark(lake: Lake, spark: Any, days_before: int) -> None:
    """Of the newest date, where snapshots count, and of one that scores learn from."""
    text = features_statement(lake, lake.manifest.as_of - timedelta(days=days_before))
    here, there = ({row["customer_id"]: row for row in one.query(text).to_pylist()} for one in (lake, spark))
    assert len(here) > 200
    assert here.keys() == there.keys()
    assert not {
        (customer, name): (value, there[customer][name])
        for customer, row in here.items()
        for name, value in row.items()
        if not alike(value, there[customer][name])
    }


@pytest.mark.slow
def test_lists_of_customers_are_the_same(lake: Lake, elsewhere: Any) -> None:
    day = lake.manifest.as_of
    whole = stretches(day)
    told = customers((Filter(field="tickets", op="gte", value=1),), Scope(), filtered=whole[:2])
    here, there = (one.query(told.sql, told.parameters).to_pylist() for one in (lake, elsewhere))
    assert here == there


@pytest.mark.slow
@pytest.mark.parametrize(
    "question",
    ["Qual o MRR?", "MRR por segmento mês a mês nos últimos 12 meses", "top 5 estados por MRR",
     "por que o MRR mudou no mês passado?",
     "participação de cada segmento no MRR", "Compare Sul e Nordeste em MRR e NPS"],
)  # fmt: skip
def test_whole_answers_are_the_same(lake: Lake, elsewhere: Any, question: str) -> None:
    query = plan_question(question, lake.manifest.as_of).query
    assert query is not None
    here, there = (answer_query(one, query, Scope()) for one in (lake, elsewhere))
    assert isinstance(here, Answer)
    assert isinstance(there, Answer)
    assert there.fingerprint == here.fingerprint
    assert there.narrative == here.narrative
    assert len(there.rows) == len(here.rows)
