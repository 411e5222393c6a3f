"""A journey is a state machine without ways back: who enters, what happens step by step, where it ends."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from b2shift.interact.shapes.messages import Body
from b2shift.interact.shapes.rules import Audience, Channel, Condition, Kind, Name, OwnerRole, Slug, Text, Trigger
from b2shift.kernel.contract import Contract

Share = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
Term = Annotated[int, Field(ge=1, le=365)]
Subject = Annotated[str, Field(min_length=3, max_length=150)]
Fact = bool | float | str | None


class CampaignType(StrEnum):
    """What a journey truly is; every enrolment keeps it."""

    PROMOTOR = "promotor"
    SATISFEITO = "satisfeito"
    NEUTRO = "neutro"
    DETRATOR = "detrator"
    ALTO_VALOR = "alto_valor"
    ONBOARDING = "onboarding"
    RENOVACAO = "renovacao"
    BAIXO_USO = "baixo_uso"
    RECONQUISTA = "reconquista"
    OUTRA = "outra"


class CustomerClass(StrEnum):
    """How the newest answer to the relationship survey, at most a year old, places a customer."""

    PROMOTOR = "promotor"
    SATISFEITO = "satisfeito"
    NEUTRO = "neutro"
    DETRATOR = "detrator"
    SEM_RESPOSTA = "sem_resposta"


class Answer(StrEnum):
    """What came of a contact: the customer's own act or a person's word."""

    RESPONDEU = "respondeu"
    CLICOU = "clicou"
    ACEITOU = "aceitou"
    RECUSOU = "recusou"
    FEITO = "feito"
    SEM_RESPOSTA = "sem_resposta"
    PEDIU_PARA_SAIR = "pediu_para_sair"


class Classes(Contract):
    """The customer's class now and 3, 6 and 12 months before; what is empty does not limit."""

    now: tuple[CustomerClass, ...] = ()
    months_3: tuple[CustomerClass, ...] = ()
    months_6: tuple[CustomerClass, ...] = ()
    months_12: tuple[CustomerClass, ...] = ()


class Enter(Contract):
    """Who enters and when; `reentry_days` is said even when nobody may come back (null)."""

    audience: Audience = Audience()
    classes: Classes = Classes()
    trigger: Trigger
    reentry_days: int | None = Field(ge=1, le=1825, description="days after leaving; null: never again")


class Measure(Contract):
    """What success is, looked at for everyone who entered, held out or not."""

    all: tuple[Condition, ...] = Field(min_length=1)
    within_days: Term


class _Step(Contract):
    id: Annotated[Slug, Field(max_length=40)]
    name: Name


class MessageStep(_Step):
    """Says something by the first channel that is allowed and has an address."""

    kind: Literal["message"]
    channels: tuple[Channel, ...] = Field(min_length=1)
    message: Text = Field(description="the key message, for the field {mensagem}")
    subject: Annotated[str, Field(min_length=3, max_length=150)] | None = Field(
        None, description="null: the template's"
    )
    text: Body | None = Field(None, description="null: the template's")
    approval: Literal["guarda", "sempre"] = Field("guarda", description="sempre: a person says yes to each one")
    next: Slug
    unreachable: Slug | None = Field(None, description="where to go when no channel is allowed; null: next")


class TaskStep(_Step):
    """Asks a person to speak with the customer."""

    kind: Literal["task"]
    channel: Literal[Channel.TELEFONE, Channel.REUNIAO, Channel.VISITA]
    text: Text
    due_days: int = Field(ge=0, le=90, description="business days")
    approval: Literal["guarda", "sempre"] = "guarda"
    next: Slug
    unreachable: Slug | None = None


class WaitStep(_Step):
    """Waits for an answer, at most for its term; without `until`, for the whole term."""

    kind: Literal["wait"]
    days: Term | None = None
    business_days: Term | None = None
    until: tuple[Answer, ...] = ()
    next: Slug = Field(description="where to go when it was heard, or when a plain wait is over")
    otherwise: Slug | None = Field(None, description="where to go when the term ends first; null: next")


class Case(Contract):
    """One way out of a branch."""

    all: tuple[Condition, ...] = Field(min_length=1)
    next: Slug


class BranchStep(_Step):
    """Goes the way of the first case that holds."""

    kind: Literal["branch"]
    cases: tuple[Case, ...] = Field(min_length=1)
    otherwise: Slug


class Arm(Contract):
    """One arm of an experiment."""

    name: Slug
    share: Share
    next: Slug


class SplitStep(_Step):
    """Draws an arm by a hash of who is inside: the same each time, its propensity kept.

    One that learns begins with the arms' shares and moves them, by group of customers, towards the arm by which the
    journey's measure is reached within `window_days` of the draw; no arm gets less than `floor`, unless it makes
    customers leave.
    """

    kind: Literal["split"]
    arms: tuple[Arm, ...] = Field(min_length=2)
    learns: bool = False
    window_days: Term | None = Field(None, description="days after the draw within which a success counts")
    floor: float = Field(0.03, ge=0.02, le=0.5, allow_inf_nan=False, description="the least an arm that learns gets")


class HoldoutStep(_Step):
    """Keeps a share back, never contacted, to tell what the journey itself brings about."""

    kind: Literal["holdout"]
    share: Share
    next: Slug


class GoalStep(_Step):
    """The end that was wanted."""

    kind: Literal["goal"]
    outcome: Slug


class ExitStep(_Step):
    """Any other end."""

    kind: Literal["exit"]
    outcome: Slug


Step = Annotated[
    MessageStep | TaskStep | WaitStep | BranchStep | SplitStep | HoldoutStep | GoalStep | ExitStep,
    Field(discriminator="kind"),
]


class Journey(Contract):
    """One journey; its first step is the first of the list. Nobody is in two journeys of one theme."""

    id: Slug
    name: Name
    about: Text
    type: CampaignType
    kind: Kind
    theme: Slug
    cap_group: Slug
    owner_role: OwnerRole
    enter: Enter
    measure: Measure
    steps: tuple[Step, ...] = Field(min_length=2, max_length=60)

    def step(self, name: str) -> Step:
        """The step of this code; KeyError when there is none."""
        for one in self.steps:
            if one.id == name:
                return one
        raise KeyError(name)


class Position(Contract):
    """Where somebody is: the step, since when, until when at most, what was asked and heard so far."""

    step: str
    since: AwareDatetime
    wakes_at: AwareDatetime | None = None
    asked: bool = False
    heard: int = Field(0, description="number of the last answer taken in")


class Heard(Contract):
    """An answer and its number, which grows."""

    number: int
    value: str


class SharesInForce(Contract):
    """The shares a split that learns draws with now, for this customer's group."""

    number: int = Field(description="of the batch they were set in")
    group: str
    shares: dict[str, float] = Field(description="arm → share; they add up to one")


class Known(Contract):
    """What is known when a step is decided."""

    facts: dict[str, Fact] = {}
    answers: tuple[Heard, ...] = ()
    settled: dict[str, Literal["espera", "feito", "impedido"]] = Field(
        {}, description="what became of what a step asked for"
    )
    shares: dict[str, SharesInForce] = Field({}, description="split that learns → its shares; none: those of its arms")


class Happened(Contract):
    """One thing that happened in an enrolment."""

    kind: Literal["entrou", "pediu", "ouviu", "venceu", "seguiu", "sorteou", "segurou", "terminou"]
    step: str
    detail: dict[str, Fact] = {}


class Advance(Contract):
    """What comes next: a new position or an end, and what the shell must ask for now."""

    position: Position | None
    happened: tuple[Happened, ...] = ()
    ask: str | None = Field(None, description="step whose message or task is to be asked for")
    held: bool = False
    outcome: str | None = None
    goal: bool = False


class Entrant(Contract):
    """Somebody who may enter a journey now, and why."""

    journey: str
    customer_id: str
    occasion: str
    reason: str


class JourneyDay(Contract):
    """Who may enter on a day, and what is known of those who enter or are inside."""

    entrants: tuple[Entrant, ...]
    facts: dict[str, dict[str, Fact]]


class StepLoad(Contract):
    """What a simulation counted at one step."""

    step: str
    name: str
    kind: str
    entered: int
    contacts: int = 0


class RoleWeek(Contract):
    """Tasks that a simulation gave the people of a role in a week."""

    role: OwnerRole
    week: str = Field(description="its Monday")
    tasks: int
    capacity: int | None = None


class JourneySimulation(Contract):
    """What a journey would have done; nothing was sent."""

    journey: str
    name: str
    start: str
    end: str
    days: int = Field(description="business days")
    customers: int
    entered: int
    held: int
    messages: int
    tasks: int
    inside: int = Field(description="still inside on the last day")
    outcomes: dict[str, int]
    steps: tuple[StepLoad, ...]
    weeks: tuple[RoleWeek, ...]
    answering: float = Field(description="share of the contacts that was taken to be answered")
    unknown: tuple[str, ...] = Field(description="metrics without a past: their conditions never held")
    unlearnt: tuple[str, ...] = Field(
        (), description="names of splits that learn: nothing was sent, so they kept the shares they begin with"
    )
    seconds: float
