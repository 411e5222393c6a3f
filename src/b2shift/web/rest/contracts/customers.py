"""Customers as programs read them."""

from datetime import date

from pydantic import Field

from b2shift.identify.contracts import (
    Activity,
    CampaignEvent,
    Contact,
    ContractLine,
    FamilyRevenue,
    Invoice,
    NpsAnswer,
    Opportunity,
    Order,
    Quote,
    RevenueMonth,
    TelemetryDay,
    Ticket,
    TicketMonth,
    UsageMonth,
)
from b2shift.kernel.contract import Contract
from b2shift.web.rest.column_descriptions import Columns
from b2shift.web.rest.contracts.base import Money, Page, RecurringRevenue, Text

_customer, _segment, _score = Columns("customers"), Columns("segments"), Columns("scores")
_reason = {
    "score": "score it explains",
    "feature": "feature of the model",
    "phrase": "pt-BR sentence",
    "value": "the customer's value",
    "peers": "value of comparable customers",
    "points": "signed contribution; positive raises the score",
}


class CustomerSummary(Contract):
    """A customer as lists show it."""

    customer_id: str = _customer("customer_id", examples=["TABC1"])
    name: str = _customer("name")
    trade_name: Text = _customer("trade_name")
    cnpj: Text = _customer("cnpj")
    city: Text = _customer("city")
    state: Text = _customer("state", examples=["SP"])
    market_segment: Text = _customer("market_segment")
    situation: Text = _customer("situation", examples=["ativo"])
    revenue_band: Text = _customer("revenue_band", examples=["15_50m"])
    contract_band: Text = _customer("contract_band", examples=["5_20k"])
    tenure_years: float | None = _customer("tenure_years")
    tenure_band: Text = _customer("tenure_band", examples=["3_10"])
    mrr: RecurringRevenue = _customer("mrr")
    families: tuple[str, ...] = _customer("families")
    business_units: tuple[str, ...] = _customer("business_units", examples=[["totvs_gestao"]])
    owner_id: Text = _customer("owner_id")
    segment_id: Text = _segment("segment_id")
    segment_name: Text = _segment("segment_name")
    life_stage: Text = _segment("life_stage", examples=["Fiéis"])
    journey_stage: Text = Field(description="stage of the journey, pt-BR", examples=["Renovação próxima"])
    rfm_class: Text = _segment("rfm_class")
    churn_90d: float | None = _score("churn_90d")
    churn_band: Text = _score("churn_band", examples=["alto"])
    health: float | None = _score("health")
    overdue_amount: Money = Field(description="BRL of invoices overdue on the date of the run")
    due_contacts: int = Field(description="contacts the rules propose for it now")
    as_of: date = _customer("as_of")


class Reason(Contract):
    """One signed contribution to a score."""

    score: str = Field(description=_reason["score"])
    feature: str = Field(description=_reason["feature"])
    phrase: str = Field(description=_reason["phrase"])
    value: str | None = Field(description=_reason["value"])
    peers: str | None = Field(description=_reason["peers"])
    points: float | None = Field(description=_reason["points"])


class Customer(CustomerSummary):
    """A customer with everything its golden record, segment and scores say."""

    cnpj_valid: bool | None = _customer("cnpj_valid")
    domain: Text = _customer("domain")
    phone: Text = _customer("phone")
    country_code: int | None = _customer("country_code")
    employees: int | None = _customer("employees")
    sub_segment: Text = _customer("sub_segment")
    cnae: Text = _customer("cnae")
    brand: Text = _customer("brand")
    hosting: Text = _customer("hosting")
    revenue_range: Text = _customer("revenue_range")
    customer_since: date | None = _customer("customer_since")
    onboarding: bool | None = _customer("onboarding")
    lines: int = _customer("lines")
    active_lines: int = _customer("active_lines")
    contract_total: Money | None = _customer("contract_total")
    mrr_12m: Money | None = _customer("mrr_12m")
    purchases_12m: int = _customer("purchases_12m")
    purchases_12m_value: Money | None = _customer("purchases_12m_value")
    confidence: float | None = _segment("confidence")
    x: float | None = _segment("x")
    y: float | None = _segment("y")
    life_stage_probability: float | None = _segment("life_stage_probability")
    migrated_from: Text = _segment("migrated_from")
    churn_90d_low: float | None = _score("churn_90d_low")
    churn_90d_high: float | None = _score("churn_90d_high")
    health_use: float | None = _score("health_use")
    health_relationship: float | None = _score("health_relationship")
    health_support: float | None = _score("health_support")
    health_financial: float | None = _score("health_financial")
    health_result: float | None = _score("health_result")
    nps_detractor_risk: float | None = _score("nps_detractor_risk")
    reasons: tuple[Reason, ...] = _score("reasons")
    usage_ratio: float | None = Field(description="connected time per business day over the mean of its market segment")
    usage_trend: float | None = Field(description="growth of connected time over the last three months")
    days_disconnected: int | None = Field(description="business days since the last connected session")
    nps_value: float | None = Field(description="NPS of its answers in the window, -100 to 100")
    nps_shrunk: bool | None = Field(description="under three answers, so drawn towards its market segment")
    tickets_90d: int | None = Field(description="support tickets opened in 90 days")


class Customer360(Contract):
    """Everything that happened with a customer; its people are elsewhere, behind a purpose.

    Activities and opportunities are empty for who may not see sellers' work.
    """

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
    telemetry: tuple[TelemetryDay, ...] = Field(description="oldest day first")


class CustomerPage(Page[CustomerSummary]):
    """Some customers in the order asked for."""


class Contacts(Contract):
    """The people at one customer, read for a purpose that was written into the audit trail."""

    customer_id: str
    purpose: str
    items: tuple[Contact, ...]
    total: int
