"""A `.json` file that is one document (an array of objects, or an object that holds one), streamed as JSON lines."""

import codecs
import json
from collections.abc import Callable, Iterator
from functools import partial
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import ijson

from b2shift.identify.sources.encodings import encoding_by_mark
from b2shift.kernel.errors import SourceError

_OPENING, _CLOSING = ("start_map", "start_array"), ("end_map", "end_array")


def document_objects(path: Path) -> Callable[[], Iterator[dict[str, Any]]] | None:
    """Streams the objects of the document's only list whenever called; None for a file that is no such document.

    SourceError for an array that breaks off.
    """
    prefix = _list_prefix(path) if path.suffix.casefold() == ".json" else None
    return None if prefix is None else partial(_objects, path, prefix)


def as_lines(path: Path, scratch: Path) -> Path:
    """The document written again as JSON lines in UTF-8; any other file as it is."""
    objects = document_objects(path)
    if objects is None:
        return path
    target = scratch / f"lines-{path.name}"
    with target.open("w", encoding="utf-8") as out:
        for one in objects():
            out.write(json.dumps(one, ensure_ascii=False, default=float) + "\n")
    return target


def _objects(path: Path, prefix: str) -> Iterator[dict[str, Any]]:
    with _Utf8(path) as file:
        yield from ijson.items(file, prefix)


def _list_prefix(path: Path) -> str | None:
    """Where the objects lie, as ijson names places; the whole document is parsed, so that a broken one is refused."""
    objects_only: dict[str, bool] = {}
    depth, key, root, in_list = 0, "", "", False
    try:
        with _Utf8(path) as file:
            for event, value in ijson.basic_parse(file):
                if event in _CLOSING:
                    depth -= 1
                    continue
                if event == "map_key":
                    key = value if depth == 1 else key
                    continue
                if depth == 0:
                    root = event
                    in_list = event == "start_array"
                elif depth == 1 and root == "start_map":
                    in_list = event == "start_array"
                elif in_list and depth == (1 if root == "start_array" else 2):
                    objects_only[key] = objects_only.get(key, True) and event == "start_map"
                depth += event in _OPENING
    except ijson.JSONError as error:
        if root != "start_array":
            return None
        raise SourceError("O documento JSON não se lê até o fim", value=path.name, hint="Peça outro") from error
    found = [name for name, only in objects_only.items() if only]
    if len(found) != 1:
        return None
    return "item" if root == "start_array" else f"{found[0]}.item"


class _Utf8(BufferedIOBase):
    """The bytes of a text file in UTF-8, whatever its encoding: by its mark, else UTF-8 with strays of Windows-1252."""

    def __init__(self, path: Path) -> None:
        self._text = path.open(encoding=encoding_by_mark(path), errors=_STRAYS, newline="")

    def read(self, size: int | None = -1, /) -> bytes:
        return self._text.read(size).encode()

    def close(self) -> None:
        self._text.close()
        super().close()


_STRAYS = "windows-1252"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode(_STRAYS, "replace"), error.end


codecs.register_error(_STRAYS, _as_windows)
