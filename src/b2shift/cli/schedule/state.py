"""Job states in one file, replaced atomically; one scheduler per home."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import StateError, StorageError
from b2shift.lake.api import write_durably


class Outcome(StrEnum):
    """How the last attempt of a job ended."""

    DONE = "done"
    FAILED = "failed"
    RUNNING = "running"


class JobState(Contract):
    """The state of one job: dates up to `through` are settled, done or given up."""

    since: date
    through: date | None = None
    done: date | None = None
    """The newest logical date that ended well."""
    tried: date | None = None
    """The date of the last attempt."""
    outcome: Outcome | None = None
    attempts: int = 0
    started_at: datetime | None = None
    seconds: float | None = None
    failed_at: datetime | None = None
    told: str = ""
    """What the command said last, when it failed."""


class _StateFile(Contract):
    jobs: dict[str, JobState] = {}


class StateStore:
    """The job states of a home."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "schedule"
        self._path = self.folder / "state.json"

    def read(self) -> dict[str, JobState]:
        """Every state by job; StateError when the file is damaged."""
        if not self._path.exists():
            return {}
        try:
            return _StateFile.model_validate_json(self._path.read_bytes()).jobs
        except ValidationError as error:
            hint = "Apague o arquivo: a agenda recomeça hoje"
            raise StateError("O estado da agenda está danificado", value=self._path, hint=hint) from error

    def write(self, name: str, state: JobState) -> None:
        """Replace one state durably."""
        try:
            write_durably(self._path, _StateFile(jobs=self.read() | {name: state}).model_dump_json(indent=1))
        except OSError as error:
            raise StorageError("O estado da agenda não pôde ser guardado", value=self._path, hint=error) from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the schedule lock; StateError while another scheduler does."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = (self.folder / "lock").open("w")
        except OSError as error:
            raise StorageError("A agenda não pôde ser guardada", value=self.folder, hint=error) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                hint = "Encerre o outro, ou espere que ele termine"
                raise StateError("Outro agendador já cuida desta pasta", value=self.folder, hint=hint) from error
            yield
