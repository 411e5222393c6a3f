"""The shapes of message templates."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from b2shift.interact.shapes.rules import Kind, Name, Slug
from b2shift.kernel.contract import Contract

Body = Annotated[str, Field(min_length=3, max_length=8000)]


class MessageField(Contract):
    """A field that a template may hold, written `{name}`."""

    name: Slug
    label: str = Field(description="pt-BR")
    type: Literal["text", "money", "number", "date"]
    otherwise: str | None = Field(None, description="text where the value is not known; None: it must be known")


class MessageTemplate(Contract):
    """What to say in one kind of contact; `short` is for channels without a subject."""

    id: Slug
    name: Name
    kind: Kind
    subject: Annotated[str, Field(min_length=3, max_length=150)]
    text: Body
    short: Annotated[str, Field(min_length=3, max_length=700)]
    whatsapp: str | None = Field(
        None,
        pattern=r"^[a-z0-9_]+$",
        max_length=120,
        description="template approved at WhatsApp, whose one value is short",
    )


class TemplatesVersion(Contract):
    """The templates of a home as somebody put them in force."""

    number: int = Field(description="0: the product's own")
    kept_at: datetime | None
    in_force: bool
    changes: tuple[str, ...] = Field((), description="against the version before")


class Written(Contract):
    """A template filled for one person: the same words as text and as HTML."""

    subject: str
    text: str
    html: str
