"""Companies like one being typed, as programs read them."""

from pydantic import Field

from b2shift.identify.contracts import LinkEvidence
from b2shift.kernel.contract import Contract
from b2shift.web.rest.contracts.base import Page


class AlikeCompany(Contract):
    """A customer or prospect that may be the company typed."""

    kind: str = Field(description="customer or prospect", examples=["customer"])
    visible: bool = Field(description="whether the caller follows it; of the others code and name are not told")
    id: str | None = Field(description="code; null when not visible", examples=["TABC1"])
    name: str | None = Field(description="name; null when not visible or unknown")
    probability: float = Field(description="that both are one company", examples=[0.98])
    zone: str = Field(description="same (at least 0.95) or doubt (at least 0.10)", examples=["same"])
    reasons: tuple[LinkEvidence, ...] = Field(description="what was typed against what is known, with its bits")


class AlikePage(Page[AlikeCompany]):
    """The likeliest first; empty when no known company looks like it."""
