"""Everything known about one customer, as the lists of `customer_360` hold it."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from b2shift.kernel.contract import Contract


class RevenueMonth(Contract):
    """Recurring revenue of one month, all families together."""

    month: date
    mrr: Decimal | None = Field(description="BRL; None when the delivered value could not be read")
    users: int | None = Field(description="users contracted")
    settled: tuple[str, ...] | None = Field(None, description="why some of it is not as delivered, pt-BR; None: all is")


class FamilyRevenue(Contract):
    """A product family with revenue in the newest month."""

    product_family: str
    mrr: Decimal = Field(description="BRL a month")
    since: date | None


class UsageMonth(Contract):
    """Use of one month; users, days and modules are maxima over product lines."""

    month: date
    hours: float | None
    users: int | None
    days: int | None
    modules: int | None


class ContractLine(Contract):
    """One product line of the contract."""

    product: str | None
    revenue_line: str | None
    situation: str | None
    value: Decimal | None = Field(description="the drop's masked units")
    signed_on: date | None


class NpsAnswer(Contract):
    """One answer to a survey."""

    survey: str
    answered_on: date | None
    score: int = Field(ge=0, le=10)
    nps_class: str = Field(alias="class", description="promotor, neutro or detrator")
    product: str | None


class TicketMonth(Contract):
    """Support tickets opened in one month."""

    month: date
    total: int
    billing: int
    urgent: int


class Ticket(Contract):
    """One support ticket."""

    ticket_id: str
    created_on: date | None
    group_name: str | None
    type: str | None
    priority: str | None
    status: str | None


class Invoice(Contract):
    """One invoice, with the days it was late as of the run."""

    invoice_id: str
    issued_on: date | None
    due_on: date | None
    paid_on: date | None
    amount: Decimal | None = Field(description="BRL")
    status: str | None
    days_late: int | None


class Order(Contract):
    """One order."""

    order_id: str | None
    ordered_on: date | None
    product_family: str | None
    amount: Decimal | None = Field(description="BRL")
    status: str | None


class Quote(Contract):
    """One proposal sent."""

    quote_id: str
    quoted_on: date | None
    items: int
    total: Decimal | None = Field(description="the drop's masked units")


class Opportunity(Contract):
    """One sales opportunity."""

    opportunity_id: str
    kind: str | None
    product_family: str | None
    value: Decimal | None = Field(description="BRL")
    stage: str | None
    result: str | None
    created_on: date | None
    closed_on: date | None
    expected_close_on: date | None
    owner_id: str | None
    loss_reason: str | None
    competitor: str | None


class Activity(Contract):
    """One call, e-mail, meeting or visit."""

    at: datetime
    kind: str | None
    result: str | None
    minutes: int | None
    user_id: str | None


class CampaignEvent(Contract):
    """One thing that happened in a campaign."""

    at: datetime
    kind: str
    campaign_id: str | None
    channel: str | None
    variant: str | None


class Contact(Contract):
    """One person at the customer: personal data, read with a purpose only."""

    contact_id: str
    name: str | None
    job_title: str | None
    email: str | None
    phone: str | None
    preferred_channel: str | None
    role: str | None
    sentiment: str | None
    consent_email: bool | None
    consent_whatsapp: bool | None
    consent_sms: bool | None
    consented_on: date | None


class TelemetryDay(Contract):
    """Telemetry of one day; hours are winsorised."""

    day: date
    events: int
    hours_capped: float | None
    modules: int
    connected: int
    denied: int


class Customer360(Contract):
    """Everything about one customer in one row; lists nobody filled are empty."""

    customer_id: str
    revenue: tuple[RevenueMonth, ...] = Field(description="oldest month first")
    families: tuple[FamilyRevenue, ...] = Field(description="largest first")
    usage: tuple[UsageMonth, ...] = Field(description="oldest month first")
    lines: tuple[ContractLine, ...] = Field(description="newest 100")
    nps: tuple[NpsAnswer, ...] = Field(description="newest 100")
    tickets_monthly: tuple[TicketMonth, ...] = Field(description="oldest month first")
    tickets: tuple[Ticket, ...] = Field(description="newest 50")
    invoices: tuple[Invoice, ...] = Field(description="newest 36")
    orders: tuple[Order, ...] = Field((), description="newest 50")
    quotes: tuple[Quote, ...] = Field(description="newest 50")
    opportunities: tuple[Opportunity, ...] = Field(description="newest 50")
    activities: tuple[Activity, ...] = Field(description="newest 100")
    campaigns: tuple[CampaignEvent, ...] = Field(description="newest 100")
    contacts: tuple[Contact, ...]
    telemetry: tuple[TelemetryDay, ...] = Field(description="oldest day first")
