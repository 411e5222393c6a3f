"""Days as Brazilian exports write them, with the month as a word, are proposed as days and read as such."""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from tests.unit.identify.wizard.exports import cnpj, name
from tests.unit.identify.wizard.test_accounts import Rows, load
from tests.unit.identify.wizard.test_keys import csv, mapped

from b2shift.identify.api import propose_sources, write_sources

PT = re.findall(r"\w+", "jan fev mar abr mai jun jul ago set out nov dez")
LONG = re.findall(r"\w+", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro")
EN = re.findall(r"\w+", "January February March April May June July August September October November December")
FORMS: dict[str, Callable[[date], str]] = {
    "5 de mar. de 2025": lambda day: f"{day.day} de {PT[day.month - 1]}. de {day.year}",
    "5 de março de 2025": lambda day: f"{day.day} de {LONG[day.month - 1]} de {day.year}",
    "05-mar-25": lambda day: f"{day:%d}-{PT[day.month - 1]}-{day:%y}",
    "05/MAR/2025": lambda day: f"{day:%d}/{PT[day.month - 1].upper()}/{day.year}",
    "Mar 5, 2025": lambda day: f"{EN[day.month - 1][:3]} {day.day}, {day.year}",
    "March 5, 2025": lambda day: f"{EN[day.month - 1]} {day.day}, {day.year}",
}


def days(n: int) -> date:
    return date(2023 + n % 2, 1 + n % 12, 1 + 7 * n % 28)


def firms(folder: Path, since: Callable[[date], str]) -> Path:
    rows: Rows = [
        {"Código": 1000 + 7 * i, "Razão Social": name(i), "CNPJ": cnpj(i), "Cliente desde": since(days(i))}
        for i in range(30)
    ]
    return csv(folder / "clientes.csv", rows)


@pytest.mark.parametrize("form", FORMS)
def test_days_with_the_month_as_a_word_are_proposed_and_read(tmp_path: Path, form: str) -> None:
    drop, home, told = tmp_path / "drop", tmp_path / "home", FORMS[form]
    drop.mkdir()
    invoices: Rows = [
        {"Nota Fiscal": 500 + i, "Cliente": 1000 + 7 * (i % 30), "Emissão": told(days(i)),
         "Vencimento": f"{days(i):%d/%m/%Y}", "Valor": f"{10 + i},50"} for i in range(60)
    ]  # fmt: skip
    found = propose_sources([firms(drop, told), csv(drop / "faturas.csv", invoices)])
    assert mapped(found[0])["customer_since"] == "Cliente desde"
    assert mapped(found[1])["issued_on"] == "Emissão"
    assert any("05-mar-25" in warning for warning in found[1].warnings) == (form == "05-mar-25")
    write_sources(found, home)
    lake = load(home, drop)
    rows = lake.query("SELECT CAST(invoice_id AS INTEGER) AS n, issued_on, due_on FROM invoices ORDER BY 1").to_pylist()
    assert [(row["issued_on"], row["due_on"]) for row in rows] == [(days(i), days(i)) for i in range(60)]
    since = lake.query("SELECT customer_since FROM customers").column(0).to_pylist()
    assert sorted(since) == sorted(days(i) for i in range(30))
    assert lake.query("SELECT * FROM repairs WHERE kind = 'invalid_or_other_date'").num_rows == 0


def test_a_day_as_a_word_among_others_is_a_repair_and_no_day_is_unknown(tmp_path: Path) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    odd = {3: "5 de mar. de 2025", 4: "30 de fev. de 2025"}
    invoices: Rows = [
        {"Nota Fiscal": 500 + i, "Cliente": 1000 + 7 * (i % 30), "Emissão": odd.get(i, f"{days(i):%d/%m/%Y}"),
         "Vencimento": "20/12/2025", "Valor": f"{10 + i},50"} for i in range(60)
    ]  # fmt: skip
    write_sources(propose_sources([firms(drop, str), csv(drop / "faturas.csv", invoices)]), home)
    lake = load(home, drop)
    repairs = "SELECT before, after FROM repairs WHERE kind = 'invalid_or_other_date' ORDER BY 1"
    told = lake.query(repairs).to_pylist()
    assert told == [
        {"before": "30 de fev. de 2025", "after": None}, {"before": "5 de mar. de 2025", "after": "2025-03-05"}
    ]  # fmt: skip


def test_moments_with_the_month_as_a_word_keep_their_clock(tmp_path: Path) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    calls: Rows = [
        {"Activity ID": i, "Account ID": 1000 + 7 * (i % 30), "Type": "Call", "Duration": 5 + i,
         "Due Date": f"{EN[days(i).month - 1][:3]} {days(i).day}, {days(i).year} {1 + i % 12}:05 PM"} for i in range(60)
    ]  # fmt: skip
    write_sources(propose_sources([firms(drop, str), csv(drop / "activities.csv", calls)]), home)
    lake = load(home, drop)
    rows = lake.query("SELECT a.at FROM activities AS a ORDER BY CAST(activity_id AS INTEGER)").column(0).to_pylist()
    hours = [12 if i % 12 == 11 else 13 + i % 12 for i in range(60)]
    assert rows == [datetime(*days(i).timetuple()[:3], hour, 5) for i, hour in enumerate(hours)]  # noqa: DTZ001
    assert lake.query("SELECT * FROM repairs WHERE kind = 'invalid_or_other_date'").num_rows == 0


@pytest.mark.parametrize("form", ["mar/2025", "mar/25", "março de 2025", "Mar 2025", "03/2025"])
def test_months_are_read_and_a_day_that_is_only_a_month_is_its_first_and_told(tmp_path: Path, form: str) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    told: dict[str, Callable[[date], str]] = {
        "mar/2025": lambda day: f"{PT[day.month - 1]}/{day.year}",
        "mar/25": lambda day: f"{PT[day.month - 1]}/{day:%y}",
        "março de 2025": lambda day: f"{LONG[day.month - 1]} de {day.year}",
        "Mar 2025": lambda day: f"{EN[day.month - 1][:3]} {day.year}", "03/2025": lambda day: f"{day:%m/%Y}",
    }  # fmt: skip
    revenue: Rows = [
        {"Cliente": 1000 + 7 * (i % 30), "Competência": told[form](date(2025, 1 + i // 30, 1)), "MRR": f"{10 + i},50"}
        for i in range(90)
    ]
    bills: Rows = [
        {"Nota Fiscal": 500 + i, "Cliente": 1000 + 7 * i, "Emissão": "02/01/2025", "Valor": "9,50"} for i in range(30)
    ]
    files = [firms(drop, told[form]), csv(drop / "receita.csv", revenue), csv(drop / "faturas.csv", bills)]
    found = propose_sources(files)
    assert "Cliente desde só diz o mês; fica o dia 1º" in found[0].warnings
    assert mapped(found[1])["month"] == "Competência"
    doubt = "Competência: jan/25 pode ser um dia ou o ano 2025; ficou o ano, confira"
    assert (doubt in found[1].warnings) == (form == "mar/25")
    write_sources(found, home)
    lake = load(home, drop)
    months = lake.query("SELECT month, count(*) AS n FROM revenue_monthly GROUP BY 1 ORDER BY 1").to_pylist()
    assert months == [{"month": date(2025, m, 1), "n": 30} for m in (1, 2, 3)]
    since = lake.query("SELECT customer_since FROM customers").column(0).to_pylist()
    assert sorted(since) == sorted(days(i).replace(day=1) for i in range(30))
