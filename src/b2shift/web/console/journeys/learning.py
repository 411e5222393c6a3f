"""The panel of a split that learns: each arm with what it has brought, its share today and over time, and why."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from b2shift.interact.api import journey_learning_splits
from b2shift.interact.contracts import Journey, SplitStep
from b2shift.web.accounts.models import User
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import day, number, percent
from b2shift.web.console.journeys.addresses import stays_url
from b2shift.web.console.wording import shipped, word
from b2shift.web.crm.reading import sees_whole_base
from b2shift.web.journeys.learning import reading
from b2shift.web.journeys.learning.lines import EVERYONE, Line
from b2shift.web.journeys.models import ArmInForce
from b2shift.web.journeys.reading import visible_stays

_DAYS = 120


@dataclass(frozen=True)
class ArmRow:
    """One arm: counts are of the customers one sees, `line` tells of all of them, to who sees them all."""

    name: str
    counts: reading.ArmCounts
    href: str
    share: float | None
    line: ArmInForce | None
    why: str


@dataclass(frozen=True)
class LearningPanel:
    """One split that learns; `groups` are rows of group, arm, share, rate expected and its interval."""

    step: str
    name: str
    window: int
    floor: float
    set_on: date | None
    arms: list[ArmRow]
    groups: Table | None
    picture: Chart | None
    whole: bool


def panels(journey: Journey, user: User) -> list[LearningPanel]:
    """The panels of a journey, in the order of its text."""
    return [_panel(journey, step, user) for step in journey_learning_splits(journey)]


def _panel(journey: Journey, step: SplitStep, user: User) -> LearningPanel:
    whole = sees_whole_base(user)
    batch, groups = reading.newest(journey, step)
    counts = reading.counts(journey, step, visible_stays(user).filter(journey_id=journey.id))
    history = reading.shares_by_day(journey, step, _DAYS)
    today = history[-1][1] if history else {}
    stopped = reading.stops(journey, step)
    everyone = groups.get(EVERYONE, {})
    rows = [
        ArmRow(
            name=arm.name,
            counts=counts.get(arm.name, reading.ArmCounts()),
            href=stays_url(journey.id, braco=f"{step.id}.{arm.name}"),
            share=today.get(arm.name),
            line=everyone.get(arm.name) if whole else None,
            why=_why(arm.name, everyone.get(arm.name), stopped, whole=whole),
        )
        for arm in step.arms
    ]
    return LearningPanel(
        step=step.id,
        name=shipped(step.name),
        window=step.window_days or 0,
        floor=step.floor,
        set_on=batch.day if batch else None,
        arms=rows,
        groups=_groups(groups) if whole else None,
        picture=_picture(step, history),
        whole=whole,
    )


def _why(arm: str, line: ArmInForce | None, stopped: dict[str, tuple[date, Line]], *, whole: bool) -> str:
    if arm in stopped:
        on, then = stopped[arm]
        if not whole:
            return _("Parado em %(day)s: mais clientes pediram para sair.") % {"day": day(on)}
        others = [one for name, one in then.items() if name != arm]
        return _(
            "Parado em %(day)s: pediram para sair %(left)s de %(trials)s, contra %(other)s de %(others)s nos demais."
        ) % {
            "day": day(on),
            "left": number(then[arm].left),
            "trials": number(then[arm].trials),
            "other": number(sum(one.left for one in others)),
            "others": number(sum(one.trials for one in others)),
        }
    if line is None or line.reason == ArmInForce.Reason.STARTING:
        return _("Ainda com a parte inicial: poucos resultados conhecidos.")
    return ""


def _groups(groups: dict[str, Line]) -> Table | None:
    rows = [
        (word("market_segment", group) if group else _("Sem segmento"), one.arm, one.share, one.trials, one.successes,
         one.mean, f"{percent(one.low, 1)} – {percent(one.high, 1)}")
        for group, line in groups.items()
        if group != EVERYONE
        for one in line.values()
    ]  # fmt: skip
    columns = [
        Column(_("Segmento de mercado")), Column(_("Braço")), Column(_("Parte hoje"), "percent"),
        Column(_("Sorteados"), "number"), Column(_("Sucessos"), "number"), Column(_("Taxa esperada"), "percent:1"),
        Column(_("Intervalo de 95%")),
    ]  # fmt: skip
    return Table(columns, rows) if rows else None


def _picture(step: SplitStep, history: list[tuple[date, dict[str, float]]]) -> Chart | None:
    if len(history) < 2:
        return None
    arms = [arm.name for arm in step.arms]
    last = history[-1][1]
    leading = max(arms, key=lambda arm: last[arm])
    columns = [Column(_("Dia"), "day", "x"), *(Column(arm, "percent", "value") for arm in arms)]
    return Chart(
        name=f"partes-{step.id.replace('_', '-')}",
        kind="line",
        title=_("Parte de cada braço, dia a dia"),
        reading=_("Hoje a maior é a de %(arm)s: %(share)s.") % {"arm": leading, "share": percent(last[leading])},
        table=Table(columns, [(on, *(shares[arm] for arm in arms)) for on, shares in history]),
        size="short",
        options={"zero": True},
    )
