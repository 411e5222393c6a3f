"""Erase a person from a home, crash-safe: suppress them first, then delete them from every kept version.

The plan stays in `privacy/pending` from before the first deletion until lake and records were verified; a run that
finds one resumes it.
"""

from collections.abc import Iterator
from pathlib import Path

from b2shift.identify.privacy.contracts import ErasurePlan, Suppression
from b2shift.identify.privacy.person_eraser import PersonEraser
from b2shift.identify.privacy.suppression import folder, hash_secret, key_hash, person_keys, suppress_persons
from b2shift.kernel.errors import StateError, StorageError
from b2shift.lake.api import Erased, erase, write_durably

_TEXT_FILES = {".jsonl", ".json", ".yaml", ".yml", ".csv", ".txt", ".html", ".md"}


def begin_erasure(home: Path, plan: ErasurePlan) -> None:
    """Write the plan and put the person on the suppression list."""
    salt = hash_secret(home)
    hashes = {key_hash(salt, key) for person in plan.persons for key in person_keys(person, plan.shared)}
    entry = Suppression(erasure=plan.erasure, hashes=tuple(sorted(hashes)), at=plan.at, by=plan.by, reason=plan.reason)
    _write_plan(home, plan)
    suppress_persons(home, entry)


def erase_from_lake(home: Path, plan: ErasurePlan) -> Erased:
    """Delete the person from every kept version and redact the text files of the home; idempotent.

    `left` of the result is above 0 when something of the person remains.

    Raises LakeBusyError while another process writes.
    """
    eraser = PersonEraser(home, plan)
    done = erase(home, eraser, plan.erasure)
    for path in _text_files(home):
        before = path.read_text(encoding="utf-8", errors="surrogateescape")
        after = "".join(eraser.text(line) for line in before.splitlines(keepends=True))
        if after != before:
            write_durably(path, after, errors="surrogateescape")
    return done


def finish_erasure(home: Path, plan: ErasurePlan) -> None:
    """Delete the plan, the last place that identifies the person."""
    _path(home, plan.erasure).unlink(missing_ok=True)


def pending_erasures(home: Path) -> tuple[ErasurePlan, ...]:
    """Unfinished erasures, oldest first; StateError for a plan that cannot be read."""
    found = []
    for path in sorted((folder(home) / "pending").glob("*.json")):
        try:
            found.append(ErasurePlan.model_validate_json(path.read_bytes()))
        except ValueError as error:
            raise StateError(
                "O plano de uma eliminação está danificado", value=path, hint="Peça a eliminação outra vez"
            ) from error
    return tuple(sorted(found, key=lambda plan: plan.at))


def _write_plan(home: Path, plan: ErasurePlan) -> None:
    path = _path(home, plan.erasure)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(path, plan.model_dump_json())
    except OSError as error:
        raise StorageError("O plano da eliminação não pôde ser guardado", value=path, hint=error) from error


def _path(home: Path, erasure: str) -> Path:
    return folder(home) / "pending" / f"{erasure}.json"


def _text_files(home: Path) -> Iterator[Path]:
    """Journals, policies and declarations of the home, without lake, records and the privacy folder."""
    own = (home / "lake", folder(home))
    for path in sorted(home.rglob("*")):
        if path.suffix in _TEXT_FILES and path.is_file() and not any(one in path.parents for one in own):
            yield path
