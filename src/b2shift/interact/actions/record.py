"""The decision log: append-only, hash-chained, replayable."""

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from b2shift.interact.contracts import Decision, Option

GENESIS = "0" * 32


class Verdict(NamedTuple):
    """How many decisions were replayed, and the first line that differed."""

    decisions: int
    broken_at: int | None


def draw(seed: int, customer_id: str, theme: str) -> float:
    """A uniform number in [0, 1), a hash of its arguments."""
    digest = blake2b(f"{seed}\x1f{customer_id}\x1f{theme}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def propensities(actions: Sequence[str], preferred: str, explore: float) -> tuple[float, ...]:
    """The probability of each action: `explore` for each alternative, the rest for the preferred one."""
    others = len(actions) - 1
    return tuple(1 - explore * others if one == preferred else explore for one in actions)


def choose(options: Sequence[Option], at: float) -> str:
    """The action at a point of the cumulative distribution."""
    reached = 0.0
    for option in options:
        reached += option.propensity
        if at < reached:
            return option.action
    return options[-1].action


def append(path: Path, decisions: Iterable[Decision]) -> int:
    """Append decisions to the log; their number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    previous, count = _last_hash(path), 0
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
    """Replay every decision from its own record; any difference breaks the chain."""
    previous, number = GENESIS, 0
    for number, decision in enumerate(read(path), start=1):
        actions = [option.action for option in decision.options]
        expected = propensities(actions, decision.preferred, decision.explore)
        same = expected == tuple(option.propensity for option in decision.options)
        replayed = choose(decision.options, draw(decision.seed, decision.customer_id, decision.theme))
        if not same or replayed != decision.chosen or decision.previous != previous or decision.hash != _hash(decision):
            return Verdict(number - 1, number)
        previous = decision.hash
    return Verdict(number, None)


def _hash(decision: Decision) -> str:
    content = decision.model_dump(mode="json", exclude={"hash"})
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _last_hash(path: Path) -> str:
    last = GENESIS
    if path.exists():
        for decision in read(path):
            last = decision.hash
    return last
