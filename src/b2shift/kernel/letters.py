"""How far two spellings are from each other, letter by letter."""

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


def one_left_out(text: str) -> set[str]:
    """A text and all it is with a letter left out: two texts one edit apart share one (symmetric deletes, W. Garbe)."""
    return {text, *(text[:place] + text[place + 1 :] for place in range(len(text)))}


def edits(a: str, b: str, most: int) -> int:
    """How many single edits make one text of the other (optimal string alignment); `most + 1` when it takes more.

    Source: the recurrence of Damerau and Levenshtein, kept to two rows and left as soon as a row exceeds `most`.
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        before = above
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
