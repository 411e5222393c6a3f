"""Files as the institutes serve them, with their oddities: what is read, and why the others are refused."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from tests.unit.identify.external.samples import CAGED, PLACES
from tests.unit.identify.external.test_external import COMPANIES, environment, run

from b2shift.identify.external.declaration import indicators
from b2shift.identify.external.layouts import read_figures, read_places
from b2shift.kernel.errors import SchemaError, SourceError

CODES = {"320530": "VITORIA/ES", "355030": "SAOPAULO/SP"}
JANUARY_2023, JANUARY_2024 = date(2023, 1, 1), date(2024, 1, 1)
LEGEND = (
    '"Fonte: IBGE - Produto Interno Bruto dos Municípios"\n"Notas"\n"1 - Os dados de 2023, ""preliminares"", mudam"\n'
    '"Legenda"\n"Símbolo";"Significado"\n"-";"Zero absoluto, não resultante de um cálculo ou arredondamento"\n'
    '"0";"Zero resultante de um cálculo ou arredondamento"\n"X";"Valor inibido para não identificar o informante"\n'
)
WITH_CODES = (
    '\ufeff"Tabela 5938 - Produto interno bruto a preços correntes"\n"Variável - PIB a preços correntes (Mil Reais)"\n'
    '"Nível";"Cód.";"Brasil e Município";"Ano"\n"Nível";"Cód.";"Brasil e Município";"2023";"2024"\n'
    '"BR";"1";"Brasil";"10943344992";"11744000000"\n"UF";"32";"Espírito Santo";"209000000";"..."\n'
    '"MU";"3205309";"Vitória (ES)";"41.230.117";"-"\n"MU";"3550308";"São Paulo";"X";"1"\n' + LEGEND
)
TWO_VARIABLES = (
    '"Tabela 5938 - PIB e impostos"\n"Município";"Ano x Variável"\n"Município";"2023";"";"2024";""\n'
    '"Município";"PIB";"Impostos";"PIB";"Impostos"\n"Vitória (ES)";"41";"7";"42";"8"\n' + LEGEND
)
STACKED = (
    '"Tabela 5938"\n"Variável - PIB"\n"Município";"Ano"\n"Município";"2023"\n"Vitória (ES)";"41"\n'
    '"Variável - Impostos"\n"Município";"Ano"\n"Município";"2023"\n"Vitória (ES)";"7"\n'
)
BY_SEX = (
    '"Município";"Sexo";"Ano"\n"Município";"Sexo";"2023";"2024"\n"Vitória (ES)";"Total";"10";"12"\n'
    '"Vitória (ES)";"Homens";"4";"5"\n"Vitória (ES)";"Mulheres";"6";"7"\n'
)
FLAT = (
    "NC,NN,MC,MN,V,D1C,D1N,D2C,D2N,D3C,D3N,D4C,D4N\n"
    '"Nível Territorial (Código)","Nível Territorial","Unidade de Medida (Código)","Unidade de Medida","Valor",'
    '"Município (Código)","Município","Variável (Código)","Variável","Ano (Código)","Ano","Sexo (Código)","Sexo"\n'
    '"6","Município","45","Pessoas","1.234","3205309","Vitória","9324","População","2024","2024","6","Total"\n'
    '"6","Município","45","Pessoas","0.617","3205309","Vitória","9324","População","2024","2024","4","Homens"\n'
)
SERIES = '"data";"datafim";"valor"\r\n"01/01/2024";"01/02/2024";"0,0875"\r\n"01/01/2023";"01/02/2023";"-"\r\n'
WEB = (
    "Data;433 - Índice nacional de preços ao consumidor-amplo (IPCA) - Var. % mensal\n"
    "01/2023;0,53\n01/2024;0,42\n02/2024;-\nFonte;IBGE\n"
)
DESCENDING = "data;valor\n31/01/2024;13.150\n02/01/2024;12.1500\n"
LATE = CAGED.replace("202501;3;32;320530;I;5611201;1;1900,00\n", "")
RAIS = (
    "Bairros SP;CNAE 2.0 Classe;Vínculo Ativo 31/12;Faixa Etária;Município;Mun Trab;Vl Remun Média Nom\n"
    "0000;56112;1;05;320530;320530;0000002350,75\n{ñ;01113;1;99;320530;000000;0000000000,00\n"
    "{ñ class};56112;0;05;355030;355030;0000001000,00\n"
)
COMT = (
    '"CNAE 2.0 Subclasse - Codigo","Ind Vínculo Ativo 31/12 - Código","Ind Vínculo Abandonado - Código",'
    '"Município - Código","Vl Rem Média Nom"\n"5611201","1","0","320530","2350.75"\n"5611201","1","1","320530","1.00"\n'
)


def figures_of(folder: Path, indicator: str, content: str | bytes, name: str = "arquivo.csv") -> dict[object, float]:
    declared = {one.indicator: one for one in indicators(folder)}[indicator]
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    read = read_figures(declared, name, path, CODES)
    return {(one.municipality, one.month) if one.municipality else one.month: one.value for one in read}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_codes_and_levels_beside_the_name_notes_and_a_legend_are_no_figures(tmp_path: Path, encoding: str) -> None:
    text = WITH_CODES if encoding == "utf-8" else WITH_CODES.removeprefix("\ufeff")
    assert figures_of(tmp_path, "pib", text.encode(encoding)) == {
        ("VITORIA/ES", JANUARY_2023): 41230117.0, ("VITORIA/ES", JANUARY_2024): 0.0,
        ("SAOPAULO/SP", JANUARY_2024): 1.0,
    }  # fmt: skip


@pytest.mark.parametrize("content", [TWO_VARIABLES, STACKED])
def test_a_table_of_two_variables_is_refused_and_not_mixed(tmp_path: Path, content: str) -> None:
    with pytest.raises(SchemaError, match=r"VITORIA/ES em 01/2023: 41 e 7\. Exporte uma variável"):
        figures_of(tmp_path, "pib", content)


def test_of_categories_the_total_alone_is_read(tmp_path: Path) -> None:
    told = {("VITORIA/ES", JANUARY_2023): 10.0, ("VITORIA/ES", JANUARY_2024): 12.0}
    assert figures_of(tmp_path, "populacao", BY_SEX) == told
    with pytest.raises(SchemaError, match="mais de um valor"):
        figures_of(tmp_path, "populacao", BY_SEX.replace('"Vitória (ES)";"Total";"10";"12"\n', ""))


def test_a_flat_export_is_read_with_its_own_decimal_mark_and_total(tmp_path: Path) -> None:
    assert figures_of(tmp_path, "populacao", FLAT) == {("VITORIA/ES", JANUARY_2024): 1.234}


def test_trades_are_read_where_they_stand_above_their_columns(tmp_path: Path) -> None:
    content = (
        '"Município";"Ano x Classificação Nacional de Atividades Econômicas (CNAE 2.0)"\n"Município";"2023";""\n'
        '"Município";"56.11-2 Restaurantes";"01.11-3 Cultivo de cereais"\n"Vitória (ES)";"812";"4"\n'
    )
    declared = {one.indicator: one for one in indicators(tmp_path)}["empresas_da_atividade"]
    (tmp_path / "t.csv").write_text(content, encoding="utf-8")
    told = {one.activity: one.value for one in read_figures(declared, "t.csv", tmp_path / "t.csv", {})}
    assert told == {"56112 restaurantes": 812.0, "01113 cultivo de cereais": 4.0}


def test_series_of_the_central_bank_as_its_service_and_its_page_export_them(tmp_path: Path) -> None:
    assert figures_of(tmp_path, "ipca", SERIES) == {JANUARY_2024: 0.0875}
    assert figures_of(tmp_path, "ipca", WEB.encode("latin-1")) == {JANUARY_2023: 0.53, JANUARY_2024: 0.42}
    assert figures_of(tmp_path, "selic", DESCENDING) == {JANUARY_2024: 13.15}, "the last day, wherever it stands"
    with pytest.raises(SchemaError, match="mais de uma série"):
        figures_of(tmp_path, "ipca", "Data;433 - IPCA;4189 - Selic\n01/2024;0,42;11,65\n")


def test_employment_of_a_year_as_the_ministry_serves_it(tmp_path: Path) -> None:
    rais = RAIS.encode("latin-1")
    assert figures_of(tmp_path, "vinculos", rais, "rais_2022_RAIS_VINC_PUB_SP.txt") == {
        ("VITORIA/ES", date(2022, 1, 1)): 2.0, ("SAOPAULO/SP", date(2022, 1, 1)): 0.0,
    }  # fmt: skip
    told = figures_of(tmp_path, "vinculos", COMT.encode("latin-1"), "RAIS_VINC_PUB_SP_2023.COMT")
    assert told == {("VITORIA/ES", JANUARY_2023): 1.0}, "who abandoned a job is not counted"
    with pytest.raises(SchemaError, match=r"Ano \(ou o ano no nome do arquivo"):
        figures_of(tmp_path, "vinculos", rais, "RAIS_VINC_PUB_SP.txt")


def test_files_that_are_packed_or_lack_the_list_of_codes_say_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="compactado"):
        figures_of(tmp_path, "saldo_de_empregos", b"7z\xbc\xaf\x27\x1c\x00", "CAGEDMOV202501.7z")
    declared = {one.indicator: one for one in indicators(tmp_path)}["saldo_de_empregos"]
    (tmp_path / "CAGEDMOV202501.txt").write_text(CAGED, encoding="utf-8")
    with pytest.raises(SchemaError, match="lista do IBGE"):
        read_figures(declared, "CAGEDMOV202501.txt", tmp_path / "CAGEDMOV202501.txt", {})


def test_the_list_of_municipalities_may_stand_below_its_titles(tmp_path: Path) -> None:
    declared = {one.indicator: one for one in indicators(tmp_path)}["municipios"]
    (tmp_path / "dtb.csv").write_text(f"Divisão Territorial Brasileira\nRelatório;DTB 2024\n{PLACES}", encoding="utf-8")
    assert read_places(declared, "dtb.csv", tmp_path / "dtb.csv") == CODES


def test_late_and_withdrawn_declarations_correct_a_month_and_codes_are_remembered(tmp_path: Path) -> None:
    home, drop = tmp_path / "home", tmp_path / "drop"
    run(home, drop, **{"dtb_2024.csv": PLACES, "CAGEDMOV202501.txt": "\ufeff" + CAGED})
    other = "202402;3;32;320530;I;5611201;1;1900,00\n"
    files = {"CAGEDFOR202502.txt": LATE + other, "CAGEDEXC202502.txt": LATE.replace(";-1;", ";1;")}
    lake, _ = run(home, drop, **dict.fromkeys(("dtb_2024.csv", "CAGEDMOV202501.txt")), **files)
    # In time 1 + 1 - 1, late 1 - 1, withdrawn 1 + 1; of February 2024 only a late line is there, which is no balance.
    assert environment(lake, "TFAAA1")["saldo_de_empregos"] == (-1.0, None, date(2025, 1, 1))
    lake, _ = run(home, drop, **dict.fromkeys(files), **{"CAGEDMOV202501 (1).txt": "\ufeff" + CAGED})
    assert environment(lake, "TFAAA1")["saldo_de_empregos"][0] == -1.0, "the same file under another name counts once"


def test_trades_in_codes_meet_trades_in_codes_or_words(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "external").mkdir(parents=True)
    (home / "external/meus.yaml").write_text(
        "- {indicator: vagas, label: Vagas, institute: MTE, files: caged*, layout: rows, unit: vagas,\n"
        "   by: [municipality, activity], columns: {municipality: município, activity: subclasse,\n"
        "   month: competênciamov, value: saldomovimentação}}\n",
        encoding="utf-8",
    )
    lines = (
        "CD_CLIENTE;DS_PROD;DS_SEGMENTO;SITUACAO_CONTRATO;VL_TOTAL_CONTRATO;DT_ASSINATURA_CONTRATO;DS_CNAE\n"
        "TFAAA1;ERP;VAREJO;ATIVO;1234,5;2020-05-17;5611-2/01\nTFBBB2;ERP;VAREJO;ATIVO;7,25;2021-03-04;1011201\n"
    )
    files = {"dtb.csv": PLACES, "caged.csv": CAGED, "sidra_cempre.csv": (
        '"Município";"Ano";"Classificação Nacional de Atividades Econômicas (CNAE 2.0)";"Valor"\n'
        '"Vitória (ES)";"2022";"56.11-2 Restaurantes e similares";"812"\n')}  # fmt: skip
    lake, _ = run(home, tmp_path / "drop", dados_clientes=lines, empresas=COMPANIES, **files)
    told = environment(lake, "TFAAA1")
    assert told["vagas"][0] == 2.0
    assert told["empresas_da_atividade"][0] == 812.0
    assert environment(lake, "TFBBB2") == {}


def test_a_month_that_comes_again_under_another_name_takes_the_place_of_the_first(tmp_path: Path) -> None:
    """Their sum would count the month twice; files of other places go on adding up."""
    home, drop = tmp_path / "home", tmp_path / "drop"
    more = CAGED + "202501;3;32;320530;I;5611201;1;1900,00\n"
    lake, _ = run(home, drop, **{"dtb_2024.csv": PLACES, "CAGEDMOV202501.txt": CAGED})
    first = environment(lake, "TFAAA1")["saldo_de_empregos"]
    gone = dict.fromkeys(("dtb_2024.csv", "CAGEDMOV202501.txt"))
    lake, _ = run(home, drop, **gone, **{"CAGEDMOV202501 corrigido.txt": more})
    corrected = environment(lake, "TFAAA1")["saldo_de_empregos"]
    whole, _ = run(tmp_path / "other", tmp_path / "b", **{"dtb_2024.csv": PLACES, "CAGEDMOV202501.txt": more})
    assert corrected == environment(whole, "TFAAA1")["saldo_de_empregos"] != first


def test_two_files_of_one_delivery_that_tell_one_month_differently_are_not_taken(tmp_path: Path) -> None:
    home, drop = tmp_path / "home", tmp_path / "drop"
    lake, _ = run(home, drop, **{"dtb_2024.csv": PLACES, "CAGEDMOV202501.txt": CAGED})
    first = environment(lake, "TFAAA1")["saldo_de_empregos"]
    more = CAGED + "202501;3;32;320530;I;5611201;1;1900,00\n"
    lake, _ = run(home, drop, **{"CAGEDMOV202501.txt": CAGED, "CAGEDMOV202501 corrigido.txt": more})
    failed = "SELECT file, message FROM external_files WHERE status = 'failed' ORDER BY file"
    told = lake.query(failed).to_pylist()
    assert [row["file"] for row in told] == ["CAGEDMOV202501 corrigido.txt", "CAGEDMOV202501.txt"]
    assert all("Entregue só o que vale" in row["message"] for row in told)
    assert environment(lake, "TFAAA1")["saldo_de_empregos"] == first


def declared_in(month: str, text: str) -> str:
    """Corrections with the month in which they were declared."""
    head, *rows = text.splitlines()
    return "\n".join([f"{head};competênciadec", *(f"{row};{month}" for row in rows)]) + "\n"


def test_corrections_that_come_again_under_another_name_take_the_place_of_the_first(tmp_path: Path) -> None:
    """Those of another month of declaration go on adding up; two of one month that differ are both refused."""
    home, drop = tmp_path / "home", tmp_path / "drop"
    late, later = declared_in("202502", LATE), declared_in("202503", LATE)
    run(home, drop, **{"dtb_2024.csv": PLACES, "CAGEDMOV202501.txt": CAGED, "CAGEDFOR202502.txt": late})
    gone = dict.fromkeys(("dtb_2024.csv", "CAGEDMOV202501.txt", "CAGEDFOR202502.txt"))
    more = late + "202501;3;32;320530;I;5611201;1;1900,00;202502\n"
    lake, _ = run(home, drop, **gone, **{"cagedfor_fev (2).txt": more, "CAGEDFOR202503.txt": later})
    balance = "saldo_de_empregos"
    # In time 1 + 1 - 1; told late in February 1 - 1, and 1 more in the second copy; in March 1 - 1.
    assert environment(lake, "TFAAA1")[balance][0] == 2.0
    clash = {"CAGEDFOR202502.txt": late, "CAGEDFOR202502 a.txt": more, "cagedfor_fev (2).txt": None}
    lake, _ = run(home, drop, **clash, **{"CAGEDFOR202503.txt": None})
    failed = lake.query("SELECT file FROM external_files WHERE status = 'failed' ORDER BY file").to_pylist()
    assert [row["file"] for row in failed] == ["CAGEDFOR202502 a.txt", "CAGEDFOR202502.txt"]
    assert environment(lake, "TFAAA1")[balance][0] == 2.0


def test_a_correction_that_does_not_say_when_it_was_declared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="competênciadec"):
        figures_of(tmp_path, "saldo_de_empregos", LATE, "CAGEDFOR.txt")
    assert figures_of(tmp_path, "saldo_de_empregos", LATE, "CAGEDFOR202502.txt")
    assert figures_of(tmp_path, "saldo_de_empregos", CAGED, "CAGEDMOV.txt")


def test_a_corrected_file_of_employment_takes_the_place_of_the_first(tmp_path: Path) -> None:
    home, drop = tmp_path / "home", tmp_path / "drop"
    run(home, drop, **{"dtb_2024.csv": PLACES, "rais_2023_SP.csv": RAIS})
    more = RAIS + "0000;56112;1;05;320530;320530;0000002350,75\n"
    gone = dict.fromkeys(("dtb_2024.csv", "rais_2023_SP.csv"))
    lake, _ = run(home, drop, **gone, **{"RAIS_VINC_PUB_2023 corrigido.txt": more})
    assert environment(lake, "TFAAA1")["vinculos"][0] == 3.0


def book_of(path: Path, *sheets: list[list[object]]) -> bytes:
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
    return path.read_bytes()


def test_workbooks_of_a_series_and_of_employment_say_what_their_texts_say(tmp_path: Path) -> None:
    """Below titles too; numbers are numbers, days days; several sheets that serve are refused."""
    made = tmp_path / "made.xlsx"
    series: list[list[object]] = [["Selic"], ["Data", "valor"], [date(2023, 1, 31), 13.125], [date(2024, 1, 31), 12.5]]
    told = figures_of(tmp_path, "selic", book_of(made, series, [["Fonte: BCB"]]), "sgs_4189.xlsx")
    assert told == {JANUARY_2023: 13.125, JANUARY_2024: 12.5}
    with pytest.raises(SchemaError, match="uma tabela só"):
        figures_of(tmp_path, "selic", book_of(made, series, series), "sgs_4189.xlsx")
    rows: list[list[object]] = [line.split(";") for line in RAIS.splitlines()]
    book = book_of(made, rows)
    assert figures_of(tmp_path, "vinculos", book, "rais_2023_SP.xlsx") == figures_of(
        tmp_path, "vinculos", RAIS, "rais_2023_SP.csv"
    )
    with pytest.raises(SchemaError, match="nenhuma aba"):
        figures_of(tmp_path, "vinculos", book_of(made, [["a", "b"]]), "rais_2023_SP.xlsx")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("rais_2023_SP.csv", RAIS)
    with pytest.raises(SourceError, match="compactado"):
        figures_of(tmp_path, "vinculos", packed.getvalue(), "RAIS_VINC_PUB_SP.zip")


def test_a_workbook_of_sidra_says_what_its_text_says(tmp_path: Path) -> None:
    """Its numbers are numbers, its notes a sheet of their own; a variable more in another sheet is refused."""

    def workbook(*texts: str) -> bytes:
        path = tmp_path / "made.xlsx"
        with xlsxwriter.Workbook(path) as book:
            for text in texts:
                sheet = book.add_worksheet()
                for line, row in enumerate(csv.reader(text.removeprefix("\ufeff").splitlines(), delimiter=";")):
                    for place, cell in enumerate(row):
                        bare = cell.replace(".", "")
                        sheet.write(line, place, int(bare) if bare.isdigit() and line > 1 else cell)
        return path.read_bytes()

    table = WITH_CODES.removesuffix(LEGEND)
    told = figures_of(tmp_path, "pib", workbook(table, LEGEND), "tabela5938.xlsx")
    assert told == figures_of(tmp_path, "pib", WITH_CODES)
    assert told
    with pytest.raises(SchemaError, match="mais de um valor"):
        figures_of(tmp_path, "pib", workbook(STACKED, STACKED.replace('"41"', '"42"')), "tabela5938.xlsx")
