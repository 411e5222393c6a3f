"""The encoding that the first bytes of a text file declare."""

from pathlib import Path

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def encoding_by_mark(path: Path) -> str:
    """`utf-16` where the file begins with a byte order mark of it, else `utf-8-sig`."""
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in _UTF16_MARKS else "utf-8-sig"
