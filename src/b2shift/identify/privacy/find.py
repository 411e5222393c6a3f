"""Persons by code, name, e-mail, telephone or document; and everything held about one."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from b2shift.identify.privacy.shapes import Person
from b2shift.identify.privacy.tables import of_persons, place_of
from b2shift.identify.privacy.texts import digits, is_number, same_name
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.text import fold
from b2shift.lake.api import Lake, quote
from b2shift.lake.contracts import PersonColumns

MOST = 50
_FOLDED = "lower(strip_accents({0}))"
_FIELDS = ("name", "email", "phone", "document")


def find_persons(lake: Lake, home: Path, text: str, *, limit: int = MOST) -> tuple[Person, ...]:
    """Persons of the version being read whose code, name, e-mail, telephone or document holds the text.

    Raises InputError for a text of fewer than three signs: it would list everybody.
    """
    asked = text.strip()
    if len(asked) < 3:
        raise InputError("Escreva ao menos três sinais", value=text, hint="Um nome, e-mail, telefone, CPF ou código")
    found: list[Person] = []
    for table, columns in _read(lake, home).items():
        where = _where(columns, asked)
        rows = lake.query(
            f"SELECT * FROM {quote(table)} WHERE {where} ORDER BY {quote(columns.id)} LIMIT {limit}",
            {"text": fold(asked), **({"digits": digits(asked)} if "$digits" in where else {})},
        )
        found += [person_of(table, columns, row) for row in rows.to_pylist()]
    return tuple(found[:limit])


def person_at(lake: Lake, home: Path, reference: str) -> Person:
    """The person of `table/code`, or of a code alone in the table of contacts; UnknownNameError when there is none."""
    table, code = place_of(reference)
    known = _read(lake, home)
    if table not in known:
        raise UnknownNameError("tabela de pessoas", table, known)
    rows = lake.query(f"SELECT * FROM {quote(table)} WHERE {quote(known[table].id)} = ? LIMIT 1", [code]).to_pylist()
    if not rows:
        near = find_persons(lake, home, code) if len(code) >= 3 else ()
        gone = "Procure pelo nome: a pessoa pode ter sido apagada, ou não vir mais nas entregas"
        raise UnknownNameError("pessoa", reference, (one.reference for one in near), gone)
    return person_of(table, known[table], rows[0])


def same_persons(person: Person, others: Iterable[Person]) -> tuple[Person, ...]:
    """Which of the others are the same human being: one document, or one name with one e-mail or telephone."""
    return tuple(one for one in others if one != person and _same(person, one))


def person_of(table: str, columns: PersonColumns, row: Mapping[str, Any]) -> Person:
    """A row of a table of persons as the person it is."""
    told = {what: str(row.get(name) or "").strip() for what, name in columns if name is not None}
    return Person(
        table=table,
        person_id=told["id"],
        customer_id=told.get("customer", ""),
        **{what: told.get(what, "") for what in _FIELDS},
    )


def candidates_sql(columns: PersonColumns, person: Person) -> tuple[str, list[str]]:
    """SQL of the rows that may be the person again, and its parameters: same name, e-mail or document."""
    told = [(columns.email, person.email), (columns.document, person.document), (columns.name, person.name)]
    asked = [(f"lower(trim({quote(name)})) = lower(trim(?))", value) for name, value in told if name and value]
    return " OR ".join(sql for sql, _value in asked) or "false", [value for _sql, value in asked]


def again(lake: Lake, home: Path, person: Person) -> tuple[Person, ...]:
    """The person's other rows in the version being read."""
    found: list[Person] = []
    for table, columns in _read(lake, home).items():
        where, asked = candidates_sql(columns, person)
        rows = lake.query(f"SELECT * FROM {quote(table)} WHERE {where}", asked).to_pylist()
        found += [person_of(table, columns, row) for row in rows]
    return same_persons(person, found)


def _same(a: Person, b: Person) -> bool:
    if a.document and digits(a.document) == digits(b.document):
        return True
    if (a.table, a.person_id) == (b.table, b.person_id):
        return True
    email = bool(a.email) and a.email.lower() == b.email.lower()
    phone = bool(a.phone) and digits(a.phone) == digits(b.phone)
    return same_name(a.name, b.name) and (email or phone)


def _read(lake: Lake, home: Path) -> dict[str, PersonColumns]:
    """Tables of persons of the version, but for those as delivered."""
    return {name: told for name, told in of_persons(home).items() if lake.has(name) and not name.startswith("raw_")}


def _where(columns: PersonColumns, asked: str) -> str:
    texts = [columns.id, *(one for one in (columns.name, columns.email) if one)]
    told = [f"contains({_FOLDED.format(quote(name))}, $text)" for name in texts]
    if is_number(asked) or len(digits(asked)) >= 8:
        numbers = [one for one in (columns.phone, columns.document) if one]
        told += [f"contains(regexp_replace({quote(one)}, '[^0-9]', '', 'g'), $digits)" for one in numbers]
    return " OR ".join(told)
