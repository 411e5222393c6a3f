"""An in-memory DuckDB for one profile: views of the rows, and the table of encoded columns."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from b2shift.identify.profile.contracts import Shape
from b2shift.kernel.errors import InputError
from b2shift.kernel.text import fold
from b2shift.lake.api import literal, quote

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
            "FLOAT", "DOUBLE", "DECIMAL")  # fmt: skip
_READERS = {".parquet": "read_parquet({})", ".csv": "read_csv({}, sample_size = -1)"}
# A file declares no personal data: these headers and values are taken as personal.
_PERSONAL_HEADERS = ("nome", "name", "contato", "contact", "email", "e-mail", "telefone", "phone", "celular", "cpf",
                     "endereco", "address", "nascimento", "birth")  # fmt: skip
_PERSONAL_VALUE = (
    r"^([^@\s]+@[^@\s]+\.[a-zA-Z]+|\d{3}\.?\d{3}\.?\d{3}-?\d{2}|\+?(55)?\s?\(?\d{2}\)?\s?9?\d{4}[- ]?\d{4})$"
)


@dataclass(frozen=True)
class Column:
    """A column, its type and how it is profiled."""

    name: str
    type: str
    shape: Shape
    personal: bool = False
    description: str = ""

    @property
    def number(self) -> str:
        """SQL of its value as a DOUBLE; days since 1970 for dates."""
        if self.shape is Shape.DAY:
            return f"(epoch(CAST({quote(self.name)} AS TIMESTAMP)) / 86400.0)"
        value = f"CAST({quote(self.name)} AS DOUBLE)"
        return f"CASE WHEN isfinite({value}) THEN {value} END" if self.type in ("FLOAT", "DOUBLE") else value


Rows = list[tuple[Any, ...]]


class Engine:
    """Relations by name (`now`, `before`, `encoded`) and statements over them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def rows(self, sql: str) -> Rows:
        """All rows of a statement."""
        return self.connection.execute(sql).fetchall()

    def name(self, relation: str, files: Sequence[Path]) -> None:
        """Register files as a relation; InputError when they cannot be read as a table."""
        suffix = files[0].suffix.casefold()
        if suffix not in _READERS:
            known = ", ".join(_READERS)
            raise InputError("Este tipo de arquivo não tem perfil", value=files[0].name, hint=f"Use {known}")
        listed = "[" + ", ".join(map(literal, files)) + "]"
        try:
            reader = _READERS[suffix].format(listed)
            # A view would parse the CSV in each of some hundred statements.
            relation_kind = "TABLE" if suffix == ".csv" else "VIEW"
            self.connection.execute(f"CREATE OR REPLACE {relation_kind} {relation} AS SELECT * FROM {reader}")
        except duckdb.Error as error:
            hint = str(error).splitlines()[0]
            raise InputError("O arquivo não pode ser lido como tabela", value=files[0], hint=hint) from error

    def rows_of(self, relation: str, rows: str) -> None:
        """Register the rows of a SELECT as a relation; InputError when they cannot be read."""
        try:
            self.connection.execute(f"CREATE OR REPLACE VIEW {relation} AS {rows}")
        except duckdb.Error as error:
            raise InputError("A tabela não pode ser lida", value=relation, hint=str(error).splitlines()[0]) from error

    def columns(self, relation: str) -> tuple[Column, ...]:
        """The columns of a relation, none of them personal yet."""
        described = self.rows(f"DESCRIBE {relation}")
        return tuple(Column(str(name), str(kind), shape_of(str(kind))) for name, kind, *_ in described)

    def looks_personal(self, relation: str, column: Column) -> bool:
        """Whether the header or most values of an undeclared column look personal."""
        words = set(fold(column.name).replace("_", " ").split())
        if words & set(_PERSONAL_HEADERS) or any(w in fold(column.name) for w in ("email", "telefone", "cpf")):
            return True
        if not column.type.startswith(("VARCHAR", "BIGINT")):
            return False
        value = f"CAST({quote(column.name)} AS VARCHAR)"
        found = self.rows(
            f"SELECT avg(CAST(regexp_matches({value}, {literal(_PERSONAL_VALUE)}) AS INTEGER)) FROM "
            f"(SELECT {quote(column.name)} FROM {relation} WHERE {quote(column.name)} IS NOT NULL LIMIT 2000)"
        )
        return (found[0][0] or 0) > 0.5


@contextmanager
def engine(threads: int, memory_limit_mb: int) -> Iterator[Engine]:
    """Open an engine for one profile; it spills to a temporary folder."""
    with TemporaryDirectory(prefix="b2shift-profile-") as spill:
        limits = {"threads": threads, "memory_limit": f"{memory_limit_mb}MB", "temp_directory": spill}
        connection = duckdb.connect(config=limits)
        try:
            yield Engine(connection)
        finally:
            connection.close()


def shape_of(kind: str) -> Shape:
    """The shape of a DuckDB type."""
    if kind.endswith("]"):
        return Shape.OTHER
    if kind.startswith(_NUMBERS):
        return Shape.NUMBER
    if kind.startswith(("DATE", "TIMESTAMP")):
        return Shape.DAY
    return Shape.CATEGORY if kind in ("VARCHAR", "BOOLEAN") or kind.startswith("ENUM") else Shape.OTHER
