"""The shapes of identify: everything known about one customer, as the lists of `customer_360` hold it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

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
    quotes: tuple[Quote, ...] = Field(description="newest 50")
    opportunities: tuple[Opportunity, ...] = Field(description="newest 50")
    activities: tuple[Activity, ...] = Field(description="newest 100")
    campaigns: tuple[CampaignEvent, ...] = Field(description="newest 100")
    contacts: tuple[Contact, ...]
    telemetry: tuple[TelemetryDay, ...] = Field(description="oldest day first")


class FileQuality(Contract):
    """One file of a source: what it was, and what became of its rows."""

    file: str
    status: str = Field(description="loaded, missing, failed or unknown")
    message: str | None
    encoding: str | None
    date_order: str | None
    date_evidence: str | None
    decimal_mark: str | None
    new_columns: tuple[str, ...] = Field(description="columns nobody declared, kept in raw")
    rows_read: int
    rows_accepted: int
    rows_rejected: int = Field(description="rows and lines set aside")
    values_repaired: int = Field(description="values changed or left unknown")


class DefectCount(Contract):
    """How often one kind of defect was met in one column of a source, by what was done about it."""

    kind: str
    column: str | None = Field(description="null for whole rows and lines")
    treatment: str = Field(description="repaired, unknown (left without a value) or rejected")
    count: int


class RuleOutcome(Contract):
    """One rule of a source, in the newest load that could tell."""

    rule: str = Field(description="complete, valid, unique, known, fresh, steady, volume or pace")
    about: str = Field(description="column or condition it looks at; empty for the whole source")
    critical: bool
    value: float | None
    passed: bool
    told: str = Field(description="the rule and its number in words, pt-BR")
    load: int


class LoadScore(Contract):
    """How a source did in one load."""

    load: int
    score: float = Field(description="0 to 100: share of its rules kept, a critical one counting three times")


class LoadCounts(Contract):
    """What one load brought of a source, against the load before."""

    load: int
    new: int
    late: int
    changed: int
    corrected: int
    spoilt: int = Field(description="rows that lost a value to a defect")
    recovered: int = Field(description="rows that got such a value back")
    withdrawn: int
    refused: int = Field(description="rows whose newer self was set aside")
    unchanged: int


class SourceQuality(Contract):
    """One source of the delivery."""

    source: str
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    values_repaired: int
    files: tuple[FileQuality, ...]
    defects: tuple[DefectCount, ...]
    rules: tuple[RuleOutcome, ...] = Field((), description="the broken first")
    scores: tuple[LoadScore, ...] = Field((), description="oldest load first")
    loads: tuple[LoadCounts, ...] = Field((), description="oldest load first")


class QualityReport(Contract):
    """The quality of one version of the lake."""

    version: int
    as_of: date
    sources: tuple[SourceQuality, ...]


class CategoryDoubt(Contract):
    """A rare category or city that may be a frequent one, waiting for a person."""

    vocabulary: str
    delivered: str = Field(description="the rare form, as it is written today")
    spelling: str = Field(description="the frequent form it may be")
    rows: int
    rows_of_spelling: int
    confidence: float = Field(description="likeness of their letters, 0 to 1")


class Answer(StrEnum):
    """What a person said about a pair; `open`: an earlier answer is taken back."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    OPEN = "open"


class Decision(Contract):
    """One answer: whether `delivered` is `spelling`, in one vocabulary."""

    vocabulary: str = Field(min_length=1)
    delivered: str = Field(min_length=1)
    spelling: str = Field(min_length=1)
    answer: Answer
    by: str = Field(min_length=1, description="who decided")
    at: datetime

    @property
    def rule(self) -> str:
        """How it is told beside the values it changed."""
        return f"decidido por {self.by} em {self.at:%d/%m/%Y}"


class LinkEvidence(Contract):
    """What one kind of evidence says about two records being one company."""

    evidence: str = Field(description="name, legal_form, city, segment, cnpj_root, domain or phone")
    level: str = Field(description="how far both agree")
    points: float = Field(description="bits: positive speaks for one company, negative against")


class CompanyLink(Contract):
    """A record that may be the same company as a prospect, or as one being typed."""

    kind: str = Field(description="customer or prospect")
    id: str
    name: str | None
    probability: float = Field(ge=0, le=1)
    points: float = Field(description="bits: log2 of the odds")
    zone: str = Field(description="same, doubt or other")
    evidence: tuple[LinkEvidence, ...]
    decided_by: str | None = None
    decided_at: datetime | None = None


class LinkDecision(Contract):
    """A person's answer to whether a prospect and another record are one company."""

    prospect_id: str = Field(min_length=1)
    same_as: str = Field(min_length=1)
    answer: Answer
    by: str = Field(min_length=1, description="who decided")
    at: datetime


class TypedCompany(Contract):
    """A company as far as somebody has typed it."""

    name: str = ""
    cnpj: str | None = None
    domain: str | None = None
    phone: str | None = None
    city: str | None = None
    state: str | None = None
    market_segment: str | None = None


class LinkCount(Contract):
    """How many pairs lie in one zone."""

    kind: str = Field(description="customer or prospect")
    zone: str
    pairs: int
    decided: int = Field(description="by a person")


class ResolutionReport(Contract):
    """What resolution found in one version."""

    version: int
    prospects: int
    companies: int = Field(description="behind them")
    already_customers: int = Field(description="prospects that are customers")
    repeated: int = Field(description="prospects whose company has an earlier prospect")
    contacts: int = Field(0, description="people at customers, as registered")
    persons: int = Field(0, description="behind those contacts")
    contact_doubts: int = Field(0, description="pairs of contacts that wait for a person")
    zones: tuple[LinkCount, ...]


class ResolutionEvaluation(Contract):
    """One question of resolution against the truth of a demo drop: pairs told, and how many are right."""

    question: str = Field(description="customer (already one) or prospect (duplicates)")
    true_pairs: int
    told_pairs: int
    right_pairs: int
    doubts: int = Field(description="pairs that wait for a person")


class KindEvaluation(Contract):
    """How one kind of planted defect was met."""

    kind: str
    planted: int
    detected: int = Field(description="repaired, left unknown or rejected")
    right: int = Field(description="given its true value back, or refused for the true reason")


class CleansingEvaluation(Contract):
    """A cleansed delivery against the truth of a demo drop."""

    kinds: tuple[KindEvaluation, ...]
    values: int = Field(description="values delivered, telemetry apart")
    clean_values_altered: int
    clean_rows_refused: int
    customers_lost: int
