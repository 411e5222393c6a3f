"""Plan an erasure: the rows of a person in every kept version, and the spellings of their name and addresses."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from b2shift.identify.privacy.contracts import ErasurePlan, Person
from b2shift.identify.privacy.person_search import candidates_sql, person_of, same_persons
from b2shift.identify.privacy.person_tables import parse_reference, person_columns, target_of
from b2shift.identify.privacy.redaction import digits, is_cpf, is_number
from b2shift.kernel.errors import UnknownNameError
from b2shift.kernel.text import fold
from b2shift.lake.api import Lake, Row, literal, matching_rows, open_lake, quote

_MOST_ROUNDS = 4


def plan_erasure(home: Path, reference: str, *, erasure: str, at: datetime, by: str, reason: str) -> ErasurePlan:
    """The plan for a person (`table/code`, or the code of a contact), from every kept version; writes nothing.

    Raises UnknownNameError when no kept version has the person.
    """
    table, code = parse_reference(reference)
    if table not in person_columns(home):
        raise UnknownNameError("tabela de pessoas", table, person_columns(home))
    persons, rows = _find_in_all_versions(home, Person(table=table, person_id=code))
    if not persons:
        raise UnknownNameError("pessoa", reference, ())
    texts = _texts(persons, rows)
    shared = tuple(sorted(_shared(open_lake(home), home, persons, texts)))
    ids: dict[str, set[str]] = {}
    for name, row in rows:
        ids.setdefault(name, set()).add(str(row[person_columns(home)[name].id]))
        ids.setdefault(target_of(home)[name], set()).add(str(row[person_columns(home)[name].id]).strip())
    return ErasurePlan(
        erasure=erasure,
        persons=persons,
        ids={name: tuple(sorted(codes)) for name, codes in sorted(ids.items())},
        texts=tuple(sorted(texts - set(shared))),
        shared=shared,
        at=at,
        by=by,
        reason=reason,
    )


class _PersonFinder:
    """An `Eraser` that only selects rows that may be one of some persons."""

    def __init__(self, home: Path, persons: Iterable[Person]) -> None:
        self.known, self.target, self.persons = person_columns(home), target_of(home), tuple(persons)

    def looked_at(self, table: str, columns: Mapping[str, str]) -> str | None:
        person = self.known.get(table)
        if person is None or person.id not in columns:
            return None
        conditions = []
        for one in self.persons:
            if one.table == self.target[table]:
                conditions.append(f"trim({quote(person.id)}) = {literal(one.person_id)}")
            where, values = candidates_sql(person, one)
            for value in values:
                where = where.replace("?", literal(value), 1)
            conditions.append(f"({where})")
        return " OR ".join(conditions)

    def edited(self, table: str, row: Row) -> Row | None:
        return row

    def text(self, text: str, stage: str = "") -> str:
        return text


def _find_in_all_versions(home: Path, seed: Person) -> tuple[tuple[Person, ...], list[tuple[str, Row]]]:
    """The rows of the person in all kept versions, to a fixed point: each row found adds attributes to search by."""
    known, target = person_columns(home), target_of(home)
    persons: dict[Person, None] = {}
    rows: list[tuple[str, Row]] = []
    for _round in range(_MOST_ROUNDS):
        seeds = [seed, *persons]
        found = [
            (table, row, person_of(target[table], known[table], row))
            for table, row in matching_rows(home, _PersonFinder(home, seeds))
        ]
        matched = [one for one in found if any(same_persons(each, [one[2]]) or each == one[2] for each in seeds)]
        rows, before = [(table, row) for table, row, _person in matched], len(persons)
        persons |= {person: None for _table, _row, person in matched}
        if len(persons) == before:
            break
    return tuple(persons), rows


def _texts(persons: Iterable[Person], rows: Iterable[tuple[str, Row]]) -> set[str]:
    values = {text for one in persons for text in (one.name, one.email, one.phone, one.document) if text}
    for table, row in rows:
        if table.startswith("raw_"):
            values |= {text.strip() for text in _leaves(row) if is_cpf(text) or _is_email(text)}
    return values


def _is_email(text: str) -> bool:
    name, _at, domain = text.strip().partition("@")
    return bool(name) and "." in domain and " " not in text.strip()


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)


def _shared(lake: Lake, home: Path, persons: tuple[Person, ...], texts: set[str]) -> set[str]:
    """Values that also belong to another person, a member of staff or a company."""
    own_keys = {(one.table, one.person_id) for one in persons}
    folded = {fold(text): text for text in texts if not is_number(text)}
    numbers = {digits(text): text for text in texts if is_number(text)}
    found: set[str] = set()
    for table, keys, values in _others(home):
        if not lake.has(table):
            continue
        for row in lake.query(_matching(table, keys, values), [list(folded), list(numbers)]).to_pylist():
            if (table, str(row["key"])) not in own_keys:
                found |= {folded[one] for one in row["texts"] if one in folded}
                found |= {numbers[one] for one in row["numbers"] if one in numbers}
    return found


def _others(home: Path) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for table, columns in person_columns(home).items():
        if not table.startswith("raw_"):
            yield (
                table,
                columns.id,
                tuple(one for one in (columns.name, columns.email, columns.phone, columns.document) if one),
            )
    yield "users", "user_id", ("name", "email")
    for table in ("companies", "customers"):
        yield table, "customer_id", ("name", "trade_name", "phone")


def _matching(table: str, key: str, values: tuple[str, ...]) -> str:
    """SELECT of rows with a value equal to one of some folded texts or numbers."""
    texts = ", ".join(f"lower(strip_accents(trim(coalesce({quote(one)}, ''))))" for one in values)
    numbers = ", ".join(f"regexp_replace(coalesce({quote(one)}, ''), '[^0-9]', '', 'g')" for one in values)
    return (
        f"SELECT * FROM (SELECT CAST({quote(key)} AS VARCHAR) AS key, "
        f"list_intersect([{texts}], ?::VARCHAR[]) AS texts, "
        f"list_intersect([{numbers}], ?::VARCHAR[]) AS numbers FROM {quote(table)}) "
        "WHERE len(texts) > 0 OR len(numbers) > 0"
    )
