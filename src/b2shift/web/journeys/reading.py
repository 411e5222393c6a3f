"""What each person sees of journeys: those under way, and the stays of the customers they see, counted by step."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet, prefetch_related_objects
from django.db.models.fields.json import KT

from b2shift.interact.contracts import Journey
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.accounts.prepared import Prepared
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import visible_customers
from b2shift.web.journeys.models import Enrolment, Passage, Running
from b2shift.web.journeys.texts import journey_of
from b2shift.web.outreach.models import Draft

State = Enrolment.State
_stays = Prepared(lambda code: Enrolment.objects.filter(customer_id=code))
CAME = ("entrou", "seguiu")


@dataclass(frozen=True)
class Totals:
    """A journey in figures, of the customers one person sees."""

    inside: int = 0
    held: int = 0
    ended: int = 0
    goal: int = 0
    measured: int = 0
    reached: int = 0

    @property
    def entered(self) -> int:
        """Everybody who ever entered."""
        return self.inside + self.held + self.ended


@dataclass
class StepCounts:
    """One step: who came to it, who is there now, what its contacts became."""

    came: int = 0
    here: int = 0
    stopped: int = 0
    contacts: Counter[str] = field(default_factory=Counter)

    def by_state(self) -> list[tuple[str, int]]:
        """The contacts' states with their counts."""
        return sorted(self.contacts.items())


def visible_stays(user: User) -> QuerySet[Enrolment]:
    """Stays of the customers the person sees, for who may see journeys."""
    found = Enrolment.objects.select_related("customer", "version")
    if not may(user, Capability.JOURNEYS):
        return found.none()
    return found.filter(customer_id__in=visible_customers(user).values("customer_id"))


def stays_of(user: User, seen: Customer, most: int) -> list[Enrolment]:
    """The newest stays of a customer the person was found to see."""
    if not may(user, Capability.JOURNEYS):
        return []
    newest = _stays(seen.customer_id)[:most]
    prefetch_related_objects(newest, "version")
    return newest


def under_way() -> QuerySet[Running]:
    """Every journey with a version in force."""
    return Running.objects.select_related("version__author", "version__decided_by")


def totals(stays: QuerySet[Enrolment]) -> dict[str, Totals]:
    """Journey → its figures."""
    counted = stays.select_related(None).order_by().values("journey_id")
    rows = counted.annotate(
        inside=Count("pk", filter=Q(state=State.INSIDE)),
        held=Count("pk", filter=Q(state=State.HELD)),
        ended=Count("pk", filter=Q(state=State.ENDED)),
        goals=Count("pk", filter=Q(goal=True)),
        measures=Count("pk", filter=Q(measured__isnull=False)),
        reached=Count("pk", filter=Q(measured=True)),
    )
    return {
        row["journey_id"]: Totals(
            row["inside"], row["held"], row["ended"], row["goals"], row["measures"], row["reached"]
        )
        for row in rows
    }


def by_step(stays: QuerySet[Enrolment]) -> dict[str, StepCounts]:
    """Step → its counts, over these stays."""
    found: dict[str, StepCounts] = defaultdict(StepCounts)
    plain = stays.select_related(None).order_by()
    passed = Passage.objects.filter(enrolment__in=plain.values("pk")).order_by()
    for step, count in passed.filter(kind__in=CAME).values_list("step").annotate(count=Count("pk")):
        found[step].came = count
    for step, count in passed.filter(kind="impedido").values_list("step").annotate(count=Count("pk")):
        found[step].stopped = count
    for step, count in plain.exclude(state=State.ENDED).values_list("step").annotate(count=Count("pk")):
        found[step].here = count
    for _key, step, state in _contacts(plain):
        found[step].contacts[state] += 1
    return found


def outcomes(stays: QuerySet[Enrolment]) -> Mapping[str, int]:
    """How those that ended did, most frequent first."""
    ended = stays.select_related(None).filter(state=State.ENDED).order_by()
    return dict(ended.values_list("outcome").annotate(count=Count("pk")).order_by("-count", "outcome"))


def stopped(stays: QuerySet[Enrolment]) -> QuerySet[Passage]:
    """Contacts that the guard, or the lack of an address, stopped, newest first, each with its reasons."""
    found = Passage.objects.filter(kind="impedido", enrolment__in=stays.select_related(None).order_by().values("pk"))
    return found.select_related("enrolment__customer", "enrolment__version").order_by("-at", "-pk")


def stays_at(stays: QuerySet[Enrolment], step: str, *, passed: bool) -> QuerySet[Enrolment]:
    """Those who are at a step now, or who ever came to it."""
    if not passed:
        return stays.filter(step=step).exclude(state=State.ENDED)
    came = Passage.objects.filter(step=step, kind__in=CAME).values("enrolment_id")
    return stays.filter(pk__in=came)


def step_names(stay: Enrolment) -> Mapping[str, str]:
    """Code → name of the steps of a stay's version."""
    return names_of(journey_of(stay.version))


def names_of(journey: Journey) -> Mapping[str, str]:
    """Code → name of a journey's steps."""
    return {one.id: one.name for one in journey.steps}


def contacted(stays: QuerySet[Enrolment], step: str, state: str) -> QuerySet[Enrolment]:
    """Those whose contact at a step is in a state."""
    found = _contacts(stays.select_related(None).order_by())
    return stays.filter(pk__in=[key for key, *contact in found if tuple(contact) == (step, state)])


def _contacts(stays: QuerySet[Enrolment]) -> Iterable[tuple[int, str, str]]:
    """(stay, step, state) of every contact: the draft's state until it is queued, the message's from then on."""
    keys = {f"j{key}": key for key in stays.values_list("pk", flat=True)}
    journeys = stays.values("journey_id").distinct()
    drafts = Draft.objects.filter(rule_id__in=journeys, proposal_id__startswith="j").order_by()
    for code, state, sent in drafts.values_list("proposal_id", "state", "message__state"):
        stay, _dot, step = code.partition(".")
        if stay in keys:
            yield keys[stay], step, sent or state


def arms(stays: QuerySet[Enrolment], steps: list[str]) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """(step, arm) → how many were drawn, reached a goal, were measured, reached the measure."""
    drawn = Passage.objects.filter(
        enrolment__in=stays.select_related(None).order_by().values("pk"),
        step__in=steps,
        kind__in=("sorteou", "segurou"),
    )
    rows = (
        drawn.order_by()
        .values_list("step", "kind", KT("detail__arm"))
        .annotate(
            drawn=Count("pk"),
            goals=Count("pk", filter=Q(enrolment__goal=True)),
            measures=Count("pk", filter=Q(enrolment__measured__isnull=False)),
            reached=Count("pk", filter=Q(enrolment__measured=True)),
        )
    )
    return {
        (step, "controle" if kind == "segurou" else arm or "seguiu"): (count, goals, measured, reached)
        for step, kind, arm, count, goals, measured, reached in rows
    }
