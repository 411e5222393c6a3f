"""Figures of public institutes: read as they write them, joined by place, trade and month; absent when not there."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.identify.external.samples import CAGED, DAILY, PLACES, SGS, SIDRA_FLAT, SIDRA_WIDE
from tests.unit.identify.sources.small import LINES, write_small

from b2shift.identify.api import build_customer_360, build_customers, ingest
from b2shift.identify.external import figures
from b2shift.identify.external.declaration import indicators
from b2shift.kernel.errors import SchemaError
from b2shift.lake.api import Lake, open_lake, writing

AS_OF = date(2025, 3, 31)
COMPANIES = (
    "cliente;razao_social;nome_fantasia;cnpj;dominio;municipio;uf;telefone;funcionarios\n"
    "TFAAA1;Padaria Ltda;Padaria;99.000.000/0001-59;padaria.example;VITORIA;ES;(27) 3300-0000;12\n"
    "TFBBB2;Forja S.A.;Forja;99.000.037/0001-87;forja.example;CURITIBA;PR;(41) 3311-0000;30\n"
)
TRADES = LINES.replace("DT_ASSINATURA_CONTRATO", "DT_ASSINATURA_CONTRATO;DS_CNAE").replace(
    "2020-05-17\n", "2020-05-17;Restaurantes e similares\n"
).replace("2021-03-04\n", "2021-03-04;Fabricacao de moveis\n")  # fmt: skip
ALL = {
    "sidra_populacao_2024.csv": SIDRA_WIDE, "sidra_cempre.csv": SIDRA_FLAT, "sgs_433.csv": SGS, "sgs_4189.csv": DAILY,
    "dtb_2024.csv": PLACES, "caged_202501.csv": CAGED.encode("latin-1"),
}  # fmt: skip


def run(home: Path, drop: Path, **files: str | bytes | None) -> tuple[Lake, bool]:
    write_small(drop, **({"dados_clientes": TRADES, "empresas": COMPANIES} | files))
    with writing(home) as session:
        ingest(session, drop)
        build_customers(session, AS_OF)
        build_customer_360(session, AS_OF)
        changed = session.changed
        session.commit(AS_OF)
    return open_lake(home), changed


def environment(lake: Lake, customer: str) -> dict[str, tuple[float, float | None, date]]:
    rows = lake.query("FROM customer_environment WHERE customer_id = ?", [customer]).to_pylist()
    return {one["indicator"]: (one["value"], one["year_before"], one["month"]) for one in rows}


def test_each_layout_is_joined_to_its_customers(tmp_path: Path) -> None:
    lake, _ = run(tmp_path / "home", tmp_path / "drop", **ALL)
    assert environment(lake, "TFAAA1") == {
        "populacao": (342800.0, 322869.0, date(2024, 1, 1)),
        "empresas_da_atividade": (812.0, None, date(2022, 1, 1)),
        "saldo_de_empregos": (1.0, None, date(2025, 1, 1)),
        "ipca": (1.31, None, date(2025, 2, 1)),
        "selic": (13.15, None, date(2025, 2, 1)),
    }
    assert set(environment(lake, "TFBBB2")) == {"ipca", "selic"}, "nothing is known of its place"
    files = {one["file"]: (one["status"], one["figures"]) for one in lake.query("FROM external_files").to_pylist()}
    assert files["dtb_2024.csv"] == ("loaded", 2)
    assert files["caged_202501.csv"] == ("loaded", 2), "a code nobody knows is left out"
    loads = lake.query("SELECT file FROM loads WHERE status = 'unknown'").to_pylist()
    assert loads == [], "an external file is not one nobody declared"


def test_without_external_files_there_is_no_such_table(tmp_path: Path) -> None:
    lake, _ = run(tmp_path / "home", tmp_path / "drop")
    assert not any(lake.has(name) for name in ("external_files", "external_indicators", "customer_environment"))


def test_the_same_files_again_change_nothing_and_figures_stay_when_they_do_not_come(tmp_path: Path) -> None:
    run(tmp_path / "home", tmp_path / "drop", **ALL)
    assert not run(tmp_path / "home", tmp_path / "drop")[1], "the files are still in the folder"
    later = dict.fromkeys(ALL) | {"sgs_433.csv": SGS.replace("1,31", "1,30")}
    lake, changed = run(tmp_path / "home", tmp_path / "drop", **later)
    assert changed
    told = environment(lake, "TFAAA1")
    assert told["ipca"][0] == 1.30
    assert told["populacao"][0] == 342800.0


@pytest.mark.parametrize("content", ["", "a;b\n1;2\n", "\x00\x01\x02", "data;valor\nx;y\n", '"Município";"2024"\n'])
def test_a_file_of_another_layout_is_reported_and_the_rest_goes_on(tmp_path: Path, content: str) -> None:
    files = dict.fromkeys(("sidra_populacao.csv", "sgs_433.csv", "caged_1.csv", "dtb.csv"), content)
    lake, _ = run(tmp_path / "home", tmp_path / "drop", **files, **{"sgs_4189.csv": DAILY})
    told = lake.query("SELECT file, status, message FROM external_files ORDER BY 1").to_pylist()
    assert {one["file"] for one in told if one["status"] == "failed"} == set(files)
    assert all("leiaute" in one["message"] or "lido" in one["message"] for one in told if one["status"] == "failed")
    assert set(environment(lake, "TFAAA1")) == {"selic"}


def test_a_home_declares_its_own_indicator(tmp_path: Path) -> None:
    (tmp_path / "home/external").mkdir(parents=True)
    own = "- {indicator: dolar, label: Dólar, institute: BCB 3698, files: sgs_3698*.csv, layout: sgs, unit: R$}\n"
    (tmp_path / "home/external/meus.yaml").write_text(own)
    lake, _ = run(tmp_path / "home", tmp_path / "drop", **{"sgs_3698.csv": SGS})
    assert environment(lake, "TFBBB2")["dolar"][0] == 1.31
    (tmp_path / "home/external/meus.yaml").write_text("- {indicator: X}\n")
    with pytest.raises(SchemaError, match=r"meus\.yaml"):
        indicators(tmp_path / "home")


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [("1.234,5", ",", 1234.5), ("1.234.567", ",", 1234567.0), ("12,5", ",", 12.5), ("12.5", ".", 12.5),
     ("-", ",", 0.0), ("..", ",", None), ("...", ".", None), ("X", ",", None), ("", ",", None), ("-3,2", ",", -3.2),
     ("nan", ".", None), ("inf", ",", None), ("1.234", ",", 1234.0), ("1.234", ".", 1.234),
     ("1,234.5", ".", 1234.5), ("12.5", ",", None)],
)  # fmt: skip
def test_numbers_as_institutes_write_them(text: str, decimal: str, value: float | None) -> None:
    assert figures.number(text, decimal) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [("2024", date(2024, 1, 1)), ("202403", date(2024, 3, 1)), ("2024-03", date(2024, 3, 1)),
     ("março 2024", date(2024, 3, 1)), ("15/03/2024", date(2024, 3, 1)), ("03/2024", date(2024, 3, 1)),
     ("2º trimestre 2024", date(2024, 4, 1)),
     ("Total", None), ("202413", None), ("", None)],
)  # fmt: skip
def test_periods_as_institutes_write_them(text: str, day: date | None) -> None:
    assert figures.month(text) == day


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_figures(text: str) -> None:
    figures.number(text, ","), figures.month(text), figures.place(text), figures.activity(text), figures.state_of(text)


def test_places_and_trades_are_written_as_customers_are() -> None:
    assert figures.place("Sant'Ana do Livramento (RS)") == "SANTANADOLIVRAMENTO/RS"
    assert figures.place("Embu-Guaçu - SP") == "EMBUGUACU/SP"
    assert figures.place("Brasil") == ""
    assert figures.activity("56.11-2 Restaurantes e similares") == "56112 restaurantes e similares"
    assert figures.activity("5611-2/01") == figures.activity("5611201") == figures.activity("56112") == "56112"
    assert figures.activity("111301") == "01113", "a spreadsheet has lost the zero of 0111-3/01"
    assert figures.activity("1113") == "", "01.11-3 without its zero or 11.13 without its last digit: nobody knows"
    assert figures.activity("10.1 Fabricação de carnes") == "fabricacao de carnes"
