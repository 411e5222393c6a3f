"""The shapes of identify: one customer, quality of loads, categories in doubt, companies that may be one."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from b2shift.identify.shapes.view360 import (
    Activity,
    CampaignEvent,
    Contact,
    ContractLine,
    Customer360,
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
from b2shift.identify.units.contracts import LONGEST_KEY, Unit, UnitKey, Units, UnitsVersion
from b2shift.kernel.contract import Contract

__all__ = [
    "LONGEST_KEY",
    "Activity",
    "Answer",
    "CampaignEvent",
    "CategoryDoubt",
    "CleansingEvaluation",
    "CompanyLink",
    "Contact",
    "ContractLine",
    "Customer360",
    "Decision",
    "DefectCount",
    "FamilyRevenue",
    "FileQuality",
    "Invoice",
    "KindEvaluation",
    "LinkCount",
    "LinkDecision",
    "LinkEvidence",
    "LoadCounts",
    "LoadScore",
    "NpsAnswer",
    "Opportunity",
    "Order",
    "QualityReport",
    "Quote",
    "ResolutionEvaluation",
    "ResolutionReport",
    "RevenueMonth",
    "RuleOutcome",
    "SourceQuality",
    "TelemetryDay",
    "Ticket",
    "TicketMonth",
    "TypedCompany",
    "Unit",
    "UnitKey",
    "Units",
    "UnitsVersion",
    "UsageMonth",
]


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
