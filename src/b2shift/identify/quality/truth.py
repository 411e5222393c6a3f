"""What was planted in a demo drop: the log of its defects, by place."""

import csv
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from b2shift.kernel.errors import DropError

Cell = tuple[str, int, str]


def truth_rows(drop: Path, name: str) -> list[dict[str, str]]:
    """The rows of `_truth/<name>.csv` of a demo drop; none when it has no such file. For evaluation only."""
    path = drop / "_truth" / f"{name}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as told:
        return list(csv.DictReader(told))


class Planted(NamedTuple):
    """One line of the log of defects."""

    file: str
    kind: str
    column: str
    row: int
    before: str
    after: str

    @property
    def cell(self) -> Cell:
        """Where it is."""
        return self.file, self.row, self.column


class Truth:
    """`_truth/` of a drop: for evaluation only, never an input of the product."""

    def __init__(self, drop: Path) -> None:
        self.folder = drop / "_truth"
        if not (self.folder / "defects.csv").exists():
            raise DropError(
                "A entrega não tem a verdade para comparar", value=self.folder, hint="Use uma entrega de `b2shift demo`"
            )
        self.planted = [
            Planted(r["file"], r["kind"], r["column"], int(r["row"]), r["before"], r["after"])
            for r in self._rows("defects.csv")
            if "kind" in r
        ]
        self._first: dict[Cell, str] = {}
        self._last: dict[Cell, str] = {}
        self.kinds: dict[tuple[str, int], set[str]] = defaultdict(set)
        repeats: dict[str, list[int]] = defaultdict(list)
        for defect in self.planted:
            self._first.setdefault(defect.cell, defect.before)
            self._last[defect.cell] = defect.after
            self.kinds[defect.file, defect.row].add(defect.kind)
            if defect.kind == "duplicate_row" and defect.row >= 0:
                repeats[defect.file].append(defect.row)
        self._clean_before = {file: [row - i for i, row in enumerate(sorted(rows))] for file, rows in repeats.items()}

    def _rows(self, file: str) -> Iterator[dict[str, str]]:
        with (self.folder / file).open(encoding="utf-8", newline="") as told:
            yield from csv.DictReader(told)

    def original(self, cell: Cell) -> str:
        """The value before anything was done to the cell."""
        return self._first[cell]

    def delivered(self, cell: Cell) -> str:
        """The value in the file."""
        return self._last[cell]

    def spoilt(self, cell: Cell) -> bool:
        """Whether anything was done to the cell."""
        return cell in self._first

    def repeated(self, defect: Planted) -> int:
        """The row of the file that a planted repetition repeats (its log names the row before repetitions)."""
        clean = int(defect.before.rsplit(" ", 1)[1])
        return clean + bisect_right(self._clean_before[defect.file], clean)

    def customers(self) -> set[str]:
        """Everybody who is a customer."""
        return {row["cliente"] for row in self._rows("customers.csv")}
