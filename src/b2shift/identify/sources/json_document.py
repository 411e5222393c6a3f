"""A file that is one JSON document, an array of objects or an object that holds one, as JSON lines."""

import json
import re
from pathlib import Path

from b2shift.kernel.errors import SourceError

_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n]*")
_Spans = list[tuple[int, int]]


def document_lines(path: Path) -> list[bytes] | None:
    """The objects of a `.json` document, each as it was written but on one line; None for what is none.

    SourceError for an array that breaks off.
    """
    if path.suffix.casefold() != ".json":
        return None
    # Latin-1 gives every byte back as it was, whatever the encoding; marks of JSON are ASCII.
    text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    start = _blank(text, 0)
    try:
        spans, end = _array(text, start) if text[start : start + 1] == "[" else _only_array(text, start)
    except (ValueError, RecursionError) as error:
        if text[start : start + 1] != "[":
            return None
        raise SourceError("O documento JSON não se lê até o fim", value=path.name, hint="Peça outro") from error
    if not spans or _blank(text, end) < len(text):
        return None
    return [text[a:b].replace("\n", " ").replace("\r", " ").encode("latin-1") for a, b in spans]


def as_lines(path: Path, scratch: Path) -> Path:
    """The document written again as JSON lines; any other file as it is."""
    lines = document_lines(path)
    if lines is None:
        return path
    target = scratch / f"lines-{path.name}"
    with target.open("wb") as out:
        out.writelines(line + b"\n" for line in lines)
    return target


def _blank(text: str, at: int) -> int:
    """The next place that is not blank."""
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _next(text: str, at: int, end: str) -> int:
    """The place after a comma, or that of the end; ValueError for anything else."""
    at = _blank(text, at)
    if text[at : at + 1] == ",":
        return _blank(text, at + 1)
    if text[at : at + 1] != end:
        raise ValueError(at)
    return at


def _array(text: str, at: int) -> tuple[_Spans, int]:
    """Where the objects of an array lie, none when it has others, and where it ends."""
    spans: _Spans = []
    objects, at = True, _blank(text, at + 1)
    while text[at : at + 1] != "]":
        value, end = _DECODER.raw_decode(text, at)
        objects = objects and isinstance(value, dict)
        spans.append((at, end))
        at = _next(text, end, "]")
    return spans if objects else [], at + 1


def _only_array(text: str, at: int) -> tuple[_Spans, int]:
    """The same for the only array of objects in an object."""
    found: list[_Spans] = []
    if text[at : at + 1] != "{":
        raise ValueError(at)
    at = _blank(text, at + 1)
    while text[at : at + 1] != "}":
        _, at = _DECODER.raw_decode(text, at)
        at = _blank(text, at)
        if text[at : at + 1] != ":":
            raise ValueError(at)
        at = _blank(text, at + 1)
        if text[at : at + 1] == "[":
            spans, at = _array(text, at)
            found += [spans] if spans else []
        else:
            _, at = _DECODER.raw_decode(text, at)
        at = _next(text, at, "}")
    return found[0] if len(found) == 1 else [], at + 1
