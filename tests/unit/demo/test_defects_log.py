"""The log of defects is true: undone in reverse order it gives the clean drop back, byte by byte."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from b2shift.demo.api import write_drop

LATIN = {f"nps_transacional_{name}.csv" for name in ("aquisicao", "implantacao", "onboarding", "produto")}
Entry = dict[str, str]


@pytest.fixture(scope="module", params=[(90, 4, 1.0), (300, 6, 0.3)], ids=["very dirty", "dirty"])
def drops(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same base clean and dirty."""
    customers, seed, dirty = request.param
    clean, spoilt = (tmp_path_factory.mktemp(name) for name in ("clean", "spoilt"))
    write_drop(clean, customers=customers, seed=seed, dirty=0)
    write_drop(spoilt, customers=customers, seed=seed, dirty=dirty)
    return clean, spoilt


def test_undoing_the_log_gives_the_clean_file(drops: tuple[Path, Path]) -> None:
    clean, spoilt = drops
    with (spoilt / "_truth" / "defects.csv").open(encoding="utf-8", newline="") as file:
        log = list(csv.DictReader(file))
    by_file: dict[str, list[Entry]] = defaultdict(list)
    for entry in log:
        by_file[entry["file"]].append(entry)
    for path in sorted(clean.iterdir()):
        if path.is_file():
            undone = undo(spoilt / path.name, by_file[path.name])
            assert undone == path.read_bytes(), path.name


def undo(path: Path, log: list[Entry]) -> bytes:
    content = path.read_bytes()
    if path.suffix == ".jsonl":
        repeats = sum(entry["kind"] == "duplicate_event" for entry in log)
        lines = content.splitlines(keepends=True)[: -1 if log else None]
        return b"".join(lines[: len(lines) - repeats])
    content += b"".join(entry["before"].encode() for entry in log if entry["kind"] == "truncated_last_line")
    end = b"\r\n" if b"\r\n" in content else b"\n"
    header, *lines = content.split(end)[:-1]
    encoding = "latin-1" if path.name in LATIN else "utf-8"
    separator = "," if path.name.startswith("telemetria") else ";"
    rows = [line.decode(encoding).split(separator) for line in without_injected(lines, log)]
    names = cells(header.decode(encoding).removeprefix("\ufeff"), separator)
    for entry in reversed(log):
        row = int(entry["row"])
        if entry["column"]:
            assert rows[row][names.index(entry["column"])] == entry["after"]
            rows[row][names.index(entry["column"])] = entry["before"]
        elif entry["kind"] == "duplicate_row":
            del rows[row]
    return end.join([header, *(separator.join(row).encode(encoding) for row in rows), b""])


def without_injected(lines: list[bytes], log: list[Entry]) -> list[bytes]:
    """Data rows only: the log says before which of them a line was pushed in."""
    pushed: dict[int, int] = defaultdict(int)
    for entry in log:
        pushed[int(entry["row"])] += entry["kind"] in {"repeated_header", "foreign_bytes_line"}
    kept: list[bytes] = []
    skip = pushed[0]
    for line in lines:
        if skip:
            skip -= 1
            continue
        kept.append(line)
        skip = pushed[len(kept)]
    return kept


def cells(header: str, separator: str) -> list[str]:
    """Column names; questions may be quoted because they hold the separator."""
    return next(csv.reader([header], delimiter=separator))


def test_a_clean_drop_has_an_empty_log(drops: tuple[Path, Path]) -> None:
    clean, _ = drops
    assert (clean / "_truth" / "defects.csv").read_text() == "file,kind,column,row,before,after\n"
