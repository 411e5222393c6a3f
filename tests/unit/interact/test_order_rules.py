"""The product's own rules for customers who order: each for whom it is meant, none where nobody orders."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.interact.world import AS_OF, World, evaluated

from b2shift.interact.api import load_policy

POLICY = load_policy()
OF_ORDERS = {rule.id for rule in POLICY.rules if rule.id.startswith("pedidos.")}
LONG_AGO = ("C99999", [500])


def proposed(home: Path, world: World) -> list[dict[str, Any]]:
    with evaluated(home, world, POLICY, AS_OF) as session:
        return session.query("SELECT customer_id, rule_id, reason FROM proposals ORDER BY ALL").to_pylist()


def ordering(days_ago: Sequence[int], *, status: str | None = "FATURADO", **features: Any) -> World:
    """C00001 ordered so many days ago; somebody else began long before, so that a first order is known to be one."""
    world = World().customer(situation="outro", mrr=None, contract_band=None, **features)
    rows = [("C00001", ago, status) for ago in days_ago] + [(LONG_AGO[0], ago, "FATURADO") for ago in LONG_AGO[1]]
    for number, (customer, ago, state) in enumerate(rows):
        day = AS_OF - timedelta(days=ago)
        world.add(
            "orders",
            {"order_id": f"P{number}", "customer_id": customer, "ordered_on": day, "amount": 100, "status": state},
        )
    return world


EVERY_TEN = range(22, 102, 10)
"""Ten days apart, the newest 22 days ago: late, not gone."""


@pytest.mark.parametrize(
    ("world", "rule", "said"),
    [
        (ordering([5], orders_12m=1), "pedidos.boas_vindas", "fez o primeiro pedido em 07/03/2025, de R$ 100,00"),
        (ordering([60], orders_12m=1), "pedidos.segundo_pedido", "fez o primeiro pedido em 11/01/2025"),
        (ordering(EVERY_TEN, orders_12m=8), "pedidos.fora_do_ritmo", "costuma pedir a cada 10 dias"),
        (ordering([40 + n for n in EVERY_TEN], orders_12m=8, order_value_12m=800.0), "pedidos.parou",
         "parou de pedir em 09/01/2025, depois de pedir a cada 10 dias"),
        (ordering([40 + n for n in EVERY_TEN], orders_12m=8, order_value_12m=90000.0), "pedidos.parou_conta_relevante",
         "parou de pedir em 09/01/2025"),
        (ordering([1, 11, 21], orders_12m=3, order_growth=-0.5, order_lateness=0.1), "pedidos.encolheu",
         "variou −50,0% no valor pedido"),
        (ordering([1, 11, 21], orders_12m=3, order_growth=0.5, order_lateness=0.1), "pedidos.cresceu",
         "variou 50,0% no valor pedido"),
    ],
    ids=lambda one: one if isinstance(one, str) and one.startswith("pedidos.") else "",
)  # fmt: skip
def test_each_rule_finds_its_customer_and_says_why(tmp_path: Path, world: World, rule: str, said: str) -> None:
    (found,) = [row for row in proposed(tmp_path, world) if row["rule_id"] in OF_ORDERS]
    assert (found["customer_id"], found["rule_id"]) == ("C00001", rule)
    assert said in found["reason"]


@pytest.mark.parametrize(
    "world",
    [
        pytest.param(ordering([1, 11, 21, 31], orders_12m=4, order_growth=0.1, order_lateness=0.1), id="in its rhythm"),
        pytest.param(ordering([*EVERY_TEN], status="CANCELADO"), id="only cancelled orders"),
        pytest.param(ordering([22, 32], orders_12m=2), id="too few orders for a rhythm"),
    ],
)
def test_others_are_left_alone(tmp_path: Path, world: World) -> None:
    assert not [row for row in proposed(tmp_path, world) if row["rule_id"] in OF_ORDERS]


def test_a_first_order_where_the_data_begin_is_not_known_to_be_one(tmp_path: Path) -> None:
    world = World().customer(situation="outro", orders_12m=1)
    world.add("orders", {"order_id": "P1", "ordered_on": AS_OF - timedelta(days=5), "amount": 100})
    assert not [row for row in proposed(tmp_path, world) if row["rule_id"] in OF_ORDERS]


def test_a_house_without_orders_is_reached_by_none(tmp_path: Path) -> None:
    world = World().customer(churn_90d=0.3, churn_band="alto").customer("C00002", customer_since=date(2025, 3, 1))
    with evaluated(tmp_path, world, POLICY, AS_OF) as session:
        rows = session.query("SELECT rule_id, customers, due FROM contact_rules").to_pylist()
        assert session.query("SELECT count(*) AS n FROM proposals").to_pylist()[0]["n"], "others are"
    assert [(row["customers"], row["due"]) for row in rows if row["rule_id"] in OF_ORDERS] == [(0, 0)] * len(OF_ORDERS)
