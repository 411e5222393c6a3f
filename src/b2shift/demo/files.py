"""Writing the files as the vendor exports them, with the accidents that happen to whole lines."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from b2shift.demo.chance import stream
from b2shift.demo.columns import Table
from b2shift.demo.defects import Log


class Format(NamedTuple):
    """How one file is written."""

    separator: str = ";"
    end: str = "\n"
    encoding: str = "utf-8"
    truncated: bool = False
    """Whether a dirty drop loses the end of its last line."""


LOST_BYTES = 17


def write_table(folder: Path, file: str, table: Table, form: Format, dirty: float, seed: int, log: Log) -> int:
    """Write a delimited file and log what was done to its lines; its data rows."""
    header = form.separator.join(table)
    rows = [form.separator.join(cells) for cells in zip(*table.values(), strict=True)]
    injected = _accidents(file, len(rows), dirty, seed)
    lines: list[bytes] = [_bytes(header, form)]
    for row, text in enumerate(rows):
        for kind in injected.get(row, ()):
            lines.append(_bytes(header, form) if kind == "repeated_header" else _foreign(text, form))
            log.add(file, kind, "", row, "", "inserted before this data row")
        lines.append(_bytes(text, form))
    content = b"".join(lines)
    if form.truncated and dirty and rows:
        content, lost = content[:-LOST_BYTES], content[-LOST_BYTES:]
        log.add(file, "truncated_last_line", "", len(rows) - 1, lost.decode(), f"last {LOST_BYTES} bytes missing")
    mark = b"\xef\xbb\xbf" if form.encoding == "utf-8-sig" else b""
    (folder / file).write_bytes(mark + content)
    return len(rows)


def write_events(folder: Path, file: str, table: Table, repeats: list[int], dirty: float, log: Log) -> int:
    """Write one JSON object per line; some come again at the end, and the last may be cut in half."""
    names = list(table)
    lines = [
        json.dumps(dict(zip(names, cells, strict=True)), separators=(",", ":"))
        for cells in zip(*table.values(), strict=True)
    ]
    for row in repeats:
        log.add(file, "duplicate_event", "", row, str(table["event_id"][row]), "same event_id delivered again")
    lines += [lines[row] for row in repeats]
    content = "\n".join(lines) + "\n"
    if dirty:
        log.add(file, "truncated_last_line", "", len(lines), "", "half a record")
        content += '{"event_id":"E99999999","ts":"'
    (folder / file).write_text(content, encoding="utf-8", newline="")
    return len(lines)


def _accidents(file: str, rows: int, dirty: float, seed: int) -> dict[int, list[str]]:
    """Lines that concatenated exports leave behind: the header again, and a line in another encoding."""
    found: dict[int, list[str]] = {}
    if not dirty or rows <= 30:
        return found
    rng = stream(seed, f"lines of {file}")
    headers, foreign = max(1, int(rows / 30_000 * dirty)), min(20, max(1, int(rows / 4_000 * dirty)))
    for kind, count in (("repeated_header", headers), ("foreign_bytes_line", foreign)):
        for row in rng.integers(10, rows, count):
            found.setdefault(int(row), []).append(kind)
    return found


def _bytes(line: str, form: Format) -> bytes:
    encoding = "latin-1" if form.encoding == "latin-1" else "utf-8"
    return (line + form.end).encode(encoding, "replace")


def _foreign(line: str, form: Format) -> bytes:
    raw = _bytes(line, form)
    cut = max(8, len(raw) // 2)
    return raw[:cut] + (b"\x81\xe3o" if form.encoding == "latin-1" else b"\xe7\xe3o") + raw[cut:]


def write_truth(folder: Path, file: str, columns: dict[str, object]) -> None:
    """A file under `_truth/`: what the product must find out and never reads."""
    names = list(columns)
    cells = zip(*[np.asarray(columns[name], object) for name in names], strict=True)
    text = [",".join(names), *(",".join(_quoted(cell) for cell in row) for row in cells)]
    (folder / "_truth" / file).write_text("\n".join(text) + "\n", encoding="utf-8")


def _quoted(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text
