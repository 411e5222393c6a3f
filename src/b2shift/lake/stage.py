"""One step of a run: skipped when it was already computed from the same inputs."""

import json
from collections.abc import Collection, Iterable
from hashlib import blake2b
from typing import Any

from b2shift.lake.contracts import Manifest, StageVersion, TableVersion


class Stage:
    """A step that is on: `stale` says whether to compute it; `outputs` and `notes` are kept with the version."""

    def __init__(
        self,
        name: str,
        fingerprint: str,
        previous: StageVersion | None,
        held: Collection[str],
        inputs: tuple[str, ...] = (),
    ) -> None:
        self.name, self.fingerprint, self.previous, self.inputs = name, fingerprint, previous, inputs
        known = previous is not None and previous.fingerprint == fingerprint and held_all(previous, held)
        self.stale = not known
        self.outputs: list[str] = []
        self.notes: dict[str, object] = dict(previous.notes) if previous is not None and known else {}

    def computed(self, seconds: float) -> StageVersion:
        """What the version remembers of this stage."""
        outputs = tuple(dict.fromkeys(self.outputs))
        return StageVersion(
            fingerprint=self.fingerprint,
            inputs=self.inputs,
            outputs=outputs,
            seconds=seconds,
            notes=plain(self.notes),
        )


def held_all(stage: StageVersion, held: Collection[str]) -> bool:
    """Whether every table the stage wrote is still there."""
    return all(output in held for output in stage.outputs)


def still_whole(base: Manifest, tables: Collection[str]) -> dict[str, StageVersion]:
    """The stages of a version that need not run again when only these of its tables could be read.

    A stage goes with a table it wrote, and with a file its notes name: some keep their files themselves.
    """
    lost = [file for name, table in base.tables.items() if name not in tables for file in table.every_file]
    return {
        name: stage
        for name, stage in base.stages.items()
        if held_all(stage, tables) and not any(file in json.dumps(stage.notes) for file in lost)
    }


def fingerprint(name: str, parameters: object, inputs: Iterable[TableVersion]) -> str:
    """Of everything a stage depends on; the order in which inputs are named does not matter."""
    told = sorted(f"{table.spec.name}={table.fingerprint}" for table in inputs)
    return blake2b("\n".join([name, repr(parameters), *told]).encode(), digest_size=16).hexdigest()


def plain(notes: dict[str, object]) -> dict[str, object]:
    """Notes as they will read back from the manifest, so that a fresh stage and a remembered one tell the same."""
    found: dict[str, object] = json.loads(json.dumps(notes, default=_plain_value))
    return found


def _plain_value(value: Any) -> object:
    return value.item() if hasattr(value, "item") else str(value)
