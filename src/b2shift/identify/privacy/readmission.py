"""What a delivery still says of persons who were taken out is left unread."""

import re
from collections.abc import Iterable
from pathlib import Path

from b2shift.identify.privacy.suppression import hashed, kept_rows, secret, suppressed_hashes
from b2shift.identify.privacy.tables import STAFF
from b2shift.identify.privacy.texts import GONE
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import person_of_raw, target_spec
from b2shift.identify.sources.lines import Field

_PARTS = re.compile(r"[;,\t|\"\s]+")


def nobody_erased(home: Path, source: Source, rows: str) -> str:
    """The statement that reads a file of persons, without the rows of those who were taken out."""
    columns, hashes = person_of_raw(source), suppressed_hashes(home)
    if columns is None or source.table == STAFF or not hashes:
        return rows
    return f"SELECT * FROM ({rows}) WHERE {kept_rows(columns, target_spec(source).name, secret(home), hashes)}"


def without_erased(home: Path, source: Source, lines: Iterable[Field]) -> list[Field]:
    """Lines that could not be read as rows, without the text of those that name somebody who was taken out."""
    hashes = suppressed_hashes(home)
    if not hashes:
        return list(lines)
    table = target_spec(source).name
    told = secret(home)

    def names(text: str) -> bool:
        parts = [part for part in _PARTS.split(text) if part]
        keys = [key for part in parts for key in (f"email:{part.lower()}", f"id:{table}:{part}")]
        return any(hashed(told, key) in hashes for key in keys)

    return [[*line[:-1], GONE] if names(str(line[-1])) else line for line in lines]
