"""Bytes of real files spoilt at random, and what must hold of whatever a reader makes of them."""

import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import xlsxwriter

from b2shift.identify.sources.declaration import Reader, Source
from b2shift.identify.sources.raw_rows import read_rows
from b2shift.kernel.errors import B2ShiftError
from b2shift.lake.session import Session

_HANDFUL = (b"", b"\0", b"\n", b"\r\n", b'"', b";", b",", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\x1f", b"{", b"\\")


def spoil(content: bytes, chance: random.Random) -> bytes:
    """One to four accidents."""
    for _ in range(chance.randint(1, 4)):
        content = _accident(content, chance) or b"\n"
    return content


def _accident(content: bytes, chance: random.Random) -> bytes:
    """Bytes cut off, changed, taken out, doubled, moved, brought in, or with one bit turned."""
    at, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    near = min(len(content), at + chance.randint(1, 40))
    before, few, rest = content[:at], content[at:near], content[near:]
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: before,
        lambda: before + chance.randbytes(len(few)) + rest,
        lambda: before + rest,
        lambda: before + content[at:end][:20_000] * 2 + content[end:],
        lambda: content[at:end] + before + content[end:],
        lambda: before + chance.choice(_HANDFUL) * chance.randint(1, 3) + content[at:],
        lambda: before + bytes(byte ^ 1 << chance.randrange(8) for byte in few) + rest,
    )
    return chance.choice(ways)()


def is_for_people(error: B2ShiftError) -> bool:
    """Whether it says what happened, and with what value or what to do."""
    return bool(error.what) and bool(error.hint or error.value is not None)


def as_workbook(content: bytes, path: Path, separator: str, rows: int = 60) -> Path:
    """The first lines of a CSV as an Excel workbook."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("dados")
        for number, line in enumerate(content.decode("utf-8-sig", "replace").splitlines()[:rows]):
            sheet.write_row(number, 0, line.split(separator))
    return path


def as_parquet(content: bytes, path: Path, separator: str, rows: int = 60) -> Path:
    """The first lines of a CSV as a Parquet file of texts."""
    head, *lines = content.decode("utf-8-sig", "replace").splitlines()[:rows]
    names = head.split(separator)
    fields = [line.split(separator) for line in lines]
    whole = [line for line in fields if len(line) == len(names)]
    parquet.write_table(pa.table({name: [line[i] for line in whole] for i, name in enumerate(names)}), path)
    return path


def read(session: Session, source: Source, path: Path) -> str:
    """Read a file; what was refused, or empty (never a refusal that tells nothing).

    Every line that is not blank must be a row or be told. Any error that is not for people goes through, and so does a
    line that went missing.
    """
    target = session.new_file(source.raw_table)
    try:
        reading = read_rows(session, source, path.name, path, target)
    except B2ShiftError as error:
        return str(error) if is_for_people(error) else "a refusal that tells nothing"
    told = reading.rows + len(reading.accidents)
    if source.reader in (Reader.CSV, Reader.JSONL) and not _rewritten(path):
        lines = [line for line in path.read_bytes().split(b"\n") if line.strip()]
        expected = len(lines) - (source.reader is Reader.CSV)
        # A quoted field may hold line ends; a line is never lost, only joined to the one whose quote it closes.
        quoted = b'"' in path.read_bytes() and source.reader is Reader.CSV
        assert told <= expected if quoted else told == expected, f"{told} of {expected} lines"
    counted = session.connection.execute(f"SELECT count(*) FROM read_parquet('{target}')").fetchall()[0][0]
    assert counted == reading.rows
    target.unlink(missing_ok=True)
    return ""


def _rewritten(path: Path) -> bool:
    """Whether the file is written again before it is read: its lines are other bytes."""
    with path.open("rb") as file:
        return file.read(2) in (b"\xff\xfe", b"\xfe\xff")
