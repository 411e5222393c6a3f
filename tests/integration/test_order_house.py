"""A house that sells by order, from its files to questions, rules, health and the chance to buy again."""

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from tests.integration.distributor import AS_OF, deliver
from tests.integration.test_source_infer import inferred_and_run

from b2shift.insight.api import answer_query, in_this_house, plan_question
from b2shift.insight.contracts import Answer
from b2shift.lake.api import Lake, open_lake
from b2shift.metrics.api import Scope, aggregate, bucket

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("distributor")


@pytest.fixture(scope="module")
def house(delivery: Path) -> Lake:
    files = deliver(delivery / "drop")
    inferred_and_run(files, delivery / "drop", delivery / "home")
    return open_lake(delivery / "home")


def test_orders_of_every_month_add_up_to_what_was_delivered(delivery: Path, house: Lake) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    with (delivery / "drop" / "pedidos.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            _day, month, year = row["Data do pedido"].split("/")
            if row["Status"] == "Faturado":
                sums[f"{year}-{month}-01"] += Decimal(row["Valor total"].replace(",", "."))
    planned = plan_question("Faturamento mês a mês nos últimos 24 meses", AS_OF).query
    assert planned is not None
    query, notes = in_this_house(house, planned)
    told = answer_query(house, query, Scope())
    assert isinstance(told, Answer)
    assert "Valor de pedidos" in notes[0]
    assert {row["bucket"]: row["order_value"] for row in told.rows} == pytest.approx(
        {month: float(value) for month, value in sums.items()}
    )


@pytest.mark.parametrize("metric", ["order_value", "orders", "average_order_value", "first_time_buyers",
                                    "cancelled_orders", "order_cancellation_rate"])  # fmt: skip
def test_rollups_tell_what_the_orders_tell(house: Lake, metric: str) -> None:
    year = [bucket("year", AS_OF.replace(year=2025, month=6, day=1), AS_OF, AS_OF.replace(day=1))]
    found = []
    for rolled in (AS_OF, None):
        told = aggregate(metric, year, ("state",), (), Scope(), filtered=year, rolled=rolled)
        assert ("metric_facts" in told.sql) == (rolled is not None)
        rows = house.query(told.sql, told.parameters).to_pylist()
        found.append({row["state"]: row["value"] for row in rows})
    assert found[0] == pytest.approx(found[1])
    assert any(found[0].values())


def test_customers_are_called_by_rules_of_orders_only(house: Lake) -> None:
    rows = house.query("SELECT rule_id, count(*) AS n FROM proposals GROUP BY 1").to_pylist()
    assert {row["rule_id"].partition(".")[0] for row in rows} == {"pedidos"}
    assert sum(row["n"] for row in rows) > 40


def test_health_and_the_chance_to_buy_again_stand_for_churn(house: Lake) -> None:
    joined = "FROM scores s JOIN repurchase r USING (customer_id) JOIN features f USING (customer_id)"
    told = house.query(
        f"SELECT count(s.churn_90d) AS churn, count(s.health) AS healthy, count(r.buying_probability) AS chances, "
        f"avg(s.health) FILTER (f.order_lateness > 5) AS gone, avg(s.health) FILTER (f.order_lateness <= 1) AS here "
        f"{joined}"
    ).to_pylist()[0]
    assert told["churn"] == 0
    assert told["healthy"] > 250
    assert told["chances"] > 250
    assert told["gone"] + 30 < told["here"]
