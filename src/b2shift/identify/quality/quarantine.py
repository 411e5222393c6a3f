"""Loads in quarantine and their manual release, journalled with author and reason."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import Field

from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import Lake, append_decision, decisions_in

STAGE = "quarantine "
_SHORTEST, _LONGEST = 3, 500


class Release(Contract):
    """The release of a quarantined delivery by a person, or its revocation."""

    source: str = Field(min_length=1)
    content: str = Field(min_length=1, description="digest of the delivery's files, as in `rule_results`")
    released: bool = Field(description="false: revoked")
    reason: str = Field(min_length=_SHORTEST, max_length=_LONGEST)
    by: str = Field(min_length=1, description="who decided")
    at: datetime

    @property
    def description(self) -> str:
        """For the message in `loads`, pt-BR."""
        return f"liberada da quarentena por {self.by} em {self.at:%d/%m/%Y}: {self.reason}"


class InQuarantine(Contract):
    """A source whose newest delivery is in quarantine; its earlier rows are served."""

    source: str
    files: tuple[str, ...]
    broken: tuple[str, ...] = Field(description="the critical rules it broke, in words, pt-BR")
    content: str
    load: int = Field(description="the load that quarantined it")
    release: Release | None = Field(None, description="when it was released: the next run loads it")


def releases(home: Path) -> dict[tuple[str, str], Release]:
    """(source, content) → the release in force; StateError for a damaged journal."""
    newest = {(one.source, one.content): one for one in decisions_in(_journal(home), Release)}
    return {key: one for key, one in newest.items() if one.released}


def quarantined(lake: Lake, home: Path) -> tuple[InQuarantine, ...]:
    """The quarantined deliveries of one version, by source."""
    known = releases(home)
    found = []
    for name, stage in sorted(lake.manifest.stages.items()):
        if name.startswith(STAGE):
            source, notes = name.removeprefix(STAGE), dict(stage.notes)
            release = known.get((source, str(notes["content"])))
            found.append(InQuarantine.model_validate({**notes, "source": source, "release": release}))
    return tuple(found)


def release(lake: Lake, home: Path, source: str, *, reason: str, by: str, at: datetime) -> Release:
    """Release the delivery of a source; the next run of the same files loads it. UnknownNameError when none waits."""
    return _record(_waiting(lake, home, source), home, released=True, reason=reason, by=by, at=at)


def revoke(lake: Lake, home: Path, source: str, *, reason: str, by: str, at: datetime) -> Release:
    """Revoke a release before a run applied it; InputError when there is none, UnknownNameError after that run."""
    waiting = _waiting(lake, home, source)
    if waiting.release is None:
        raise InputError("Esta carga não foi liberada", value=source, hint="Não há o que desfazer")
    return _record(waiting, home, released=False, reason=reason, by=by, at=at)


def _waiting(lake: Lake, home: Path, source: str) -> InQuarantine:
    waiting: Mapping[str, InQuarantine] = {one.source: one for one in quarantined(lake, home)}
    if source not in waiting:
        raise UnknownNameError("carga em quarentena", source, waiting)
    return waiting[source]


def _record(waiting: InQuarantine, home: Path, *, reason: str, **fields: Any) -> Release:
    if not _SHORTEST <= len(reason.strip()) <= _LONGEST:
        raise InputError(
            "Falta dizer por quê", value=reason, hint=f"Escreva o motivo em {_SHORTEST} a {_LONGEST} caracteres"
        )
    entry = Release(source=waiting.source, content=waiting.content, reason=reason.strip(), **fields)
    append_decision(_journal(home), entry)
    return entry


def _journal(home: Path) -> Path:
    return home / "decisions" / "quarantine.jsonl"
