"""The declared sources, from the package and from the home's own `sources/` folder."""

from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml
from pydantic import ValidationError

from b2shift.identify.sources.declaration import Source, SourceColumn
from b2shift.identify.sources.rule import Rule
from b2shift.kernel.errors import SchemaError, UnknownNameError
from b2shift.kernel.faults import Fault, faults, told
from b2shift.kernel.yaml import parse_yaml
from b2shift.lake.api import Specs, load_specs
from b2shift.lake.contracts import ColumnSpec, Layer, PersonColumns, TableSpec

_TYPES = {
    "customer": "VARCHAR", "date": "DATE", "timestamp": "TIMESTAMP", "decimal": "DECIMAL(18,4)",
    "integer": "INTEGER", "score": "TINYINT", "flag": "BOOLEAN",
}  # fmt: skip


_ARROW: dict[str, Any] = {
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "BOOLEAN": pa.bool_(),
    "DOUBLE": pa.float64(),
    "VARCHAR[]": pa.list_(pa.string()),
}


@cache
def tables() -> Specs:
    """The tables identify declares."""
    with resources.as_file(resources.files("b2shift.identify") / "tables.yaml") as path:
        return load_specs(Path(path))


@cache
def built_in() -> tuple[Source, ...]:
    """The sources that come with the product, by name."""
    with resources.as_file(resources.files("b2shift.identify.sources") / "declarations") as folder:
        return load(Path(folder))


def all_sources(home: Path) -> tuple[Source, ...]:
    """Built-in sources, replaced or completed by the YAML files in `home/sources`."""
    own = load(home / "sources")
    names = {source.source for source in own}
    return tuple(sorted([*own, *(s for s in built_in() if s.source not in names)], key=lambda s: s.source))


def load(folder: Path) -> tuple[Source, ...]:
    """Every declaration of a folder, by name; SchemaError names the file and what is wrong, or two of one name."""
    found: dict[str, tuple[Path, Source]] = {}
    for path in sorted(folder.glob("*.yaml")):
        source = _one(path)
        if source.source in found:
            value = f"{source.source}: {found[source.source][0].name} e {path.name}"
            raise SchemaError("Duas declarações têm o mesmo nome", value=value, hint="Dê outro nome a uma delas")
        found[source.source] = path, source
    return tuple(found[name][1] for name in sorted(found))


def _one(path: Path) -> Source:
    try:
        declared = parse_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise SchemaError("A declaração da fonte não é YAML", value=f"{path.name}: {error}") from error
    try:
        source = Source.model_validate(declared)
    except ValidationError as error:
        hint = told(faults_by_header(error, declared))
        raise SchemaError("A declaração da fonte não está certa", value=path.name, hint=hint) from error
    _check_target(path, source)
    return source


def faults_by_header(error: ValidationError, declared: Any) -> list[Fault]:
    """What is wrong with a declaration, its columns called by their headers."""
    columns = declared.get("columns") if isinstance(declared, dict) else None
    headers = list(columns) if isinstance(columns, dict) else []

    def by_header(fault: Fault) -> Fault:
        match fault.path:
            case ("columns", int(position), *rest) if headers:
                return fault._replace(path=("columns", str(headers[position]), *rest))
        return fault

    return [by_header(one) for one in faults(error, Source, {"columns": SourceColumn, "rules": Rule})]


def _check_target(path: Path, source: Source) -> None:
    """Every column it fills exists in its target."""
    if source.target is None:
        return
    known = {column.name for column in _known(path, source.target).columns}
    filled: Iterable[Any] = [*(c.to for c in source.columns), *(c.into for c in source.columns), *source.derived]
    for name in filled:
        if name is not None and name not in known:
            wrong = UnknownNameError("coluna", name, known)
            raise SchemaError(
                f"A declaração enche uma coluna que {source.target} não tem",
                value=f"{path.name}: {name}",
                hint=wrong.hint,
            ) from wrong
    for table in source.also:
        _known(path, table)


def _known(path: Path, table: str) -> TableSpec:
    try:
        return tables()[table]
    except UnknownNameError as error:
        raise SchemaError(
            "A declaração aponta para uma tabela que não existe", value=f"{path.name}: {table}", hint=error.hint
        ) from error


def rows_of(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows of a declared table as Arrow; what a row does not say is null."""
    fields = [pa.field(column.name, _ARROW.get(column.type, pa.string())) for column in tables()[table].columns]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def target_spec(source: Source) -> TableSpec:
    """The table a source fills: a declared one, or one of its own made from its columns."""
    if source.target is not None:
        return tables()[source.target]
    columns = tuple(
        ColumnSpec(
            name=column.to,
            type=_TYPES.get(column.kind, "VARCHAR"),
            description=column.description or column.header,
            personal=column.personal,
            purposes=column.purposes,
        )
        for column in source.columns
        if column.to
    )
    return TableSpec(
        name=source.source, layer=Layer.REFINED, grain=source.grain, description=source.description,
        key=source.key, person=_persons(source), columns=columns,
    )  # fmt: skip


def of_prospects(source: Source) -> bool:
    """Whether the rows of a source may be those of a prospect instead of a customer."""
    return any(column.name == "prospect_id" for column in target_spec(source).columns)


def _persons(source: Source) -> PersonColumns | None:
    """Where a source of persons with a table of its own says who each one is; None without an identifying key."""
    identified = {column.identifies.value: column.to for column in source.columns if column.identifies and column.to}
    if "id" not in identified:
        return None
    return PersonColumns.model_validate(identified | ({"customer": source.customer.name} if source.customer else {}))


def person_of_raw(source: Source) -> PersonColumns | None:
    """The same for the source as delivered: its headers instead of the columns of its table."""
    person = target_spec(source).person
    headers = {column.name: column.header for column in source.columns}
    if person is None or person.id not in headers:
        return None
    return PersonColumns.model_validate({what: headers.get(name) for what, name in person if name is not None})


def raw_spec(source: Source) -> TableSpec:
    """The table that keeps a source as delivered: every declared column as text, the others in a map."""
    fixed = [
        ("_file", "VARCHAR", "file name"),
        (
            "_row",
            "BIGINT",
            "0-based data row of the file, injected lines not counted; `line_places` tells where it stands since",
        ),
        ("_line", "BIGINT", "1-based line of the file, likewise"),
        ("_fields", "INTEGER", "fields found on the line; a wrong number sets the row aside"),
        ("_text", "VARCHAR", "the whole line when its fields do not fit, else null"),
    ]
    columns = [ColumnSpec(name=name, type=kind, description=text) for name, kind, text in fixed]
    purposes = {column.name: column.purposes for column in target_spec(source).columns}
    columns += [
        ColumnSpec(name=c.header, type="VARCHAR", description=c.description or f"as delivered, → {c.to or c.into}",
                   personal=c.personal, purposes=c.purposes or purposes.get(c.to or "", ()))
        for c in source.columns
    ]  # fmt: skip
    columns.append(ColumnSpec(name="_extra", type="MAP(VARCHAR, VARCHAR)", description="columns nobody declared"))
    return TableSpec(
        name=source.raw_table, layer=Layer.RAW, grain=source.grain, published=False,
        description=f"{source.description} As delivered.", person=person_of_raw(source), columns=tuple(columns),
    )  # fmt: skip
