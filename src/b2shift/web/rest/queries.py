"""What may stand after the `?` of a list; the names and meanings are those of `crm.filters` (a test compares them)."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext
from ninja import P, PathEx, Schema
from pydantic import AfterValidator, Field

from b2shift.identify.contracts import LONGEST_KEY
from b2shift.web.accounts.units import house_units
from b2shift.web.rest.column_descriptions import Columns

_customer, _segment, _score, _proposal, _action = map(
    Columns, ("customers", "segments", "scores", "proposals", "next_actions")
)

# PostgreSQL has no NUL in its texts; nothing here is longer than 255.
Value = Annotated[str, Field(max_length=255, pattern=r"^[^\x00]*$")]
Amount = Annotated[Decimal, Field(ge=-(10**15), le=10**15)]


def _declared(key: str) -> str:
    """A unit of this house; ValueError tells those there are."""
    known = house_units().keys
    if key not in known:
        raise ValueError(gettext("Deve ser um destes: %(expected)s") % {"expected": ", ".join(known)})
    return key


UnitKey = Annotated[str, Field(max_length=LONGEST_KEY), AfterValidator(_declared)]
CustomerCode = PathEx[str, P(description="the vendor's code, in either case", example="10001")]
SegmentCode = PathEx[str, P(description="stable key of the segment")]
ProposalCode = PathEx[str, P(description="stable key of the proposal")]
Number = PathEx[int, P(description="number of it", ge=1, le=2**62)]
CustomerSort = Literal[
    "name", "-name", "mrr", "-mrr", "churn", "-churn", "health", "-health",
    "tenure", "-tenure", "due", "-due", "overdue", "-overdue",
]  # fmt: skip
ActionSort = Literal["expected", "-expected"]
ProposalSort = Literal["priority", "-priority", "due_on", "-due_on", "mrr", "-mrr"]


class ListQuery(Schema):
    """How much of a list, and from where."""

    limit: int = Field(50, ge=1, le=200, description="rows a page")
    cursor: str = Field("", max_length=2000, description="`next` or `previous` of another page of the same list")

    def filters(self) -> dict[str, Any]:
        """The values given, by filter name."""
        return self.model_dump(exclude={"limit", "cursor", "sort", "q"}, exclude_none=True)


class MemberQuery(ListQuery):
    """Filters and order of customers; several filters must all agree."""

    q: str = Field(
        "",
        max_length=120,
        description="words that start words of name, trade name, code, CNPJ or city; accents and case do not matter",
        examples=["padaria joao"],
    )
    sort: CustomerSort = Field("name", description="order; `-` descends; rows without the value come last either way")
    situation: Value | None = _customer("situation", default=None)
    life_stage: Value | None = _segment("life_stage", default=None)
    stage: Value | None = Field(None, description="stage of the journey, pt-BR", examples=["Renovação próxima"])
    rfm: Value | None = _segment("rfm_class", default=None)
    churn_band: Value | None = _score("churn_band", default=None)
    nps: Value | None = Field(None, description="class of the last NPS answer: promotor, neutro, detrator")
    market_segment: Value | None = _customer("market_segment", default=None)
    state: Value | None = _customer("state", default=None)
    revenue_band: Value | None = _customer("revenue_band", default=None)
    contract_band: Value | None = _customer("contract_band", default=None)
    tenure_band: Value | None = _customer("tenure_band", default=None)
    owner: Value | None = _customer("owner_id", default=None)
    unit: UnitKey | None = Field(None, description="key of a business unit of the house that serves it")
    overdue: bool | None = Field(None, description="with invoices overdue, or without")
    due: bool | None = Field(None, description="with contacts due, or without")
    mrr_min: Amount | None = Field(None, description="MRR of at least, BRL")
    health_max: Amount | None = Field(None, description="health of at most, 0 to 100")


class CustomerQuery(MemberQuery):
    """Filters and order of customers; several filters must all agree."""

    segment: Value | None = _segment("segment_id", default=None)
    came_from: Value | None = Field(None, description="the segment it was in before, when it was in another")


class ProposalQuery(ListQuery):
    """Filters and order of due contacts; several filters must all agree."""

    sort: ProposalSort = Field("-priority", description="order; `-` descends")
    kind: Value | None = _proposal("kind", default=None)
    trigger: Value | None = _proposal("trigger", default=None)
    segment: Value | None = _proposal("segment_id", default=None)
    rule: Value | None = _proposal("rule_id", default=None)
    owner: Value | None = _proposal("owner_id", default=None)
    owner_role: Value | None = _proposal("owner_role", default=None)
    customer: Value | None = _proposal("customer_id", default=None)
    priority_min: int | None = Field(None, ge=-(10**9), le=10**9, description="priority of at least, 0 to 100")
    blocked: bool | None = Field(None, description="may not be done by message, or may")


class ActionQuery(ListQuery):
    """Filters and order of next actions; several filters must all agree."""

    sort: ActionSort = Field("-expected", description="order; `-` descends")
    action: Value | None = _action("action", default=None)
    kind: Value | None = _action("kind", default=None)
    role: Value | None = _action("role", default=None)
    week: int | None = _action("week", default=None, ge=0, le=1000)
    owner: Value | None = Field(None, description="portfolio owner of the customer")
    customer: Value | None = _action("customer_id", default=None)
