"""The ground truth of a demo drop: the defects planted in it, by file, row and column."""

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
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


class PlantedDefect(NamedTuple):
    """One planted defect."""

    file: str
    kind: str
    column: str
    row: int
    before: str
    after: str

    @property
    def cell(self) -> Cell:
        """File, row and column."""
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
            PlantedDefect(r["file"], r["kind"], r["column"], int(r["row"]), r["before"], r["after"])
            for r in self._rows("defects.csv")
            if "kind" in r
        ]
        self._first: dict[Cell, str] = {}
        self._last: dict[Cell, str] = {}
        self.kinds: dict[tuple[str, int], set[str]] = defaultdict(set)
        duplicates: dict[str, list[int]] = defaultdict(list)
        for defect in self.planted:
            self._first.setdefault(defect.cell, defect.before)
            self._last[defect.cell] = defect.after
            self.kinds[defect.file, defect.row].add(defect.kind)
            if defect.kind == "duplicate_row" and defect.row >= 0:
                duplicates[defect.file].append(defect.row)
        self._clean_rows = {file: [row - i for i, row in enumerate(sorted(rows))] for file, rows in duplicates.items()}

    def _rows(self, file: str) -> Iterator[dict[str, str]]:
        with (self.folder / file).open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)

    def original(self, cell: Cell) -> str:
        """The value before any defect."""
        return self._first[cell]

    def delivered(self, cell: Cell) -> str:
        """The value in the file."""
        return self._last[cell]

    def is_defective(self, cell: Cell) -> bool:
        """Whether the cell has a defect."""
        return cell in self._first

    def duplicated_row(self, defect: PlantedDefect) -> int:
        """The row of the file that a planted duplicate repeats (the log has its number before duplication)."""
        clean = int(defect.before.rsplit(" ", 1)[1])
        return clean + bisect_right(self._clean_rows[defect.file], clean)

    def customers(self) -> set[str]:
        """The codes of all customers."""
        return {row["cliente"] for row in self._rows("customers.csv")}
