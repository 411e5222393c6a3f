"""Edit, delete and restore declarations of a home; an append-only journal keeps every version with its author.

Built-in declarations do not change; one of the home with the same name replaces them.
"""

from datetime import datetime
from pathlib import Path

from pydantic import Field

from b2shift.identify.wizard.declared_sources import own_file
from b2shift.identify.wizard.validation import validate_text
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import InputError, SchemaError, StorageError, UnknownNameError
from b2shift.lake.api import append_decision, decisions_in, write_durably


class SourceChange(Contract):
    """One change of a declaration: the text before and after; null where there was or is none."""

    source: str = Field(min_length=1)
    file: str = Field(min_length=1, description="its file in `sources/`")
    before: str | None
    after: str | None
    by: str = Field(min_length=1)
    at: datetime

    @property
    def kind(self) -> str:
        """`edited`, `deleted` or `restored`."""
        return "deleted" if self.after is None else "restored" if self.before is None else "edited"


def changes(home: Path, source: str = "") -> tuple[SourceChange, ...]:
    """Changes of all declarations or of one source, the newest first; StateError for a damaged journal."""
    found = [one for one in decisions_in(_journal(home), SourceChange) if source in ("", one.source)]
    return tuple(reversed(found))


def edit(home: Path, source: str, text: str, *, shown: str | None = None, by: str, at: datetime) -> SourceChange:
    """Replace the text of a declaration of the home; the next run follows it.

    `shown` is the text the edit started from (optimistic locking).

    Raises UnknownNameError for a source the home does not declare, SchemaError for a text that the loader rejects,
    InputError when the text is of another source or the declaration changed meanwhile.
    """
    path = _path(home, source)
    before = path.read_text("utf-8")
    if shown is not None and _normalised(shown) != _normalised(before):
        raise InputError("A declaração mudou enquanto você a editava", value=source, hint="Abra-a de novo")
    text = f"{_normalised(text)}\n"
    _require_valid(path, source, text)
    return _apply(home, SourceChange(source=source, file=path.name, before=before, after=text, by=by, at=at))


def delete(home: Path, source: str, *, by: str, at: datetime) -> SourceChange:
    """Delete a declaration of the home; the next run removes its rows from the tables.

    UnknownNameError for a source the home does not declare.
    """
    path = _path(home, source)
    before = path.read_text("utf-8")
    return _apply(home, SourceChange(source=source, file=path.name, before=before, after=None, by=by, at=at))


def undo(home: Path, source: str, *, by: str, at: datetime) -> SourceChange:
    """Revert the newest change of a source; a second undo reapplies it.

    UnknownNameError for a source that nobody changed, InputError when its file is not as that change left it.
    """
    journal = changes(home)
    newest = next((one for one in journal if one.source == source), None)
    if newest is None:
        raise UnknownNameError("mudança de fonte", source, {one.source for one in journal})
    path = home / "sources" / newest.file
    if (path.read_text("utf-8") if path.is_file() else None) != newest.after:
        raise InputError(
            "A declaração mudou depois disso", value=path, hint="Edite-a ou apague-a; o texto de antes está no diário"
        )
    if newest.before is not None:
        _require_valid(path, source, newest.before)
    return _apply(home, newest.model_copy(update={"before": newest.after, "after": newest.before, "by": by, "at": at}))


def _path(home: Path, source: str) -> Path:
    found = own_file(home, source)
    if found is None:
        known = {path.stem for path in (home / "sources").glob("*.yaml")}
        raise UnknownNameError("fonte declarada nesta casa", source, known)
    return found


def _require_valid(path: Path, source: str, text: str) -> None:
    problems = validate_text(text, path.name)
    if problems:
        hint = "; ".join(f"linha {one.line}, {one.where}: {one.message}" for one in problems)
        raise SchemaError("A declaração da fonte não está certa", value=path.name, hint=hint)
    if f"source: {source}\n" not in f"{text}\n":
        raise InputError("O nome da fonte não pode mudar", value=source, hint="Declare outra fonte e apague esta")


def _apply(home: Path, change: SourceChange) -> SourceChange:
    """Write the journal before the file: a text that is lost on disk is still there (write-ahead)."""
    path = home / "sources" / change.file
    append_decision(_journal(home), change)
    try:
        if change.after is None:
            path.unlink()
        else:
            write_durably(path, change.after)
    except OSError as error:
        raise StorageError("A declaração não pôde ser mudada", value=path, hint=error) from error
    return change


def _normalised(text: str) -> str:
    """Normalise line ends: a form posts CRLF, the file has LF."""
    return text.replace("\r\n", "\n").rstrip()


def _journal(home: Path) -> Path:
    return home / "decisions" / "sources.jsonl"
