"""A table to be parted, read as people write it: decimal commas, money, days and marks of what is not known."""

from pathlib import Path

import numpy as np
import pytest
from tests.unit.differentiate.segments.whole import read_whole, viewed

from b2shift.differentiate.segments.reading import read_numbers
from b2shift.differentiate.segments.representations import fit_log_transform
from b2shift.kernel.errors import InputError

WRITTEN = """chave;faturamento;participação;desde;mês;porte
a;R$ 1.234,56;12,5%;20/07/2024;jan/2024;grande
b;792,86;7%;26/02/2023;fev/2024;médio
c;N/D;0,5%;01/03/2023;mar/2024;médio
d;10,00;1%;02/03/2023;abr/2024;grande
"""


def test_numbers_and_days_are_read_as_people_write_them(tmp_path: Path) -> None:
    table = tmp_path / "clientes.csv"
    table.write_text(WRITTEN, encoding="latin-1")
    read = read_whole(table, "chave")
    assert (set(read.words), read.ignored) == ({"porte"}, ())
    assert read.numbers["faturamento"][read.inverse].tolist()[:2] == [1234.56, 792.86]
    assert np.isnan(read.numbers["faturamento"][read.inverse][2])
    assert read.numbers["participação"][read.inverse].tolist() == [12.5, 7.0, 0.5, 1.0]
    assert np.diff(read.numbers["desde"][read.inverse]).tolist() == [-510.0, 3.0, 1.0]
    assert np.diff(read.numbers["mês"][read.inverse]).tolist() == [31.0, 29.0, 31.0]


def test_a_table_of_numbers_alone_may_have_decimal_commas(tmp_path: Path) -> None:
    table = tmp_path / "clientes.csv"
    table.write_text("chave;valor;ativo\na;1.234,5;true\nb;2,25;false\n", encoding="utf-8")
    read = read_numbers(table, "chave")
    assert (read.numbers["valor"].tolist(), read.numbers["ativo"].tolist()) == ([1234.5, 2.25], [1.0, 0.0])


@pytest.mark.parametrize(
    ("rows", "told"),
    [("", "linhas de menos: 0"), ("a;\nb;\n", "está vazia: valor"), ("a;x\nb;y\n", "não tem números: valor")],
)
def test_a_table_of_numbers_alone_says_what_it_lacks(tmp_path: Path, rows: str, told: str) -> None:
    table = tmp_path / "clientes.csv"
    table.write_text(f"chave;valor\n{rows}", encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_numbers(table, "chave")


def test_amounts_with_a_slip_among_them_are_seen_by_their_logarithm(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    amounts = np.append(np.exp(5 + rng.normal(size=300) + 2 * (np.arange(300) % 2)).round(2), 5e7)
    table = tmp_path / "clientes.csv"
    table.write_text("chave;valor\n" + "".join(f"{row};{value:.2f}\n" for row, value in enumerate(amounts)))
    view, _ = viewed(table, "chave")
    seen = view.matrix()[:, 0]
    apart = np.array([abs(seen[:-1][:, None] - seen[-1]).min(), np.ptp(seen[:-1])]) / seen.std()
    assert amounts.std() > 0.9 * amounts[-1] / np.sqrt(len(amounts))
    assert (apart < 7).all()
    assert apart[1] > 3
    assert (np.diff(seen[np.argsort(amounts)]) >= 0).all()


def test_columns_without_a_long_tail_stay_as_they_are() -> None:
    rng = np.random.default_rng(4)
    for values in (rng.normal(size=3000), rng.integers(0, 2, 300) * 1.0, (rng.random(3000) < 0.01) * 1.0):
        assert fit_log_transform(values, np.ones(len(values), np.intp)) is None


def test_the_rows_of_a_value_count_in_its_tail() -> None:
    values, counts = np.r_[np.arange(30.0), 1000.0], np.r_[np.ones(30, np.intp), 1]
    seen = fit_log_transform(values, counts)
    assert seen is not None
    assert np.ptp(seen.transform(values)) < 10
    counts[-1] = 30
    assert fit_log_transform(values, counts) is None
