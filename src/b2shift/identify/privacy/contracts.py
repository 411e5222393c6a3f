"""Contracts of subject access and erasure (LGPD, art. 18)."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field

from b2shift.kernel.contract import Contract


class Person(Contract):
    """A natural person: one row of a table of persons."""

    table: str
    person_id: str
    name: str = ""
    email: str = ""
    phone: str = ""
    document: str = ""
    customer_id: str = ""

    @property
    def reference(self) -> str:
        """`table/code`, as commands take it."""
        return f"{self.table}/{self.person_id}"


class HeldValue(Contract):
    """A personal value held, and the purposes it is held for."""

    column: str
    value: Any
    personal: str
    purposes: tuple[str, ...]


class HeldRow(Contract):
    """A row about the person."""

    table: str
    layer: str
    description: str
    values: tuple[HeldValue, ...]


class PersonReport(Contract):
    """Everything the lake holds about one person (LGPD, arts. 18, II, e 19)."""

    version: int
    as_of: str
    persons: tuple[Person, ...] = Field(description="the rows that are this person, the one asked for first")
    rows: tuple[HeldRow, ...]
    versions: tuple[int, ...] = Field(description="kept versions of the lake that hold something of them")


class Suppression(Contract):
    """A suppression list entry: an erased person, by hashes of their keys only."""

    erasure: str
    hashes: tuple[str, ...]
    at: AwareDatetime
    by: str
    reason: str


class ErasurePlan(Contract):
    """What an erasure deletes and redacts; kept in the home only until it is finished."""

    erasure: str
    persons: tuple[Person, ...]
    ids: dict[str, tuple[str, ...]] = Field(description="table → codes of the person in it, raw tables included")
    texts: tuple[str, ...] = Field(description="spellings of the name, e-mails, telephones and documents to be found")
    shared: tuple[str, ...] = Field((), description="values that are somebody else's too, hence stay where they are")
    at: AwareDatetime
    by: str
    reason: str


class ErasureResult(Contract):
    """Counts of what an erasure did; does not identify the person."""

    erasure: str
    persons: int
    versions: int
    files: int
    rows_removed: int
    rows_edited: int
    records_removed: int = 0
    records_edited: int = 0
    shared: int = Field(0, description="values left because they are somebody else's too")
    left: int = Field(0, description="places where a value of theirs is still found; 0 when all went well")
    at: datetime
