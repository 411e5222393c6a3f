"""Precision and recall of proposed mappings against the mapping a person would make."""

from pathlib import Path
from typing import NamedTuple

from tests.unit.identify.wizard.exports import Export

from b2shift.identify.wizard.proposal import propose


class Score(NamedTuple):
    """Mappings: right ones, wrong ones, ones that were left out; and files given to a wrong table."""

    right: int
    wrong: list[str]
    missed: list[str]
    tables: list[str]

    @property
    def precision(self) -> float:
        """Of the proposed."""
        return self.right / (self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        """Of the true ones."""
        return self.right / (self.right + len(self.missed))


def score(folder: Path, *systems: list[Export]) -> Score:
    """Propose for each system's files together; a wrong table makes all its mappings wrong."""
    right, wrong, missed, tables = 0, [], [], []
    for place, exports in enumerate(systems):
        below = folder / str(place)
        below.mkdir(parents=True)
        for one in exports:
            (below / one.file).write_bytes(one.content())
        for one, proposal in zip(exports, propose([below / one.file for one in exports]), strict=True):
            truth = {(header, to) for header, to in one.columns.items() if to}
            # The name a company is known by may be its key too.
            allowed = truth | {(h, "customer_id") for h, to in one.columns.items() if to in ("name", "account_name")}
            allowed |= {(h, "account_name") for h, to in one.columns.items() if to == "customer_id"}
            found = {(column.header, column.to) for column in proposal.mapped}
            if proposal.table != one.table:
                tables.append(f"{one.file}: {proposal.table}")
                allowed = truth = set()
            right += len(found & allowed)
            wrong += [f"{one.file}: {h} → {to}" for h, to in sorted(found - allowed)]
            missed += [f"{one.file}: {h} → {to}" for h, to in sorted(truth - found)]
            if proposal.table != one.table:
                missed += [f"{one.file}: {h} → {to}" for h, to in one.columns.items() if to]
    return Score(right, wrong, missed, tables)
