"""The tables of natural persons, by the declarations in force (those of older versions are not used)."""

from pathlib import Path

from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import all_sources, person_of_raw, tables, target_spec
from b2shift.lake.contracts import PersonalData, PersonColumns

# The company's own staff: their data end with their contract of work, not with a click (purpose gestao_da_equipe).
STAFF = "users"
CONTACTS = "contacts"


def person_columns(home: Path) -> dict[str, PersonColumns]:
    """Table of persons → its identifying columns; raw tables included, staff left out."""
    found = {spec.name: spec.person for spec in tables() if spec.person is not None}
    for source in all_sources(home):
        found |= {target_spec(source).name: columns} if (columns := target_spec(source).person) is not None else {}
        found |= {source.raw_table: columns} if (columns := person_of_raw(source)) is not None else {}
    return {name: columns for name, columns in found.items() if name not in (STAFF, f"raw_{STAFF}")}


def person_sources(home: Path) -> dict[str, tuple[Source, PersonColumns]]:
    """Source of persons → its declaration and identifying headers; staff left out."""
    known = person_columns(home)
    return {s.source: (s, known[s.raw_table]) for s in all_sources(home) if s.raw_table in known}


def target_of(home: Path) -> dict[str, str]:
    """Table of persons → its target table: itself, or for a raw table the one it fills."""
    targets = {source.raw_table: target_spec(source).name for source, _columns in person_sources(home).values()}
    return {name: targets.get(name, name) for name in person_columns(home)}


def parse_reference(reference: str) -> tuple[str, str]:
    """(table, code) of `table/code` or of the code of a contact; codes may contain slashes."""
    table, _slash, code = reference.strip().partition("/")
    return (table, code) if code else (CONTACTS, table)


def personal_columns(home: Path) -> dict[str, frozenset[str]]:
    """Table → its columns with personal data; all columns of a source that is personal as a whole."""
    found = {
        spec.name: frozenset(c.name for c in spec.columns if c.personal is not PersonalData.NONE) for spec in tables()
    }
    for source in all_sources(home):
        whole = source.personal is not PersonalData.NONE
        found[source.raw_table] = frozenset(
            c.header for c in source.columns if whole or c.personal is not PersonalData.NONE
        )
    return found
