"""How well a delivery was cleansed, against what was planted in it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from b2shift.identify.contracts import CleansingEvaluation, KindEvaluation
from b2shift.identify.quality.truth import Cell, Planted, Truth
from b2shift.identify.sources.declaration import Reader, Source
from b2shift.identify.sources.declarations import built_in
from b2shift.kernel.text import squeeze
from b2shift.lake.api import Lake

_CENT = Decimal("0.0051")
_REPEATED = {"duplicate_row", "duplicate_event", "repeated_id"}
# Values that hold nothing of what they were.
_LOST_DATES = {"0000-00-00", "2025-02-30", "31/12/2049", "1900-01-01", ""}


@dataclass
class _Found:
    """What the lake says was done, by place."""

    repairs: dict[Cell, str | None] = field(default_factory=dict)
    rejects: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    repeated: set[tuple[str, str | None]] = field(default_factory=set)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)


def evaluate(lake: Lake, drop: Path) -> CleansingEvaluation:
    """Per kind of defect: planted, detected, right; clean values altered; customers lost. Needs `drop/_truth`.

    A defect is detected when its value was repaired or left unknown, or its row refused; it is right when the value
    came back (as far as the delivered text still held it) or the row was refused for what is wrong with it.
    """
    truth, found = Truth(drop), _found(lake)
    # A lake also holds what earlier deliveries said, under names of its own.
    found.rejects = {place: kinds for place, kinds in found.rejects.items() if (drop / place[0]).is_file()}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    events: Counter[tuple[str, str]] = Counter()
    for defect in truth.planted:
        if _of_events(defect):
            events[defect.file, defect.kind] += int(defect.after.split()[0]) if defect.row < 0 else 1
            continue
        detected, right = _judge(defect, truth, found)
        counts[defect.kind] += Counter(planted=1, detected=detected, right=right)
    for (file, kind), told in events.items():
        if kind != "duplicate_row":  # equal events are legitimate: nothing to find
            met = min(told, found.events[file, kind])
            counts[kind] += Counter(planted=told, detected=met, right=met)
    known = {row["customer_id"] for row in lake.query("SELECT customer_id FROM customer_registry").to_pylist()}
    known |= {row["customer_id"] for row in lake.query("SELECT DISTINCT customer_id FROM contract_lines").to_pylist()}
    return CleansingEvaluation(
        kinds=tuple(
            KindEvaluation(kind=kind, planted=c["planted"], detected=c["detected"], right=c["right"])
            for kind, c in sorted(counts.items())
        ),
        values=_values(lake),
        clean_values_altered=sum(not truth.spoilt(cell) for cell in found.repairs),
        clean_rows_refused=sum(
            place not in truth.kinds and not kinds & {"repeated_id", "duplicate_event"}
            for place, kinds in found.rejects.items()
        ),
        customers_lost=len(truth.customers() - known),
    )


def misses(lake: Lake, drop: Path) -> list[tuple[Planted, str | None]]:
    """The planted defects that were not put right, with the value used: to look at them."""
    truth, found = Truth(drop), _found(lake)
    return [
        (defect, found.repairs.get(defect.cell))
        for defect in truth.planted
        if not _of_events(defect) and not _judge(defect, truth, found)[1]
    ]


@cache
def _telemetry() -> Source:
    return next(source for source in built_in() if source.reader is Reader.TELEMETRY)


def _of_events(defect: Planted) -> bool:
    """Telemetry keeps no events: what was planted in their values is only counted."""
    return _telemetry().matches(defect.file) and (bool(defect.column) or defect.kind == "duplicate_row")


def _judge(defect: Planted, truth: Truth, found: _Found) -> tuple[bool, bool]:
    """(detected, right)."""
    refused = found.rejects.get((defect.file, defect.row), set())
    if defect.kind == "duplicate_event":  # the log names the event, not the place of its repetition
        met = (defect.file, defect.before) in found.repeated
        return met, met
    if defect.kind == "duplicate_row":  # one of the two was set aside
        met = bool(refused) or bool(found.rejects.get((defect.file, truth.repeated(defect))))
        return met, met
    if not defect.column:
        return defect.kind in refused, defect.kind in refused
    if refused:
        return True, bool(refused & (truth.kinds[defect.file, defect.row] | _REPEATED))
    if defect.cell not in found.repairs:
        return False, False
    original, delivered = truth.original(defect.cell), truth.delivered(defect.cell)
    return True, _agrees(found.repairs[defect.cell], original, delivered, defect.kind)


def _agrees(after: str | None, original: str, delivered: str, kind: str) -> bool:
    """Whether the value used is the one before the defect, as far as the delivered text still holds it."""
    if kind == "invalid_or_other_date":
        return after is None if delivered in _LOST_DATES else after is not None and after[:10] == _iso(original)
    if kind == "mixed_decimal":
        return after is None if not delivered.strip() else after is not None and _close(after, original)
    if kind == "cnpj_unformatted_or_wrong_digit":
        return after is None if _bare(original) != _bare(delivered) else after == original
    return after is not None and squeeze(after) == squeeze(original)


def _iso(text: str) -> str:
    return f"{text[6:10]}-{text[3:5]}-{text[:2]}" if text[2:3] == "/" else text[:10]


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _close(after: str, original: str) -> bool:
    try:
        return abs(Decimal(after) - Decimal(original.replace(",", "."))) <= _CENT
    except InvalidOperation:
        return False


def _found(lake: Lake) -> _Found:
    found = _Found()
    for row in lake.query('SELECT file, row, kind, "column", after FROM repairs').to_pylist():
        if row["row"] is None:
            found.events[row["file"], row["kind"]] += 1
        else:
            found.repairs[row["file"], row["row"], row["column"]] = row["after"]
    for row in lake.query("SELECT file, row, kind, value FROM rejects").to_pylist():
        if row["row"] is None:
            found.events[row["file"], row["kind"]] += 1
        else:
            found.rejects.setdefault((row["file"], row["row"]), set()).add(row["kind"])
        if row["kind"] in _REPEATED:
            found.repeated.add((row["file"], row["value"]))
    return found


def _values(lake: Lake) -> int:
    """Values delivered: rows times columns, telemetry apart."""
    width = {source.source: len(source.columns) for source in built_in() if source.reader is not Reader.TELEMETRY}
    rows = lake.query(
        "SELECT source, sum(rows_read) AS n FROM loads WHERE rows_read IS NOT NULL GROUP BY 1"
    ).to_pylist()
    return int(sum(int(row["n"]) * width.get(row["source"], 0) for row in rows))
