"""Persons who were taken out stay out: their keys are kept hashed, and rows that carry one are not read again.

A key is a code, a document, an e-mail nobody else uses, or a name with one more thing; each is hashed with a secret of
the home, so that the list tells nobody who is in it. The raw text of a delivery gives the same keys as the clean one.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from b2shift.identify.privacy.shapes import Person, Suppression
from b2shift.identify.privacy.texts import digits
from b2shift.kernel.errors import StorageError
from b2shift.kernel.text import fold
from b2shift.lake.api import append_decision, decisions_in, literal, quote
from b2shift.lake.contracts import PersonColumns

_DIGITS = "regexp_replace(regexp_replace({0}, '[^0-9]', '', 'g'), '^55([0-9]{{10,11}})$', '\\1')"
_FOLDED = "lower(strip_accents(trim(regexp_replace({0}, '[\\s\\x{{A0}}]+', ' ', 'g'))))"


def folder(home: Path) -> Path:
    """Where a home keeps what erasures need."""
    return home / "privacy"


def journal(home: Path) -> Path:
    """The list of who was taken out, hashed."""
    return folder(home) / "suppressed.jsonl"


def suppressions(home: Path) -> tuple[Suppression, ...]:
    """Every entry, oldest first."""
    return tuple(decisions_in(journal(home), Suppression))


def suppress_persons(home: Path, entry: Suppression) -> None:
    """Add an entry, on the disk before this returns; one there is already is not added again."""
    if entry.erasure not in {one.erasure for one in suppressions(home)}:
        append_decision(journal(home), entry)


def suppressed_hashes(home: Path) -> frozenset[str]:
    """All hashes, read again when the list has grown."""
    try:
        told = journal(home).stat()
    except FileNotFoundError:
        return frozenset()
    return _hashes(home, told.st_size, told.st_mtime_ns)


@lru_cache(maxsize=4)
def _hashes(home: Path, _size: int, _changed: int) -> frozenset[str]:
    return frozenset(one for entry in suppressions(home) for one in entry.hashes)


def secret(home: Path, drawn: Callable[[], bytes] = lambda: os.urandom(32)) -> str:
    """What the home's hashes are made with, drawn once and readable by its owner only."""
    path = folder(home) / "secret"
    with suppress(FileNotFoundError):
        return path.read_text(encoding="ascii").strip()
    half = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(drawn().hex())
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError as error:
        raise StorageError("O segredo das supressões não pôde ser guardado", value=path, hint=error) from error
    return path.read_text(encoding="ascii").strip()


def hashed(home_secret: str, key: str) -> str:
    """The hash of one key."""
    return sha256(f"{home_secret}{key}".encode()).hexdigest()


def keys_of(person: Person, shared: Iterable[str]) -> set[str]:
    """The keys by which a person is known again; an e-mail others use too only counts with the name."""
    table, name = person.table, fold(person.name)
    email, phone, document = person.email.strip().lower(), digits(person.phone), digits(person.document)
    alone = {one.strip().lower() for one in shared}
    told = {f"id:{table}:{person.person_id.strip()}"}
    told |= {f"email:{email}"} if email and email not in alone else set()
    told |= {f"document:{document}"} if document else set()
    pairs = {"email": email, "phone": phone, "customer": person.customer_id.strip().upper()}
    return told | {f"name+{what}:{name}|{value}" for what, value in pairs.items() if name and value}


def is_suppressed(home: Path, *, person_id: str | None = None, addresses: Iterable[str] = ()) -> bool:
    """Whether a message to this contact, or to one of these e-mails, would reach somebody who was taken out."""
    hashes = suppressed_hashes(home)
    if not hashes:
        return False
    keys = [f"email:{one.strip().lower()}" for one in addresses]
    keys += [f"id:contacts:{person_id}"] if person_id else []
    told = secret(home)
    return any(hashed(told, key) in hashes for key in keys)


def kept_rows(columns: PersonColumns, table: str, home_secret: str, hashes: frozenset[str]) -> str:
    """SQL over the raw texts of a source of persons: true for rows of nobody who was taken out."""
    raw = {what: f"coalesce({quote(name)}, '')" for what, name in columns if name is not None}
    name = _FOLDED.format(raw["name"]) if "name" in raw else "''"
    email = f"lower(trim({raw['email']}))" if "email" in raw else "''"
    keys = {f"id:{table}:": f"trim({raw['id']})", "email:": email}
    if "document" in raw:
        keys["document:"] = _DIGITS.format(raw["document"])
    pairs: Mapping[str, str] = {
        "email": email,
        "phone": _DIGITS.format(raw["phone"]) if "phone" in raw else "''",
        "customer": f"upper(trim({raw['customer']}))" if "customer" in raw else "''",
    }
    keys |= {f"name+{what}:": f"{name} || '|' || {value}" for what, value in pairs.items()}
    known = ", ".join(map(literal, sorted(hashes)))
    return " AND ".join(
        f"sha256({literal(home_secret + start)} || {value}) NOT IN ({known})" for start, value in keys.items()
    )
