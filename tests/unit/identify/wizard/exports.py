"""Exports of other systems as they write them, each with the mapping a person would make."""

import csv
import io
from typing import NamedTuple

CITIES = ("São Paulo", "Curitiba", "Recife", "Belo Horizonte")
NAMES = ("Padaria São João", "Mercado Zé", "Oficina Três Irmãos", "Farmácia Vida", "Loja Azul", "Café Bom Dia")


class Export(NamedTuple):
    """A file: its table, each header with the canonical column it is (None: it is none), and the values by row."""

    file: str
    table: str
    columns: dict[str, str | None]
    rows: list[list[str]]
    separator: str = ","
    encoding: str = "utf-8"

    def content(self) -> bytes:
        """As delivered."""
        out = io.StringIO()
        csv.writer(out, delimiter=self.separator, lineterminator="\r\n").writerows([list(self.columns), *self.rows])
        return out.getvalue().encode(self.encoding)


def name(i: int) -> str:
    """The i-th company."""
    return f"{NAMES[i % len(NAMES)]} {i}"


def day(i: int, form: str) -> str:
    """A day of 2024 in some form."""
    from datetime import date, timedelta

    return (date(2024, 1, 3) + timedelta(days=7 * i)).strftime(form)


def company(i: int, form: str = "%Y-%m-%d") -> dict[str, str]:
    """What a system knows of a company, by what it is."""
    return {
        "id": str(7000 + 13 * i), "name": name(i), "cnpj": cnpj(i), "domain": f"www.empresa{i}.com.br",
        "city": CITIES[i % 4], "state": ("SP", "PR", "PE", "MG")[i % 4], "phone": f"+55 11 9{1000 + i}-{2000 + i}",
        "employees": str(5 + 7 * i), "since": day(i, form), "noise": f"Rua {i}",
    }  # fmt: skip


def cnpj(i: int) -> str:
    """A CNPJ whose digits agree."""
    from b2shift.identify.cleansing.cnpj import check_digits

    base = f"{10_000_000 + 37 * i:08d}0001"
    return f"{base[:2]}.{base[2:5]}.{base[5:8]}/{base[8:]}-{check_digits(base)}"


def deal(i: int, form: str, money: str, won: tuple[str, str, str]) -> dict[str, str]:
    """What a system knows of a deal."""
    value = f"{1000 + 137.5 * i:.2f}"
    return {
        "id": str(900 + i), "title": f"Projeto {i}", "value": value.replace(".", ",") if money == "," else value,
        "stage": ("Qualificação", "Proposta", "Negociação")[i % 3], "status": won[i % 3], "probability": str(20 + i),
        "created": day(i, form), "close": day(i + 5, form), "closed": day(i + 6, form) if i % 3 else "",
        "owner": ("Ana Lima", "Beto Reis")[i % 2], "company": name(i), "company_id": str(7000 + 13 * i),
        "reason": "Preço" if i % 3 == 1 else "", "source": ("Indicação", "Site")[i % 2], "currency": "BRL",
        "noise": "Funil padrão",
    }  # fmt: skip


def person(i: int) -> dict[str, str]:
    """What a system knows of a person."""
    return {
        "id": str(300 + i), "name": f"Pessoa {i} Silva", "first": f"Pessoa {i}", "last": "Silva",
        "email": f"pessoa{i}@empresa{i}.com.br", "phone": f"(11) 9{1000 + i}-{2000 + i}",
        "job": ("Diretor", "Comprador", "Sócia")[i % 3], "company": name(i), "company_id": str(7000 + 13 * i),
        "noise": f"linkedin.com/in/p{i}",
    }  # fmt: skip


def activity(i: int, form: str, kinds: tuple[str, ...]) -> dict[str, str]:
    """What a system knows of an activity."""
    return {
        "id": str(50 + i), "subject": f"Falar com {i}", "kind": kinds[i % len(kinds)], "at": day(i, form) + " 09:30",
        "minutes": str(15 + i % 4), "owner": ("Ana Lima", "Beto Reis")[i % 2], "deal": str(900 + i), "company": name(i),
        "company_id": str(7000 + 13 * i), "noise": "nota",
    }  # fmt: skip


def export(
    file: str, table: str, columns: list[tuple[str, str, str | None]], facts: list[dict[str, str]], **form: str
) -> Export:
    """Columns told as (header, fact, canonical column)."""
    rows = [[one[fact] for _, fact, _ in columns] for one in facts]
    return Export(file, table, {header: to for header, _, to in columns}, rows, **form)
