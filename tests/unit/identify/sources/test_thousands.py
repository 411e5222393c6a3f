"""Numbers whose thousands stand in groups are usual where most of a column are written so, and repaired elsewhere."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.identify.sources.small import deliver, write_small

VISITS = (
    "source: visitas\ndescription: Visitas técnicas.\nfiles: visitas.csv\ngrain: one visit\nfreshness: daily\n"
    "owner: Campo\nkey: [visit]\ncolumns:\n  id: {to: visit, kind: id, required: true}\n"
    "  cliente: {to: customer_id, kind: customer}\n  custo: {to: cost, kind: decimal}\n"
)
REPAIRED = "SELECT count(*) AS n FROM repairs WHERE source = 'visitas' AND kind = 'mixed_decimal'"
COSTS = "SELECT cost FROM visitas ORDER BY visit"


def visits(costs: list[str]) -> str:
    lines = [f"v{n:03d};TFAAA1;{cost}" for n, cost in enumerate(costs)]
    return "\n".join(["id;cliente;custo", *lines]) + "\n"


def read(folder: Path, costs: list[str]) -> tuple[list[Decimal], int]:
    (folder / "home" / "sources").mkdir(parents=True, exist_ok=True)
    (folder / "home" / "sources" / "visitas.yaml").write_text(VISITS, encoding="utf-8")
    drop = write_small(folder / "drop")
    (drop / "visitas.csv").write_text(visits(costs), encoding="utf-8")
    _, (told, [repaired]) = deliver(folder / "home", drop, COSTS, REPAIRED)
    return [row["cost"] for row in told], repaired["n"]


@pytest.mark.parametrize(
    ("costs", "values"),
    [
        (["1.234,56", "999,50", "-12.345.678,90", "7", "4.000,00"], [1234.56, 999.5, -12345678.9, 7, 4000]),
        (["1,234.56", "999.50", "-12,345,678.90", "7", "4,000.00"], [1234.56, 999.5, -12345678.9, 7, 4000]),
        (["1.234,56", "2.000", "3.000,10", "4.500,25"], [1234.56, 2000, 3000.1, 4500.25]),
        (["1.234", "2.000", "-3.000", "12.345", "7"], [1234, 2000, -3000, 12345, 7]),
        (["1.234", "1.234.567", "3.000"], [1234, 1234567, 3000]),
        (["1,234", "1,234,567", "3,000"], [1234, 1234567, 3000]),
        (["0.125", "1.234", "12.500"], [0.125, 1.234, 12.5]),
    ],
)
def test_groups_are_usual_where_most_numbers_have_them(tmp_path: Path, costs: list[str], values: list[float]) -> None:
    told, repaired = read(tmp_path, costs)
    assert told == [pytest.approx(Decimal(str(value))) for value in values]
    assert repaired == 0


def test_a_few_numbers_in_groups_are_repaired(tmp_path: Path) -> None:
    told, repaired = read(tmp_path, ["1234,56", "2000,10", "4500,25", "1.234,57", "12,5"])
    assert told == [Decimal(value) for value in ("1234.56", "2000.10", "4500.25", "1234.57", "12.5")]
    assert repaired == 1


def test_a_plain_number_among_groups_is_no_repair_and_a_wrong_group_is_judged(tmp_path: Path) -> None:
    told, repaired = read(tmp_path, ["1.234,56", "2.000,10", "1234,57", "12.34,5", "R$ 1.000,00"])
    assert told[:3] == [Decimal("1234.56"), Decimal("2000.10"), Decimal("1234.57")]
    assert told[3:] == [None, Decimal(1000)]
    assert repaired == 2


def test_a_second_delivery_that_turns_to_groups_is_read_anew(tmp_path: Path) -> None:
    assert read(tmp_path, ["1234,56", "2000,10"])[1] == 0
    told, repaired = read(tmp_path, ["1234,56", "2.000,10", "3.000,10", "4.000,25"])
    assert told == [Decimal(value) for value in ("1234.56", "2000.10", "3000.10", "4000.25")]
    assert repaired == 0
