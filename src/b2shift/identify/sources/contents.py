"""What lines say, as numbers: the same number for the same text and form of its file, and finding them again."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa

from b2shift.lake.contracts import ROW_CONTENT

# Odd numbers without a pattern: the 64-bit primes of xxHash (Y. Collet) and the golden ratio.
_ODD = tuple(np.uint64(number) for number in (
    0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5,
    0x9E3779B97F4A7C15,
))  # fmt: skip
_HALF, _WORD = np.uint64(32), 8
_ENDS = np.array([0, *((1 << 8 * length) - 1 for length in range(1, _WORD))], np.uint64)
# Longer lines are few: each by itself.
_LONG = 4096


def with_contents(batches: Iterator[pa.RecordBatch], form: str) -> Iterator[pa.RecordBatch]:
    """Batches of lines (`_text`) with what each says as `_content`."""
    for batch in batches:
        yield batch.append_column(ROW_CONTENT, pa.array(contents_of(batch.column("_text"), form)))


def contents_of(texts: Any, form: str) -> np.ndarray:
    """A 64-bit number for each text of a `StringArray`, which follows from the text and the form of its file.

    Eight letters at a time are mixed into it by a multiplication and a shift, as in MurmurHash (A. Appleby), over all
    texts at once, the longest first. Two changes in a line are told however far apart they are.
    """
    count = len(texts)
    _, places, letters = texts.buffers()
    offsets = np.frombuffer(places, np.int32)[texts.offset : texts.offset + count + 1].astype(np.int64)
    data = (memoryview(letters)[: offsets[-1]].tobytes() if letters is not None and count else b"") + bytes(_WORD)
    words = np.ndarray((len(data) - _WORD + 1,), "<u8", data, strides=(1,))
    lengths = np.diff(offsets)
    order = np.argsort(-lengths, kind="stable")
    starts, left = offsets[:-1][order], lengths[order]
    seed = np.uint64(int.from_bytes(blake2b(form.encode(), digest_size=_WORD).digest()))
    mixed = left.astype(np.uint64) * _ODD[0] ^ seed
    long = int(np.searchsorted(-left, -_LONG))
    for nth in range(long):
        text = data[starts[nth] : starts[nth] + left[nth]]
        mixed[nth] ^= np.uint64(int.from_bytes(blake2b(text, digest_size=_WORD).digest()))
    _mix(mixed[long:], words, starts[long:], left[long:])
    mixed ^= mixed >> _HALF
    mixed *= _ODD[2]
    mixed ^= mixed >> _HALF
    found = np.empty(count, np.uint64)
    found[order] = mixed
    return found


def _mix(mixed: np.ndarray, words: np.ndarray, starts: np.ndarray, left: np.ndarray) -> None:
    """Mix the letters of texts, the longest of which come first, into their numbers."""
    shorter = -left
    for at in range(0, int(left[0]) if len(left) else 0, _WORD):
        some, whole = np.searchsorted(shorter, [-at, -at - _WORD + 1])
        word = words[starts[:some] + at]
        word[whole:] &= _ENDS[left[whole:some] - at]
        now = mixed[:some]
        now ^= word
        now *= _ODD[1]
        now ^= now >> _HALF


class Contents:
    """Numbers that can be found again by what they are, each in a few steps whatever their number."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self.twice = np.zeros(len(values), bool)
        """which of them are there more than once"""
        self._tables: list[np.ndarray] = []
        rest = np.arange(len(values), dtype=np.int32)
        while len(rest):
            table = np.full(1 << max(4, int(2 * len(rest)).bit_length()), -1, np.int32)
            wanted = values[rest]
            slots = _slots(wanted, table, len(self._tables))
            table[slots] = rest
            self._tables.append(table)
            kept = table[slots]
            other = kept != rest
            same = other & (values[kept] == wanted)
            self.twice[rest[same]] = self.twice[kept[same]] = True
            rest = rest[other & ~same]

    def find(self, values: np.ndarray) -> np.ndarray:
        """The place of each value among the numbers, one of them where it is there twice, else -1."""
        found = np.full(len(values), -1, np.int32)
        todo = np.arange(len(values))
        for nth, table in enumerate(self._tables):
            wanted = values[todo]
            place = table[_slots(wanted, table, nth)]
            right = (self.values[place] == wanted) & (place >= 0)
            found[todo[right]] = place[right]
            todo = todo[~right]
        return found


def _slots(values: np.ndarray, table: np.ndarray, nth: int) -> np.ndarray:
    """Where values lie in the nth table, the length of which is a power of two."""
    return values * _ODD[nth % len(_ODD)] >> np.uint64(65 - len(table).bit_length())
