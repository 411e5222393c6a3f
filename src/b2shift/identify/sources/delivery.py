"""A delivery: the files of a folder, of a zip or of a folder in an object store.

Each has the quick sign by which an unchanged file is known.
"""

import errno
import lzma
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b, file_digest
from pathlib import Path, PurePosixPath

from b2shift.identify.sources.objects import ObjectFolder
from b2shift.kernel.errors import DropError, SourceError, StorageError

Drop = Path | ObjectFolder
Content = Callable[[], Iterator[bytes]]

_SAMPLE = 64 * 1024
_CHUNK = 4 * 1024 * 1024
# A zip of text shrinks 5 to 20 times; what shrinks 200 times is made to fill the disk.
_LARGEST_RATIO, _LARGEST_MEMBER = 200, 64 * 1024**3
# What the library raises of a zip whose tables lie: some are errors of values, one of a place before the file.
_DAMAGED = (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, struct.error, OverflowError)
_NAMED = 20
_LOCKED = 1
"""the flag of a member that has a password"""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


@dataclass(frozen=True)
class Delivered:
    """One file of the delivery; one that has no path until `opened` tells where its content comes from."""

    name: str
    bytes: int
    sign: str
    path: Path | None
    content: Content | None = None

    def opened(self, scratch: Path) -> Path:
        """A path to read it from; what has none is brought into `scratch`, never beyond its declared size."""
        if self.path is not None:
            return self.path
        return _bring(self, scratch)

    def content_hash(self, path: Path) -> str:
        """SHA-256 of the whole content; SourceError when it cannot be read."""
        try:
            with path.open("rb") as file:
                return file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise SourceError("O arquivo não pode ser lido", value=self.name, hint=error) from error


@dataclass(frozen=True)
class Below:
    """A folder of the delivery whose files are not read, for others lie above them."""

    place: str
    bytes: int = 0
    files: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What is told of it, with the first of its files."""
        some = ", ".join(self.files[:_NAMED]) + (" …" if len(self.files) > _NAMED else "")
        many = f" ({len(self.files)}: {some})" if some else ""
        return f"os arquivos desta pasta não foram lidos{many}; ponha-os ao lado dos outros"


def drop_at(text: str) -> Drop:
    """Where a delivery lies: a path, or the address of a folder in an object store; DropError for other addresses."""
    return ObjectFolder.read(text) if "://" in text else Path(text)


def open_delivery(drop: Drop, *, may_be_empty: bool = False) -> list[Delivered]:
    """The files at the top of a folder, a zip or an object store's folder, by name; DropError: nothing can be read.

    `may_be_empty`: rows come from elsewhere too.
    """
    if isinstance(drop, ObjectFolder):
        files = [_stored(drop, one.name, one.bytes, one.tag) for one in drop.files() if one.name[0] not in "._~"]
        return _some(files, drop, may_be_empty, [])
    if not drop.exists():
        raise DropError("A entrega não existe", value=drop, hint="Confira o caminho da pasta ou do zip")
    try:
        if drop.is_dir():
            inside = [_inside(path, drop) for path in sorted(drop.iterdir()) if path.name[0] not in "._~"]
            files = [_plain(path) for path in inside if path.is_file()]
        elif zipfile.is_zipfile(drop):
            files = _members(drop)
        else:
            raise DropError("A entrega não é uma pasta nem um zip", value=drop, hint="Informe a pasta dos arquivos")
    except PermissionError as error:
        raise DropError("A entrega não pode ser lida", value=drop, hint=error) from error
    folders = [path.name for path in drop.iterdir() if path.is_dir()] if drop.is_dir() else []
    return _some(files, drop, may_be_empty, folders)


def files_below(drop: Drop, home: Path | None = None) -> list[Below]:
    """The folders whose files `open_delivery` leaves unread; not those it never reads (`_truth/`), nor the home."""
    if isinstance(drop, ObjectFolder):
        return [Below(f"{name}/") for name in drop.folders() if name[0] not in "._~"]
    sizes = _sizes(drop, home) if drop.is_dir() else _packed_sizes(drop) if drop.is_file() else {}
    found: dict[str, list[PurePosixPath]] = {}
    for place in sorted(sizes):
        if len(place.parts) > 1 and not any(part[0] in "._~" for part in place.parts):
            found.setdefault(place.parts[0], []).append(place)
    return [
        Below(f"{folder}/", sum(map(sizes.__getitem__, inside)), tuple(str(one.relative_to(folder)) for one in inside))
        for folder, inside in found.items()
    ]


def _sizes(drop: Path, home: Path | None) -> dict[PurePosixPath, int]:
    """The files of a folder and of those below it, by where they lie."""
    found = {}
    for above, folders, files in os.walk(drop):
        folders[:] = [one for one in folders if home is None or not _same(Path(above, one), home)]
        for path in (Path(above, file) for file in files):
            found[PurePosixPath(path.relative_to(drop).as_posix())] = path.lstat().st_size
    return found


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _packed_sizes(archive: Path) -> dict[PurePosixPath, int]:
    """The members of a zip by where they lie below the folder that is read; those beside it as they are."""
    infos = _listed(archive)
    top = _common_folder(info.filename for info in infos)
    places = [(PurePosixPath(info.filename.replace("\\", "/")), info.file_size) for info in infos]
    return {place.relative_to(top) if place.is_relative_to(top) else place: size for place, size in places}


def _some(files: list[Delivered], drop: Drop, may_be_empty: bool, folders: list[str]) -> list[Delivered]:
    if not files and not may_be_empty:
        hint = f"Os arquivos estão em {folders[0]}?" if folders else "Coloque nela os arquivos das fontes"
        raise DropError("A entrega está vazia", value=drop, hint=hint)
    return files


def _inside(path: Path, drop: Path) -> Path:
    """The file of a folder; DropError for a link that leads out of it, whose file nobody delivered."""
    if path.is_symlink() and not path.resolve().is_relative_to(drop.resolve()):
        hint = "Copie o arquivo para a pasta, ou informe a pasta em que ele está"
        raise DropError("A entrega tem um atalho para fora da pasta", value=path.name, hint=hint)
    return path


def _stored(folder: ObjectFolder, name: str, size: int, tag: str) -> Delivered:
    return Delivered(name, size, f"{size} {tag}", None, partial(folder.fetch, name))


def _plain(path: Path) -> Delivered:
    stat = path.stat()
    return Delivered(path.name, stat.st_size, _quick_sign(path, stat.st_size, stat.st_mtime_ns), path)


def _quick_sign(path: Path, size: int, changed: int) -> str:
    """Size, time of change and three samples: costs nothing, and a file that passes it has not been touched."""
    digest = blake2b(f"{size} {changed}".encode(), digest_size=16)
    try:
        with path.open("rb") as file:
            for start in sorted({0, max(0, size // 2 - _SAMPLE // 2), max(0, size - _SAMPLE)}):
                file.seek(start)
                digest.update(file.read(_SAMPLE))
    except OSError:
        return ""
    return digest.hexdigest()


def _listed(archive: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(archive) as opened:
            return [info for info in opened.infolist() if not info.is_dir()]
    except _DAMAGED as error:
        raise DropError("O zip está danificado", value=archive, hint=f"{error}. Peça outro") from error


def _members(archive: Path) -> list[Delivered]:
    infos = _listed(archive)
    top = _common_folder(info.filename for info in infos)
    found, names = [], set[str]()
    for info in infos:
        place = PurePosixPath(info.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts:
            raise DropError(
                "O zip quer escrever fora da pasta", value=info.filename, hint="Recuse este arquivo e peça outro"
            )
        if str(place.parent) != top or place.name[0] in "._~":
            continue
        if info.file_size > _LARGEST_MEMBER or info.file_size > _LARGEST_RATIO * max(info.compress_size, 1024):
            raise DropError(
                "O zip cresce demais ao ser aberto",
                value=f"{info.filename}: {info.compress_size} → {info.file_size} bytes",
                hint="Recuse este arquivo ou entregue a pasta sem compactar",
            )
        if place.name in names:
            raise DropError(
                "O zip tem dois arquivos com o mesmo nome", value=place.name, hint="Deixe nele só o que vale"
            )
        names.add(place.name)
        sign = f"{info.file_size} {info.CRC:08x}"
        found.append(Delivered(place.name, info.file_size, sign, None, partial(_unpacked, archive, info.filename)))
    return sorted(found, key=lambda file: file.name)


def _common_folder(names: Iterable[str]) -> str:
    """The folder nearest the root that holds files: a zip of a folder is as good as a zip of its files, and what a
    Mac adds to one (`__MACOSX/`, `.DS_Store`) is none of them."""
    places = [PurePosixPath(name.replace("\\", "/")) for name in names]
    parents = [str(place.parent) for place in places if not any(part[0] in "._~" for part in place.parts)]
    return min(parents, key=lambda parent: (0 if parent == "." else parent.count("/") + 1, parent), default=".")


def _bring(file: Delivered, scratch: Path) -> Path:
    assert file.content is not None
    target = scratch / "unpacked" / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(scratch).free < file.bytes:
        raise StorageError("Não há espaço para trazer o arquivo", value=f"{file.name}: {file.bytes} bytes")
    written = 0
    try:
        with target.open("wb") as out:
            for chunk in file.content():
                written += len(chunk)
                if written > file.bytes:
                    raise SourceError("O arquivo é maior do que a entrega diz", value=file.name, hint="Peça outro")
                out.write(chunk)
        if written < file.bytes:
            told = f"{file.name}: {written} de {file.bytes} bytes"
            raise SourceError("O arquivo veio incompleto", value=told, hint="Entregue de novo")
    except OSError as error:
        if error.errno not in _FULL:
            raise SourceError("O arquivo não pôde ser trazido", value=file.name, hint=error) from error
        raise StorageError("Não há espaço para trazer o arquivo", value=file.name, hint=error) from error
    return target


def _unpacked(archive: Path, member: str) -> Iterator[bytes]:
    """The content of a member of a zip; SourceError when it is damaged."""
    try:
        with zipfile.ZipFile(archive) as opened:
            if opened.getinfo(member).flag_bits & _LOCKED:
                raise SourceError("O arquivo do zip tem senha", value=PurePosixPath(member).name, hint="Compacte-o sem")
            with opened.open(member) as packed:
                while chunk := packed.read(_CHUNK):
                    yield chunk
    except (*_DAMAGED, EOFError, RuntimeError, zlib.error, lzma.LZMAError) as error:
        hint = f"{error}. Peça outro"
        raise SourceError("O arquivo do zip está danificado", value=PurePosixPath(member).name, hint=hint) from error


def forget(path: Path, scratch: Path) -> None:
    """Remove what was unpacked; delivered files are never touched."""
    if scratch in path.parents:
        os.unlink(path)
