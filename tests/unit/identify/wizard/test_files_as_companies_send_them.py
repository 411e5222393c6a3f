"""CSV as spreadsheets, ERPs and reports write it: proposed, saved, loaded, and every amount right."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.identify.wizard.test_accounts import firms, load

from b2shift.identify.api import propose_sources, write_sources

HEADER = "Nota Fiscal;Cliente;Emissão;Valor"
N = 60


def brazilian(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")


def amount(nth: int) -> Decimal:
    return Decimal("1234.50") + 1000 * nth


def signed(nth: int) -> Decimal:
    return -amount(nth) if nth % 3 == 0 else amount(nth)


def lines(told: Callable[[int], str]) -> str:
    rows = (f"{500 + i};{1000 + 7 * (i % 30):06d};{1 + i % 28:02d}/01/2025;{told(i)}\n" for i in range(N))
    return "".join([f"{HEADER}\n", *rows])


def usual(nth: int) -> str:
    return brazilian(amount(nth))


BODY = lines(usual)
FILES: dict[str, tuple[str, Callable[[int], Decimal]]] = {
    "thousands alone": (lines(lambda i: brazilian(amount(i)).split(",")[0]), lambda i: amount(i) - Decimal("0.5")),
    "a separator at the end of lines": (BODY.replace("\n", ";\n").replace(f"{HEADER};", HEADER), amount),
    "an old mac": (BODY.replace("\n", "\r"), amount),
    "sep= of a spreadsheet": ("\ufeffsep=;\r\n" + BODY.replace("\n", "\r\n"), amount),
    "a currency, less than zero in parentheses": (
        lines(lambda i: f"(R$ {brazilian(amount(i))})" if i % 3 == 0 else f"R$ {brazilian(amount(i))}"), signed),
    "less than zero at the end": (lines(lambda i: f"{brazilian(amount(i))}{'-' if i % 3 == 0 else ''}"), signed),
    "titles, subtotals and a total": (
        f"Faturas emitidas;;;\nAté 31/03/2025;;;\n;;;\n{BODY}Subtotal;;;9,99\nTotal Geral;;;9,99\nRegistros: 60;;;\n",
        amount),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_the_amounts_of_a_file_are_right(tmp_path: Path, kind: str) -> None:
    text, expected = FILES[kind]
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    (drop / "faturas.csv").write_bytes(text.encode())
    found = propose_sources([firms(drop), drop / "faturas.csv"])
    assert any("ponto de números como 1.234" in one for one in found[1].warnings) == (kind == "thousands alone")
    write_sources(found, home)
    rows = load(home, drop).query("SELECT invoice_id, amount FROM invoices ORDER BY 1").to_pylist()
    assert [(row["invoice_id"], row["amount"]) for row in rows] == [(str(500 + i), expected(i)) for i in range(N)]


@pytest.mark.parametrize(("told", "repaired"), [(lambda i: f"R$ {usual(i)}", 0), (lambda i: f"R$\u00a0{usual(i)}", 0),
                                                (lambda i: f"R$ {usual(i)}" if i < 5 else usual(i), 5)])  # fmt: skip
def test_a_currency_in_front_of_most_amounts_is_how_the_file_writes_them(
    tmp_path: Path, told: Callable[[int], str], repaired: int
) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    (drop / "faturas.csv").write_bytes(lines(told).encode())
    write_sources(propose_sources([firms(drop), drop / "faturas.csv"]), home)
    lake = load(home, drop)
    rows = lake.query("SELECT invoice_id, amount FROM invoices ORDER BY 1").to_pylist()
    assert [row["amount"] for row in rows] == [amount(i) for i in range(N)]
    assert lake.query("SELECT count(*) AS n FROM repairs WHERE source = 'faturas'").to_pylist() == [{"n": repaired}]
