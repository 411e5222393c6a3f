"""An invented distributor that sells by order: customers and 24 months of their orders, as an ERP exports them."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

from tests.unit.identify.wizard.exports import cnpj, name

AS_OF = date(2026, 5, 31)
FIRST = date(2024, 6, 1)
FAMILIES = ("Bebidas", "Limpeza", "Mercearia", "Higiene")
STATES = (("São Paulo", "SP"), ("Campinas", "SP"), ("Curitiba", "PR"), ("Salvador", "BA"), ("Recife", "PE"))
TRADES = ("Varejo", "Saúde", "Educação", "Serviços")
SELLERS = ("Ana Prado", "Bruno Dias", "Carla Nunes")


def deliver(folder: Path, customers: int = 300, seed: int = 3) -> list[str]:
    """Write `clientes.csv` and `pedidos.csv`; their paths."""
    chance = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    codes = [f"{1000 + 7 * i:06d}" for i in range(customers)]
    firms = [
        (code, name(i), cnpj(i), *chance.choice(STATES), chance.choice(TRADES), chance.choice(SELLERS))
        for i, code in enumerate(codes)
    ]
    orders = sorted((row for code in codes for row in _orders(code, chance)), key=lambda row: row[1:])
    numbered = [(f"P{n:06d}", code, f"{day:%d/%m/%Y}", *rest) for n, (code, day, *rest) in enumerate(orders, 1)]
    header = ("Cód. Cliente", "Razão social", "CNPJ", "Município", "UF", "Segmento", "Vendedor")
    _write(folder / "clientes.csv", header, firms)
    columns = ("Nº Pedido", "Cód. Cliente", "Data do pedido", "Categoria", "Valor total", "Status")
    _write(folder / "pedidos.csv", columns, numbered)
    return [str(folder / "clientes.csv"), str(folder / "pedidos.csv")]


def _orders(code: str, chance: random.Random) -> list[tuple[str, date, str, str, str]]:
    """One customer's orders: an own rhythm and size, some new, some who stop, some who grow or shrink."""
    day = FIRST + timedelta(days=chance.randrange(30))
    if chance.random() < 0.15:
        day = FIRST + timedelta(days=chance.randrange(400, 725))
    end = AS_OF - timedelta(days=chance.randrange(60, 400)) if chance.random() < 0.2 else AS_OF
    rhythm, size = chance.choice((10, 20, 30, 60)), chance.lognormvariate(7, 0.8)
    trend = chance.choice((0.7, 1.0, 1.0, 1.0, 1.4))
    out = []
    while day <= end:
        share = (day - FIRST).days / (AS_OF - FIRST).days
        amount = size * (1 + (trend - 1) * share) * chance.uniform(0.6, 1.4)
        status = "Cancelado" if chance.random() < 0.04 else "Faturado"
        out.append((code, day, chance.choice(FAMILIES), f"{amount:.2f}".replace(".", ","), status))
        day += timedelta(days=max(1, round(chance.gauss(rhythm, rhythm / 5))))
    return out


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *rows])
