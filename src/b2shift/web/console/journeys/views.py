"""`/jornadas/`: what runs and what waits for a yes; one journey step by step; the stays behind every number."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from b2shift.interact.api import journey_learning_splits, published_journey, ready_journeys
from b2shift.interact.contracts import HoldoutStep, Journey, SplitStep
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.charts import Column, Table
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import counted, number
from b2shift.web.console.journeys.addresses import stays_url
from b2shift.web.console.journeys.learning import panels
from b2shift.web.console.journeys.picture import picture, transition_labels
from b2shift.web.console.wording import WORDS, shipped, word
from b2shift.web.crm.paging import page_of
from b2shift.web.journeys.learning.shares import key_of, trials_of
from b2shift.web.journeys.models import Enrolment, Passage, Running, Version
from b2shift.web.journeys.reading import (
    Totals,
    arms,
    by_step,
    contacted,
    outcomes,
    stays_at,
    step_names,
    stopped,
    totals,
    under_way,
    visible_stays,
)
from b2shift.web.journeys.texts import journey_of

_SHOWN_STOPS = 20


@access_required(Capability.JOURNEYS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Journeys under way with their figures, versions that wait for a yes, and those ready to be published."""
    running = list(under_way())
    figures = totals(visible_stays(request.user))
    started = {one.journey_id for one in running}
    inside = sum(one.inside + one.held for one in figures.values())
    context = {
        "running": [(one, figures.get(one.journey_id, Totals()), journey_of(one.version)) for one in running],
        "waiting": Version.objects.select_related("author").filter(state=Version.State.PROPOSED).order_by("created_at"),
        "ready": [published_journey(text) for name, text in ready_journeys().items() if name not in started],
        "may_draw": may(request.user, Capability.DRAW_JOURNEYS),
        "sentence": _("Nenhuma jornada em curso.")
        if not running
        else _("%(journeys)s em curso; %(inside)s dentro, dos clientes que você acompanha.")
        % {
            "journeys": counted(ngettext("%(n)s jornada", "%(n)s jornadas", len(running)), len(running)),
            "inside": counted(ngettext("%(n)s cliente", "%(n)s clientes", inside), inside),
        },
    }
    return render(request, "console/journeys/index.html", context)


@access_required(Capability.JOURNEYS)
def monitor(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """One journey: its picture, its funnel, what was stopped and why, how those who left did."""
    one = _running(name)
    journey, stays = journey_of(one.version), visible_stays(request.user).filter(journey_id=name)
    counts, figures = by_step(stays), totals(stays).get(name, Totals())
    places = {step.id: stays_url(name, passo=step.id) for step in journey.steps}
    runs, ways = may(request.user, Capability.RUN_JOURNEYS), transition_labels(journey)
    context = {
        "one": one,
        "by": User.objects.filter(email=one.by).values_list("name", flat=True).first() or one.by,
        "journey": journey,
        "figures": _figures(name, figures),
        "picture": picture(journey, {step.id: counts[step.id] for step in journey.steps}, places),
        "steps": [
            (step, counts[step.id], stays_url(name, passo=step.id, vieram="1"), ways[step.id]) for step in journey.steps
        ],
        "outcomes": [(code, count, stays_url(name, desfecho=code)) for code, count in outcomes(stays).items()],
        "arms": arms_table(journey, stays),
        "learning": panels(journey, request.user),
        "stops": stopped(stays)[:_SHOWN_STOPS],
        "stop_count": sum(step.stopped for step in counts.values()),
        "may_run": runs,
        "may_draw": may(request.user, Capability.DRAW_JOURNEYS),
        "others": stays.exclude(version=one.version).exclude(state=Enrolment.State.ENDED).count() if runs else 0,
        "sentence": shipped(journey.about),
    }
    return render(request, "console/journeys/monitor.html", context)


@access_required(Capability.JOURNEYS)
def stays(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """The stays behind a number of the journey's page."""
    one = _running(name)
    rows, said = _asked(request, visible_stays(request.user).filter(journey_id=name), journey_of(one.version))
    total = rows.count()
    page = page_of(rows, column="id", descending=True, key="id", cursor=request.GET.get("cursor", ""))
    context = {
        "one": one,
        "page": page,
        "rows": [(stay, step_names(stay).get(stay.step, stay.step)) for stay in page.rows],
        "total": total,
        "sentence": f"{said}: {number(total)}.",
    }
    return render(request, "console/journeys/stays.html", context)


@access_required(Capability.JOURNEYS)
def stay(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """One stay: why it began, what happened in it, what came of it."""
    found = visible_stays(request.user).filter(pk=key).first()
    if found is None:
        raise Http404(_("Esta estada não é de um cliente que você acompanha."))
    names = step_names(found)
    story = [
        (one, names.get(one.step, one.step), passage_description(one)) for one in found.passages.order_by("sequence")
    ]
    classes = [(label, found.classes.get(name)) for name, label in _CLASSES.items()]
    context = {"stay": found, "story": story, "classes": classes, "here": names.get(found.step, found.step)}
    return render(request, "console/journeys/stay.html", context)


TRIAL_RESULTS: Mapping[str, Mapping[str, Any]] = {
    "sorteado": {},
    "sucesso": {"success": True},
    "no_prazo": {"success": None},
    "saiu": {"left_after__isnull": False},
}
_CLASSES = {
    "class_now": gettext_lazy("agora"),
    "class_3m": gettext_lazy("3 meses antes"),
    "class_6m": gettext_lazy("6 meses antes"),
    "class_12m": gettext_lazy("12 meses antes"),
}


def passage_description(one: Passage) -> str:
    """The details of a passage in few words."""
    return _TOLD[one.kind](one.detail) if one.kind in _TOLD else ""


def _drawn(detail: Mapping[str, Any]) -> str:
    return f"{detail.get('arm', '')} {float(detail['propensity']):.0%}".strip()


_TOLD: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "impedido": lambda detail: str(detail["porque"]),
    "ouviu": lambda detail: word("outcome", str(detail["answer"])),
    "sorteou": _drawn,
    "segurou": _drawn,
    "terminou": lambda detail: word("journey_outcome", str(detail["outcome"])),
    "mediu": lambda detail: _("alcançou a medida") if detail["alcancou"] else _("não alcançou a medida"),
    "migrou": lambda detail: _("da versão %(de)s para a %(para)s") % detail,
}


def _running(name: str) -> Running:
    one = under_way().filter(journey_id=name).first()
    if one is None:
        raise Http404(_("Não há jornada em curso com este código."))
    return one


def _figures(name: str, totals: Totals) -> list[tuple[str, int, str, str]]:
    return [
        (_("Entraram"), totals.entered, "people", stays_url(name)),
        (_("Dentro agora"), totals.inside, "clock", stays_url(name, estado="inside")),
        (_("Grupo de controle"), totals.held, "eye", stays_url(name, estado="held")),
        (_("Chegaram ao objetivo"), totals.goal, "target", stays_url(name, objetivo="1")),
    ]


def _asked(
    request: AuthenticatedRequest, rows: QuerySet[Enrolment], journey: Journey
) -> tuple[QuerySet[Enrolment], str]:
    """The stays an address asks for, and in words which they are."""
    names, said = {step.id: shipped(step.name) for step in journey.steps}, _("Todas as estadas")
    if step := request.GET.get("passo", "")[:40]:
        came = bool(request.GET.get("vieram"))
        rows = stays_at(rows, step, passed=came)
        said = (_("Vieram ao passo %(name)s") if came else _("Estão no passo %(name)s")) % {
            "name": names.get(step, step)
        }
    if (contact := request.GET.get("contato", "")) in WORDS["journey_contact"]:
        rows = contacted(rows, request.GET.get("passo", ""), contact)
        said = f"{said}: {word('journey_contact', contact).lower()}"
    if request.GET.get("impedidos"):
        rows = rows.filter(pk__in=Passage.objects.filter(kind="impedido").values("enrolment_id"))
        said = _("Com contato impedido")
    if (state := request.GET.get("estado", "")) in Enrolment.State.values:
        rows = rows.filter(state=state)
        said = str(Enrolment.State(state).label)
    if outcome := request.GET.get("desfecho", "")[:120]:
        rows = rows.filter(outcome=outcome)
        said = _("Desfecho: %(outcome)s") % {"outcome": outcome.replace("_", " ")}
    if request.GET.get("objetivo"):
        rows, said = rows.filter(goal=True), _("Chegaram ao objetivo")
    if arm := request.GET.get("braco", "")[:120]:
        step, _dot, drawn = arm.partition(".")
        kind = "segurou" if drawn == "controle" else "sorteou"
        seen = Passage.objects.filter(step=step, kind=kind)
        seen = seen.filter(detail__arm=drawn) if drawn not in {"controle", "seguiu"} else seen
        rows, said = rows.filter(pk__in=seen.values("enrolment_id")), _("Braço: %(arm)s") % {"arm": drawn}
        rows, said = _with_result(journey, step, drawn, request.GET.get("resultado", ""), rows, said)
    return rows, said


def _with_result(
    journey: Journey, step: str, arm: str, result: str, rows: QuerySet[Enrolment], said: str
) -> tuple[QuerySet[Enrolment], str]:
    """Of those drawn into an arm of a split that learns, the ones its shares rest on with this result."""
    split = next((one for one in journey_learning_splits(journey) if one.id == step), None)
    if split is None or result not in TRIAL_RESULTS:
        return rows, said
    known = trials_of(key_of(journey, split)).filter(arm=arm, **TRIAL_RESULTS[result])
    return rows.filter(pk__in=known.values("enrolment_id")), f"{said}: {word('trial', result).lower()}"


def arms_table(journey: Journey, rows: QuerySet[Enrolment]) -> Table | None:
    """Each arm of each experiment: how many, how many reached the goal, how many the measure; None without one."""
    drawn = [step for step in journey.steps if isinstance(step, HoldoutStep | SplitStep)]
    if not drawn:
        return None
    names = {step.id: shipped(step.name) for step in drawn}
    arm_rows = [
        (
            f"{names[step]}: {arm}", *figures, stays_url(journey.id, braco=f"{step}.{arm}"),
        )
        for (step, arm), figures in sorted(arms(rows, list(names)).items())
    ]  # fmt: skip
    columns = [
        Column(_("Braço")),
        Column(_("Clientes"), "number"),
        Column(_("Objetivo"), "number"),
        Column(_("Medidos"), "number"),
        Column(_("Alcançaram a medida"), "number"),
        Column("", part="link"),
    ]
    return Table(columns, arm_rows)
