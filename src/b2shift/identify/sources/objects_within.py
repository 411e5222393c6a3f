"""What stands in objects within the objects of JSON lines, by names like `customer.id`."""

from typing import Any

_DEEPEST = 5


def leaves(document: dict[str, Any]) -> dict[str, Any]:
    """The values of an object that are neither lists nor objects, those of objects within it by both names."""
    return {".".join(path): value for path, value in _walk(document, ()) if not isinstance(value, dict | list)}


def pointers(document: dict[str, Any]) -> dict[str, str]:
    """The names of all that an object holds at any depth, and the JSON pointer of each."""
    return {".".join(path): "".join(f"/{_escaped(key)}" for key in path) for path, _ in _walk(document, ())}


def _walk(document: dict[str, Any], above: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:
    found: list[tuple[tuple[str, ...], Any]] = []
    for key, value in document.items():
        if not _writable(key):
            continue
        found.append(((*above, key), value))
        if isinstance(value, dict) and len(above) < _DEEPEST:
            found += _walk(value, (*above, key))
    return found


def _writable(key: str) -> bool:
    """Whether a statement can name it: half a pair of UTF-16 and a zero cannot stand in one."""
    return "\0" not in key and key.encode("utf-8", "ignore").decode() == key


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
