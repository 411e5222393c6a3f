"""What was estimated of actions that people chose to take, and what was refused, by score."""

from dataclasses import dataclass

from b2shift.lake.api import Lake

_TABLE = "action_effects"


@dataclass(frozen=True)
class ActionEffect:
    """One action: what its comparison found when it withstood every test, or why nothing is said."""

    label: str
    usable: bool
    verdict: str


def action_effects(read: Lake, score: str) -> list[ActionEffect]:
    """Of one score, those that are told first; none in versions from before they were looked for."""
    if not read.has(_TABLE):
        return []
    query = f"SELECT label, usable, verdict FROM {_TABLE} WHERE score = ? ORDER BY usable DESC, label"
    return [ActionEffect(**row) for row in read.query(query, [score]).to_pylist()]
