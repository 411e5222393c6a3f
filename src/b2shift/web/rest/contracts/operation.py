"""Quality, loads, the caller and the catalogue of tables, as programs read them."""

from datetime import date, datetime

from pydantic import Field

from b2shift.kernel.contract import Contract
from b2shift.lake.contracts import Layer, PersonalData
from b2shift.web.rest.column_descriptions import Columns
from b2shift.web.rest.contracts.base import Page, Text

_quality, _load = Columns("quality"), Columns("loads")


class QualityCount(Contract):
    """How many values of one file had one defect, and what was done."""

    source: str = _quality("source")
    file: str = _quality("file")
    kind: str = _quality("kind")
    column: Text = _quality("column")
    treatment: str = _quality("treatment", examples=["rejected"])
    count: int = _quality("count")


class QualityPage(Page[QualityCount]):
    """Every count."""


class Load(Contract):
    """One file as last loaded, with the evidence for every choice."""

    source: str = _load("source")
    file: str = _load("file")
    bytes: int | None = _load("bytes")
    content_hash: Text = _load("content_hash")
    status: Text = _load("status")
    message: Text = _load("message")
    encoding: Text = _load("encoding")
    date_order: Text = _load("date_order")
    date_evidence: Text = _load("date_evidence")
    decimal_mark: Text = _load("decimal_mark")
    new_columns: tuple[str, ...] = _load("new_columns")
    rows_read: int | None = _load("rows_read")
    rows_accepted: int | None = _load("rows_accepted")
    rows_rejected: int | None = _load("rows_rejected")
    values_repaired: int | None = _load("values_repaired")
    seconds: float | None = _load("seconds")


class LoadPage(Page[Load]):
    """Every file."""


class TokenOfCaller(Contract):
    """The token in use."""

    name: str
    hint: str = Field(description="its visible start")
    scopes: tuple[str, ...] = Field(description="what it was given; its person's role limits it further")
    expires_at: datetime


class Published(Contract):
    """What every answer shows."""

    lake_version: int
    as_of: date = Field(description="the date every figure refers to")
    published_at: datetime


class Me(Contract):
    """Who you are here and what you may see."""

    name: str
    email: str
    role: str = Field(examples=["executor"])
    rows: str = Field(description="customers you see: none, own, team, unit or all", examples=["own"])
    business_unit: Text = Field(description="unit whose customers you see, when `rows` is unit")
    capabilities: tuple[str, ...] = Field(description="what you may read with this token or session")
    token: TokenOfCaller | None = Field(description="null in a browser's session")
    publication: Published | None = Field(description="null before the first publication")


class CatalogueColumn(Contract):
    """One documented column."""

    name: str
    type: str = Field(description="DuckDB type")
    description: str
    personal: PersonalData = Field(description="what it says about a natural person (LGPD)")
    purposes: tuple[str, ...] = Field(description="what personal data in it is for; each has its legal basis")


class CatalogueTable(Contract):
    """One documented table of the lake."""

    name: str
    package: str = Field(description="part of the loop that writes it")
    layer: Layer
    grain: str = Field(description="what one row is")
    description: str
    key: tuple[str, ...]
    published: bool = Field(description="may be exported by name")
    open_columns: bool = Field(description="further columns may follow the documented ones")
    columns: tuple[CatalogueColumn, ...]


class CataloguePage(Page[CatalogueTable]):
    """Every table, in the order of the loop."""
