"""Orders as shops, distributors and ERPs export them: proposed as orders, loaded, counted as purchases."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.unit.identify.wizard.exports import cnpj, name
from tests.unit.identify.wizard.test_accounts import load
from tests.unit.identify.wizard.test_keys import csv

from b2shift.identify.api import propose_sources, write_sources

N = 90
TRADES = ("Varejo", "Saúde", "Educação")


class _File(NamedTuple):
    """A file of orders, which of its rows stand, and how many orders they are."""

    name: str
    row: Callable[[int], dict[str, object]]
    stands: Callable[[int], bool] = lambda i: True
    rows_of_order: int = 1


def _customer(i: int) -> str:
    return f"{1000 + 7 * (i % 30):06d}"


def _day(i: int) -> str:
    return f"{1 + i % 28:02d}/{1 + i % 3:02d}/2025"


FILES = {
    "an ERP": _File(
        "pedidos.csv",
        lambda i: {
            "Nº Pedido": f"P{i:05d}", "Cód. Cliente": _customer(i), "Data do pedido": _day(i),
            "Categoria": ("Bebidas", "Limpeza")[i % 2], "Valor total": f"{10 + i},50",
            "Status": ("Faturado", "Cancelado", "Pendente")[i % 3],
        },
        lambda i: i % 3 != 1,
    ),
    "a shop": _File(
        "orders.csv",
        lambda i: {
            "Order ID": 500 + i, "Customer ID": _customer(i), "Order Date": f"2025-{1 + i % 3:02d}-{1 + i % 28:02d}",
            "Product Category": ("Drinks", "Food")[i % 2], "Total": f"{10 + i}.50",
            "Status": ("Completed", "Refunded")[i % 2],
        },
        lambda i: i % 2 == 0,
    ),
    "in Spanish": _File(
        "ordenes.csv",
        lambda i: {
            "Número de pedido": 900 + i, "Cliente": _customer(i), "Fecha": _day(i),
            "Producto": ("Agua", "Jugo")[i % 2], "Importe": f"{10 + i},50", "Estado": ("Completado", "Anulado")[i % 2],
        },
        lambda i: i % 2 == 0,
    ),
    "line by line": _File(
        "itens_de_pedido.csv",
        lambda i: {
            "Pedido": 500 + i // 3, "Item": 1 + i % 3, "Cliente": _customer(i // 3), "Emissão": _day(i // 3),
            "Produto": ("Água", "Suco", "Café")[i % 3], "Valor": f"{10 + i},50",
        },
        rows_of_order=3,
    ),
    "without numbers": _File(
        "vendas.csv",
        lambda i: {
            "Data": _day(i), "Cliente": _customer(i), "Produto": ("Água", "Suco")[i % 2], "Quantidade": 1 + i % 9,
            "Valor": f"{10 + i},50",
        },
    ),
}  # fmt: skip


def _proposed(drop: Path, home: Path, file: _File) -> list[str]:
    """Write the declarations of a company file and a file of orders; the tables they go to."""
    drop.mkdir()
    firms = csv(
        drop / "clientes.csv",
        [{"Código": _customer(i), "Razão Social": name(i), "CNPJ": cnpj(i), "Ramo": TRADES[i % 3]} for i in range(30)],
    )
    found = propose_sources([firms, csv(drop / file.name, [file.row(i) for i in range(N)])])
    write_sources(found, home)
    return [one.table for one in found]


@pytest.mark.parametrize("kind", FILES)
def test_orders_are_purchases(tmp_path: Path, kind: str) -> None:
    file = FILES[kind]
    drop, home = tmp_path / "drop", tmp_path / "home"
    assert _proposed(drop, home, file) == ["companies", "orders"]
    lake = load(home, drop)
    standing = [i for i in range(N) if file.stands(i)]
    bought = lake.query("SELECT count(*) AS n, sum(amount) AS amount FROM purchases WHERE origin = 'order'").to_pylist()
    amount = sum((Decimal(10 + i) + Decimal("0.5") for i in standing), Decimal(0))
    assert bought == [{"n": len(standing) // file.rows_of_order, "amount": amount}]
    days = lake.query("SELECT count(DISTINCT ordered_on) AS n FROM orders WHERE ordered_on IS NOT NULL").to_pylist()
    assert days[0]["n"] == len({_day(i // file.rows_of_order) for i in range(N)})
    trades = lake.query("SELECT market_segment, count(*) AS n FROM customers GROUP BY 1 ORDER BY 1").to_pylist()
    assert trades == [{"market_segment": trade, "n": 10} for trade in sorted(TRADES)]


def test_orders_of_a_source_that_is_no_more_are_gone(tmp_path: Path) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    _proposed(drop, home, FILES["a shop"])
    tickets: list[dict[str, object]] = [
        {"id": i, "cliente": _customer(i), "aberto em": "2025-03-31", "prioridade": "Alta"} for i in range(30)
    ]
    write_sources(propose_sources([drop / "clientes.csv", csv(drop / "chamados.csv", tickets)])[1:], home)
    counted = "SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM purchases) AS purchases"
    assert load(home, drop).query(counted).to_pylist() == [{"orders": N, "purchases": N // 2}]
    (home / "sources" / "orders.yaml").unlink()
    assert load(home, drop).query(counted).to_pylist() == [{"orders": 0, "purchases": 0}]
