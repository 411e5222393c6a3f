"""Questions of a house that sells by order, over orders one can add up with a pencil."""

from typing import Any, cast

import pytest
from tests.unit.insight.small_lake import AS_OF, SmallLake, values

from b2shift.insight.api import answer_query, held_metrics, in_this_house, plan_question
from b2shift.insight.contracts import Answer, Plan
from b2shift.lake.api import Lake
from b2shift.metrics.api import Scope

ORDERS = [
    ("A00001", "2026-05-03", "Bebidas", 100, "FATURADO"),
    ("A00001", "2026-05-20", "Limpeza", 300, "ABERTO"),
    ("A00001", "2026-04-10", "Bebidas", 50, "FATURADO"),
    ("A00002", "2026-05-09", "Bebidas", 200, "CANCELADO"),
    ("A00002", "2026-03-01", "Limpeza", 80, None),
    ("A00003", "2026-05-31", "Bebidas", 600, "FATURADO"),
]


class OrderLake(SmallLake):
    """The small lake with orders in the place of recurring revenue."""

    def __init__(
        self, orders: list[tuple[str, str, str, int, str | None]] = ORDERS, *, contracts: bool = False
    ) -> None:
        super().__init__()
        run = self.connection.execute
        run("CREATE TABLE orders (order_id VARCHAR, customer_id VARCHAR, ordered_on DATE, product_family VARCHAR, "
            "amount DECIMAL(18,2), status VARCHAR)")  # fmt: skip
        for n, row in enumerate(orders):
            run("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)", [f"P{n}", *row])
        if not contracts:
            run("DELETE FROM recurring_revenue")


@pytest.fixture(scope="module")
def house() -> Lake:
    return cast(Lake, OrderLake())


def asked(lake: Lake, question: str) -> Answer | Plan:
    planned = plan_question(question, AS_OF)
    assert planned.query is not None, (question, planned)
    query, notes = in_this_house(lake, planned.query)
    result = answer_query(lake, query, Scope())
    return result.model_copy(update={"notes": (*notes, *result.notes)}) if isinstance(result, Answer) else result


@pytest.mark.parametrize(
    ("question", "name", "dimensions", "expected"),
    [
        ("Valor de pedidos por estado em maio", "order_value", ("state",), {"sp": 400, "rs": 600}),
        ("Quantos pedidos tivemos em maio?", "orders", (), {"main": 3}),
        ("how many orders in May?", "orders", (), {"main": 3}),
        ("Ticket médio de pedidos em maio", "average_order_value", (), {"main": 1000 / 3}),
        ("Quantos clientes compraram em maio?", "buying_customers", (), {"main": 2}),
        ("Quantos clientes compraram nos últimos 3 meses?", "buying_customers", (), {"main": 3}),
        ("Novos compradores em maio", "first_time_buyers", (), {"main": 1}),
        ("Pedidos cancelados em maio", "cancelled_orders", (), {"main": 1}),
        ("Taxa de cancelamento de pedidos em maio", "order_cancellation_rate", (), {"main": 25}),
        ("order cancellation rate in May", "order_cancellation_rate", (), {"main": 25}),
        ("Valor de pedidos por linha de produto em maio", "order_value", ("product_line",),
         {"Bebidas": 700, "Limpeza": 300}),
        ("Quanto vendemos em pedidos por mês nos últimos 3 meses?", "order_value", (),
         {"2026-03-01": 80, "2026-04-01": 50, "2026-05-01": 1000}),
    ],
)  # fmt: skip
def test_numbers_of_orders(
    house: Lake, question: str, name: str, dimensions: tuple[str, ...], expected: dict[str, float]
) -> None:
    result = asked(house, question)
    assert isinstance(result, Answer)
    assert values(result, name, *dimensions) == pytest.approx(expected)
    assert result.notes == ()


@pytest.mark.parametrize(
    ("question", "who"),
    [
        ("Clientes que compraram em maio", {"A00001", "A00003"}),
        ("Clientes que não compraram nos últimos 3 meses", {"A00004", "A00005"}),
        ("Clientes que compraram mais de R$ 500 em maio", {"A00003"}),
        ("Clientes que mais compraram nos últimos 3 meses", {"A00001", "A00002", "A00003"}),
    ],
)
def test_customers_by_their_orders(house: Lake, question: str, who: set[str]) -> None:
    result = asked(house, question)
    assert isinstance(result, Answer)
    assert {row["customer"] for row in result.rows} == who


def test_words_of_revenue_mean_orders_where_nobody_pays_by_month_and_the_answer_says_so(house: Lake) -> None:
    for question, name in (
        ("Faturamento em maio", "order_value"),
        ("Ticket médio em maio", "average_order_value"),
        ("Clientes ativos em maio", "buying_customers"),
        ("Novos clientes em maio", "first_time_buyers"),
    ):
        result = asked(house, question)
        assert isinstance(result, Answer)
        assert result.query.metrics == (name,)
        assert "vende por pedido" in result.notes[0]


def test_a_house_of_contracts_is_answered_as_ever() -> None:
    lake = cast(Lake, OrderLake(contracts=True))
    result = asked(lake, "Faturamento em maio")
    assert isinstance(result, Answer)
    assert (result.query.metrics, result.notes) == (("mrr",), ())
    assert values(result, "mrr") == {"main": 600}


@pytest.mark.parametrize("lake", [SmallLake(), OrderLake([])])
def test_a_house_without_orders_is_told_so(lake: Any) -> None:
    for question in ("Valor de pedidos em maio", "Clientes que compraram em maio", "Taxa de cancelamento de pedidos"):
        result = asked(lake, question)
        assert isinstance(result, Plan)
        assert result.reason == "not_in_data"
    assert not {"order_value", "orders"} & held_metrics(lake)


def test_orders_that_say_nothing_of_cancellation_have_no_rate_and_not_one_of_zero() -> None:
    lake = cast(Lake, OrderLake([("A00001", "2026-05-03", "Bebidas", 100, None)]))
    rate = asked(lake, "Taxa de cancelamento de pedidos em maio")
    assert isinstance(rate, Plan)
    assert rate.reason == "not_in_data"
    assert isinstance(asked(lake, "Quantos pedidos tivemos em maio?"), Answer)


def test_conditions_and_orders_of_a_query_follow_the_metric_that_stands_in(house: Lake) -> None:
    planned = plan_question("Top 5 clientes por MRR em maio", AS_OF).query
    assert planned is not None
    query, notes = in_this_house(house, planned)
    assert query.metrics == ("order_value",)
    assert query.order is not None
    assert query.order.by == "order_value"
    assert len(notes) == 1
    listed = plan_question("Clientes com MRR acima de 500", AS_OF).query
    assert listed is not None
    assert [one.field for one in in_this_house(house, listed)[0].filters] == ["order_value"]
