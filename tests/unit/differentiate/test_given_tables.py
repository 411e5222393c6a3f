"""A person's file as it comes: its encoding, its numbers and days in the usual Brazilian forms, a worksheet."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from b2shift.differentiate.given import open_table
from b2shift.differentiate.supervised.labels import parse_label
from b2shift.differentiate.supervised.reading import read_labelled, read_unlabelled
from b2shift.differentiate.texts import infer_parsers
from b2shift.kernel.errors import InputError

ROWS = [
    "valor;quando;mês;taxa;saiu",
    "1.234,50;31/01/2025 10:30;fev/2025;12,5%;Sim",
    "R$ 7,00;28/02/2025 08:00;Apr 2025;3%;não",
]


def day(year: int, month: int, day: int) -> float:
    return datetime(year, month, day, tzinfo=UTC).timestamp() / 86400


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_brazilian_numbers_and_days_are_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    table = tmp_path / "tabela.csv"
    table.write_text("\n".join(ROWS) + "\n", encoding=encoding)
    read = read_labelled(table, "saiu", "quando", None)
    assert read.columns.numbers["valor"].tolist() == [1234.5, 7.0]
    assert read.columns.numbers["taxa"].tolist() == [12.5, 3.0]
    assert read.columns.numbers["mês"].tolist() == [day(2025, 2, 1), day(2025, 4, 1)]
    assert read.columns.days == {"mês"}
    assert read.time is not None
    assert np.allclose(read.time, [day(2025, 1, 31) + 10.5 / 24, day(2025, 2, 28) + 8 / 24])
    assert read.label.tolist() == ["Sim", "não"]


def test_rows_to_predict_may_write_their_numbers_in_another_way(tmp_path: Path) -> None:
    table, test = tmp_path / "tabela.csv", tmp_path / "novas.csv"
    table.write_text("valor;dia;saiu\n10;2025-01-31;1\n12;2025-02-28;0\n", encoding="utf-8")
    test.write_text("valor;dia\n10,5;31/01/2025\n1.012,0;28/02/2025\n", encoding="utf-8")
    told = read_unlabelled(test, read_labelled(table, "saiu", None, None), None).columns
    assert told.numbers["valor"].tolist() == [10.5, 1012.0]
    assert told.numbers["dia"].tolist() == [day(2025, 1, 31), day(2025, 2, 28)]


def test_an_amount_is_a_label_with_a_decimal_comma(tmp_path: Path) -> None:
    table = tmp_path / "tabela.csv"
    table.write_text("x;y\n" + "".join(f"{at};{at},25\n" for at in range(20)), encoding="utf-8")
    told = parse_label(read_labelled(table, "y", None, None).label, None, None)
    assert told.task == "regression"
    assert told.numbers.tolist() == [at + 0.25 for at in range(20)]


def test_a_label_of_true_and_false_keeps_its_words(tmp_path: Path) -> None:
    table = tmp_path / "tabela.csv"
    table.write_text("x;saiu\n1;True\n2;False\n", encoding="utf-8")
    assert read_labelled(table, "saiu", None, None).label.tolist() == ["True", "False"]


def test_one_class_written_in_several_ways_is_one() -> None:
    said = np.array(["Sim", "Sim", "SIM", "Não", "nao", None], dtype=object)
    told = parse_label(said, None, "sim")
    assert (told.classes, told.positive) == (("Não", "Sim"), "Sim")
    assert told.numbers[:5].tolist() == [1, 1, 1, 0, 0]
    assert told.known.tolist() == [True] * 5 + [False]


def test_a_number_of_a_label_that_nobody_can_read_is_not_known() -> None:
    said = np.array([str(at) for at in range(99)] + ["a confirmar"], dtype=object)
    told = parse_label(said, None, None)
    assert (told.task, told.known.sum()) == ("regression", 99)


def test_a_worksheet_is_a_table_of_numbers_days_and_words(tmp_path: Path) -> None:
    table = tmp_path / "tabela.xlsx"
    table.write_bytes(workbook([["valor", "plano", "vazia"], [1.5, "mensal", None], [None, "anual", None]]))
    with open_table(table) as rows:
        assert rows.columns == ["valor", "plano", "vazia"]
        assert rows.fetchall() == [(1.5, "mensal", None), (None, "anual", None)]
        assert {name: way is not None for name, way in infer_parsers(rows, rows.columns).items()} == {
            "valor": True, "plano": False, "vazia": False,
        }  # fmt: skip


def workbook(rows: list[list[object]]) -> bytes:
    """The least that a reader takes for a workbook of one sheet."""
    cells = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    told = BytesIO()
    with ZipFile(told, "w") as file:
        file.writestr("_rels/.rels", relation(package, f"{office}/officeDocument", "xl/workbook.xml"))
        file.writestr("xl/_rels/workbook.xml.rels", relation(package, f"{office}/worksheet", "sheets/1.xml"))
        sheet = f'<sheets><sheet name="a" sheetId="1" r:id="r1" xmlns:r="{office}"/></sheets>'
        file.writestr("xl/workbook.xml", f"<workbook {main}>{sheet}</workbook>")
        file.writestr("xl/sheets/1.xml", f"<worksheet {main}><sheetData>{cells}</sheetData></worksheet>")
    return told.getvalue()


def relation(package: str, kind: str, target: str) -> str:
    return f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{kind}" Target="{target}"/></Relationships>'


def cell(value: object) -> str:
    if value is None:
        return "<c/>"
    return f"<c><v>{value}</v></c>" if isinstance(value, float) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def test_what_is_no_table_is_refused_in_portuguese(tmp_path: Path) -> None:
    table = tmp_path / "tabela.csv"
    table.write_bytes(b"")
    with pytest.raises(InputError, match="vazio"), open_table(table):
        pass
    table.write_bytes(b"PK\x00\x01\x00")
    with pytest.raises(InputError, match="não é um texto"), open_table(table):
        pass
    table.write_text("a,b\n" + "1,2\n" * 30_000 + "3,4,5\n", encoding="utf-8")
    with pytest.raises(InputError, match="não pode ser lida") as told, open_table(table) as rows:
        rows.fetchall()
    assert "Error" not in str(told.value)


@pytest.mark.parametrize("name", ["t.json", "t.jsonl", "t.tsv", "t.csv.gz"])
def test_lists_of_objects_tabs_and_packed_files_are_tables(tmp_path: Path, name: str) -> None:
    frame = pd.DataFrame({"valor": [1.5, None, 3.0], "plano": ["a", "b", None], "saiu": ["sim", "não", "sim"]})
    table = tmp_path / name
    if "json" in name:
        frame.to_json(table, orient="records", lines=name.endswith("l"))
    else:
        frame.to_csv(table, index=False, sep="\t" if name.endswith("tsv") else ",")
    read = read_labelled(table, "saiu", None, None)
    assert read.label.tolist() == ["sim", "não", "sim"]
    assert read.columns.words["plano"].tolist() == ["a", "b", None]
    assert np.allclose(read.columns.numbers["valor"], [1.5, np.nan, 3.0], equal_nan=True)


def test_moments_of_a_zone_are_read_as_those_of_utc(tmp_path: Path) -> None:
    table = tmp_path / "t.parquet"
    moment = pd.Timestamp("2025-01-31 22:00", tz="America/Sao_Paulo")
    pd.DataFrame({"quando": [moment, moment], "saiu": [0, 1]}).to_parquet(table)
    assert read_labelled(table, "saiu", None, None).columns.numbers["quando"][0] == day(2025, 2, 1) + 1 / 24


@pytest.mark.parametrize("text", [
    "a,b,saiu\n" + "1,2,0\n" * 20 + "1,2,3,4,5\n" + "1,2,1\n" * 20,
    "a,b,saiu\n" + "1,2,0\n" * 20 + "1,2,3,4,5\n",
    "a;b;saiu\n" + "1;2;0\n" * 20 + "1;2\n",
])  # fmt: skip
def test_a_line_of_other_fields_is_named(tmp_path: Path, text: str) -> None:
    table = tmp_path / "t.csv"
    table.write_text(text)
    with pytest.raises(InputError, match="linha 22"):
        read_labelled(table, "saiu", None, None)


def test_numbers_beyond_reach_keep_their_order(tmp_path: Path) -> None:
    table = tmp_path / "t.parquet"
    pd.DataFrame({"a": [1e300, 2e300, -1e300, np.inf, 5.0], "saiu": [0, 1, 0, 1, 0]}).to_parquet(table)
    told = read_labelled(table, "saiu", None, None).columns.numbers["a"]
    assert told[1] > told[0] > 1e100 > 5.0 == told[4] > told[2]
    assert np.isnan(told[3])
    assert np.isfinite(told[:3] ** 2).all()


@pytest.mark.parametrize(
    ("classes", "yes"),
    [(("1", "2"), "2"), (("0", "1"), "1"), (("-1.0", "1.0"), "1.0"), (("10", "9"), "10"), (("0.0", "100.0"), "100.0")],
)
def test_of_two_numbers_the_larger_says_yes(classes: tuple[str, str], yes: str) -> None:
    said = np.array([*classes * 10], dtype=object)
    assert parse_label(said, None, None).positive == yes


@pytest.mark.parametrize(
    ("rare", "common"),
    [("Not Converted", "Converted"), ("não_pago", "Pago"), ("Perdida", "Ganha"), ("falso", "Verdadeiro")],
)
def test_what_another_class_denies_says_yes_though_it_is_common(rare: str, common: str) -> None:
    assert parse_label(np.array([rare, common, common] * 10, dtype=object), None, None).positive == common


def test_a_label_of_one_value_and_blanks_is_refused_and_the_blanks_counted() -> None:
    said = np.array(["x", None, None] * 10, dtype=object)
    with pytest.raises(InputError, match="20 linhas não o têm"):
        parse_label(said, None, None)


def test_the_yes_may_be_asked_for_in_another_word() -> None:
    said = np.array(["true", "false"] * 10, dtype=object)
    assert parse_label(said, None, "não").positive == "false"
    assert parse_label(np.array(["1.0", "0.0"] * 10, dtype=object), None, "1").positive == "1.0"


MONTHS = "mês;visto;valor;saiu\n2025-01;2025-01-20;1;0\n2025-02;2024-12-31;2;1\n"


def test_dates_are_days_before_the_last_day_of_a_month(tmp_path: Path) -> None:
    table, test = tmp_path / "t.csv", tmp_path / "u.csv"
    table.write_text(MONTHS)
    read = read_labelled(table, "saiu", "mês", None)
    assert read.aged().columns.numbers["visto"].tolist() == [11.0, 59.0]
    test.write_text(MONTHS.replace("2025-0", "2025-1"))
    fresh = read_unlabelled(test, read, None).columns
    assert fresh.numbers["visto"].tolist() == [10.0, 365.0]
    assert read.with_columns_of(fresh).columns.ages == fresh.ages == {"visto"}
    test.write_text("visto;valor\n2025-01-20;1\n")
    fresh = read_unlabelled(test, read, None).columns
    assert fresh.numbers["visto"].tolist() == [day(2025, 1, 20)]
    assert read.with_columns_of(fresh).columns.days == {"visto"}


def test_yes_and_no_are_the_same_words_in_every_kind_of_file(tmp_path: Path) -> None:
    csv, parquet = tmp_path / "t.csv", tmp_path / "t.parquet"
    rows = pd.DataFrame({"fiel": ["Yes", "No", "Yes"], "novo": [True, False, True], "saiu": ["No", "Yes", "No"]})
    rows.to_csv(csv, index=False)
    rows.to_parquet(parquet)
    for table, other in ((csv, parquet), (parquet, csv)):
        read = read_labelled(table, "saiu", None, None)
        assert read.label.tolist() == ["No", "Yes", "No"]
        told = read_unlabelled(other, read, None).columns
        assert told.words["fiel"].tolist() == read.columns.words["fiel"].tolist() == ["Yes", "No", "Yes"]
        assert told.numbers["novo"].tolist() == read.columns.numbers["novo"].tolist() == [1, 0, 1]
