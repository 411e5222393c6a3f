"""The tables whose rows are natural persons, as the declarations of today say, whatever an older version was told."""

from pathlib import Path

from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import all_sources, person_of_raw, tables, target_spec
from b2shift.lake.contracts import PersonalData, PersonColumns

# The company's own staff: their data end with their contract of work, not with a click (purpose gestao_da_equipe).
STAFF = "users"
CONTACTS = "contacts"


def of_persons(home: Path) -> dict[str, PersonColumns]:
    """Table → where it says who each person is; raw tables included, staff left out."""
    found = {spec.name: spec.person for spec in tables() if spec.person is not None}
    for source in all_sources(home):
        found |= {target_spec(source).name: told} if (told := target_spec(source).person) is not None else {}
        found |= {source.raw_table: told} if (told := person_of_raw(source)) is not None else {}
    return {name: told for name, told in found.items() if name not in (STAFF, f"raw_{STAFF}")}


def sources_of_persons(home: Path) -> dict[str, tuple[Source, PersonColumns]]:
    """Source → its declaration, and where its headers say who each person is; staff left out."""
    known = of_persons(home)
    return {s.source: (s, known[s.raw_table]) for s in all_sources(home) if s.raw_table in known}


def target_of(home: Path) -> dict[str, str]:
    """Table of persons → the table its persons are known by: a raw one goes by the one it fills."""
    told = {source.raw_table: target_spec(source).name for source, _columns in sources_of_persons(home).values()}
    return {name: told.get(name, name) for name in of_persons(home)}


def place_of(reference: str) -> tuple[str, str]:
    """Table and code of `table/code`; of a code alone the table of contacts. A code may have slashes of its own."""
    table, _slash, code = reference.strip().partition("/")
    return (table, code) if code else (CONTACTS, table)


def personal_columns(home: Path) -> dict[str, frozenset[str]]:
    """Table → its columns that say something of natural persons; a source personal as a whole counts whole."""
    found = {
        spec.name: frozenset(c.name for c in spec.columns if c.personal is not PersonalData.NONE) for spec in tables()
    }
    for source in all_sources(home):
        whole = source.personal is not PersonalData.NONE
        found[source.raw_table] = frozenset(
            c.header for c in source.columns if whole or c.personal is not PersonalData.NONE
        )
    return found
