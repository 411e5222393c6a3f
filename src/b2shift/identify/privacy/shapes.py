"""What is told about a natural person, and what an erasure did."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field

from b2shift.kernel.contract import Contract


class Person(Contract):
    """Somebody the data knows, as one row of a table of persons tells it."""

    table: str
    person_id: str
    name: str = ""
    email: str = ""
    phone: str = ""
    document: str = ""
    customer_id: str = ""

    @property
    def reference(self) -> str:
        """How a command names the person: the table and the code."""
        return f"{self.table}/{self.person_id}"


class HeldValue(Contract):
    """One personal value that is held, and why it may be."""

    column: str
    value: Any
    personal: str
    purposes: tuple[str, ...]


class HeldRow(Contract):
    """One row that is about the person, or holds something of them."""

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
    """That a person was taken out and is never to come back: their keys hashed, nothing that tells who."""

    erasure: str
    hashes: tuple[str, ...]
    at: AwareDatetime
    by: str
    reason: str


class ErasurePlan(Contract):
    """What an erasure takes out; kept in the home only until it is done."""

    erasure: str
    persons: tuple[Person, ...]
    ids: dict[str, tuple[str, ...]] = Field(description="table → codes of the person in it, raw tables included")
    texts: tuple[str, ...] = Field(description="spellings of the name, e-mails, telephones and documents to be found")
    shared: tuple[str, ...] = Field((), description="values that are somebody else's too, hence stay where they are")
    at: AwareDatetime
    by: str
    reason: str


class ErasureResult(Contract):
    """What an erasure did; nothing in it tells who the person was."""

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
