"""One stage of a run: skipped when it was already computed from the same inputs."""

import json
from collections.abc import Collection, Iterable
from hashlib import blake2b
from typing import Any

from b2shift.lake.contracts import Manifest, StageVersion, TableVersion


class Stage:
    """A stage in progress: `stale` says whether to compute it; `outputs` and `notes` are stored with the version."""

    def __init__(
        self,
        name: str,
        fingerprint: str,
        previous: StageVersion | None,
        tables: Collection[str],
        inputs: tuple[str, ...] = (),
    ) -> None:
        self.name, self.fingerprint, self.previous, self.inputs = name, fingerprint, previous, inputs
        known = previous is not None and previous.fingerprint == fingerprint and has_outputs(previous, tables)
        self.stale = not known
        self.outputs: list[str] = []
        self.notes: dict[str, object] = dict(previous.notes) if previous is not None and known else {}

    def computed(self, seconds: float) -> StageVersion:
        """The record of this stage in the version."""
        outputs = tuple(dict.fromkeys(self.outputs))
        return StageVersion(
            fingerprint=self.fingerprint,
            inputs=self.inputs,
            outputs=outputs,
            seconds=seconds,
            notes=json_safe(self.notes),
        )


def has_outputs(stage: StageVersion, tables: Collection[str]) -> bool:
    """Whether every output of the stage exists."""
    return all(output in tables for output in stage.outputs)


def intact_stages(base: Manifest, tables: Collection[str]) -> dict[str, StageVersion]:
    """The stages of a version that stay valid when only these of its tables are readable.

    A stage goes with a table it wrote, and with a file its notes name: some keep their files themselves.
    """
    lost = [file for name, table in base.tables.items() if name not in tables for file in table.every_file]
    return {
        name: stage
        for name, stage in base.stages.items()
        if has_outputs(stage, tables) and not any(file in json.dumps(stage.notes) for file in lost)
    }


def fingerprint(name: str, parameters: object, inputs: Iterable[TableVersion]) -> str:
    """A fingerprint of a stage's parameters and inputs, independent of input order."""
    fingerprints = sorted(f"{table.spec.name}={table.fingerprint}" for table in inputs)
    return blake2b("\n".join([name, repr(parameters), *fingerprints]).encode(), digest_size=16).hexdigest()


def json_safe(notes: dict[str, object]) -> dict[str, object]:
    """Notes after a round trip through JSON, so that fresh and stored stages agree."""
    found: dict[str, object] = json.loads(json.dumps(notes, default=_json_safe))
    return found


def _json_safe(value: Any) -> object:
    return value.item() if hasattr(value, "item") else str(value)
