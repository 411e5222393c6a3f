"""Settings from the environment: typed, safe by default, and a wrong value is told by its name."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from b2shift.web.config import environment


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Set or remove the variable B2SHIFT_X."""

    def say(value: str | None) -> None:
        if value is None:
            monkeypatch.delenv("B2SHIFT_X", raising=False)
        else:
            monkeypatch.setenv("B2SHIFT_X", value)

    return say


@pytest.mark.parametrize(
    ("text", "means"),
    [("1", True), ("Sim", True), (" on ", True), ("0", False), ("", False), ("não", False), ("OFF", False)],
)
def test_a_flag(told: Any, text: str, means: bool) -> None:
    told(text)
    assert environment.flag("B2SHIFT_X", default=not means) is means


def test_a_flag_that_is_not_set_has_its_default(told: Any) -> None:
    told(None)
    assert environment.flag("B2SHIFT_X", default=True) is True
    assert environment.flag("B2SHIFT_X") is False


def test_a_flag_that_is_neither_is_refused(told: Any) -> None:
    told("talvez")
    with pytest.raises(ImproperlyConfigured, match="B2SHIFT_X deve ser 1 ou 0, e não 'talvez'"):
        environment.flag("B2SHIFT_X")


@pytest.mark.parametrize(("text", "means"), [(None, 7), ("", 7), (" 12 ", 12), ("3", 3), ("9" * 30, int("9" * 18))])
def test_a_number(told: Any, text: str | None, means: int) -> None:
    told(text)
    assert environment.number("B2SHIFT_X", 7, least=3) == means


@pytest.mark.parametrize("text", ["2", "-5", "1.5", "dez", "²", "٣", "1e3", "0x10"])
def test_a_number_that_is_none_is_refused(told: Any, text: str) -> None:
    told(text)
    with pytest.raises(ImproperlyConfigured, match="B2SHIFT_X deve ser um número inteiro de pelo menos 3"):
        environment.number("B2SHIFT_X", 7, least=3)


@pytest.mark.parametrize(("text", "means"), [(None, ["x"]), ("", []), ("a, b ,,c", ["a", "b", "c"])])
def test_words(told: Any, text: str | None, means: list[str]) -> None:
    told(text)
    assert environment.words("B2SHIFT_X", ["x"]) == means


# ---------------------------------------------------------------- the secret key


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("B2SHIFT_SECRET_KEY", raising=False)
    home = tmp_path / "new" / "home"
    key = environment.secret_key(home)
    assert len(key) == 64
    assert environment.secret_key(home) == key
    assert (home / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in home.iterdir()] == ["secret.key"]
    assert environment.secret_key(tmp_path / "other") != key


def test_the_key_of_the_environment_wins_and_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("B2SHIFT_SECRET_KEY", "given")
    assert environment.secret_key(tmp_path / "home") == "given"
    assert not (tmp_path / "home").exists()


def test_processes_that_start_together_share_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("B2SHIFT_SECRET_KEY", raising=False)
    for n in range(20):
        home = tmp_path / str(n)
        keys: list[str] = []
        barrier = threading.Barrier(4)

        def read(home: Path = home, keys: list[str] = keys, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            keys.append(environment.secret_key(home))

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(keys) == 4
        assert set(keys) == {environment.secret_key(home)}


def test_an_empty_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("B2SHIFT_SECRET_KEY", raising=False)
    (tmp_path / "secret.key").write_text("\n")
    with pytest.raises(ImproperlyConfigured, match=r"secret\.key está vazio"):
        environment.secret_key(tmp_path)


# ---------------------------------------------------------------- the database


def test_without_an_address_the_records_are_in_the_home(tmp_path: Path) -> None:
    told = environment.database("", tmp_path)
    assert told["ENGINE"] == "django.db.backends.sqlite3"
    assert told["NAME"] == tmp_path / "records.sqlite3"
    assert told["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in told["OPTIONS"]["init_command"]
    assert environment.database("sqlite:///var/x%20y.db", tmp_path)["NAME"] == Path("/var/x y.db")


def test_an_address_of_a_postgresql(tmp_path: Path) -> None:
    url = "postgres://ana%40x:s%3Aenha%2F@db.example:6432/b2shift?sslmode=require&connect_timeout=5"
    told = environment.database(url, tmp_path)
    assert told["ENGINE"] == "django.db.backends.postgresql"
    assert (told["NAME"], told["USER"], told["PASSWORD"]) == ("b2shift", "ana@x", "s:enha/")
    assert (told["HOST"], told["PORT"]) == ("db.example", "6432")
    assert told["OPTIONS"] == {"sslmode": "require", "connect_timeout": "5"}
    assert environment.database("postgresql:///b2shift", tmp_path)["HOST"] == ""
    assert environment.database("postgres://[::1]/b2shift", tmp_path)["HOST"] == "::1"


@pytest.mark.parametrize(
    "url",
    ["mysql://ana:segredo@x/y", "postgres://ana:segredo@x", "postgres://ana:segredo@x/", "sqlite://", "records.db"],
)
def test_another_address_is_refused_without_telling_a_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL deve ser postgres://") as refused:
        environment.database(url, tmp_path)
    assert "segredo" not in str(refused.value)


def test_a_port_that_is_none_is_refused(tmp_path: Path) -> None:
    for port in ("abc", "99999"):
        with pytest.raises(ImproperlyConfigured, match="porta"):
            environment.database(f"postgres://ana:segredo@x:{port}/y", tmp_path)


def test_a_postgresql_without_its_driver_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda _name: None)
    with pytest.raises(ImproperlyConfigured, match=r"b2shift\[postgres\]"):
        environment.database("postgres://x/y", tmp_path)


# ---------------------------------------------------------------- all of it, at the start

SETTINGS = """
import json, django
from django.conf import settings
django.setup()
print(json.dumps({name: getattr(settings, name) for name in (
    "DEBUG", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_HTTPONLY", "TRUSTED_PROXIES", "API_PER_MINUTE")}))
"""


def start(home: Path, **told: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("B2SHIFT_", "DATABASE_URL"))}
    told |= {"B2SHIFT_HOME": str(home), "DJANGO_SETTINGS_MODULE": "b2shift.web.config.settings"}
    return subprocess.run(
        [sys.executable, "-c", SETTINGS], env=kept | told, capture_output=True, text=True, check=False
    )


def test_the_defaults_are_safe(tmp_path: Path) -> None:
    import json

    told = json.loads(start(tmp_path).stdout)
    assert told["DEBUG"] is False
    assert told["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert told["SESSION_COOKIE_HTTPONLY"] is True
    assert told["TRUSTED_PROXIES"] == 0
    assert told["API_PER_MINUTE"] == 600
    assert (told["SESSION_COOKIE_SECURE"], told["SECURE_HSTS_SECONDS"]) == (False, 0)


def test_https_hardens_everything_at_once(tmp_path: Path) -> None:
    import json

    told = json.loads(start(tmp_path, B2SHIFT_HTTPS="1", B2SHIFT_ALLOWED_HOSTS="b2shift.example,*").stdout)
    assert told["SESSION_COOKIE_SECURE"] is told["CSRF_COOKIE_SECURE"] is told["SECURE_SSL_REDIRECT"] is True
    assert told["SECURE_HSTS_SECONDS"] == 31_536_000
    assert told["CSRF_TRUSTED_ORIGINS"] == ["https://b2shift.example"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("B2SHIFT_API_PER_MINUTE", "0"),
        ("B2SHIFT_HTTPS", "maybe"),
        ("DATABASE_URL", "oracle://x"),
        ("B2SHIFT_LAKE_MEMORY_MB", "1"),
    ],
)
def test_a_wrong_value_stops_the_start_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    done = start(tmp_path, **{name: value})
    assert done.returncode
    assert name in done.stderr.splitlines()[-1]
