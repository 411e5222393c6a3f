"""Search persons by code, name, e-mail, telephone or document, and match the rows of one person."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from b2shift.identify.privacy.contracts import Person
from b2shift.identify.privacy.person_tables import parse_reference, person_columns
from b2shift.identify.privacy.redaction import digits, is_number, same_name
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.text import fold
from b2shift.lake.api import Lake, quote
from b2shift.lake.contracts import PersonColumns

MOST_PERSONS = 50
_FOLDED = "lower(strip_accents({0}))"
_FIELDS = ("name", "email", "phone", "document")


def find_persons(lake: Lake, home: Path, text: str, *, limit: int = MOST_PERSONS) -> tuple[Person, ...]:
    """Persons whose code, name, e-mail, telephone or document contains the text.

    Raises InputError for a text of fewer than three characters.
    """
    query = text.strip()
    if len(query) < 3:
        raise InputError("Escreva ao menos três sinais", value=text, hint="Um nome, e-mail, telefone, CPF ou código")
    found: list[Person] = []
    for table, columns in _person_tables(lake, home).items():
        where = _where(columns, query)
        rows = lake.query(
            f"SELECT * FROM {quote(table)} WHERE {where} ORDER BY {quote(columns.id)} LIMIT {limit}",
            {"text": fold(query), **({"digits": digits(query)} if "$digits" in where else {})},
        )
        found += [person_of(table, columns, row) for row in rows.to_pylist()]
    return tuple(found[:limit])


def person_at(lake: Lake, home: Path, reference: str) -> Person:
    """The person of `table/code`, or of a code alone in the table of contacts; UnknownNameError when there is none."""
    table, code = parse_reference(reference)
    known = _person_tables(lake, home)
    if table not in known:
        raise UnknownNameError("tabela de pessoas", table, known)
    rows = lake.query(f"SELECT * FROM {quote(table)} WHERE {quote(known[table].id)} = ? LIMIT 1", [code]).to_pylist()
    if not rows:
        near = find_persons(lake, home, code) if len(code) >= 3 else ()
        hint = "Procure pelo nome: a pessoa pode ter sido apagada, ou não vir mais nas entregas"
        raise UnknownNameError("pessoa", reference, (one.reference for one in near), hint)
    return person_of(table, known[table], rows[0])


def same_persons(person: Person, others: Iterable[Person]) -> tuple[Person, ...]:
    """Which of the others are the same person: same document, or same name with same e-mail or telephone."""
    return tuple(one for one in others if one != person and _same(person, one))


def person_of(table: str, columns: PersonColumns, row: Mapping[str, Any]) -> Person:
    """The person of a row of a table of persons."""
    fields = {what: str(row.get(name) or "").strip() for what, name in columns if name is not None}
    return Person(
        table=table,
        person_id=fields["id"],
        customer_id=fields.get("customer", ""),
        **{what: fields.get(what, "") for what in _FIELDS},
    )


def candidates_sql(columns: PersonColumns, person: Person) -> tuple[str, list[str]]:
    """SQL condition of rows with the same name, e-mail or document, and its parameters."""
    attributes = [(columns.email, person.email), (columns.document, person.document), (columns.name, person.name)]
    conditions = [
        (f"lower(trim({quote(name)})) = lower(trim(?))", value) for name, value in attributes if name and value
    ]
    return " OR ".join(sql for sql, _value in conditions) or "false", [value for _sql, value in conditions]


def other_rows(lake: Lake, home: Path, person: Person) -> tuple[Person, ...]:
    """The other rows of a person in the version."""
    found: list[Person] = []
    for table, columns in _person_tables(lake, home).items():
        where, parameters = candidates_sql(columns, person)
        rows = lake.query(f"SELECT * FROM {quote(table)} WHERE {where}", parameters).to_pylist()
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


def _person_tables(lake: Lake, home: Path) -> dict[str, PersonColumns]:
    """The tables of persons of the version, raw ones left out."""
    return {
        name: columns
        for name, columns in person_columns(home).items()
        if lake.has(name) and not name.startswith("raw_")
    }


def _where(columns: PersonColumns, text: str) -> str:
    texts = [columns.id, *(one for one in (columns.name, columns.email) if one)]
    conditions = [f"contains({_FOLDED.format(quote(name))}, $text)" for name in texts]
    if is_number(text) or len(digits(text)) >= 8:
        numbers = [one for one in (columns.phone, columns.document) if one]
        conditions += [f"contains(regexp_replace({quote(one)}, '[^0-9]', '', 'g'), $digits)" for one in numbers]
    return " OR ".join(conditions)
