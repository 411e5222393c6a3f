"""Delimited lines with quotes: fields may hold the separator and line ends; joined again by a mark no text holds."""

import csv
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from b2shift.identify.sources.lines import SCHEMA

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


def _records(batches: Iterator[pa.RecordBatch], separator: str, fields: int) -> Iterator[tuple[int, str]]:
    taken: list[tuple[int, str]] = []

    def feed() -> Iterator[str]:
        for batch in batches:
            columns: dict[str, list[Any]] = batch.to_pydict()
            for number, text in zip(columns["_line"], columns["_text"], strict=True):
                taken.append((number, text))
                yield text

    told = csv.reader(feed(), delimiter=separator, strict=True)
    while True:
        try:
            record = next(told)
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
    told: list[dict[str, Any]] = [
        {"_row": first + nth, "_line": line, "_text": text} for nth, (line, text) in enumerate(rows)
    ]
    return pa.RecordBatch.from_pylist(told, schema=SCHEMA)
