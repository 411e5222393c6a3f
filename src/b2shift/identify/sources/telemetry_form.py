"""How a telemetry file writes its days and durations, from its first rows: they are written by a machine."""

from collections.abc import Iterable

from b2shift.identify.cleansing.dates import Decision, Written, decide, written_like
from b2shift.identify.cleansing.numbers import decide_mark
from b2shift.identify.sources.declaration import Mark, Source
from b2shift.identify.sources.file_shape import Shape

_HEAD = 256 * 1024


def telemetry_form(source: Source, shape: Shape, where: dict[str, int]) -> tuple[Decision, Mark]:
    """The decision about days, and the decimal mark."""
    days = {c.header for c in source.columns if c.name == "day"}
    durations = {c.header for c in source.columns if c.name == "duration"}
    seen = _first_values(shape, [where[header] for header in (*days, *durations)])
    dates = decide(_sum(written_like(text) for text in sorted(seen[0])), source.date_order)
    commas = sum("," in text for text in seen[1])
    points = sum("." in text for text in seen[1])
    return dates, decide_mark(commas, points, source.decimal)


def _first_values(shape: Shape, places: list[int]) -> list[set[str]]:
    """The different texts of some columns in the first rows."""
    with shape.path.open("rb") as file:
        file.seek(shape.start)
        lines = file.read(_HEAD).decode(shape.encoding, "replace").split("\n")
    rows = [line.rstrip("\r").split(shape.separator) for line in lines]
    return [{row[place].strip('" ') for row in rows if len(row) == len(shape.columns)} for place in places]


def _sum(columns: Iterable[Written]) -> Written:
    counts = list(columns)
    return Written(*(sum(column) for column in zip(*counts, strict=True))) if counts else Written()
