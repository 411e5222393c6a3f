"""Contacts against one another: the same person written twice, homonyms and switchboards apart, answers that hold."""

import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.identify.refined import SPECS, arrow

from b2shift.identify.api import decide_link, repeated_persons, resolution_report, resolve, unmerge_person
from b2shift.identify.contracts import Answer, LinkDecision
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import Lake, open_lake, writing

AS_OF = date(2025, 3, 31)
FIRST = (
    "Granada",
    "Agata",
    "Jade",
    "Safira",
    "Topázio",
    "Ônix",
    "Rubi",
    "Opala",
    "Âmbar",
    "Coral",
    "Turmalina",
    "Lápis",
)
LAST = (
    "Colibri",
    "Garça",
    "Sabiá",
    "Tucano",
    "Arara",
    "Bem-te-vi",
    "Falcão",
    "Gavião",
    "Jacana",
    "Suiriri",
    "Tiê",
    "Uirapuru",
)


def person(n: int) -> dict[str, Any]:
    first, middle, last = FIRST[n % 12], LAST[n * 7 // 12 % 12], LAST[n * 5 // 3 % 12]
    customer = f"C{n // 3:05d}"
    return {
        "contact_id": f"K{n:05d}", "customer_id": customer, "name": f"{first} {middle} {last}",
        "email": f"{first}.{last}{n}@empresa{n // 3}.example".lower(),
        "phone": f"({11 + n % 80}) 9{n * 7919 % 10_000:04d}-{n * 104_729 % 10_000:04d}",
    }  # fmt: skip


def retyped(one: dict[str, Any], number: int, chance: random.Random) -> dict[str, Any]:
    """The same person as somebody else typed them."""
    name = one["name"]
    spellings = [name.upper(), name.split()[0] + " " + name.split()[-1], name[:4] + name[5:], name.replace("ã", "a")]
    copy = one | {"contact_id": f"K{number:05d}", "name": chance.choice(spellings)}
    if chance.random() < 0.3:
        copy["email"] = None
    elif chance.random() < 0.2:
        copy["email"] = one["email"].split("@")[0] + "@outra.example"
    if chance.random() < 0.3 and copy["email"]:
        copy["phone"] = None
    elif chance.random() < 0.5:
        copy["phone"] = "+55" + "".join(filter(str.isdigit, one["phone"]))
    return copy


def resolved(home: Path, contacts: list[dict[str, Any]]) -> Lake:
    with writing(home) as session:
        session.write(SPECS["contacts"], arrow(SPECS["contacts"], contacts))
        session.write(SPECS["customers"], arrow(SPECS["customers"], [{"customer_id": "C00000", "name": "Empresa"}]))
        session.write(SPECS["prospects"], arrow(SPECS["prospects"], []))
        resolve(session)
        session.commit(AS_OF)
    return open_lake(home)


def groups(lake: Lake) -> dict[str, str]:
    rows = lake.query("SELECT contact_id, entity_id FROM contact_entities").to_pylist()
    return {row["contact_id"]: row["entity_id"] for row in rows}


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_people_typed_twice_are_one_and_others_are_not(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    people = [person(n) for n in range(900)]
    twice = chance.sample(people, 100)
    copies = [retyped(one, 10_000 + n, chance) for n, one in enumerate(twice)]
    lake = resolved(tmp_path, people + copies)
    found = groups(lake)
    true = {(one["contact_id"], copy["contact_id"]) for one, copy in zip(twice, copies, strict=True)}
    predicted = {(entity, contact) for contact, entity in found.items() if entity != contact}
    assert len(true & predicted) / len(predicted) >= 0.99, predicted - true
    assert len(true & predicted) / len(true) >= 0.95, true - predicted
    assert len(found) == 1000
    report = resolution_report(lake)
    assert (report.contacts, report.persons) == (1000, len(set(found.values())))


def test_a_switchboard_and_a_namesake_join_nobody(tmp_path: Path) -> None:
    people = [person(n) for n in range(300)]
    desk = [one | {"phone": "(11) 3000-0000"} for one in people[:3]]
    namesake = person(5) | {"contact_id": "K90000", "customer_id": "C09999", "email": "x.y@z.example", "phone": None}
    found = groups(resolved(tmp_path, [*desk, *people[3:], namesake]))
    assert all(contact == entity for contact, entity in found.items())


def test_an_answer_holds_and_can_be_taken_back(tmp_path: Path) -> None:
    chance = random.Random(1)
    people = [person(n) for n in range(300)]
    copies = [retyped(one, 10_000 + n, chance) for n, one in enumerate(people[:40])]
    lake = resolved(tmp_path, people + copies)
    assert groups(lake)["K10000"] == "K00000"
    for answer, entity in ((Answer.REJECTED, "K10000"), (Answer.OPEN, "K00000")):
        decision = LinkDecision(
            prospect_id="K00000", same_as="K10000", answer=answer, by="ana@empresa.example",
            at=datetime(2025, 4, 1, tzinfo=UTC),
        )  # fmt: skip
        decide_link(lake, tmp_path, decision)
        lake = resolved(tmp_path, people + copies)
        assert groups(lake)["K10000"] == entity
    with pytest.raises(UnknownNameError):
        decide_link(lake, tmp_path, decision.model_copy(update={"same_as": "K00299"}))


def test_an_answer_holds_when_the_contact_changes_and_can_be_taken_back_then(tmp_path: Path) -> None:
    chance = random.Random(1)
    people = [person(n) for n in range(300)]
    copies = [retyped(one, 10_000 + n, chance) for n, one in enumerate(people[:40])]
    changed = [
        copies[0] | {"name": "Quartzo Harpia", "email": "q@outra.example", "phone": None, "customer_id": "C00099"}
    ]
    apart = groups(resolved(tmp_path / "never", people + changed + copies[1:]))
    decision = LinkDecision(
        prospect_id="K00000", same_as="K10000", answer=Answer.ACCEPTED, by="ana@empresa.example",
        at=datetime(2025, 4, 1, tzinfo=UTC),
    )  # fmt: skip
    decide_link(resolved(tmp_path / "home", people + copies), tmp_path / "home", decision)
    lake = resolved(tmp_path / "home", people + changed + copies[1:])
    assert groups(lake)["K10000"] == "K00000"
    decide_link(lake, tmp_path / "home", decision.model_copy(update={"answer": Answer.OPEN}))
    assert groups(resolved(tmp_path / "home", people + changed + copies[1:])) == apart


def test_without_contacts_there_is_nothing_to_resolve(tmp_path: Path) -> None:
    assert groups(resolved(tmp_path / "none", [])) == {}
    with writing(tmp_path / "no-table") as session:
        resolve(session)
        session.commit(AS_OF)
    assert not open_lake(tmp_path / "no-table").has("contact_links")


def test_a_contact_taken_out_of_a_person_stands_alone_until_the_answers_are_taken_back(tmp_path: Path) -> None:
    chance = random.Random(11)
    people = [person(n) for n in range(300)]
    lake = resolved(tmp_path, people + [retyped(one, 10_000 + n, chance) for n, one in enumerate(people[:40])])
    before = groups(lake)
    everybody = repeated_persons(lake, within=None, limit=100)
    first = everybody.persons[0]
    assert everybody.total == len({entity for entity in before.values() if list(before.values()).count(entity) > 1})
    assert repeated_persons(lake, within=["C99999"], limit=1).total == 0
    last = first.contacts[-1].id
    author = {"by": "ana@empresa.example", "at": datetime(2026, 11, 26, tzinfo=UTC)}
    with pytest.raises(UnknownNameError):
        unmerge_person(lake, tmp_path, first.entity, last, within=["C99999"], **author)
    rejections = unmerge_person(lake, tmp_path, first.entity, last, within=None, **author)
    assert groups(run_again(tmp_path))[last] == last
    for one in rejections:
        decide_link(lake, tmp_path, one.model_copy(update={"answer": Answer.OPEN}))
    assert groups(run_again(tmp_path)) == before


def run_again(home: Path) -> Lake:
    with writing(home) as session:
        resolve(session)
        session.commit(AS_OF)
    return open_lake(home)
