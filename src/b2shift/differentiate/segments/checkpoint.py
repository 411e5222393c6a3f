"""Checkpoint of a search beside its output: a killed search resumes from it.

One JSON object per line; lines that do not fit the table, or of another search, are ignored.
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

FORMAT = 1


class Checkpoint:
    """Labels of the distinct rows and the seconds they took, by trial."""

    def __init__(self, out: Path, rows: Distinct, floor: float, seed: int) -> None:
        self.path = out.with_name(out.name + ".busca")
        self.count = len(rows.rows)
        digest = blake2b(np.ascontiguousarray(rows.rows).tobytes() + rows.weights.tobytes(), digest_size=16)
        digest.update(repr((FORMAT, floor, seed)).encode())
        self.search = digest.hexdigest()
        self._trials: dict[str, tuple[Integers, float]] = {}
        with suppress(OSError, UnicodeDecodeError):
            for line in self.path.read_text(encoding="utf-8").splitlines():
                self._read(line)

    def get(self, trial: str) -> tuple[Integers, float] | None:
        """The saved result of a trial, or None."""
        return self._trials.get(trial)

    def put(self, trial: str, labels: Integers, seconds: float) -> None:
        """Save a result; StorageError where the output folder cannot be written."""
        packed = base64.b64encode(zlib.compress(labels.astype("<i4").tobytes(), 1)).decode()
        record = {"search": self.search, "trial": trial, "seconds": seconds, "labels": packed}
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
        except OSError as error:
            raise StorageError("A busca não pôde ser guardada", value=self.path, hint=error) from error

    def delete(self) -> None:
        """Remove the file once the search is complete."""
        self.path.unlink(missing_ok=True)

    def _read(self, line: str) -> None:
        with suppress(ValueError, KeyError, TypeError, zlib.error):
            record = json.loads(line)
            unpacked = zlib.decompressobj().decompress(base64.b64decode(record["labels"]), 4 * self.count + 1)
            labels = np.frombuffer(unpacked, "<i4").astype(np.intp)
            fits = len(labels) == self.count and labels.min() == 0 and len(np.unique(labels)) == labels.max() + 1
            if record["search"] == self.search and fits:
                self._trials[str(record["trial"])] = labels, float(record["seconds"])
