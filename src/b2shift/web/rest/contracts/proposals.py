"""Due contacts and the rules that propose them, as programs read them."""

from datetime import date

from pydantic import Field

from b2shift.kernel.contract import Contract
from b2shift.web.rest.column_descriptions import Columns
from b2shift.web.rest.contracts.base import Page, RecurringRevenue, Text

_proposal, _rule, _action = map(Columns, ("proposals", "contact_rules", "next_actions"))


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
    mrr_at_stake: RecurringRevenue = _proposal("mrr_at_stake")
    blocked: Text = _proposal("blocked")


class ProposalPage(Page[Proposal]):
    """Some due contacts in the order asked for."""


class LeftAction(Contract):
    """An action that was not chosen, and why."""

    action: str
    why: str


class NextAction(Contract):
    """What is best for a customer in a theme, with its reason; nothing is sent from here."""

    action_id: str = _action("action_id")
    customer_id: str = _action("customer_id")
    customer_name: str = Field(description="trade name, else registered name")
    as_of: date = _action("as_of")
    theme: str = _action("theme")
    action: str = _action("action", examples=["modulo_adicional"])
    name: str = _action("name")
    kind: str = _action("kind")
    message: str = _action("message")
    role: Text = _action("role")
    channel: str = _action("channel")
    week: int = _action("week")
    expected: float = _action("expected")
    low: float = _action("low")
    high: float = _action("high")
    chance: float = _action("chance")
    reason: str = _action("reason")
    evidence: tuple[Evidence, ...] = _action("evidence")
    runner_up: Text = _action("runner_up")
    runner_up_expected: float | None = _action("runner_up_expected")
    would_change: str = _action("would_change")
    left: tuple[LeftAction, ...] = _action("left")


class NextActionPage(Page[NextAction]):
    """Some next actions in the order asked for."""


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
