"""Lines of telemetry the engine refused: broken ones are told, badly written ones are read again by the usual rules."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from b2shift.identify.cleansing.dates import Decision, judge_day
from b2shift.identify.cleansing.numbers import judge_number, judge_whole
from b2shift.identify.cleansing.verdict import Verdict
from b2shift.identify.sources.declaration import Mark, Source, same_header
from b2shift.identify.sources.file_shape import Shape
from b2shift.identify.sources.quoted import JOIN

_LONGEST = 1 << 16
_LAST = date(2049, 12, 30)
_FIELDS: list[Any] = [
    ("key", pa.string()),
    ("day", pa.date32()),
    ("product_line", pa.int32()),
    ("module", pa.int32()),
    ("status", pa.string()),
    ("duration", pa.float64()),
]
_RESCUED = pa.schema(_FIELDS)


@dataclass
class Refused:
    """What became of the refused lines."""

    accidents: list[list[Any]] = field(default_factory=list)
    """kind, 0-based data row, 1-based line, what it says"""
    repairs: list[list[Any]] = field(default_factory=list)
    """row, kind, header, before, after, rule, confidence"""
    lost: int = 0
    """rows that could not be read; lines that never were rows do not count"""
    rescued: pa.Table = field(default_factory=lambda: _RESCUED.empty_table())


def reread_refused(
    source: Source, shape: Shape, where: dict[str, int], lines: list[tuple[int, int]], dates: Decision, mark: Mark
) -> Refused:
    """Each refused line (number, place in the file) as it is in the file."""
    refused, injected = Refused(), 0
    header = same_header(shape.header.decode(shape.encoding, "replace"))
    events = []
    with shape.path.open("rb") as file:
        for line, place in lines:
            file.seek(place)
            raw = file.readline(_LONGEST)
            row, kind = line - 2 - injected, _kind(raw, header, shape)
            event = _read_again(source, shape, where, raw, (row, dates, mark, refused)) if not kind else None
            if event is not None:
                events.append(event)
                continue
            text = raw[:2000].rstrip(b"\r\n").decode("utf-8", "backslashreplace")
            text = text.replace(JOIN, source.separator)
            refused.accidents.append([kind or "invalid_line", row, len(shape.above) + line, text])
            if kind in ("repeated_header", "foreign_bytes_line"):
                injected += 1
            else:
                refused.lost += 1
    refused.rescued = pa.Table.from_pylist(events, schema=_RESCUED)
    return refused


def _kind(raw: bytes, header: str, shape: Shape) -> str:
    """The accident of a whole line, empty when its fields are all there."""
    try:
        text = raw.decode(shape.encoding)
    except UnicodeDecodeError:
        return "foreign_bytes_line"
    if same_header(text.strip()) == header:
        return "repeated_header"
    if len(_fields(text, shape)) == len(shape.columns):
        return ""
    return "field_count" if raw.endswith(b"\n") else "truncated_last_line"


def _fields(text: str, shape: Shape) -> list[str]:
    return text.rstrip("\r\n").split(shape.separator)


def _read_again(
    source: Source, shape: Shape, where: dict[str, int], raw: bytes, told: tuple[int, Decision, Mark, Refused]
) -> dict[str, Any] | None:
    """The event of a line, its odd values judged; None when it does not say how long of what."""
    row, dates, mark, refused = told
    fields = _fields(raw.decode(shape.encoding), shape)
    texts = {c.name: fields[where[c.header]].strip() for c in source.columns if c.header in where}
    verdicts: dict[str, Verdict] = {
        "day": judge_day(texts["day"], dates.order, _LAST),
        "duration": judge_number(texts["duration"], mark),
        "module": judge_whole(texts["module"], mark),
        "product_line": judge_whole(texts["product_line"], mark),
    }
    if any(verdicts[name].after is None for name in ("duration", "module", "product_line")):
        return None
    headers = {column.name: column.header for column in source.columns}
    for name, verdict in verdicts.items():
        if verdict.after != texts[name]:
            refused.repairs.append(
                [row, verdict.kind, headers[name], texts[name], verdict.after, verdict.rule, verdict.confidence]
            )
    day = verdicts["day"].after
    return {
        "key": texts["customer_id"], "day": date.fromisoformat(day) if day else None,
        "product_line": int(str(verdicts["product_line"].after)), "module": int(str(verdicts["module"].after)),
        "status": texts["status"] or None, "duration": float(str(verdicts["duration"].after)),
    }  # fmt: skip
