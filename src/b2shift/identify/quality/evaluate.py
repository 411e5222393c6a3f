"""How well a delivery was cleansed, against what was planted in it: the truth of a demo drop, never an input."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

from b2shift.identify.contracts import CleansingEvaluation, KindEvaluation
from b2shift.identify.sources.declaration import Reader
from b2shift.identify.sources.declarations import built_in
from b2shift.kernel.errors import DropError
from b2shift.kernel.text import squeeze
from b2shift.lake.api import Lake

Cell = tuple[str, int, str]
_CENT = Decimal("0.0051")
# Values that hold nothing of what they were.
_REPEATED = {"duplicate_row", "duplicate_event", "repeated_id"}
_TELEMETRY = next(source for source in built_in() if source.reader is Reader.TELEMETRY)
_LOST_DATES = {"0000-00-00", "2025-02-30", "31/12/2049", "1900-01-01", ""}


class Planted(NamedTuple):
    """One line of the log of defects."""

    file: str
    kind: str
    column: str
    row: int
    before: str
    after: str


@dataclass
class _Found:
    """What the lake says was done, by place."""

    repairs: dict[Cell, tuple[str | None, str]] = field(default_factory=dict)
    rejects: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    repeated: set[tuple[str, str | None]] = field(default_factory=set)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)


def evaluate(lake: Lake, drop: Path) -> CleansingEvaluation:
    """Per kind of defect: planted, detected, right; clean values altered; customers lost. Needs `drop/_truth`."""
    planted, found = _planted(drop), _found(lake)
    first: dict[Cell, Planted] = {}
    last: dict[Cell, Planted] = {}
    rows: dict[tuple[str, int], set[str]] = defaultdict(set)
    for defect in planted:
        cell = defect.file, defect.row, defect.column
        first.setdefault(cell, defect)
        last[cell] = defect
        rows[defect.file, defect.row].add(defect.kind)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    counted: Counter[tuple[str, str]] = Counter()
    for defect in planted:
        cell = defect.file, defect.row, defect.column
        if _of_events(defect):
            counted[defect.file, defect.kind] += int(defect.after.split()[0]) if defect.row < 0 else 1
            continue
        detected, right = _judge(defect, first[cell].before, last[cell].after, found, rows[defect.file, defect.row])
        counts[defect.kind] += Counter(planted=1, detected=detected, right=right)
    for (file, kind), told in counted.items():
        if kind != "duplicate_row":  # equal events are legitimate: nothing to find
            met = min(told, found.events[file, kind])
            counts[kind] += Counter(planted=told, detected=met, right=met)
    return CleansingEvaluation(
        kinds=tuple(
            KindEvaluation(kind=kind, planted=c["planted"], detected=c["detected"], right=c["right"])
            for kind, c in sorted(counts.items())
        ),
        values=_values(lake),
        clean_values_altered=sum(cell not in first for cell in found.repairs),
        clean_rows_refused=sum(
            place not in rows and not kinds & {"repeated_id", "duplicate_event"}
            for place, kinds in found.rejects.items()
        ),
        customers_lost=_lost(lake, drop),
    )


def misses(lake: Lake, drop: Path) -> list[tuple[Planted, str | None]]:
    """The planted defects that were not put right, with the value used; for looking at them."""
    planted, found = _planted(drop), _found(lake)
    first: dict[Cell, str] = {}
    rows: dict[tuple[str, int], set[str]] = defaultdict(set)
    last: dict[Cell, str] = {}
    for defect in planted:
        cell = defect.file, defect.row, defect.column
        first.setdefault(cell, defect.before)
        last[cell] = defect.after
        rows[defect.file, defect.row].add(defect.kind)
    return [
        (defect, found.repairs.get(cell, (None, ""))[0])
        for defect in planted
        if not _of_events(defect)
        for cell in [(defect.file, defect.row, defect.column)]
        if not _judge(defect, first[cell], last[cell], found, rows[defect.file, defect.row])[1]
    ]


def _of_events(defect: Planted) -> bool:
    """Telemetry keeps no events: what was planted in their values is only counted."""
    return _TELEMETRY.matches(defect.file) and (bool(defect.column) or defect.kind == "duplicate_row")


def _judge(defect: Planted, original: str, delivered: str, found: _Found, planted: set[str]) -> tuple[bool, bool]:
    if defect.kind == "duplicate_event":  # the log names the event, not the place of its repetition
        met = (defect.file, defect.before) in found.repeated
        return met, met
    refused = found.rejects.get((defect.file, defect.row), set())
    if not defect.column:
        right = bool(refused & ({defect.kind} | _REPEATED if defect.kind in _REPEATED else {defect.kind}))
        excused = defect.kind in _REPEATED and bool(refused & planted)
        return right or excused, right or excused
    if refused:
        return True, bool(refused & (planted | _REPEATED))
    done = found.repairs.get((defect.file, defect.row, defect.column))
    if done is None:
        return False, False
    return True, _agrees(done[0], original, delivered, defect.kind)


def _agrees(after: str | None, original: str, delivered: str, kind: str) -> bool:
    """Whether the value used is the one before the defect, as far as the delivered text still holds it."""
    if kind == "invalid_or_other_date":
        return after is None if delivered in _LOST_DATES else after is not None and after[:10] == _iso(original)
    if kind == "mixed_decimal":
        return after is None if not delivered.strip() else after is not None and _close(after, original)
    if kind == "cnpj_unformatted_or_wrong_digit":
        changed = _digits(original) != _digits(delivered)
        return after is None if changed else after == original
    return after is not None and squeeze(after) == squeeze(original)


def _iso(text: str) -> str:
    return f"{text[6:10]}-{text[3:5]}-{text[:2]}" if text[2:3] == "/" else text[:10]


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _close(after: str, original: str) -> bool:
    try:
        return abs(Decimal(after) - Decimal(original.replace(",", "."))) <= _CENT
    except InvalidOperation:
        return False


def _planted(drop: Path) -> list[Planted]:
    path = drop / "_truth" / "defects.csv"
    if not path.exists():
        raise DropError(
            "A entrega não tem a verdade para comparar", value=path, hint="Use uma entrega de `b2shift demo`"
        )
    with path.open(encoding="utf-8", newline="") as file:
        told = csv.DictReader(file)
        if "kind" not in (told.fieldnames or ()):
            return []
        return [Planted(r["file"], r["kind"], r["column"], int(r["row"]), r["before"], r["after"]) for r in told]


def _found(lake: Lake) -> _Found:
    found = _Found()
    for row in lake.query('SELECT file, row, kind, "column", after FROM repairs').to_pylist():
        if row["row"] is None:
            found.events[row["file"], row["kind"]] += 1
        else:
            found.repairs[row["file"], row["row"], row["column"]] = row["after"], row["kind"]
    for row in lake.query("SELECT file, row, kind, value FROM rejects").to_pylist():
        if row["row"] is None:
            found.events[row["file"], row["kind"]] += 1
        else:
            found.rejects[row["file"], row["row"]].add(row["kind"])
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


def _lost(lake: Lake, drop: Path) -> int:
    with (drop / "_truth" / "customers.csv").open(encoding="utf-8", newline="") as file:
        true = {row["cliente"] for row in csv.DictReader(file)}
    known = {row["customer_id"] for row in lake.query("SELECT customer_id FROM customer_registry").to_pylist()}
    known |= {row["customer_id"] for row in lake.query("SELECT DISTINCT customer_id FROM contract_lines").to_pylist()}
    return len(true - known)
