"""Files somebody sends, kept aside until they are declared: bounded, under names that cannot hurt, for a day."""

from __future__ import annotations

import re
import shutil
import unicodedata
import uuid
import zipfile
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.utils.translation import gettext as _

from b2shift.kernel.errors import InputError, StorageError
from b2shift.web.accounts.models import User
from b2shift.web.loading.orders import inbox

TABLES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".parquet", ".jsonl", ".ndjson", ".json")
MOST_FILES = 20
_ARCHIVE = ".zip"
_MOST_UNPACKED = 8
"""An archive may unpack to so many times what a whole upload may be."""
_CHUNK = 1 << 20
_ASIDE = "receiving"
_KEPT_FOR = timedelta(days=1)
_NAME = re.compile(r"[^\w .()\-]")
_KEY = re.compile(r"^[0-9a-f]{32}$")


def receive(
    user: User, files: Iterable[UploadedFile[Any]], now: datetime, most: int = MOST_FILES
) -> tuple[str, tuple[InputError, ...]]:
    """Keep what was sent, `most` files: its key, and why each file that cannot be kept was left out.

    InputError tells all of them where nothing is left, and then nothing is kept. Archives are unpacked; workbooks,
    which are archives too, are measured before anybody opens them.
    """
    uploads = list(files)
    if not uploads:
        raise InputError(_("Nenhum arquivo veio"), hint=_("Escolha ao menos um"))
    forget_old(now)
    key = uuid.uuid4().hex
    folder = _folder(user, key)
    try:
        folder.mkdir(parents=True)
        refused = tuple(error for one in uploads if (error := _refusal(one, folder, most)) is not None)
        if not _check_count(folder, most):
            raise all_of(refused or [InputError(_("O zip não tem nenhuma tabela"), hint=_accepted())])
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StorageError(_("Os arquivos não puderam ser guardados"), value=folder.name, hint=error) from error
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return key, refused


def all_of(refused: Sequence[InputError]) -> InputError:
    """Why none of several files can be: the one reason, or all of them, each with its file."""
    if len(refused) == 1:
        return refused[0]
    problems = "; ".join(f"{one.value}: {one.what}" for one in refused)
    return InputError(_("Nenhum destes arquivos pode ser lido"), value=problems, hint=_accepted())


def sent(user: User, key: str) -> list[Path]:
    """The files of a key, by name; 404 for a key that is not this person's or is no more."""
    folder = _folder(user, key) if _KEY.match(key) else None
    if folder is None or not folder.is_dir():
        raise Http404(_("Estes arquivos não estão mais aqui. Envie-os de novo."))
    return sorted(path for path in folder.iterdir() if path.is_file())


def deliver(user: User, key: str, read: Collection[str]) -> None:
    """Move the files of a key to the folder of deliveries of the home, where `b2shift run` finds them.

    Only those named in `read`: the others hold no table and are deleted.
    """
    folder = inbox()
    files = sent(user, key)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in files:
            if path.name in read:
                shutil.move(path, folder / path.name)
            else:
                path.unlink()
        _folder(user, key).rmdir()
    except OSError as error:
        raise StorageError(_("Os arquivos não puderam ser guardados"), value=folder, hint=error) from error


def discard(user: User, key: str) -> None:
    """Delete the files of a key."""
    sent(user, key)
    shutil.rmtree(_folder(user, key), ignore_errors=True)


def forget_old(now: datetime) -> None:
    """Delete what nobody declared for a day: it may hold personal data."""
    for folder in _root().glob("*-*"):
        if datetime.fromtimestamp(folder.stat().st_mtime, tz=now.tzinfo) < now - _KEPT_FOR:
            shutil.rmtree(folder, ignore_errors=True)


def safe_name(text: str) -> str:
    """The last part of a name without what a file system or a shell might take for something else.

    InputError for a name that says nothing or an ending that holds no table.
    """
    last = unicodedata.normalize("NFC", text).replace("\\", "/").rpartition("/")[2]
    name = " ".join(_NAME.sub("_", last).split()).lstrip(". -")
    stem, ending = name.rpartition(".")[0], Path(name).suffix.casefold()
    if ending not in (*TABLES, _ARCHIVE) or not re.search(r"\w", stem):
        raise InputError(
            _("Este arquivo não é uma tabela que se possa ler"), value=text[:80], hint=_accepted()
        )  # fmt: skip
    return stem[:100] + ending


def _accepted() -> str:
    return _("Envie CSV, planilha (xlsx, xls, ods), JSONL, Parquet ou um zip deles")


def _refusal(one: UploadedFile[Any], folder: Path, most: int) -> InputError | None:
    """Keep one file, what an archive holds with it or nothing of it; why it cannot be kept."""
    aside = folder / _ASIDE
    aside.mkdir()
    try:
        _keep(one, aside, most)
        _check_count(aside, most)
        places = [(path, _free(folder, path.name)) for path in sorted(aside.iterdir())]
    except InputError as error:
        return error
    else:
        for path, place in places:
            path.rename(place)
        return None
    finally:
        shutil.rmtree(aside)


def _keep(one: UploadedFile[Any], folder: Path, most: int) -> None:
    name = safe_name(one.name or "")
    path = _free(folder, name)
    with path.open("xb") as file:
        for chunk in one.chunks(_CHUNK):
            file.write(chunk)
    if zipfile.is_zipfile(path):
        _measure(path)
        if path.suffix == _ARCHIVE:
            _unpack(path, folder, most)
            path.unlink()
    elif path.suffix == _ARCHIVE:
        raise InputError(_("O arquivo não é um zip"), value=name, hint=_("Envie os arquivos soltos"))


def _measure(path: Path) -> None:
    """Refuse an archive that says it unpacks to more than is allowed."""
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > settings.UPLOAD_BYTES * _MOST_UNPACKED:
        raise InputError(
            _("O arquivo se abre em dados demais"), value=f"{path.name}: {size // 1_000_000} MB",
            hint=_("Divida a entrega em arquivos menores"),
        )  # fmt: skip


def _unpack(path: Path, folder: Path, most: int) -> None:
    """Take the tables out of an archive, counting bytes as they come: what it says of itself may be a lie."""
    left = settings.UPLOAD_BYTES * _MOST_UNPACKED
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                base = PurePosixPath(member.filename).name
                if member.is_dir() or base.startswith((".", "_")) or "__MACOSX" in member.filename:
                    continue
                name = safe_name(base)
                if name.endswith(_ARCHIVE):
                    raise InputError(_("Há um zip dentro do zip"), value=name, hint=_("Envie os arquivos soltos"))
                _check_count(folder, most)
                with archive.open(member) as source, _free(folder, name).open("xb") as file:
                    while chunk := source.read(_CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise InputError(_("O arquivo se abre em dados demais"), value=path.name)
                        file.write(chunk)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(_("O zip está danificado ou protegido por senha"), value=path.name) from error


def _free(folder: Path, name: str) -> Path:
    if any(path.name.casefold() == name.casefold() for path in folder.iterdir()):
        raise InputError(_("Dois arquivos têm o mesmo nome"), value=name, hint=_("Mude o nome de um deles"))
    return folder / name


def _check_count(folder: Path, most: int) -> int:
    """Tables kept so far; InputError when they are too many."""
    found = sum(path.suffix != _ARCHIVE for path in folder.iterdir())
    if found > most:
        hint = _("Envie no máximo %(n)s") % {"n": most}
        raise InputError(_("São arquivos demais de uma vez"), value=found, hint=hint)
    return found


def _folder(user: User, key: str) -> Path:
    return _root() / f"{user.pk}-{key}"


def _root() -> Path:
    return Path(settings.HOME) / "uploads"
