"""Typed readers of environment variables; a wrong value stops the start with its name and what was expected."""

import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on", "sim"}, {"", "0", "false", "no", "off", "nao", "não"}


def flag(name: str, default: bool = False) -> bool:
    """A yes or no."""
    text = os.environ.get(name)
    if text is None:
        return default
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{name} deve ser 1 ou 0, e não {text!r}")
    return word in _TRUE


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, not under `least`."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or int(text[:18]) < least:
        raise ImproperlyConfigured(f"{name} deve ser um número inteiro de pelo menos {least}, e não {text!r}")
    return int(text[:18])


def words(name: str, default: list[str]) -> list[str]:
    """A list separated by commas."""
    text = os.environ.get(name)
    return default if text is None else [word.strip() for word in text.split(",") if word.strip()]


def secret_key(home: Path) -> str:
    """B2SHIFT_SECRET_KEY, or a key made once and kept in the home, readable by its owner only."""
    if given := os.environ.get("B2SHIFT_SECRET_KEY", "").strip():
        return given
    path = home / "secret.key"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(48))
    key = path.read_text().strip()
    if not key:
        raise ImproperlyConfigured(f"{path} está vazio. Apague o arquivo para criar outra chave, ou restaure a cópia")
    return key


def database(url: str, home: Path) -> dict[str, Any]:
    """Django's database entry for `postgres://user:password@host:port/name?sslmode=…`, or the home's SQLite file.

    `sqlite:///absolute/path` names another SQLite file.
    """
    if not url:
        return _sqlite(home / "records.sqlite3")
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.scheme == "sqlite" and path.strip("/"):
        return _sqlite(Path(path))
    if parts.scheme not in {"postgres", "postgresql"} or not path.strip("/"):
        shown = f"{parts.scheme}://…" if parts.scheme else "nada parecido"  # never the URL: it may hold a password
        raise ImproperlyConfigured(
            f"DATABASE_URL deve ser postgres://usuario:senha@servidor:porta/banco ou sqlite:///caminho, e não {shown}"
        )
    if find_spec("psycopg") is None:
        raise ImproperlyConfigured("DATABASE_URL pede PostgreSQL. Instale o driver: pip install 'b2shift[postgres]'")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": _port(parts),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def _port(parts: Any) -> str:
    try:
        return str(parts.port or "")
    except ValueError as error:
        raise ImproperlyConfigured("DATABASE_URL tem uma porta que não é um número de 1 a 65535") from error


def _write_once(path: Path, text: str) -> None:
    """Create the file whole, or leave the one somebody else has just created."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    try:
        os.link(mine, path)  # fails when somebody was faster; a rename would take their key away
    except FileExistsError:
        pass
    finally:
        mine.unlink()


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            # A transaction that will write takes its turn at once instead of failing half-way.
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
                "PRAGMA cache_size=-32768; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
            ),
        },
    }
