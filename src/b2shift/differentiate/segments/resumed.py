"""What a search has found so far, beside its output: a search that was killed takes up from there.

One JSON object a line, no code in it; a line that does not fit the table is left out, as is the file of another search.
"""

import base64
import json
import zlib
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Integers
from b2shift.kernel.errors import StorageError

FORM = 1


class Kept:
    """Labels of the distinct rows, and the seconds they took, by what was tried."""

    def __init__(self, out: Path, rows: Distinct, floor: float, seed: int) -> None:
        self.place = out.with_name(out.name + ".busca")
        self.count = len(rows.rows)
        told = blake2b(np.ascontiguousarray(rows.rows).tobytes() + rows.weights.tobytes(), digest_size=16)
        told.update(repr((FORM, floor, seed)).encode())
        self.search = told.hexdigest()
        self._found: dict[str, tuple[Integers, float]] = {}
        with suppress(OSError, UnicodeDecodeError):
            for line in self.place.read_text(encoding="utf-8").splitlines():
                self._read(line)

    def get(self, trial: str) -> tuple[Integers, float] | None:
        """What was found for this trial before; None if nothing was."""
        return self._found.get(trial)

    def put(self, trial: str, labels: Integers, seconds: float) -> None:
        """Keep it; StorageError where the place of the output cannot be written."""
        packed = base64.b64encode(zlib.compress(labels.astype("<i4").tobytes(), 1)).decode()
        told = {"search": self.search, "trial": trial, "seconds": seconds, "labels": packed}
        try:
            with self.place.open("a", encoding="utf-8") as file:
                file.write(json.dumps(told) + "\n")
        except OSError as error:
            raise StorageError("A busca não pôde ser guardada", value=self.place, hint=error) from error

    def done(self) -> None:
        """Nothing is left to take up."""
        self.place.unlink(missing_ok=True)

    def _read(self, line: str) -> None:
        with suppress(ValueError, KeyError, TypeError, zlib.error):
            told = json.loads(line)
            unpacked = zlib.decompressobj().decompress(base64.b64decode(told["labels"]), 4 * self.count + 1)
            labels = np.frombuffer(unpacked, "<i4").astype(np.intp)
            fits = len(labels) == self.count and labels.min() == 0 and len(np.unique(labels)) == labels.max() + 1
            if told["search"] == self.search and fits:
                self._found[str(told["trial"])] = labels, float(told["seconds"])
