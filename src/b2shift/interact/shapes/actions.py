"""Actions that can be offered, and what is decided for each customer."""

from datetime import date
from typing import Annotated

from pydantic import Field

from b2shift.interact.shapes.rules import Channel, Condition, Kind, Name, OwnerRole, Slug, Text
from b2shift.kernel.contract import Contract

Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Accept(Contract):
    """What is known of an action's acceptance: so many of so many offers."""

    accepted: int = Field(ge=0)
    offered: int = Field(ge=1)


class Lift(Contract):
    """A condition that multiplies the chance of acceptance."""

    when: Condition
    times: float = Field(gt=0, le=10)


class Worth(Contract):
    """What an accepted action brings: months of a metric in BRL, times a share."""

    metric: str
    months: float = Field(gt=0, le=60)
    share: float = Field(gt=0, le=1)


class Action(Contract):
    """One thing that can be offered to a customer."""

    id: Slug
    name: Name
    kind: Kind
    theme: Slug
    role: OwnerRole | None = Field(None, description="whose time it takes; None when no person's")
    channels: tuple[Channel, ...] = Field(min_length=1)
    message: Text = Field(description="what is said to the customer, pt-BR; the field {mensagem} of a template")
    cap_group: Slug = Field(description="group of the policy's caps its contacts count in")
    cost: Money = Field(description="BRL of one offer")
    effort: float = Field(ge=0, le=50, description="contacts of one person that it takes")
    accept: Accept
    value: Worth
    where: tuple[Condition, ...] = Field(min_length=1)
    lifts: tuple[Lift, ...] = ()


class ContactCost(Contract):
    """What one contact by a channel costs."""

    cost: Money = Field(description="BRL, without the person's time")
    minutes: float = Field(ge=0, le=1440, description="of a person")


class ContactCosts(Contract):
    """The costs of contacts; assumptions until a house puts its own."""

    version: str = Field(min_length=1, max_length=64)
    hour: Money = Field(description="BRL an hour of the person's time")
    channels: dict[Channel, ContactCost]


class Catalogue(Contract):
    """The actions there are."""

    version: str = Field(min_length=1, max_length=64)
    actions: tuple[Action, ...] = Field(min_length=1)


class Proof(Contract):
    """One value behind a decision."""

    metric: str
    label: str
    value: str
    threshold: str
    source: str


class Left(Contract):
    """An action that was not chosen, and why (pt-BR)."""

    action: str
    why: str


class NextAction(Contract):
    """What is proposed to a customer, in a theme, and why this and not another."""

    customer_id: str
    action: str
    name: str
    theme: str
    role: OwnerRole | None
    channel: Channel
    week: int = Field(description="0 is the first week planned")
    expected: float = Field(description="BRL: chance × value − cost − fatigue")
    low: float = Field(description="lower end of its 90 % interval, for the doubt about the chance of acceptance")
    high: float
    chance: float
    reason: str = Field(description="pt-BR")
    evidence: tuple[Proof, ...]
    runner_up: str | None = Field(None, description="the next best action for this customer")
    runner_up_expected: float | None = None
    would_change: str = Field(description="pt-BR: what would put another in its place")
    left: tuple[Left, ...] = Field(description="every other action and why it was not chosen")


class LimitPrice(Contract):
    """What one more unit of a limit is worth."""

    limit: str = Field(description="pt-BR: role and week, or channel")
    amount: float
    used: float
    price: float = Field(description="BRL for one more contact, or for one more BRL of budget")


class NextActions(Contract):
    """The allocation of everyone's actions."""

    as_of: date
    policy_version: str
    catalogue_version: str
    seed: int
    customers: int
    chosen: tuple[NextAction, ...]
    value: float = Field(description="BRL expected of the allocation")
    greedy_value: float = Field(description="BRL of taking the dearest first, without prices")
    bound: float = Field(description="BRL that no allocation can pass")
    limits: tuple[LimitPrice, ...]


class Option(Contract):
    """An eligible action at the moment of a decision."""

    action: str
    worth: float = Field(description="BRL, priced")
    propensity: float


class Decision(Contract):
    """One decision as it was taken; enough to take it again, bit by bit."""

    customer_id: str
    theme: str
    as_of: date
    policy_version: str
    catalogue_version: str
    seed: int
    explore: float
    options: tuple[Option, ...] = Field(description="eligible and exchangeable, in order of code")
    left: tuple[Left, ...]
    preferred: str
    chosen: str
    week: int
    previous: str = Field(description="hash of the decision before")
    hash: str
