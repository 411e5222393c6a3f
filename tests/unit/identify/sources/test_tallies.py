"""Sums kept over loads: what came is added, what left is taken off, and they are those of the newer delivery alone."""

from pathlib import Path
from typing import Any

import pytest
from tests.unit.identify.sources.small import deliver, write_small

from b2shift.identify.cleansing import table_parts
from b2shift.identify.sources import incremental_lines, tallies
from b2shift.identify.sources.declaration import Source
from b2shift.lake.api import Session, TableFiles, open_lake

HEAD = "CD_CLIENTE;DS_PROD;DS_SEGMENTO;SITUACAO_CONTRATO;VL_TOTAL_CONTRATO;DT_ASSINATURA_CONTRATO\n"
FEW = 4


@pytest.fixture(autouse=True)
def _small_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a few lines are looked through as large ones are; a sample is a few numbers."""
    monkeypatch.setattr(table_parts, "LEAST", 0)
    monkeypatch.setattr(incremental_lines, "LEAST", 0)
    monkeypatch.setattr(tallies, "SAMPLE", FEW)


def contracts(numbers: range, product: str = "ERP") -> str:
    rows = (f"TFAAA1;{product};VAREJO;ATIVO;{n},{n % 90 + 10};20{n % 20 + 10}-05-17\n" for n in numbers)
    return HEAD + "".join(rows)


def told(home: Path) -> list[dict[str, Any]]:
    return open_lake(home).query("SELECT * FROM line_tallies ORDER BY ALL").to_pylist()


def of(rows: list[dict[str, Any]], *kinds: str) -> dict[str, int]:
    return {r["value"]: r["lines"] for r in rows if r["source"] == "dados_clientes" and r["what"] in kinds}


@pytest.mark.parametrize(
    ("second", "whole"),
    [
        (contracts(range(5, 64)), False),
        (contracts(range(5, 60)) + contracts(range(60, 66), "CRM").removeprefix(HEAD), False),
        (contracts(range(60)).replace("2015-05-17", "17/05/2015"), False),
        (contracts(range(64)).replace("ATIVO;1", "ATIVO;R$ 1") + contracts(range(10, 20)).removeprefix(HEAD), False),
        (contracts(range(8, 60)), True),
    ],
    ids=[
        "lines came and left",
        "words came",
        "days are written otherwise",
        "some have a currency",
        "a sample lost too many of its numbers",
    ],
)
def test_sums_are_those_of_the_newer_delivery_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: str, *, whole: bool
) -> None:
    counted, count = [], tallies._counted

    def noted(session: Session, source: Source, now: TableFiles) -> dict[str, int]:
        counted.append(source.source)
        return count(session, source, now)

    monkeypatch.setattr(tallies, "_counted", noted)
    monkeypatch.setattr(table_parts, "_SHARE", 0.0)
    deliver(tmp_path / "over", write_small(tmp_path / "a", dados_clientes=contracts(range(60))))
    counted.clear()
    drop = write_small(tmp_path / "b", dados_clientes=second)
    deliver(tmp_path / "over", drop)
    assert ("dados_clientes" in counted) == whole
    deliver(tmp_path / "alone", drop)
    assert told(tmp_path / "over") == told(tmp_path / "alone")


def test_of_many_numbers_a_sample_is_kept_with_a_reserve(tmp_path: Path) -> None:
    deliver(tmp_path / "home", write_small(tmp_path / "a", dados_clientes=contracts(range(60))))
    rows = told(tmp_path / "home")
    assert 0 < len(of(rows, "number")) <= FEW < len(of(rows, "number", "reserve"))
    assert of(rows, "mark") == {",": 60}
    assert sum(of(rows, "day").values()) == 60
    assert of(rows, "word")["ERP"] == 60


def test_moments_are_counted_by_their_day_however_it_is_written(tmp_path: Path) -> None:
    days = ["2024-03-05", "12/28/2024", "3/28/2024", "3/5/2024", "05.03.24"]
    moments = [f"{day} {hour}:58:57 PM" for day in days for hour in range(1, 9)] + ["2024-03-05T10:11:12"]
    rows = "".join(f"TFAAA1;ERP;VAREJO;ATIVO;9,25;{moment}\n" for moment in moments)
    deliver(tmp_path / "home", write_small(tmp_path / "a", dados_clientes=HEAD + rows))
    assert of(told(tmp_path / "home"), "day") == dict.fromkeys(days, 8) | {"2024-03-05": 9}


def test_the_same_delivery_again_counts_nothing(tmp_path: Path) -> None:
    drop = write_small(tmp_path / "a", dados_clientes=contracts(range(9)))
    deliver(tmp_path / "home", drop)
    changed, _answers = deliver(tmp_path / "home", drop)
    assert not changed


def test_a_line_that_left_one_file_and_came_again_in_another_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_parts, "_SHARE", 0.0)
    for place, gone in enumerate([set(), {0, 1, 2}, {0, 10}, {0, 10, 11}]):
        text = HEAD + "".join(contracts(range(n, n + 1)).removeprefix(HEAD) for n in range(60) if n not in gone)
        deliver(tmp_path / "over", drop := write_small(tmp_path / str(place), dados_clientes=text))
    deliver(tmp_path / "alone", drop)
    assert told(tmp_path / "over") == told(tmp_path / "alone")
