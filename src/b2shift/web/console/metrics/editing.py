"""`/metricas/nova/` and `/metricas/versoes/`: a metric of this house, tried while one writes, in force at once."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.insight.api import run_metric_tests
from b2shift.insight.contracts import MetricTest
from b2shift.metrics.api import (
    FORMATS,
    changed_metrics,
    dictionary_text,
    has_data,
    keep_own_metrics,
    own_metrics,
    own_number,
    own_versions,
    product_dictionary,
    put_back_own_metrics,
)
from b2shift.metrics.contracts import OwnMetric, OwnVersion
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.metrics.forms import MetricForm, bound_form, initial_form
from b2shift.web.console.metrics.views import UNITS
from b2shift.web.crm.lake import lake
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record


@access_required(Capability.DEFINE_METRICS, methods=("GET", "POST"))
def edit(request: AuthenticatedRequest) -> HttpResponse:
    """The form of a metric; a POST puts it in force if every test holds."""
    number = own_number(_home())
    if request.method == "GET":
        wanted = next((one for one in own_metrics() if one.name == request.GET.get("de")), None)
        return _page(request, initial_form(wanted), (), number)
    form = bound_form(request.POST)
    if request.POST.get("number") != str(number):
        return _page(request, form, _tried(form), number, moved_on=True)
    trials = _tried(form)
    if form.metric is None or not all(trial.held for trial in trials):
        return _page(request, form, trials, number)
    others = tuple(one for one in own_metrics() if one.name != form.metric.name)
    _keep(request, (*others, form.metric))
    said = _("%(label)s está em vigor: já pode ser usada em perguntas, painéis e alertas.")
    messages.success(request, said % {"label": form.metric.label})
    return redirect("console:metrics")


@access_required(Capability.DEFINE_METRICS, methods=("POST",))
def check(request: AuthenticatedRequest) -> HttpResponse:
    """The tests of what is written so far."""
    form = bound_form(request.POST)
    return render(request, "console/metrics/tried.html", {"form": form, "trials": _tried(form)})


@access_required(Capability.DEFINE_METRICS, methods=("POST",))
def take_out(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """Take a metric of this house out of the dictionary; the version before keeps it."""
    kept = tuple(one for one in own_metrics() if one.name != name)
    if len(kept) == len(own_metrics()):
        raise Http404(_("Não há métrica da empresa com este nome."))
    _keep(request, kept)
    messages.success(request, _("A métrica saiu do dicionário. A versão anterior a guarda."))
    return redirect("console:metrics")


@access_required(Capability.ASK)
def versions(request: AuthenticatedRequest) -> HttpResponse:
    """Every version of the metrics of this house, newest first, with what each changed."""
    context = {
        "versions": tuple(reversed(own_versions(_home()))),
        "number": own_number(_home()),
        "restore": "console:metric_restore",
        "may_restore": may(request.user, Capability.DEFINE_METRICS),
    }
    return render(request, "console/metrics/versions.html", context)


@access_required(Capability.DEFINE_METRICS, methods=("POST",))
def restore(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Put another version in force; 0 is the product's dictionary alone."""
    if number not in {0, *(one.number for one in own_versions(_home()))}:
        raise Http404(_("Não há versão das métricas com este número."))
    before = own_metrics()
    version = put_back_own_metrics(_home(), number)
    _written_down(request, "restored", version, before)
    messages.success(request, _("Em vigor: versão %(n)s. Vale desde já.") % {"n": version.number})
    return redirect("console:metric_versions")


@access_required(Capability.ASK)
def export(request: AuthenticatedRequest) -> HttpResponse:
    """The dictionary in force as a YAML or JSON file."""
    form = request.GET.get("formato", FORMATS[0])
    if form not in FORMATS:
        raise Http404(_("O dicionário sai em YAML ou JSON."))
    kind = "application/json" if form == "json" else "application/yaml"
    headers = {"Content-Disposition": f'attachment; filename="metricas.{form}"'}
    return HttpResponse(dictionary_text(form), content_type=f"{kind}; charset=utf-8", headers=headers)


def _page(
    request: AuthenticatedRequest, form: MetricForm, trials: tuple[MetricTest, ...], number: int, moved_on: bool = False
) -> HttpResponse:
    shown = {
        "form": form,
        "trials": trials,
        "number": number,
        "moved_on": moved_on,
        "units": tuple(UNITS.items()),
        "parts": [one for one in product_dictionary().metrics.values() if has_data(one.name)],
    }
    return render(request, "console/metrics/edit.html", shown, status=422 if request.method == "POST" else 200)


def _tried(form: MetricForm) -> tuple[MetricTest, ...]:
    return run_metric_tests(lake(), form.metric) if form.metric else ()


def _keep(request: AuthenticatedRequest, kept: tuple[OwnMetric, ...]) -> None:
    before = own_metrics()
    _written_down(request, "kept", keep_own_metrics(_home(), kept, timezone.now()), before)


def _written_down(request: AuthenticatedRequest, what: str, version: OwnVersion, before: tuple[OwnMetric, ...]) -> None:
    from b2shift.metrics.api import own_metrics_at

    changes = changed_metrics(before, own_metrics_at(_home(), version.number))
    record(
        AuditEvent.Action.METRIC_CHANGED, Doer.of(request), object_kind="metrics", object_id=str(version.number),
        details={"what": what, "version": version.number, "changes": list(changes)},
    )  # fmt: skip


def _home() -> Path:
    return Path(settings.HOME)
