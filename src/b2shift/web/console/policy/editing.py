"""`/regua/editar/` and `/regua/versoes/`: the rules as text, checked while one writes, kept as versions."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.interact.api import (
    adopt_policy_text,
    check_policy_text,
    policy_changes,
    policy_diff,
    policy_number,
    policy_text,
    policy_versions,
    roll_back_policy,
)
from b2shift.interact.contracts import PolicyVersion
from b2shift.kernel.errors import InputError, PolicyError
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.policy.words import in_words
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record

LONGEST = 512 * 1024


@access_required(Capability.STEER_RULES, methods=("GET", "POST"))
def edit(request: AuthenticatedRequest) -> HttpResponse:
    """The rules in force as text; a POST puts what was written in force, if nothing is wrong with it."""
    number = policy_number(home())
    if request.method == "GET":
        wanted = request.GET.get("de", "")
        text = policy_text(home(), _known(wanted)) if wanted else policy_text(home())
        return render(request, "console/rules/edit.html", {"number": number, "text": text, **looked_at(text)})
    text, began = _written(request), request.POST.get("number", "")
    context = {"number": number, "text": text, **looked_at(text)}
    if began != str(number):
        context["moved_on"] = True
    elif not context["findings"]:
        if context["changes"]:
            adopt(request, text)
        return redirect("console:rule_versions")
    return render(request, "console/rules/edit.html", context, status=422)


@access_required(Capability.STEER_RULES, methods=("POST",))
def check(request: AuthenticatedRequest) -> HttpResponse:
    """What is wrong with a text, by line, and what it would change."""
    return render(request, "console/rules/checked.html", looked_at(_written(request)))


@access_required(Capability.RULES)
def versions(request: AuthenticatedRequest) -> HttpResponse:
    """Every version of the rules, newest first, with what each changed of the one before it."""
    found = policy_versions(home())
    context = {
        "versions": [(one, in_words(policy_diff(home(), one.number - 1, one.number))) for one in reversed(found)],
        "number": policy_number(home()),
        "may_steer": may(request.user, Capability.STEER_RULES),
    }
    return render(request, "console/rules/versions.html", context)


@access_required(Capability.RULES)
def version(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """One version as it was written, and what putting it in force would change."""
    now = policy_number(home())
    context = {
        "number": _known(str(number)),
        "current": now,
        "text": policy_text(home(), number),
        "changes": in_words(policy_diff(home(), now, number)),
        "may_steer": may(request.user, Capability.STEER_RULES),
    }
    return render(request, "console/rules/version.html", context)


@access_required(Capability.STEER_RULES, methods=("POST",))
def restore(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Put an older version in force again; nothing is deleted."""
    version = roll_back_policy(home(), _known(str(number)))
    _written_down(request, "restored", version)
    text = _("Em vigor: versão %(n)s. A próxima execução propõe por ela.")
    messages.success(request, text % {"n": version.number})
    return redirect("console:rule_versions")


def adopt(request: AuthenticatedRequest, text: str) -> None:
    """Put a sound text in force, written down and told."""
    version = adopt_policy_text(home(), text, timezone.now())
    _written_down(request, "adopted", version)
    said = _("Versão %(n)s em vigor: os limites valem já, a próxima execução propõe por ela. A anterior fica guardada.")
    messages.success(request, said % {"n": version.number})


def home() -> Path:
    """Where the versions are kept."""
    return Path(settings.HOME)


def looked_at(text: str) -> dict[str, object]:
    """The findings of the checker, and against the rules in force what changes when the text can be read."""
    found = check_policy_text(home(), text, on=timezone.localdate())
    readable = True
    try:
        changes = in_words(policy_changes(home(), text))
    except PolicyError:
        changes, readable = [], False
    return {"check": found, "findings": found.findings, "changes": changes, "readable": readable}


def _written(request: AuthenticatedRequest) -> str:
    """The text as a file has it: browsers send other ends of line."""
    text = request.POST.get("text", "")
    if len(text) > LONGEST:
        raise InputError(_("A régua é grande demais"), value=len(text), hint=_("Divida-a ou remova o que não se usa"))
    return text.replace("\r\n", "\n")


def _known(number: str) -> int:
    if number.isdecimal() and int(number[:9]) in {0, *(one.number for one in policy_versions(home()))}:
        return int(number)
    raise Http404(_("Não há versão da régua com este número."))


def _written_down(request: AuthenticatedRequest, what: str, version: PolicyVersion) -> None:
    details = {
        "what": what,
        "version": version.number,
        "name": version.name,
        "label": version.version,
        "rules": version.rules,
    }
    record(
        AuditEvent.Action.POLICY_CHANGED, Doer.of(request), object_kind="policy", object_id=str(version.number),
        details=details,
    )  # fmt: skip
