"""Evaluate cleansing against the defects planted in a demo drop."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from b2shift.identify.contracts import CleansingEvaluation, KindEvaluation
from b2shift.identify.quality.truth import Cell, PlantedDefect, Truth
from b2shift.identify.sources.declaration import Reader, Source
from b2shift.identify.sources.declarations import built_in
from b2shift.kernel.text import squeeze
from b2shift.lake.api import Lake

_CENT = Decimal("0.0051")
_DUPLICATE_KINDS = {"duplicate_row", "duplicate_event", "repeated_id"}
# Dates from which the original cannot be recovered.
_UNRECOVERABLE_DATES = {"0000-00-00", "2025-02-30", "31/12/2049", "1900-01-01", ""}


@dataclass
class _Outcome:
    """Repairs and rejects recorded in the lake, by position."""

    repairs: dict[Cell, str | None] = field(default_factory=dict)
    rejects: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    duplicates: set[tuple[str, str | None]] = field(default_factory=set)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)


def evaluate(lake: Lake, drop: Path) -> CleansingEvaluation:
    """Per kind of defect: planted, detected, right; clean values altered; customers lost. Needs `drop/_truth`.

    A defect is detected when its value was repaired or set to unknown, or its row rejected; it is right when the
    original value was restored (as far as the delivered text has it) or the row rejected for that defect.
    """
    truth, outcome = Truth(drop), _read_outcome(lake)
    # A lake also has the rejects of earlier deliveries, of other files.
    outcome.rejects = {position: kinds for position, kinds in outcome.rejects.items() if (drop / position[0]).is_file()}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    events: Counter[tuple[str, str]] = Counter()
    for defect in truth.planted:
        if _of_events(defect):
            events[defect.file, defect.kind] += int(defect.after.split()[0]) if defect.row < 0 else 1
            continue
        detected, right = _score(defect, truth, outcome)
        counts[defect.kind] += Counter(planted=1, detected=detected, right=right)
    for (file, kind), planted in events.items():
        if kind != "duplicate_row":  # equal events are legitimate: nothing to find
            found = min(planted, outcome.events[file, kind])
            counts[kind] += Counter(planted=planted, detected=found, right=found)
    known = {row["customer_id"] for row in lake.query("SELECT customer_id FROM customer_registry").to_pylist()}
    known |= {row["customer_id"] for row in lake.query("SELECT DISTINCT customer_id FROM contract_lines").to_pylist()}
    return CleansingEvaluation(
        kinds=tuple(
            KindEvaluation(kind=kind, planted=c["planted"], detected=c["detected"], right=c["right"])
            for kind, c in sorted(counts.items())
        ),
        values=_values(lake),
        clean_values_altered=sum(not truth.is_defective(cell) for cell in outcome.repairs),
        clean_rows_refused=sum(
            position not in truth.kinds and not kinds & {"repeated_id", "duplicate_event"}
            for position, kinds in outcome.rejects.items()
        ),
        customers_lost=len(truth.customers() - known),
    )


def misses(lake: Lake, drop: Path) -> list[tuple[PlantedDefect, str | None]]:
    """The planted defects that were not repaired rightly, with the value used, for error analysis."""
    truth, outcome = Truth(drop), _read_outcome(lake)
    return [
        (defect, outcome.repairs.get(defect.cell))
        for defect in truth.planted
        if not _of_events(defect) and not _score(defect, truth, outcome)[1]
    ]


@cache
def _telemetry() -> Source:
    return next(source for source in built_in() if source.reader is Reader.TELEMETRY)


def _of_events(defect: PlantedDefect) -> bool:
    """Whether a defect is in the events of telemetry, which are not kept: these are counted only."""
    return _telemetry().matches(defect.file) and (bool(defect.column) or defect.kind == "duplicate_row")


def _score(defect: PlantedDefect, truth: Truth, outcome: _Outcome) -> tuple[bool, bool]:
    """(detected, right)."""
    rejected = outcome.rejects.get((defect.file, defect.row), set())
    if defect.kind == "duplicate_event":  # the log names the event, not the row of its duplicate
        detected = (defect.file, defect.before) in outcome.duplicates
        return detected, detected
    if defect.kind == "duplicate_row":  # one of the two was rejected
        detected = bool(rejected) or bool(outcome.rejects.get((defect.file, truth.duplicated_row(defect))))
        return detected, detected
    if not defect.column:
        return defect.kind in rejected, defect.kind in rejected
    if rejected:
        return True, bool(rejected & (truth.kinds[defect.file, defect.row] | _DUPLICATE_KINDS))
    if defect.cell not in outcome.repairs:
        return False, False
    original, delivered = truth.original(defect.cell), truth.delivered(defect.cell)
    return True, _restores(outcome.repairs[defect.cell], original, delivered, defect.kind)


def _restores(after: str | None, original: str, delivered: str, kind: str) -> bool:
    """Whether the value used is the original, as far as the delivered text has it."""
    if kind == "invalid_or_other_date":
        return (
            after is None if delivered in _UNRECOVERABLE_DATES else after is not None and after[:10] == _iso(original)
        )
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


def _read_outcome(lake: Lake) -> _Outcome:
    outcome = _Outcome()
    for row in lake.query('SELECT file, row, kind, "column", after FROM repairs').to_pylist():
        if row["row"] is None:
            outcome.events[row["file"], row["kind"]] += 1
        else:
            outcome.repairs[row["file"], row["row"], row["column"]] = row["after"]
    for row in lake.query("SELECT file, row, kind, value FROM rejects").to_pylist():
        if row["row"] is None:
            outcome.events[row["file"], row["kind"]] += 1
        else:
            outcome.rejects.setdefault((row["file"], row["row"]), set()).add(row["kind"])
        if row["kind"] in _DUPLICATE_KINDS:
            outcome.duplicates.add((row["file"], row["value"]))
    return outcome


def _values(lake: Lake) -> int:
    """Number of delivered values, telemetry apart: rows times columns."""
    width = {source.source: len(source.columns) for source in built_in() if source.reader is not Reader.TELEMETRY}
    rows = lake.query(
        "SELECT source, sum(rows_read) AS n FROM loads WHERE rows_read IS NOT NULL GROUP BY 1"
    ).to_pylist()
    return int(sum(int(row["n"]) * width.get(row["source"], 0) for row in rows))
