"""Taking a person out of a home: first they are never read again, then every version forgets them; kills lose nothing.

The plan lies in `privacy/pending` from before the first byte is taken out until records and lake were both looked
through again; whoever comes next finishes what it says.
"""

from collections.abc import Iterator
from pathlib import Path

from b2shift.identify.privacy.eraser import PersonEraser
from b2shift.identify.privacy.shapes import ErasurePlan, Suppression
from b2shift.identify.privacy.suppression import folder, hashed, keys_of, secret, suppress_persons
from b2shift.kernel.errors import StateError, StorageError
from b2shift.lake.api import Erased, erase, write_durably

_TEXT_FILES = {".jsonl", ".json", ".yaml", ".yml", ".csv", ".txt", ".html", ".md"}


def begin_erasure(home: Path, plan: ErasurePlan) -> None:
    """From now on the person is not read in again, and the plan is finished by whoever comes."""
    told = secret(home)
    hashes = {hashed(told, key) for person in plan.persons for key in keys_of(person, plan.shared)}
    entry = Suppression(erasure=plan.erasure, hashes=tuple(sorted(hashes)), at=plan.at, by=plan.by, reason=plan.reason)
    _keep(home, plan)
    suppress_persons(home, entry)


def erase_from_lake(home: Path, plan: ErasurePlan) -> Erased:
    """Take the person out of every kept version and of the home's own text files; doing it again changes nothing.

    `left` of what it did is 0, or something of the person is still there.

    Raises LakeBusyError while another process writes.
    """
    eraser = PersonEraser(home, plan)
    done = erase(home, eraser, plan.erasure)
    for path in _own_texts(home):
        before = path.read_text(encoding="utf-8", errors="surrogateescape")
        after = "".join(eraser.text(line) for line in before.splitlines(keepends=True))
        if after != before:
            write_durably(path, after, errors="surrogateescape")
    return done


def finish_erasure(home: Path, plan: ErasurePlan) -> None:
    """Forget the plan: it is the last place that says who the person was."""
    _path(home, plan.erasure).unlink(missing_ok=True)


def pending_erasures(home: Path) -> tuple[ErasurePlan, ...]:
    """Erasures that began and did not end, oldest first; StateError for a plan that cannot be read."""
    found = []
    for path in sorted((folder(home) / "pending").glob("*.json")):
        try:
            found.append(ErasurePlan.model_validate_json(path.read_bytes()))
        except ValueError as error:
            raise StateError(
                "O plano de uma eliminação está danificado", value=path, hint="Peça a eliminação outra vez"
            ) from error
    return tuple(sorted(found, key=lambda plan: plan.at))


def _keep(home: Path, plan: ErasurePlan) -> None:
    path = _path(home, plan.erasure)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(path, plan.model_dump_json())
    except OSError as error:
        raise StorageError("O plano da eliminação não pôde ser guardado", value=path, hint=error) from error


def _path(home: Path, erasure: str) -> Path:
    return folder(home) / "pending" / f"{erasure}.json"


def _own_texts(home: Path) -> Iterator[Path]:
    """Journals, policies and declarations of the home: not the lake, not the records, not what erasures need."""
    own = (home / "lake", folder(home))
    for path in sorted(home.rglob("*")):
        if path.suffix in _TEXT_FILES and path.is_file() and not any(one in path.parents for one in own):
            yield path
