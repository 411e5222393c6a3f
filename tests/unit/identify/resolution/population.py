"""Some hundred companies of made-up names: customers, prospects that are new, and some that repeat them."""

from datetime import date
from pathlib import Path
from typing import Any

from tests.unit.identify.refined import SPECS, arrow

from b2shift.identify.api import resolve
from b2shift.lake.api import Lake, open_lake, writing

AS_OF = date(2025, 3, 31)
KINDS, WORDS = ("Industria", "Comercio", "Servicos"), ("Aurora", "Cristal", "Planalto", "Moderna")
CITIES = ("CAMPINAS", "SANTOS", "BAURU", "SOROCABA", "JUNDIAI", "FRANCA", "MARILIA")


def company(number: int, key: str) -> dict[str, Any]:
    """The company of a number, whose last word no other has."""
    rare = "".join("BCDFGHJKLM"[int(digit)] for digit in f"{number * 37 % 1000:03d}")
    return {
        key: f"{key[0].upper()}{number:05d}",
        "name": f"{KINDS[number % 3]} {WORDS[number % 4]} {rare} Ltda",
        "city": CITIES[number % 7],
        "state": "SP",
    }


CUSTOMERS = [
    company(n, "customer_id") | {"cnpj": f"99.{n:03d}.000/0001-00", "market_segment": "VAREJO"} for n in range(300)
]
NEW = [company(n, "prospect_id") | {"cnpj": f"55.{n:03d}.000/0001-00"} for n in range(300, 400)]
EXTRA = [
    NEW[0] | {"prospect_id": "P90000", "name": NEW[0]["name"].upper().replace("LTDA", "LTDA."), "cnpj": None},
    NEW[1] | {"prospect_id": "P90001", "name": NEW[1]["name"].replace("oderna", "oedrna").replace("ristal", "rstal")},
    company(7, "prospect_id") | {"prospect_id": "P90002"},
    company(8, "prospect_id") | {"prospect_id": "P90003", "name": CUSTOMERS[8]["name"].replace("Servicos", "Servios")},
]


def resolved(home: Path, prospects: list[dict[str, Any]] = NEW + EXTRA) -> Lake:
    with writing(home) as session:
        session.write(SPECS["customers"], arrow(SPECS["customers"], CUSTOMERS))
        session.write(SPECS["prospects"], arrow(SPECS["prospects"], prospects))
        resolve(session)
        session.commit(AS_OF)
    return open_lake(home)
