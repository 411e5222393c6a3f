"""Delimited lines with quotes: fields may hold the separator and line ends; joined again by a mark no text holds."""

import csv
from collections.abc import Iterator

import pyarrow as pa

JOIN = "\x1f"
_ROWS = 50_000


def unquoted(batches: Iterator[pa.RecordBatch], separator: str, fields: int) -> Iterator[pa.RecordBatch]:
    """Batches of (_row, _line, _text) whose text holds its fields joined by `JOIN`, quotes resolved.

    A record of several lines whose fields do not fit comes from a quote nobody closed: its lines are taken one by one.
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
            for number, text in zip(batch.column(1).to_pylist(), batch.column(2).to_pylist(), strict=True):
                taken.append((number, text))
                yield text

    told = csv.reader(feed(), delimiter=separator)
    while True:
        try:
            record = next(told)
        except StopIteration:
            return
        except csv.Error:
            record = []
        if len(record) != fields and len(taken) > 1:
            for number, text in taken:
                yield number, JOIN.join(text.rstrip("\r\n").split(separator))
        elif taken:
            yield taken[0][0], JOIN.join(record)
        taken.clear()


def _batch(first: int, rows: list[tuple[int, str]]) -> pa.RecordBatch:
    columns = {
        "_row": pa.array(range(first, first + len(rows)), pa.int64()),
        "_line": pa.array([line for line, _ in rows], pa.int64()),
        "_text": pa.array([text for _, text in rows], pa.string()),
    }
    return pa.RecordBatch.from_pydict(columns)
