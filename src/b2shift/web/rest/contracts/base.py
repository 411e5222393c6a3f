"""What every answer is made of: money, texts, pages, problems."""

from decimal import Decimal
from typing import Annotated, Generic, TypeVar

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from b2shift.kernel.contract import Contract
from b2shift.web.crm.revenue import known_revenue

# Digits are never lost to a binary float: money travels as text.
Money = Annotated[
    Decimal,
    PlainSerializer(lambda amount: f"{amount:f}", return_type=str),
    WithJsonSchema({"type": "string", "format": "decimal", "examples": ["1234.50"]}),
]
# Nobody knows that revenue is zero where none was ever delivered.
RecurringRevenue = Annotated[Money | None, BeforeValidator(known_revenue)]
# The records keep nothing as an empty text; programs get it as the lake has it.
Text = Annotated[str | None, BeforeValidator(lambda text: text or None)]

Item = TypeVar("Item")


class Page(Contract, Generic[Item]):
    """Some rows of a list in its order, and where the rows beside them are."""

    items: tuple[Item, ...] = Field(description="rows in order")
    next: str | None = Field(description="`cursor` of the next page; null on the last")
    previous: str | None = Field(description="`cursor` of the page before; null on the first")
    total: int = Field(description="rows of the whole list", examples=[128])


class FieldError(Contract):
    """One part of the request that cannot be used."""

    field: str = Field(description="name of the parameter", examples=["limit"])
    message: str = Field(description="what is wrong with it", examples=["Deve ser no máximo 200"])


class Problem(Contract):
    """Why a request was not answered (RFC 9457)."""

    type: str = Field(description="which problem it is, for programs", examples=["urn:b2shift:problem:not-found"])
    title: str = Field(description="which problem it is, for people", examples=["Não encontrado"])
    status: int = Field(description="HTTP status", examples=[404])
    detail: str = Field(description="what happened here and what to do", examples=["Não há cliente visível a você"])
    instance: str = Field(description="address asked", examples=["/api/v1/customers/TZZZZ"])
    request_id: str = Field(description="code to quote when asking for help")
    errors: tuple[FieldError, ...] = Field((), description="parts of the request at fault")
