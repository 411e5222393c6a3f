"""Subject access report: all the lake holds about a person, each value with its purposes (LGPD, arts. 18, II, e 19)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from b2shift.identify.privacy.contracts import HeldRow, HeldValue, Person, PersonReport
from b2shift.identify.privacy.person_search import other_rows, person_at
from b2shift.identify.privacy.person_tables import person_columns, person_sources, personal_columns, target_of
from b2shift.identify.sources.declarations import all_sources, raw_spec, tables, target_spec
from b2shift.lake.api import Lake, kept_versions, literal, open_lake, quote
from b2shift.lake.contracts import TableSpec


def person_report(lake: Lake, home: Path, reference: str) -> PersonReport:
    """What a version holds about a person, as delivered and as cleansed, and the versions that hold anything.

    Raises UnknownNameError when the version has nobody of that code.
    """
    person = person_at(lake, home, reference)
    persons = (person, *other_rows(lake, home, person))
    specs = _specs(home)
    rows = [_held(specs[table], home, row) for table, row in _rows(lake, home, persons)]
    return PersonReport(
        version=lake.version,
        as_of=str(lake.manifest.as_of),
        persons=persons,
        rows=tuple(rows),
        versions=tuple(_versions(home, persons)),
    )


def _rows(lake: Lake, home: Path, persons: tuple[Person, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    ids: dict[str, list[str]] = {}
    for one in persons:
        ids.setdefault(one.table, []).append(one.person_id)
    known, target = person_columns(home), target_of(home)
    for table in sorted(known, key=lambda name: (name.startswith("raw_"), name)):
        codes = ids.get(target[table])
        if codes and lake.has(table):
            where = f"trim({quote(known[table].id)}) IN ({', '.join(map(literal, codes))})"
            yield from _read(lake, table, where)
    for name, (source, _columns) in person_sources(home).items():
        codes = ids.get(target_spec(source).name)
        if codes and lake.has("changes"):
            where = f"source = {literal(name)} AND key IN ({', '.join(map(literal, codes))})"
            yield from _read(lake, "changes", where)


def _read(lake: Lake, table: str, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for row in lake.query(f"SELECT * FROM {quote(table)} WHERE {where}").to_pylist():
        yield table, row


def _specs(home: Path) -> dict[str, TableSpec]:
    found = {spec.name: spec for spec in tables()}
    for source in all_sources(home):
        found |= {target_spec(source).name: target_spec(source), source.raw_table: raw_spec(source)}
    return found


def _held(spec: TableSpec, home: Path, row: Mapping[str, Any]) -> HeldRow:
    declared = {column.name: column for column in spec.columns}
    personal = personal_columns(home).get(spec.name, frozenset())
    values = []
    for name, value in row.items():
        column = declared.get(name)
        if value not in (None, "", [], {}):
            kind = column.personal.value if column else "personal"
            kind = "personal" if name in personal and kind == "none" else kind
            values.append(
                HeldValue(column=name, value=_plain(value), personal=kind, purposes=column.purposes if column else ())
            )
    return HeldRow(table=spec.name, layer=spec.layer.value, description=spec.description, values=tuple(values))


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "sim" if value else "não"
    return value if isinstance(value, str | int | float) else dict(value) if _is_map(value) else str(value)


def _is_map(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, tuple) and len(one) == 2 for one in value)


def _versions(home: Path, persons: tuple[Person, ...]) -> Iterator[int]:
    known = person_columns(home)
    for manifest in kept_versions(home):
        lake = open_lake(home, manifest.version)
        lookups = [(one.table, quote(known[one.table].id), one.person_id) for one in persons]
        if any(
            lake.has(table) and lake.query(f"SELECT 1 FROM {quote(table)} WHERE {key} = ? LIMIT 1", [code]).num_rows
            for table, key, code in lookups
        ):
            yield manifest.version
