"""`/alertas/` and `/avisos/`: an alert is typed, tried on the past, kept, paused, ended and taken back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.alerts.forms import AlertForm
from b2shift.web.console.alerts.pictures import past_of, rows_of_firing
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.wording import shipped
from b2shift.web.crm.questions import rows_of
from b2shift.web.watch import alerts
from b2shift.web.watch.alert_texts import condition_text, value_text
from b2shift.web.watch.models import Alert

SHOWN = 100
EXAMPLES = (
    gettext_lazy("Avise quando o NPS cair abaixo de 20"),
    gettext_lazy("Avise se o churn do varejo passar de 3%"),
    gettext_lazy("Avise quando o MRR cair mais de 5%"),
    gettext_lazy("Avise se a perda esperada de MRR passar de 2 milhões"),
)


@access_required(Capability.ASK)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """One's alerts, and where a new one is typed."""
    lines = [_line(one) for one in alerts.visible_alerts(request.user).prefetch_related("firings")]
    return render(request, "console/alerts/index.html", {"alerts": lines, "examples": EXAMPLES})


@access_required(Capability.ASK, methods=("GET", "POST"))
def new(request: AuthenticatedRequest) -> HttpResponse:
    """Try a sentence on the past; by POST keep it as an alert."""
    form = AlertForm(request.POST if request.method == "POST" else (request.GET or None))
    if not form.is_valid():
        context = {"form": form, "examples": EXAMPLES}
        return render(request, "console/alerts/new.html", context, status=422 if form.is_bound else 200)
    text = form.cleaned_data["texto"]
    try:
        wanted = form.wanted(*alerts.parse_alert(request.user, text))
        if request.method == "POST":
            kept = alerts.create(request.user, wanted)
            messages.success(request, _("Alerta criado: %(line)s.") % {"line": shipped(condition_text(kept))})
            return redirect("console:alert", kept.pk)
        rows = alerts.backtest(request.user, wanted.query, wanted.rule)
    except InputError as error:
        form.add_error("texto", str(error))
        return render(request, "console/alerts/new.html", {"form": form, "examples": EXAMPLES}, status=422)
    sample = Alert(text=text, query=wanted.query.model_dump(mode="json"), rule=wanted.rule.model_dump(mode="json"))
    context = {
        "form": AlertForm(initial=_filled(wanted)),
        "line": shipped(condition_text(sample)),
        "past": past_of(wanted.query, wanted.rule, rows),
        "scope": rows_of(request.user),
        "tried": True,
    }
    return render(request, "console/alerts/new.html", context)


@access_required(Capability.ASK)
def detail(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """One alert: what it watches, its past, and each firing with its rows."""
    alert = _own(request, key)
    try:
        rows = alerts.backtest(request.user, alert.typed, alert.typed_rule)
    except InputError:
        rows = []
    fired = [(one, value_text(alert, one.value), rows_of_firing(one)) for one in alert.firings.all()[:SHOWN]]
    context = {
        "alert": alert,
        "summary": _line(alert),
        "fired": fired,
        "past": past_of(alert.typed, alert.typed_rule, rows),
    }
    return render(request, "console/alerts/detail.html", context)


@access_required(Capability.ASK, methods=("POST",))
def pause(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Stop looking at it, or go on."""
    alerts.pause(_own(request, key), request.POST.get("wanted") == "1")
    return redirect("console:alert", key)


@access_required(Capability.ASK, methods=("POST",))
def confirm(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Count the rows one sees today from now on."""
    alerts.confirm(_own(request, key))
    messages.success(request, _("O alerta conta agora os clientes que você acompanha hoje."))
    return redirect("console:alert", key)


@access_required(Capability.ASK, methods=("POST",))
def end(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Delete it; the toast has the way back."""
    alert = _own(request, key)
    alerts.end(alert, timezone.now())
    message = _("Alerta apagado: %(text)s.") % {"text": alert.text[:80].rstrip(".")}
    messages.success(request, message, extra_tags=reverse("console:alert_back", args=[key]))
    return redirect("console:alerts")


@access_required(Capability.ASK, methods=("POST",))
def back(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Take a deletion back."""
    get_object_or_404(Alert, pk=key, owner=request.user)
    alerts.restore(request.user, key)
    messages.success(request, _("O alerta está de volta."))
    return redirect("console:alert", key)


@access_required()
def notices(request: AuthenticatedRequest) -> HttpResponse:
    """What the product told this person, newest first; seeing the page marks them read."""
    shown = list(request.user.notices.all()[:SHOWN])
    request.user.notices.filter(pk__in=[one.pk for one in shown], read_at=None).update(read_at=timezone.now())
    return render(request, "console/alerts/notices.html", {"notices": shown})


def _own(request: AuthenticatedRequest, key: int) -> Alert:
    return get_object_or_404(alerts.visible_alerts(request.user), pk=key)


def _line(alert: Alert) -> dict[str, object]:
    """An alert as lists show it."""
    return {
        "alert": alert,
        "line": shipped(condition_text(alert)),
        "value": value_text(alert, alert.last_value) if alert.last_value is not None else "",
        "beyond": bool(alert.standing),
        "times": len(alert.firings.all()),
        "scope": alert.rows,
        "via": ", ".join(str(Alert.Via(one).label) for one in alert.via),
    }


def _filled(wanted: alerts.NewAlert) -> dict[str, object]:
    rule = wanted.rule
    return {
        "texto": wanted.text,
        "folga": int(rule.margin) if rule.margin == int(rule.margin) else rule.margin,
        "minimo": rule.fewest,
        "olhar": wanted.cadence,
        "via": wanted.via,
    }
