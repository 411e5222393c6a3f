"""How two spellings differ by one letter."""

from enum import StrEnum


class Edit(StrEnum):
    """What makes one text of the other."""

    NONE = "none"
    MOVED = "moved"
    """One letter more or less, or two neighbours swapped."""
    CHANGED = "changed"
    """One letter is another one."""
    FAR = "far"


def edit(a: str, b: str) -> Edit:
    """The single edit between two texts (optimal string alignment at distance one)."""
    if a == b:
        return Edit.NONE
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    if len(longer) - len(shorter) > 1:
        return Edit.FAR
    start = next((i for i, (x, y) in enumerate(zip(longer, shorter, strict=False)) if x != y), len(shorter))
    if len(longer) > len(shorter):
        return Edit.MOVED if longer[start + 1 :] == shorter[start:] else Edit.FAR
    if longer[start + 1 :] == shorter[start + 1 :]:
        return Edit.CHANGED
    swapped = longer[start : start + 2] == shorter[start : start + 2][::-1]
    return Edit.MOVED if swapped and longer[start + 2 :] == shorter[start + 2 :] else Edit.FAR


def one_edit_apart(a: str, b: str) -> bool:
    """Whether one letter more, less or other, or two neighbours swapped, make one text of the other."""
    return edit(a, b) in (Edit.MOVED, Edit.CHANGED)
