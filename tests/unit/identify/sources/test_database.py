"""Databases as sources: a SQLite file of the delivery, an address in the environment, and what goes wrong."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests.unit.identify.sources.small import deliver, write_small

from b2shift.identify.sources.declaration import Source
from b2shift.kernel.yaml import parse_yaml

POSTGRES = os.environ.get("B2SHIFT_TEST_POSTGRES", "")
DECLARED = """source: pedidos
description: Pedidos do ERP.
files: erp.db
reader: sql
query: SELECT codigo, cliente, valor, dia FROM pedidos ORDER BY codigo
grain: um pedido
freshness: diaria
owner: ERP
key: [codigo]
columns:
  codigo: {to: codigo, kind: id, required: true}
  cliente: {to: cliente, kind: customer}
  valor: {to: valor, kind: decimal}
  dia: {to: dia, kind: date}
"""
ROWS = [("1", "TFAAA1", 10.5, "2025-02-03"), ("2", "TFBBB2", 7, "2025-02-04"), ("3", "TFAAA1", None, None)]
READ = "SELECT codigo, cliente, valor::DOUBLE AS valor, dia::VARCHAR AS dia FROM pedidos ORDER BY codigo"
TOLD = [
    {"codigo": "1", "cliente": "TFAAA1", "valor": 10.5, "dia": "2025-02-03"},
    {"codigo": "2", "cliente": "TFBBB2", "valor": 7.0, "dia": "2025-02-04"},
    {"codigo": "3", "cliente": "TFAAA1", "valor": None, "dia": None},
]
ASKED = "SELECT codigo, cliente, valor, dia FROM pedidos ORDER BY codigo"
LOADS = "SELECT status, message FROM loads WHERE source = 'pedidos'"


def database(path: Path, rows: list[tuple[Any, ...]] = ROWS) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE pedidos (codigo TEXT, cliente TEXT, valor REAL, dia TEXT)")
        db.executemany("INSERT INTO pedidos VALUES (?, ?, ?, ?)", rows)
        db.commit()
    return path


def quoted(day: str | None) -> str:
    return f"DATE '{day}'" if day else "NULL"


def declare(tmp_path: Path, text: str = DECLARED) -> tuple[Path, Path]:
    """A home that declares the source, and a small delivery."""
    home = tmp_path / "home"
    (home / "sources").mkdir(parents=True, exist_ok=True)
    (home / "sources" / "pedidos.yaml").write_text(text, "utf-8")
    return home, write_small(tmp_path / "drop")


def test_a_delivered_sqlite_file_is_read_by_its_query_and_only_once(tmp_path: Path) -> None:
    home, drop = declare(tmp_path)
    database(drop / "erp.db")
    _changed, (rows, loads) = deliver(home, drop, READ, LOADS)
    assert rows == TOLD
    assert loads == [{"status": "loaded", "message": ""}]
    assert deliver(home, drop)[0] is False
    declare(tmp_path, DECLARED.replace("FROM pedidos ORDER", "FROM pedidos WHERE valor > 8 ORDER"))
    assert deliver(home, drop, READ)[1] == [TOLD[:1]]


def test_an_address_in_the_environment_is_asked_and_told_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, drop = declare(tmp_path, DECLARED.replace("files: erp.db", "files: pedidos do ERP\ndatabase: ERP_DATABASE"))
    secret = tmp_path / "senha-secreta.db"
    database(secret)
    [loads] = deliver(home, drop, LOADS)[1]
    assert loads[0]["status"] == "failed"
    assert "ERP_DATABASE" in loads[0]["message"]
    monkeypatch.setenv("ERP_DATABASE", f"sqlite:///{secret}")
    assert deliver(home, drop, READ)[1] == [TOLD]
    assert deliver(home, drop)[0] is False
    with closing(sqlite3.connect(secret)) as db:
        db.execute("INSERT INTO pedidos VALUES ('4', 'TFBBB2', 1, '2025-02-05')")
        db.commit()
    assert deliver(home, drop, "SELECT count(*) AS n FROM pedidos")[1] == [[{"n": 4}]]
    no_database = home / "sources" / "pedidos.yaml"
    for address in (f"sqlite:///{tmp_path}/nada.db", "oracle://senha-secreta", f"sqlite:///{no_database}"):
        monkeypatch.setenv("ERP_DATABASE", address)
        loads, rows = deliver(home, drop, LOADS, "SELECT count(*) AS n FROM pedidos")[1]
        assert loads[0]["status"] == "failed"
        assert "secreta" not in loads[0]["message"]
        assert rows == [{"n": 4}], "what was read before serves"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT nada FROM pedidos", "no such column"),
        ("WITH x AS (SELECT 1) DELETE FROM pedidos", "readonly"),
    ],
)
def test_a_wrong_query_fails_its_source_only_and_writes_nothing(tmp_path: Path, query: str, told: str) -> None:
    home, drop = declare(tmp_path, DECLARED.replace(ASKED, query))
    database(drop / "erp.db")
    [loads] = deliver(home, drop, LOADS)[1]
    assert loads[0]["status"] == "failed"
    assert told in loads[0]["message"]
    with closing(sqlite3.connect(drop / "erp.db")) as db:
        assert db.execute("SELECT count(*) FROM pedidos").fetchone() == (3,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"query": "DELETE FROM pedidos"},
        {"query": ""},
        {"reader": "csv"},
        {"database": "postgres://ana:senha@banco/erp"},
        {"query": "", "reader": "csv", "database": "ERP"},
        {"database": "DATABASE_URL"},
        {"database": "B2SHIFT_SECRET_KEY"},
    ],
)
def test_what_a_declaration_of_a_database_may_not_say(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Source.model_validate(parse_yaml(DECLARED) | wrong)


@pytest.mark.skipif(not POSTGRES, reason="B2SHIFT_TEST_POSTGRES is not set")
def test_postgresql_is_asked_without_being_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = ", ".join(f"('{c}', '{k}', {v or 'NULL'}, {quoted(d)})" for c, k, v, d in ROWS)
    query = f"SELECT * FROM (VALUES {values}) AS t(codigo, cliente, valor, dia)"
    told = DECLARED.replace("files: erp.db", "files: pedidos do ERP\ndatabase: ERP_DATABASE")
    monkeypatch.setenv("ERP_DATABASE", POSTGRES)
    home, drop = declare(tmp_path, told.replace(ASKED, query))
    assert deliver(home, drop, READ)[1] == [TOLD]
    declare(tmp_path, told.replace(ASKED, "WITH x AS (SELECT 1) INSERT INTO nada SELECT 1"))
    [loads] = deliver(home, drop, LOADS)[1]
    assert loads[0]["status"] == "failed"
