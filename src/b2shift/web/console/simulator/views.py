"""`/simulador/`: assumptions in the address, what follows from them, and how it was computed."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from b2shift.insight.api import Assumptions, Simulation, Step, simulate
from b2shift.kernel.calendar import add_months, last_closed_month
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import money_short, number, typed_number
from b2shift.web.console.templatetags.formats import shown
from b2shift.web.console.wording import figures_too, shipped
from b2shift.web.crm.lake import lake
from b2shift.web.crm.simulation_baseline import baseline_of

FORMS = {"brl": "money", "percent": "percent:2", "count": "number"}
NOTHING = 1e-9
# Name of the assumption, its words, smallest, largest, step.
FIELDS: tuple[tuple[str, str | Promise, float, float, float], ...] = (
    ("price", gettext_lazy("Preço, mudança em %"), -50, 100, 0.5),
    ("leave", gettext_lazy("MRR que sai por ponto de aumento, em %"), 0, 10, 0.1),
    ("churn", gettext_lazy("Saída de MRR, mudança em %"), -100, 200, 1),
    ("people", gettext_lazy("Pessoas a mais fazendo contatos"), 0, 500, 1),
    ("contacts", gettext_lazy("Contatos por pessoa e semana"), 0, 200, 1),
    ("success", gettext_lazy("Da perda esperada tocada, quanto se mantém, em %"), 0, 100, 1),
)


@access_required(Capability.OVERVIEW)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The simulation of an address; values that cannot be supposed are told, and nothing is computed."""
    base, problem = baseline_of(request.user), ""
    assumptions = Assumptions()
    try:
        assumptions = Assumptions.model_validate(
            {n: _number(v) for n, *_rest in FIELDS if (v := request.GET.get(n, "").strip())}
        )
    except ValidationError as error:
        problem = _beyond(error, request.GET.dict())
    found = simulate(base, assumptions) if base and not problem else None
    context: dict[str, Any] = {
        "fields": [
            (name, label, low, high, step, getattr(assumptions, name)) for name, label, low, high, step in FIELDS
        ],
        "problem": problem,
        "found": found,
        "steps": [_step(one) for one in found.steps] if found else [],
        "paths": _paths(found) if found else None,
        "base": base,
        "nothing_at_stake": bool(base and not base.at_stake),
    }
    return render(request, "console/simulator/index.html", context, status=422 if problem else 200)


def _number(text: str) -> float | str:
    """The number of a text; one that is none stays as it was written, to be refused by its name."""
    try:
        return typed_number(text)
    except ValueError:
        return text


def _beyond(error: ValidationError, typed: Mapping[str, str]) -> str:
    """Each assumption that cannot be made, as the form calls it, with what was given and what can be."""
    wrong = {str(one["loc"][0]): typed[str(one["loc"][0])] for one in error.errors()}
    problems = [
        _("%(name)s: %(value)s, e vai de %(low)s a %(high)s")
        % {"name": label, "value": wrong[name], "low": number(low), "high": number(high)}
        for name, label, low, high, _step in FIELDS
        if name in wrong
    ]
    return _("Fora do que se pode supor. %(assumptions)s.") % {"assumptions": "; ".join(problems)}


def _step(one: Step) -> tuple[str, ...]:
    """A number today and as supposed, what changes, and the sum it comes from."""
    form, scale = FORMS[one.unit], 100 if one.unit == "percent" else 1
    change = one.supposed - one.today
    size = f"{number(abs(change), 2)} p.p." if one.unit == "percent" else shown(abs(change), form)
    moved = "" if abs(change) < NOTHING else ("+" if change > 0 else "−") + size
    values = shown(one.today / scale, form), shown(one.supposed / scale, form)
    return shipped(one.label), *values, moved, figures_too(one.formula)


def _paths(found: Simulation) -> Chart:
    closed = last_closed_month(lake().manifest.as_of)
    rows = [
        (add_months(closed, n), today, supposed)
        for n, (today, supposed) in enumerate(zip(found.as_today, found.as_assumed, strict=True))
    ]
    change = found.as_assumed[-1] - found.as_today[-1]
    word = _("Em 12 meses, %(size)s a mais que sem a hipótese.")
    if change < 0:
        word = _("Em 12 meses, %(size)s a menos que sem a hipótese.")
    return Chart(
        name="hipotese",
        kind="line",
        title=_("MRR com e sem a hipótese"),
        reading=word % {"size": money_short(abs(change))} if abs(change) >= 0.01 else _("Nada muda sem uma hipótese."),
        table=Table(
            [
                Column(_("Mês"), "month", "x"),
                Column(_("Como hoje"), "money", "value", "muted"),
                Column(_("Com a hipótese"), "money", "value"),
            ],
            rows,
        ),
        options={"zero": False},
        note=_("Conta movida por hipóteses, não uma previsão: médias dos últimos meses mantidas, sem incerteza."),
    )
