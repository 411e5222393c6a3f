"""A forecast's file as people export it: sums below, titles above, lines that say no day."""

from datetime import date
from pathlib import Path

import pytest

from b2shift.differentiate.api import ForecastResult, forecast_table
from b2shift.kernel.errors import InputError

MONTHS = ("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez")
ROWS = [f"{MONTHS[at % 12]}/{22 + at // 12};1.{at:03d},50" for at in range(24)]


def forecast_of(path: Path, lines: list[str], time: str = "mês") -> ForecastResult:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return forecast_table(path, time, "valor", 2)


@pytest.mark.parametrize(
    "cell", ["Total", "TOTAL GERAL", "Subtotal 2023", "2023 Total", "Soma", "Grand Total", "Sub-total"]
)
def test_a_row_of_sums_is_set_aside_and_reported(tmp_path: Path, cell: str) -> None:
    clean = forecast_of(tmp_path / "limpa.csv", ["mês;valor", *ROWS])
    told = forecast_of(tmp_path / "total.csv", ["mês;valor", *ROWS, f"{cell};24.288,00"])
    assert clean.notes == ()
    assert told.notes == (f"1 linha de totais ({cell}) ficou de fora.",)
    assert told.series == clean.series


def test_subtotals_between_the_rows_are_counted_and_some_named(tmp_path: Path) -> None:
    sums = [f"Subtotal {year};9.999,00" for year in (2019, 2020, 2021, 2022)]
    told = forecast_of(tmp_path / "total.csv", ["mês;valor", *sums, *ROWS])
    assert told.notes == ("4 linhas de totais (Subtotal 2019, Subtotal 2020, Subtotal 2021…) ficaram de fora.",)
    assert len(told.series[0].history) == len(ROWS)


def test_a_year_column_may_end_in_a_total(tmp_path: Path) -> None:
    rows = [f"{year};{year % 7},5" for year in range(2000, 2020)]
    told = forecast_of(tmp_path / "anos.csv", ["ano;valor", *rows, "Total;99,5"], "ano")
    assert told.series[0].every == "year"
    assert told.series[0].history[-1][0].year == 2019


def test_rows_without_a_day_are_reported_and_other_words_refused(tmp_path: Path) -> None:
    told = forecast_of(tmp_path / "fonte.csv", ["mês;valor", *ROWS, ";24.288,00", "Fonte: ERP;"])
    assert told.notes == (
        "1 linha com valor e sem data ficou de fora.",
        "1 linha sem data e sem valor (Fonte: ERP) ficou de fora.",
    )
    with pytest.raises(InputError, match=r"não tem datas: mês \(em aberto\)"):
        forecast_of(tmp_path / "aberto.csv", ["mês;valor", *ROWS, "em aberto;10,00"])


def test_a_table_below_titles_with_all_their_separators_is_read(tmp_path: Path) -> None:
    lines = ["Vendas da filial;;", "Emitido em 03/01/2024;;", "", "mês;loja;valor"]
    rows = [row.replace(";", ";A;") for row in ROWS]
    told = forecast_of(tmp_path / "titulos.csv", [*lines, *rows, "Total;;24.288,00"])
    assert told.series == forecast_of(tmp_path / "limpa.csv", ["mês;valor", *ROWS]).series


def test_a_column_of_blanks_changes_nothing(tmp_path: Path) -> None:
    told = forecast_of(tmp_path / "vazia.csv", ["mês;valor;", *(f"{row};" for row in ROWS)])
    assert told.series == forecast_of(tmp_path / "limpa.csv", ["mês;valor", *ROWS]).series


def test_days_of_a_workbook_whose_cells_lost_their_form_are_days(tmp_path: Path) -> None:
    days = [(date(2022 + at // 12, 1 + at % 12, 1) - date(1899, 12, 30)).days for at in range(24)]
    rows = [f"{day};{row.split(';')[1]}" for day, row in zip(days, ROWS, strict=True)]
    told = forecast_of(tmp_path / "seriais.csv", ["mês;valor", *rows])
    assert told.series == forecast_of(tmp_path / "limpa.csv", ["mês;valor", *ROWS]).series
