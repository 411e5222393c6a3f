"""A folder of an object store as a delivery: S3 and what speaks it, Google Cloud Storage, Azure.

Objects are told apart by the store's own tag, so one that did not change is not fetched; keys and addresses of the
service come from the environment, under the names the vendors gave them (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, …).
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from b2shift.kernel.errors import DropError, SourceError

_ADDRESS = re.compile(r"(s3|gs|az|abfss)://([^/?#@]+)(/[^?#]*)?")
_CHUNK = 8 * 1024 * 1024
# A file of many gigabytes may take hours; a service that is not there is told within half a minute.
_PATIENCE = {"connect_timeout": timedelta(seconds=10), "timeout": timedelta(hours=6)}
_RETRIES: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}


@dataclass(frozen=True)
class StoredFile:
    """One object: its name within the folder, its size in bytes, and the tag that changes with its content."""

    name: str
    bytes: int
    tag: str


@dataclass(frozen=True)
class ObjectFolder:
    """The objects directly below an address such as `s3://bucket/deliveries/2026-11`."""

    address: str

    @classmethod
    def read(cls, text: str) -> Self:
        """The folder an address names; DropError when it is none of the known kinds, or holds a password."""
        if not _ADDRESS.fullmatch(text):
            raise DropError(
                "Este endereço de entrega não é conhecido", value=text.partition("://")[0] + "://…",
                hint="Use s3://balde/pasta, gs://balde/pasta ou az://recipiente/pasta; chaves ficam no ambiente",
            )  # fmt: skip
        return cls(text.rstrip("/"))

    def __str__(self) -> str:
        return self.address

    def files(self) -> list[StoredFile]:
        """The objects of the folder by name, not those of folders below; DropError when the store does not answer."""
        with self._failures(DropError, "A entrega não pode ser lida", self.address):
            listed = self._store().list_with_delimiter()["objects"]
        found = [
            StoredFile(Path(one["path"]).name, one["size"], one["e_tag"] or one["last_modified"].isoformat())
            for one in listed
        ]
        return sorted(found, key=lambda file: file.name)

    def folders(self) -> list[str]:
        """The names of the folders right below; DropError when the store does not answer."""
        with self._failures(DropError, "A entrega não pode ser lida", self.address):
            return sorted(Path(one).name for one in self._store().list_with_delimiter()["common_prefixes"])

    def fetch(self, name: str) -> Iterator[bytes]:
        """The content of one object, in pieces; SourceError when it is gone or the connection breaks off."""
        with self._failures(SourceError, "O arquivo não pôde ser trazido do armazenamento", name):
            yield from (bytes(piece) for piece in self._store().get(name).stream(min_chunk_size=_CHUNK))

    def _store(self) -> Any:
        try:
            from obstore.store import from_url
        except ImportError as error:
            raise DropError(
                "Falta a biblioteca de armazenamento de objetos", value="obstore",
                hint="Instale com: pip install 'b2shift[objects]'",
            ) from error  # fmt: skip
        # Options given here replace those the library reads from the environment, so this one is read again.
        options: Any = _PATIENCE | {"allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true")}
        return from_url(self.address, client_options=options, retry_config=_RETRIES)

    @contextmanager
    def _failures(self, kind: type[DropError] | type[SourceError], what: str, value: str) -> Iterator[None]:
        try:
            yield
        except (DropError, SourceError):
            raise
        except Exception as error:
            # obstore's errors share no name that can be imported without it; they are its own or the system's.
            if not type(error).__module__.startswith("obstore") and not isinstance(error, OSError | ValueError):
                raise
            raise kind(what, value=value, hint=_first_words(error)) from error


def _first_words(error: Exception) -> str:
    """What the store said, without the stack its library appends."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0][:300]
