"""Output files of commands: validated before the work, written atomically."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from b2shift.kernel.errors import InputError, StorageError


def check_output(out: Path, *endings: str, read: tuple[Path | None, ...] = ()) -> None:
    """Refuse a file that has none of the `endings` (any will do where none is named), is a folder or one that is
    `read`, or whose folder is not there (InputError) or takes none (StorageError)."""
    if endings and out.suffix.lower() not in endings:
        hint = f"Termine o nome em {' ou '.join(endings)}"
        raise InputError("Formato de arquivo desconhecido", value=out, hint=hint)
    if not out.parent.is_dir():
        raise InputError("A pasta do arquivo não existe", value=out.parent, hint="Crie-a antes")
    if out.is_dir():
        raise InputError("Já existe uma pasta com este nome", value=out, hint="Use outro nome")
    if out.exists() and any(one is not None and one.exists() and out.samefile(one) for one in read):
        raise InputError("A saída apagaria a tabela que se lê", value=out, hint="Use outro nome")
    probe = _sibling(out)
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StorageError("Não se pode gravar na pasta da saída", value=out, hint=error) from error


def write_output(out: Path, content: str | bytes) -> None:
    """A file of this content; InputError or StorageError where it cannot be."""
    check_output(out)
    with atomic_output(out) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def atomic_output(out: Path) -> Iterator[Path]:
    """A temporary sibling of `out` that replaces it on success and is removed on failure."""
    partial = _sibling(out)
    try:
        yield partial
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _sibling(out: Path) -> Path:
    return out.with_name(f".{out.name}.{os.getpid()}")
