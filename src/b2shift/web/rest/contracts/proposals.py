"""Due contacts and the rules that propose them, as programs read them."""

from datetime import date

from pydantic import Field

from b2shift.kernel.contract import Contract
from b2shift.web.rest.contracts.base import Money, Page, Text
from b2shift.web.rest.declared import Columns

_proposal, _rule = Columns("proposals"), Columns("contact_rules")


class Evidence(Contract):
    """One value behind a reason."""

    metric: str
    label: str | None
    value: str | None
    threshold: str | None
    source: str | None


class Proposal(Contract):
    """A due contact with its reason; nothing is sent from here."""

    proposal_id: str = _proposal("proposal_id")
    customer_id: str = _proposal("customer_id")
    customer_name: str = Field(description="trade name, else registered name")
    as_of: date = _proposal("as_of")
    rule_id: str = _proposal("rule_id")
    rule_name: Text = _proposal("rule_name")
    policy_version: Text = _proposal("policy_version")
    segment_id: Text = _proposal("segment_id")
    trigger: Text = _proposal("trigger")
    kind: Text = _proposal("kind", examples=["retencao"])
    action: Text = _proposal("action")
    objective: Text = _proposal("objective")
    message: Text = _proposal("message")
    channels: tuple[str, ...] = _proposal("channels", examples=[["email", "telefone"]])
    owner_role: Text = _proposal("owner_role")
    owner_id: Text = _proposal("owner_id")
    priority: int = _proposal("priority")
    due_on: date | None = _proposal("due_on")
    reason: Text = _proposal("reason")
    evidence: tuple[Evidence, ...] = _proposal("evidence")
    mrr_at_stake: Money = _proposal("mrr_at_stake")
    blocked: Text = _proposal("blocked")


class ProposalPage(Page[Proposal]):
    """Some due contacts in the order asked for."""


class Rule(Contract):
    """A contact rule in force."""

    rule_id: str = _rule("rule_id")
    name: str = _rule("name")
    archetype: Text = _rule("archetype")
    trigger: Text = _rule("trigger")
    condition: Text = _rule("condition")
    kind: Text = _rule("kind")
    action: Text = _rule("action")
    channels: tuple[str, ...] = _rule("channels")
    owner_role: Text = _rule("owner_role")
    priority: int = _rule("priority")
    customers: int | None = Field(description="customers it reaches; null for who may not see totals of the base")
    due: int | None = Field(description="proposals it wrote; null for who may not see totals of the base")


class RulePage(Page[Rule]):
    """Every rule."""
