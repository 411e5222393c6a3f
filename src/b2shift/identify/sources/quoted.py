"""Delimited lines with quotes: fields may hold the separator and line ends; joined again by a mark no text holds."""

import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from b2shift.identify.sources.file_shape import Shape
from b2shift.identify.sources.text_lines import LONGEST_LINE, SCHEMA

JOIN = "\x1f"
_ROWS = 50_000


def unquoted(batches: Iterator[pa.RecordBatch], separator: str, fields: int) -> Iterator[pa.RecordBatch]:
    """Batches of (_row, _line, _text) whose text holds its fields joined by `JOIN`, quotes resolved.

    A quote nobody closed would swallow the lines after it: where quotes make no sense, lines are taken one by one.
    """
    rows: list[tuple[int, str]] = []
    count = 0
    for line, record in _records(batches, separator, fields):
        rows.append((line, record))
        if len(rows) == _ROWS:
            yield _batch(count, rows)
            count, rows = count + len(rows), []
    if rows:
        yield _batch(count, rows)


def plain_lines(shape: Shape, scratch: Path) -> Shape:
    """The file written again without quotes, line by line, for a reader that takes no line end within a field.

    A quote nobody closed costs its own line only; every line keeps its number.
    """
    target = scratch / f"plain-{shape.path.name}"
    header = _plain(b" ".join(shape.header.removeprefix(b"\xef\xbb\xbf").split()), shape.separator)
    with shape.path.open("rb") as file, target.open("wb") as out:
        file.seek(shape.start)
        out.write(header + b"\n")
        while line := file.readline(LONGEST_LINE):
            out.write(_plain(line, shape.separator))
    return replace(shape, path=target, separator=JOIN, header=header, start=len(header) + 1)


def _plain(line: bytes, separator: str) -> bytes:
    text = line.decode("latin-1")
    body = text.rstrip("\r\n")
    fields = body.split(separator)
    if '"' in body:
        with suppress(csv.Error):
            fields = next(csv.reader([body], delimiter=separator, strict=True), [])
    return (JOIN.join(fields) + text[len(body) :]).encode("latin-1")


def _records(batches: Iterator[pa.RecordBatch], separator: str, fields: int) -> Iterator[tuple[int, str]]:
    taken: list[tuple[int, str]] = []

    def feed() -> Iterator[str]:
        for batch in batches:
            columns: dict[str, list[Any]] = batch.to_pydict()
            for number, text in zip(columns["_line"], columns["_text"], strict=True):
                taken.append((number, text))
                yield text

    records = csv.reader(feed(), delimiter=separator, strict=True)
    while True:
        try:
            record = next(records)
        except StopIteration:
            return
        except csv.Error:
            record = []
        if not any(text.strip() for _, text in taken):
            taken.clear()
            continue
        if not record or (len(record) != fields and len(taken) > 1):
            for number, text in taken:
                yield number, JOIN.join(text.rstrip("\r\n").split(separator))
        elif taken:
            yield taken[0][0], JOIN.join(record)
        taken.clear()


def _batch(first: int, rows: list[tuple[int, str]]) -> pa.RecordBatch:
    records: list[dict[str, Any]] = [
        {"_row": first + nth, "_line": line, "_text": text} for nth, (line, text) in enumerate(rows)
    ]
    return pa.RecordBatch.from_pylist(records, schema=SCHEMA)
