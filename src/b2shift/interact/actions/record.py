"""Decisions written one after the other, each with the hash of the one before, and taken again from their record."""

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from b2shift.interact.contracts import Decision, Option

GENESIS = "0" * 32


class Verdict(NamedTuple):
    """How many decisions were taken again, and the first line that came out otherwise."""

    decisions: int
    broken_at: int | None


def draw(seed: int, customer_id: str, theme: str) -> float:
    """A number in [0, 1) that only these three decide."""
    digest = blake2b(f"{seed}\x1f{customer_id}\x1f{theme}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def propensities(actions: Sequence[str], preferred: str, explore: float) -> tuple[float, ...]:
    """The chance of each action: `explore` for each that is not preferred, the rest for the one that is."""
    others = len(actions) - 1
    return tuple(1 - explore * others if one == preferred else explore for one in actions)


def choose(options: Sequence[Option], at: float) -> str:
    """The action on which the number falls."""
    reached = 0.0
    for option in options:
        reached += option.propensity
        if at < reached:
            return option.action
    return options[-1].action


def append(path: Path, decisions: Iterable[Decision]) -> int:
    """Add decisions to a file that only grows; how many were added."""
    path.parent.mkdir(parents=True, exist_ok=True)
    previous, count = _head(path), 0
    with path.open("a", encoding="utf-8") as file:
        for decision in decisions:
            chained = decision.model_copy(update={"previous": previous, "hash": ""})
            previous = _hash(chained)
            file.write(chained.model_copy(update={"hash": previous}).model_dump_json() + "\n")
            count += 1
    return count


def read(path: Path) -> Iterator[Decision]:
    """Every decision of a file, oldest first."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Decision.model_validate_json(line)


def replay(path: Path) -> Verdict:
    """Take every decision again from its own record; anything that differs in a bit breaks it."""
    previous, number = GENESIS, 0
    for number, told in enumerate(read(path), start=1):
        actions = [option.action for option in told.options]
        expected = propensities(actions, told.preferred, told.explore)
        same = expected == tuple(option.propensity for option in told.options)
        again = choose(told.options, draw(told.seed, told.customer_id, told.theme))
        if not same or again != told.chosen or told.previous != previous or told.hash != _hash(told):
            return Verdict(number - 1, number)
        previous = told.hash
    return Verdict(number, None)


def _hash(decision: Decision) -> str:
    told = decision.model_dump(mode="json", exclude={"hash"})
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _head(path: Path) -> str:
    last = GENESIS
    if path.exists():
        for decision in read(path):
            last = decision.hash
    return last
