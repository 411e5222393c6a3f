"""Bytes into clean lines: the encoding decided from the file, accidents of whole lines cut out and told."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from b2shift.identify.sources.declaration import same_header, told_apart
from b2shift.identify.sources.encodings import encoding_by_mark
from b2shift.identify.sources.file_shape import Shape
from b2shift.identify.sources.grouped_header import with_groups
from b2shift.identify.sources.header_record import ends_with_separator, header_records
from b2shift.identify.sources.separator import fields_of, separator_of_header
from b2shift.identify.sources.titles import Titles, below, titles_of
from b2shift.kernel.errors import SourceError

CHUNK = 1024 * 1024
LONGEST_LINE = 8 * 1024 * 1024
FEW_FOREIGN = 1000
_HEAD = 1024 * 1024
TOLD = 2000
# So few lines of a chunk are sought one by one.
_FEW_BROKEN = 8
_BLANK = b' \t\r\n;,|"\xef\xbb\xbf'
# So few lines in another encoding are accidents, however small the file.
_STRAY_LINES = 2
# In a larger file, so small a share of its lines.
_ACCIDENTS = 0.01
# Bytes that windows-1252 does not define: in a file of that family they come from somewhere else.
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_OF_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NOT_ASCII = np.uint64(0x8080808080808080)
_FIELDS: list[Any] = [("_row", pa.int64()), ("_line", pa.int64()), ("_text", pa.string())]
SCHEMA = pa.schema(_FIELDS)

Field = list[str | int | None]


@dataclass
class Accidents:
    """Lines cut out of a file: kind, 0-based data row before which it stood, 1-based line, what it said."""

    lines: list[Field] = field(default_factory=list)
    rows: int = 0
    unterminated: bool = False

    def add(self, kind: str, row: int, line: int, raw: bytes) -> None:
        """Remember a line."""
        self.lines.append([kind, row, line, raw[:TOLD].rstrip(b"\r\n").decode("utf-8", "backslashreplace")])


def shape_of(path: Path, declared_encoding: str, separator: str, scratch: Path, *, header: bool = True) -> Shape:
    """Look at a file without reading its rows; SourceError when it is empty, binary or one endless line."""
    path, head = _as_utf8(path, scratch)
    above = titles_of(head, groups=True) if header else Titles((), 0)
    if above.lines:
        path, head = below(path, scratch, above), head[above.bytes :]
    if not head.strip():
        raise SourceError("O arquivo está vazio", value=path.name, hint="Peça o arquivo de novo")
    if b"\0" in head:
        raise SourceError("O arquivo não é de texto", value=path.name, hint="Exporte a fonte como CSV")
    if b"\n" not in head and len(head) == _HEAD:
        raise SourceError(
            "O arquivo tem uma linha sem fim", value=f"{path.name}: mais de {_HEAD:,} bytes sem quebra de linha",
            hint="Exporte a fonte com uma linha por registro",
        )  # fmt: skip
    records = header_records(head) if header else ()
    first = b"".join(records)
    seen = _look(path, len(first))
    encoding, reason = _encoding(first, seen, declared_encoding)
    reasons = [reason]
    if _mixed(encoding, seen):
        path, encoding = _line_by_line(path, scratch), "utf-8"
        reasons.append("cada linha lida na sua")
        head = _head_of(path)
        records = header_records(head) if header else ()
        first = b"".join(records)
        seen = _look(path, len(first))
    shape = Shape(
        path, encoding, reasons, quoted=seen.quoted, foreign=tuple(seen.foreign), long=seen.long, above=above.lines
    )
    if above.lines:
        shape.reasons.append(f"cabeçalho na linha {len(above.lines) + 1}")
    if header:
        shape.header, shape.start = first.rstrip(b"\r\n"), len(first)
        _name_columns(shape, records, separator, head[len(first) :])
    elif head.startswith(b"\xef\xbb\xbf"):
        shape.start = 3
    return shape


def _head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _as_utf8(path: Path, scratch: Path) -> tuple[Path, bytes]:
    """UTF-16 written again as UTF-8, and lines that only a carriage return ends with line feeds; others as they are.

    The file, and its first bytes.
    """
    encoding, head = encoding_by_mark(path), _head_of(path)
    if encoding != "utf-16" and (b"\n" in head or b"\r" not in head):
        return path, head
    target = scratch / f"utf8-{path.name}"
    if encoding == "utf-16":
        with path.open(encoding=encoding, errors="replace", newline="") as source, target.open("w", newline="") as out:
            shutil.copyfileobj(source, out, CHUNK)
    else:
        with path.open("rb") as mac, target.open("wb") as out_lines:
            while chunk := mac.read(CHUNK):
                out_lines.write(chunk.replace(b"\r", b"\n"))
    return target, _head_of(target)


def _line_by_line(path: Path, scratch: Path) -> Path:
    """A file of two exports in two encodings written again as UTF-8; a line that is both stays as it is."""
    target = scratch / f"utf8-{path.name}"
    with path.open("rb") as file, target.open("wb") as out:
        for line in iter(partial(file.readline, LONGEST_LINE), b""):
            whole = is_utf8(line) or _OF_UTF8.search(line) or _UNDEFINED.search(line)
            out.write(line if whole else line.decode("windows-1252").encode())
    return target


@dataclass
class _Look:
    """What all the bytes of a file say: lines with accents, in UTF-8 or not; lines; whether any has a quote."""

    sound: int = 0
    broken: int = 0
    lines: int = 0
    quoted: bool = False
    long: bool = False
    foreign: list[bytes] = field(default_factory=list)


def _look(path: Path, start: int) -> _Look:
    seen = _Look()
    with path.open("rb") as file:
        file.seek(start)
        while chunk := file.read(CHUNK):
            rest = file.readline(LONGEST_LINE)
            seen.long = seen.long or len(rest) >= CHUNK
            chunk += rest
            seen.quoted = seen.quoted or b'"' in chunk
            ends = _ends(chunk)
            seen.lines += len(ends)
            if not chunk.isascii():
                broken = _broken(chunk)
                accented = np.count_nonzero(np.diff(np.searchsorted(ends, _accents(chunk), side="right"), prepend=-1))
                seen.sound, seen.broken = seen.sound + int(accented) - len(broken), seen.broken + len(broken)
                seen.foreign += broken[: FEW_FOREIGN - len(seen.foreign)]
    return seen


def _broken(chunk: bytes) -> list[bytes]:
    """The lines of a chunk that are not UTF-8; while they are few each is where reading stops."""
    if _all_utf8(chunk):
        return []
    lines: list[bytes] = []
    start = 0
    while len(lines) < _FEW_BROKEN:
        try:
            chunk[start:].decode("utf-8")
        except UnicodeDecodeError as error:
            at = start + error.start
            start = chunk.find(b"\n", at) + 1 or len(chunk)
            lines.append(chunk[chunk.rfind(b"\n", 0, at) + 1 : start])
        else:
            return lines
    return [line for line in _accented(chunk) if not is_utf8(line)]


def _accented(chunk: bytes) -> list[bytes]:
    """The lines of a chunk that are not plain ASCII."""
    lines, end = [], 0
    for at in _accents(chunk).tolist():
        if at >= end:
            end = chunk.find(b"\n", at) + 1 or len(chunk)
            lines.append(chunk[chunk.rfind(b"\n", 0, at) + 1 : end])
    return lines


def _accents(chunk: bytes) -> np.ndarray:
    """The places of the bytes of a chunk that are not ASCII; eight bytes are looked at at once."""
    data = np.frombuffer(chunk + bytes(-len(chunk) % 8), np.uint8)
    places = np.flatnonzero(data.view(np.uint64) & _NOT_ASCII)
    word, byte = np.nonzero(data.reshape(-1, 8)[places] > 127)
    return 8 * places[word] + byte


def _encoding(header: bytes, seen: _Look, declared: str) -> tuple[str, str]:
    """UTF-8 or windows-1252 (latin-1 and more): by the header when it has accents, else by the lines that have."""
    if not header.isascii():
        utf8 = is_utf8(header)
        evidence = "o cabeçalho tem acentos em UTF-8" if utf8 else "o cabeçalho tem acentos que não são UTF-8"
        return ("utf-8" if utf8 else "windows-1252"), evidence
    good, bad, lines = seen.sound, seen.broken, seen.lines
    evidence = f"linhas com acento: {good} em UTF-8, {bad} em outra codificação"
    if declared.casefold() in {"utf-8", "utf-8-sig"}:
        other = bad > good and bad > max(_STRAY_LINES, _ACCIDENTS * lines)
    else:
        other = bad >= good and bad > 0
    return ("windows-1252" if other else "utf-8"), evidence


def _mixed(encoding: str, seen: _Look) -> bool:
    """Whether too many lines are in the other encoding to be accidents."""
    others = seen.broken if encoding == "utf-8" else seen.sound
    return others > max(_STRAY_LINES, _ACCIDENTS * seen.lines)


def is_utf8(line: bytes) -> bool:
    """Whether the bytes are text in UTF-8."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _all_utf8(chunk: bytes) -> bool:
    """Whether many bytes are text in UTF-8, ten times as fast because no text is made of them."""
    bounds = np.array([0, len(chunk)], np.int32)
    text = pa.StringArray.from_buffers(1, pa.py_buffer(bounds.data), pa.py_buffer(chunk))
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _name_columns(shape: Shape, records: tuple[bytes, ...], declared: str, rows: bytes) -> None:
    """Tell the separator and the names in the header: the declared separator, unless only another one separates."""
    text = shape.header.decode(shape.encoding, "replace").lstrip("\ufeff")
    separator = declared
    if not declared or declared not in text:
        separator = separator_of_header(text, declared)
    *groups, names = (
        fields_of(record.decode(shape.encoding, "replace").lstrip("\ufeff").rstrip("\r\n"), separator)
        for record in records
    )
    if ends_with_separator(rows, separator, len(names)):
        names.append("")
    shape.separator, shape.columns = separator, tuple(told_apart(names))
    if groups:
        shape.bare, shape.columns = shape.columns, tuple(told_apart(with_groups(groups[0], names)))
        shape.reasons.append("cabeçalho em duas linhas, grupos e nomes")


def record_titles(shape: Shape, found: Accidents) -> None:
    """Remember the lines above the header that say anything."""
    for line, raw in enumerate(shape.above, 1):
        if raw.strip(_BLANK):
            found.add("above_header", 0, line, raw)


def read_lines(shape: Shape, found: Accidents) -> Iterator[pa.RecordBatch]:
    """Batches of (_row, _line, _text) in UTF-8; what is not a row goes to `found`."""
    line = 2 + len(shape.above) + shape.header.count(b"\n") if shape.header else 1
    record_titles(shape, found)
    repeated = same_header(shape.header.decode(shape.encoding, "replace")) if shape.header else None
    for chunk in _chunks(shape, found):
        starts, ends = _bounds(chunk)
        cut = _cut(chunk, shape, starts, ends, repeated)
        kept = np.ones(len(starts), bool)
        kept[list(cut)] = False
        rows = found.rows + np.cumsum(kept) - kept
        for index in sorted(cut):
            if cut[index] != "blank":
                raw = chunk[starts[index] : ends[index]]
                found.add(cut[index], int(rows[index]), line + index, raw)
        if cut:
            chunk = _without(chunk, [(int(starts[index]), int(ends[index])) for index in sorted(cut)])
        lines = line + np.flatnonzero(kept)
        line, found.rows = line + len(starts), found.rows + int(kept.sum())
        whole = ends if not cut and shape.encoding == "utf-8" else None
        yield _batch(chunk, shape.encoding, rows[kept], lines, whole)


def _chunks(shape: Shape, found: Accidents) -> Iterator[bytes]:
    """Whole lines, a few megabytes at a time."""
    with shape.path.open("rb") as file:
        file.seek(shape.start)
        while chunk := file.read(CHUNK):
            rest = file.readline(LONGEST_LINE)
            if len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
                raise SourceError(
                    "O arquivo tem uma linha longa demais", value=f"{shape.path.name}: mais de {LONGEST_LINE:,} bytes",
                    hint="Exporte a fonte com uma linha por registro",
                )  # fmt: skip
            chunk += rest + _rest_of_header(file, shape, chunk + rest)
            if b"\0" in chunk:
                raise SourceError("O arquivo tem bytes que não são texto", value=shape.path.name, hint="Peça outro")
            found.unterminated = not chunk.endswith(b"\n")
            yield chunk + b"\n" if found.unterminated else chunk


def _rest_of_header(file: BinaryIO, shape: Shape, chunk: bytes) -> bytes:
    """The lines after a chunk that a header of several lines needs which is repeated at its end."""
    begin, _, more = shape.header.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    if not more:
        return b""
    lines = more.count(b"\n") + 1
    at = chunk.rfind(begin + b"\n", -len(shape.header) - len(begin))
    missing = lines + 1 - chunk.count(b"\n", at) if at >= 0 else 0
    return b"".join(file.readline(LONGEST_LINE) for _ in range(missing))


def _bounds(chunk: bytes) -> tuple[np.ndarray, np.ndarray]:
    ends = _ends(chunk)
    return np.concatenate([[0], ends[:-1]]), ends


def _ends(chunk: bytes) -> np.ndarray:
    """Where the lines of a chunk end, each with its line end."""
    return np.flatnonzero(np.frombuffer(chunk, np.uint8) == 10) + 1


def _cut(chunk: bytes, shape: Shape, starts: np.ndarray, ends: np.ndarray, repeated: str | None) -> dict[int, str]:
    """Which lines are not rows: blank, the header again, bytes of another encoding."""
    cut: dict[int, str] = {}
    if not (shape.quoted and shape.header):  # between quotes of a CSV a blank line is part of a field
        short = np.flatnonzero(ends - starts <= 2)
        cut = {int(i): "blank" for i in short if not chunk[starts[i] : ends[i]].strip()}
    cut |= dict.fromkeys(_foreign(chunk, shape.encoding, ends), "foreign_bytes_line")
    if repeated is not None:
        mark, at, more = shape.header.lstrip(b"\xef\xbb\xbf")[:12], -1, shape.header.count(b"\n")
        while (at := chunk.find(mark, at + 1)) >= 0:
            index = int(np.searchsorted(ends, at, side="right"))
            last = min(index + more, len(ends) - 1)
            text = chunk[starts[index] : ends[last]].decode(shape.encoding, "replace")
            if same_header(text.strip()) == repeated:
                cut |= {index: "repeated_header"} | dict.fromkeys(range(index + 1, last + 1), "blank")
    return cut


def _without(chunk: bytes, cut: list[tuple[int, int]]) -> bytes:
    """A chunk without the bytes from each start to its end, which are in order."""
    begins, stops = [0, *(end for _, end in cut)], [*(start for start, _ in cut), len(chunk)]
    return b"".join(chunk[start:end] for start, end in zip(begins, stops, strict=True))


def _foreign(chunk: bytes, encoding: str, ends: np.ndarray) -> Iterator[int]:
    if encoding != "utf-8":
        for match in _UNDEFINED.finditer(chunk):
            yield int(np.searchsorted(ends, match.start(), side="right"))
        return
    if _all_utf8(chunk):
        return
    at = 0
    while True:
        try:
            chunk[at:].decode("utf-8")
        except UnicodeDecodeError as error:
            index = int(np.searchsorted(ends, at + error.start, side="right"))
            yield index
            at = int(ends[index])
        else:
            return


def _batch(clean: bytes, encoding: str, rows: np.ndarray, lines: np.ndarray, ends: np.ndarray | None) -> pa.RecordBatch:
    """The lines as one Arrow column over the bytes themselves, line ends included; `ends`: where they end, if known."""
    if encoding != "utf-8":
        clean = clean.decode(encoding).encode("utf-8")
    if ends is None:
        ends = _bounds(clean)[1] if clean else np.zeros(0, np.int64)
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    text = pa.StringArray.from_buffers(len(rows), pa.py_buffer(offsets.data), pa.py_buffer(clean))
    return pa.record_batch([pa.array(rows), pa.array(lines), text], schema=SCHEMA)
