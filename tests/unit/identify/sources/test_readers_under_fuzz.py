"""Every reader on spoilt bytes of real files and on invented ones: rows or a sentence for people, nothing in between.

`B2SHIFT_FUZZ_ROUNDS` sets how many files each reader meets (40 without it).
"""

import csv
import os
import random
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.identify.sources.small import TELEMETRY, write_small
from tests.unit.identify.sources.spoilt import as_parquet, as_workbook, is_for_people, read, spoil

from b2shift.demo.api import write_drop
from b2shift.identify.api import ingest
from b2shift.identify.sources.declaration import Reader, Source
from b2shift.identify.sources.declarations import built_in
from b2shift.identify.sources.delivery import forget, open_delivery
from b2shift.identify.sources.raw_rows import read_rows
from b2shift.identify.sources.telemetry import read_telemetry
from b2shift.kernel.errors import B2ShiftError
from b2shift.lake.api import Session, writing

ROUNDS = int(os.environ.get("B2SHIFT_FUZZ_ROUNDS", "40"))
LONGEST_SECONDS = 20.0
FILES = ("tickets", "receita_mensal", "clientes_desde", "prospects", "contatos", "events")


@pytest.fixture(scope="module")
def drop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz") / "drop"
    write_drop(folder, customers=30, seed=21, dirty=0.6, months=3)
    return folder


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One session with two customers: a reader that damages it fails the rounds after."""
    home = tmp_path_factory.mktemp("fuzz-home")
    with writing(home) as told:
        ingest(told, write_small(home / "drop"))
        yield told


@contextmanager
def in_time() -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < LONGEST_SECONDS


def source_of(name: str) -> Source:
    return next(source for source in built_in() if source.source == name)


@pytest.mark.parametrize("name", FILES)
def test_spoilt_text_files_end_in_rows_or_in_a_sentence(
    drop: Path, session: Session, tmp_path: Path, name: str
) -> None:
    source = source_of(name)
    content = next(path for path in drop.iterdir() if source.matches(path.name)).read_bytes()[:60_000]
    seen: Counter[str] = Counter()
    for round_ in range(ROUNDS):
        path = tmp_path / source.files
        path.write_bytes(spoil(content, random.Random(f"{name} {round_}")))
        with in_time():
            seen[read(session, source, path)] += 1
    assert "a refusal that tells nothing" not in seen
    assert seen[""] > ROUNDS / 4, "most accidents cost a line or two, not the file"


@pytest.mark.parametrize("reader", [Reader.EXCEL, Reader.PARQUET])
def test_spoilt_workbooks_and_parquet_files_end_in_rows_or_in_a_sentence(
    drop: Path, session: Session, tmp_path: Path, reader: Reader
) -> None:
    text = (drop / "clientes_desde.csv").read_bytes()
    source = source_of("clientes_desde").model_copy(update={"reader": reader})
    made = (as_workbook if reader is Reader.EXCEL else as_parquet)(text, tmp_path / f"f.{reader}", source.separator)
    content = made.read_bytes()
    assert not read(session, source, made)
    for round_ in range(ROUNDS):
        path = tmp_path / f"spoilt.{reader}"
        path.write_bytes(spoil(content, random.Random(f"{reader} {round_}")))
        with in_time():
            assert read(session, source, path) != "a refusal that tells nothing"


def test_spoilt_telemetry_ends_in_events_or_in_a_sentence(session: Session, tmp_path: Path) -> None:
    source = source_of("telemetria")
    silent: list[bool] = []
    content = (TELEMETRY + TELEMETRY.split("\n", 1)[1] * 60).encode()
    for round_ in range(ROUNDS):
        path = tmp_path / "telemetria_1.csv"
        path.write_bytes(spoil(content, random.Random(f"telemetry {round_}")))
        targets = session.new_file("usage_daily"), session.new_file("usage_strays")
        lines = [line for line in path.read_bytes().split(b"\n") if line.strip()]
        with in_time():
            try:
                usage = read_telemetry(session, source, path.name, path, *targets)
            except B2ShiftError as error:
                silent.append(not is_for_people(error))
            else:
                lost = usage.rows - usage.events - usage.stray_events
                assert usage.rows >= 0
                assert lost <= len(usage.accidents)
                assert usage.rows <= len(lines)
    assert not any(silent)


def test_spoilt_zips_end_in_files_or_in_a_sentence(drop: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.zip"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(drop.glob("nps*.csv")):
            archive.write(path, path.name)
    content, silent = whole.read_bytes(), [False]
    (tmp_path / "scratch").mkdir()
    for round_ in range(ROUNDS):
        path = tmp_path / "spoilt.zip"
        path.write_bytes(spoil(content, random.Random(f"zip {round_}")))
        with in_time():
            try:
                for file in open_delivery(path):
                    opened = file.opened(tmp_path / "scratch")
                    assert opened.stat().st_size <= file.bytes
                    forget(opened, tmp_path / "scratch")
            except B2ShiftError as error:
                silent.append(not is_for_people(error))
    assert not any(silent)


cells = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\x1f\r"), max_size=12)


@settings(max_examples=ROUNDS)
@given(rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=12))
def test_whatever_cells_say_comes_back_as_it_was_written(
    session: Session, tmp_path: Path, rows: list[tuple[str, str]]
) -> None:
    """Quoted, with line ends and separators inside: no cell changes, no row is lost."""
    source = source_of("clientes_desde")
    text = StringIO()
    told = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    told.writerows([("CLIENTE", "CLIENTE_DESDE"), *rows])
    path = tmp_path / "clientes_desde.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    target = session.new_file(source.raw_table)
    read_rows(session, source, path.name, path, target)
    found = session.connection.execute(
        f'SELECT "CLIENTE", "CLIENTE_DESDE" FROM read_parquet(\'{target}\') ORDER BY _row'
    ).fetchall()
    assert found == rows
