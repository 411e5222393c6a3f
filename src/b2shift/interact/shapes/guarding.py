"""What the guard is asked, what it knows, what it answers; and the limits it enforces."""

from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from b2shift.identify.contracts import UnitKey
from b2shift.interact.shapes.rules import Channel, ContractBand, Kind, OwnerRole, Slug, TenureBand
from b2shift.kernel.contract import Contract

Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Key = Annotated[str, Field(min_length=1, max_length=80)]


class Stage(StrEnum):
    """When the guard is asked: each later moment asks everything again."""

    PROPOSTA = "proposta"
    FILA = "fila"
    ENVIO = "envio"


class Approval(Contract):
    """A person's yes to one effect, as it was shown to them."""

    person: Key
    role: OwnerRole
    at: AwareDatetime
    of: str = Field(description="fingerprint of the effect approved")


class Effect(Contract):
    """Something that would reach a customer."""

    customer_id: Key
    person_id: Key | None = Field(None, description="person at the customer; None when the account as a whole")
    channel: Channel
    kind: Kind
    group: Slug = Field(description="group of the policy's caps")
    unit: UnitKey
    proposer: Key
    content: str = Field("", max_length=20_000, description="what would be said")
    discount_percent: Percent = 0
    discount_invoices: int = Field(0, ge=0, le=1200)
    credit: Amount = 0
    stake: Amount = Field(0, description="BRL that the effect puts at stake")
    confidence: float = Field(1, ge=0, le=1, description="of whoever proposes it")
    recipients: int = Field(1, ge=1, description="customers of the campaign it belongs to")
    approvals: tuple[Approval, ...] = ()

    def fingerprint(self) -> str:
        """What an approval is of: everything but the approvals."""
        text = self.model_dump_json(exclude={"approvals"})
        return blake2b(text.encode(), digest_size=16).hexdigest()


class Contacted(Contract):
    """A contact that was made or is on its way."""

    at: AwareDatetime
    channel: Channel
    group: Slug
    person_id: Key | None = None


class Conceded(Contract):
    """A concession that was made."""

    at: AwareDatetime
    percent: Percent
    invoices: int = Field(ge=0)


class GuardContext(Contract):
    """What is known of the customer, and of the switches, at the moment of asking."""

    units: tuple[UnitKey, ...]
    consents: tuple[Channel, ...] = Field(
        (), description="channels the person, or somebody of the account, consents to"
    )
    opposed: tuple[Channel, ...] = Field((), description="channels refused; an opposition beats any consent")
    opposed_to_all: bool = False
    state: str = Field("", max_length=2, description="Brazilian state, for hours and holidays")
    contract_band: ContractBand = "zero"
    tenure_band: TenureBand = "ate_3"
    executive: bool = False
    distressed: bool = Field(False, description="in recovery of credit, closing down, in dispute")
    mrr: Amount = 0
    overdue: int | None = Field(None, ge=0, description="overdue invoices; None when payments are not known")
    unpaid_share: float | None = Field(None, ge=0, le=1)
    high_risk: bool = Field(True, description="of leaving; unknown counts as high")
    contacts: tuple[Contacted, ...] = ()
    concessions: tuple[Conceded, ...] = ()
    under_review: str = Field("", description="protocol of an open review of automated decisions about them")
    stopped: bool = Field(False, description="the switch of everything")
    stopped_channels: tuple[Channel, ...] = ()


class Refusal(Contract):
    """One limit that the effect does not keep."""

    code: str
    why: str = Field(description="pt-BR")


class Judgement(Contract):
    """May it go on? Only when nothing is refused and there is nothing to wait for."""

    stage: Stage
    refusals: tuple[Refusal, ...] = ()
    approvals_missing: int = 0
    wait_until: datetime | None = Field(None, description="the first moment at which it may be sent")

    @property
    def allowed(self) -> bool:
        """Whether it may go on now."""
        return not self.refusals and not self.approvals_missing and self.wait_until is None


class Ceiling(Contract):
    """The most that may be conceded to one kind of customer."""

    contract_bands: tuple[ContractBand, ...] = Field(min_length=1)
    tenure_bands: tuple[TenureBand, ...] = Field(min_length=1)
    percent: Percent
    invoices: int = Field(ge=0)


class Hours(Contract):
    """From an hour to an hour of business days, in the customer's time zone."""

    first: int = Field(ge=0, le=23)
    last: int = Field(ge=1, le=24, description="the hour at which the day is over")

    @model_validator(mode="after")
    def _ordered(self) -> "Hours":
        if self.first >= self.last:
            raise ValueError("a hora de abrir (first) precisa vir antes da de fechar (last)")
        return self


class Escalation(Contract):
    """Who is told of a task so many business days after its day."""

    after_days: int = Field(ge=0, le=60)
    to: OwnerRole


class Limits(Contract):
    """What no effect may pass, whoever proposes it."""

    need_consent: tuple[Channel, ...]
    any_hour: tuple[Channel, ...]
    hours: Hours
    account_7d: int = Field(ge=1)
    person_7d: int = Field(ge=1)
    most_percent: Percent
    most_invoices: int = Field(ge=0)
    concessions_12m: int = Field(ge=0)
    concessions: tuple[Ceiling, ...]
    concession_kinds: tuple[Kind, ...]
    approval_above: Amount = Field(description="BRL at stake above which somebody must approve")
    approval_below_confidence: float = Field(ge=0, le=1)
    approval_days: int = Field(ge=1)
    four_eyes_recipients: int = Field(ge=1)
    escalations: tuple[Escalation, ...] = Field((), description="of tasks nobody did in time, the soonest first")
    approving_roles: tuple[OwnerRole, ...] = Field(min_length=1)
    credit_unit: UnitKey
    credit_months_of_mrr: Amount

    @model_validator(mode="after")
    def _within(self) -> "Limits":
        if any(one.percent > self.most_percent or one.invoices > self.most_invoices for one in self.concessions):
            raise ValueError("a concessão passa de most_percent ou de most_invoices")
        days = [one.after_days for one in self.escalations]
        if days != sorted(set(days)):
            raise ValueError("os avisos precisam estar na ordem dos dias, um por dia")
        return self
