"""Content fingerprints of tables, and checks against their declared schema."""

from functools import cache
from hashlib import blake2b

import duckdb

from b2shift.kernel.errors import SchemaError
from b2shift.lake.contracts import ROW_CONTENT, TableSpec
from b2shift.lake.names import quote

Columns = list[tuple[str, str]]
"""Names and the engine's names of types."""


def declared_columns(connection: duckdb.DuckDBPyConnection, spec: TableSpec, relation: str) -> str:
    """The select list that casts a relation to its declaration; SchemaError when columns are missing or undeclared."""
    extra = _undeclared(spec, [name for name, _ in columns_of(connection, relation)])
    return ", ".join([*_declared(spec), *map(quote, extra)])


def require_declared(spec: TableSpec, found: Columns) -> None:
    """SchemaError when a file's columns differ from its declaration in name, type or order."""
    _undeclared(spec, [name for name, _ in found])
    wanted = typed_columns(spec)
    if found[: len(wanted)] != wanted:
        wrong = [f"{name} é {kind}" for name, kind in found if (name, kind) not in wanted] or ["ordem das colunas"]
        raise SchemaError(
            f"A tabela {spec.name} não tem os tipos que declara",
            value=", ".join(wrong),
            hint="Corrija a declaração ou a expressão",
        )


def typed_columns(spec: TableSpec) -> Columns:
    """The columns of a file that matches its declaration."""
    return [(column.name, _engine_type(column.type)) for column in spec.columns]


@cache
def _engine_type(declared: str) -> str:
    """The engine's own name of a type (`NUMERIC(10, 2)` → `DECIMAL(10,2)`)."""
    return str(duckdb.sqltype(declared))


def _undeclared(spec: TableSpec, found: list[str]) -> list[str]:
    missing = [column.name for column in spec.columns if column.name not in found]
    documented = {column.name for column in spec.columns}
    extra = [name for name in found if name not in documented and name != ROW_CONTENT]
    if missing or (extra and not spec.open_columns):
        parts = [f"faltam {', '.join(missing)}"] * bool(missing) + [f"sobram {', '.join(extra)}"] * bool(extra)
        raise SchemaError(
            f"A tabela {spec.name} não tem as colunas que declara",
            value="; ".join(parts),
            hint="Corrija a declaração ou a expressão",
        )
    return extra


def _declared(spec: TableSpec) -> list[str]:
    return [f"CAST({quote(c.name)} AS {c.type}) AS {quote(c.name)}" for c in spec.columns]


def content_fingerprint(connection: duckdb.DuckDBPyConnection, files: str) -> str:
    """A fingerprint of columns and rows as a multiset: independent of row order.

    Sums of two 64-bit hashes, so that equal rows add up instead of cancelling; the engine hashes null and the empty
    list alike, so the values of each column are counted too.
    """
    relation = f"read_parquet([{files}])"
    columns = columns_of(connection, relation)
    names = [quote(name) for name, _ in columns]
    hashed = f"hash({', '.join(names)})"
    counts = ", ".join(f"count({name})" for name in names)
    row = connection.execute(
        f"SELECT count(*), sum({hashed}), sum(hash({hashed}, 1)), {counts} FROM {relation}"
    ).fetchall()[0]
    return _digest(repr(columns), repr(row))


def keyed_fingerprint(columns: Columns, key: str) -> str:
    """A fingerprint of columns and the key its writer gives the content."""
    return _digest(repr(columns), key)


def columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> Columns:
    """The columns of a relation."""
    return [(row[0], row[1]) for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()]


def _digest(*parts: str) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
