"""Suppression list: erased persons by salted hashes of their keys; rows with such a key are not loaded again.

A key is a code, a document, an e-mail nobody else uses, or a name with one more attribute; each is hashed with a secret
of the home. Raw and cleansed texts give the same keys.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from b2shift.identify.privacy.contracts import Person, Suppression
from b2shift.identify.privacy.redaction import digits
from b2shift.kernel.errors import StorageError
from b2shift.kernel.text import fold
from b2shift.lake.api import append_decision, decisions_in, literal, quote
from b2shift.lake.contracts import PersonColumns

_DIGITS = "regexp_replace(regexp_replace({0}, '[^0-9]', '', 'g'), '^55([0-9]{{10,11}})$', '\\1')"
_FOLDED = "lower(strip_accents(trim(regexp_replace({0}, '[\\s\\x{{A0}}]+', ' ', 'g'))))"


def folder(home: Path) -> Path:
    """The privacy folder of a home."""
    return home / "privacy"


def journal(home: Path) -> Path:
    """The suppression list, JSON lines."""
    return folder(home) / "suppressed.jsonl"


def suppressions(home: Path) -> tuple[Suppression, ...]:
    """Every entry, oldest first."""
    return tuple(decisions_in(journal(home), Suppression))


def suppress_persons(home: Path, entry: Suppression) -> None:
    """Append an entry durably; idempotent per erasure."""
    if entry.erasure not in {one.erasure for one in suppressions(home)}:
        append_decision(journal(home), entry)


def suppressed_hashes(home: Path) -> frozenset[str]:
    """All hashes, cached until the list changes."""
    try:
        status = journal(home).stat()
    except FileNotFoundError:
        return frozenset()
    return _hashes(home, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=4)
def _hashes(home: Path, _size: int, _changed: int) -> frozenset[str]:
    return frozenset(one for entry in suppressions(home) for one in entry.hashes)


def hash_secret(home: Path, drawn: Callable[[], bytes] = lambda: os.urandom(32)) -> str:
    """The secret of the hashes of a home, generated once, readable by its owner only."""
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


def key_hash(home_secret: str, key: str) -> str:
    """The hash of one key."""
    return sha256(f"{home_secret}{key}".encode()).hexdigest()


def person_keys(person: Person, shared: Iterable[str]) -> set[str]:
    """The keys of a person; an e-mail shared with others is one only together with the name."""
    table, name = person.table, fold(person.name)
    email, phone, document = person.email.strip().lower(), digits(person.phone), digits(person.document)
    shared_emails = {one.strip().lower() for one in shared}
    keys = {f"id:{table}:{person.person_id.strip()}"}
    keys |= {f"email:{email}"} if email and email not in shared_emails else set()
    keys |= {f"document:{document}"} if document else set()
    pairs = {"email": email, "phone": phone, "customer": person.customer_id.strip().upper()}
    return keys | {f"name+{what}:{name}|{value}" for what, value in pairs.items() if name and value}


def is_suppressed(home: Path, *, person_id: str | None = None, addresses: Iterable[str] = ()) -> bool:
    """Whether this contact or one of these e-mail addresses is of a suppressed person."""
    hashes = suppressed_hashes(home)
    if not hashes:
        return False
    keys = [f"email:{one.strip().lower()}" for one in addresses]
    keys += [f"id:contacts:{person_id}"] if person_id else []
    salt = hash_secret(home)
    return any(key_hash(salt, key) in hashes for key in keys)


def not_suppressed_sql(columns: PersonColumns, table: str, home_secret: str, hashes: frozenset[str]) -> str:
    """SQL condition over the raw texts of a source of persons: true unless the row is of a suppressed person."""
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
