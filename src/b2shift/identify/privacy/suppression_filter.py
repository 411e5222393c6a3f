"""Filter suppressed persons out of deliveries."""

import re
from collections.abc import Iterable
from pathlib import Path

from b2shift.identify.privacy.person_tables import STAFF
from b2shift.identify.privacy.redaction import REDACTED
from b2shift.identify.privacy.suppression import hash_secret, key_hash, not_suppressed_sql, suppressed_hashes
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import person_of_raw, target_spec
from b2shift.identify.sources.text_lines import Field

_PARTS = re.compile(r"[;,\t|\"\s]+")


def without_suppressed_rows(home: Path, source: Source, rows: str) -> str:
    """SELECT of the rows of a file of persons, without suppressed persons."""
    columns, hashes = person_of_raw(source), suppressed_hashes(home)
    if columns is None or source.table == STAFF or not hashes:
        return rows
    condition = not_suppressed_sql(columns, target_spec(source).name, hash_secret(home), hashes)
    return f"SELECT * FROM ({rows}) WHERE {condition}"


def redact_suppressed_lines(home: Path, source: Source, lines: Iterable[Field]) -> list[Field]:
    """Rejected lines, with the text of those that name a suppressed person redacted."""
    hashes = suppressed_hashes(home)
    if not hashes:
        return list(lines)
    table = target_spec(source).name
    salt = hash_secret(home)

    def names(text: str) -> bool:
        parts = [part for part in _PARTS.split(text) if part]
        keys = [key for part in parts for key in (f"email:{part.lower()}", f"id:{table}:{part}")]
        return any(key_hash(salt, key) in hashes for key in keys)

    return [[*line[:-1], REDACTED] if names(str(line[-1])) else line for line in lines]
