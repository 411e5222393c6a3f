"""A declared source changed, deleted, put back: a journal of the home keeps every text that stood, with its author.

Only declarations of the home change; what came with the product is replaced by one of the same name.
"""

from datetime import datetime
from pathlib import Path

from pydantic import Field

from b2shift.identify.wizard.check import check_text
from b2shift.identify.wizard.declared import own_file
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import InputError, SchemaError, StorageError, UnknownNameError
from b2shift.lake.api import decisions_in, keep_decision, write_durably


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
    """What was changed in the declarations, or in one of them, the newest first; StateError for a damaged journal."""
    found = [one for one in decisions_in(_journal(home), SourceChange) if source in ("", one.source)]
    return tuple(reversed(found))


def edit(home: Path, source: str, text: str, *, shown: str | None = None, by: str, at: datetime) -> SourceChange:
    """Give a declaration of the home another text; the next run follows it.

    `shown` is the text the person had before them. Raises UnknownNameError for a source the home does not declare,
    SchemaError for a text that the loader refuses, InputError when it is another source's or changed meanwhile.
    """
    path = _path(home, source)
    before = path.read_text("utf-8")
    if shown is not None and _plain(shown) != _plain(before):
        raise InputError("A declaração mudou enquanto você a editava", value=source, hint="Abra-a de novo")
    text = f"{_plain(text)}\n"
    _require(path, source, text)
    return _change(home, SourceChange(source=source, file=path.name, before=before, after=text, by=by, at=at))


def delete(home: Path, source: str, *, by: str, at: datetime) -> SourceChange:
    """Take a declaration out of the home: the next run takes its rows out of the tables.

    UnknownNameError for a source the home does not declare.
    """
    path = _path(home, source)
    before = path.read_text("utf-8")
    return _change(home, SourceChange(source=source, file=path.name, before=before, after=None, by=by, at=at))


def undo(home: Path, source: str, *, by: str, at: datetime) -> SourceChange:
    """Put back what stood before the newest change of a source; undone twice it stands again.

    UnknownNameError for a source that nobody changed, InputError when its file is not as that change left it.
    """
    told = changes(home)
    newest = next((one for one in told if one.source == source), None)
    if newest is None:
        raise UnknownNameError("mudança de fonte", source, {one.source for one in told})
    path = home / "sources" / newest.file
    if (path.read_text("utf-8") if path.is_file() else None) != newest.after:
        raise InputError(
            "A declaração mudou depois disso", value=path, hint="Edite-a ou apague-a; o texto de antes está no diário"
        )
    if newest.before is not None:
        _require(path, source, newest.before)
    return _change(home, newest.model_copy(update={"before": newest.after, "after": newest.before, "by": by, "at": at}))


def _path(home: Path, source: str) -> Path:
    found = own_file(home, source)
    if found is None:
        known = {path.stem for path in (home / "sources").glob("*.yaml")}
        raise UnknownNameError("fonte declarada nesta casa", source, known)
    return found


def _require(path: Path, source: str, text: str) -> None:
    problems = check_text(text, path.name)
    if problems:
        told = "; ".join(f"linha {one.line}, {one.where}: {one.told}" for one in problems)
        raise SchemaError("A declaração da fonte não está certa", value=path.name, hint=told)
    if f"source: {source}\n" not in f"{text}\n":
        raise InputError("O nome da fonte não pode mudar", value=source, hint="Declare outra fonte e apague esta")


def _change(home: Path, change: SourceChange) -> SourceChange:
    """The journal first: a text that is on no disk any more can still be read there."""
    path = home / "sources" / change.file
    keep_decision(_journal(home), change)
    try:
        if change.after is None:
            path.unlink()
        else:
            write_durably(path, change.after)
    except OSError as error:
        raise StorageError("A declaração não pôde ser mudada", value=path, hint=error) from error
    return change


def _plain(text: str) -> str:
    """A text as a browser's form gives it back and as it is on disk, made one."""
    return text.replace("\r\n", "\n").rstrip()


def _journal(home: Path) -> Path:
    return home / "decisions" / "sources.jsonl"
