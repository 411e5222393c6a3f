"""`/lgpd/`: overview, persons, their report, export and erasure, operations, who read what."""

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from b2shift.identify.api import find_persons, is_suppressed, operations, purposes
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.web.accounts.permissions import GRANTS, Capability
from b2shift.web.accounts.roles import Role
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.formats import number
from b2shift.web.console.privacy import overview
from b2shift.web.console.spreadsheet import csv_answer
from b2shift.web.crm.lake import lake
from b2shift.web.ledger.trail import Doer
from b2shift.web.privacy import erasure, report, retention

_BASES = {
    "consentimento": gettext_lazy("Consentimento"),
    "execucao_de_contrato": gettext_lazy("Execução de contrato"),
    "legitimo_interesse": gettext_lazy("Legítimo interesse"),
    "obrigacao_legal": gettext_lazy("Obrigação legal"),
    "exercicio_de_direitos": gettext_lazy("Exercício regular de direitos e proteção do crédito"),
}
PersonView = Callable[[AuthenticatedRequest, str, str], HttpResponse]


def about_a_person(view: PersonView) -> PersonView:
    """Answer 404, and say why, at an address of nobody the data know."""

    @wraps(view)
    def looked_up(request: AuthenticatedRequest, table: str, code: str) -> HttpResponse:
        try:
            return view(request, table, code)
        except UnknownNameError as error:
            raise Http404(_nobody(table, code)) from error

    return looked_up


def _nobody(table: str, code: str) -> str:
    if table == "contacts" and is_suppressed(Path(settings.HOME), person_id=code):
        return _("Esta pessoa foi apagada dos dados e não volta em entregas. A ordem, sem o nome, fica em Eliminações.")
    return _("Ninguém tem este código nos dados: a pessoa pode ter sido apagada, ou não vir mais. Procure pelo nome.")


@access_required(Capability.PRIVACY)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Who waits, who is known, what is over its time."""
    return render(request, "console/privacy/index.html", overview.overview(timezone.now()))


@access_required(Capability.PRIVACY, methods=("GET", "POST"))
def persons(request: AuthenticatedRequest) -> HttpResponse:
    """Persons by name, address, document or code; asked by POST, so that no address says whom one looked for."""
    text = request.POST.get("q", "").strip()
    context: dict[str, object] = {"asked": text}
    if text:
        try:
            context["found"] = find_persons(lake(), Path(settings.HOME), text)
        except InputError as error:
            context["problem"] = f"{error.what}."
    part = "list" if is_htmx_request(request) else "index"
    return render(request, f"console/privacy/persons_{part}.html", context)


@access_required(Capability.PRIVACY)
@about_a_person
def person(request: AuthenticatedRequest, table: str, code: str) -> HttpResponse:
    """Everything held about one person; that somebody looked is written down first."""
    return person_page(request, f"{table}/{code}")


def person_page(request: AuthenticatedRequest, reference: str, *, problem: str = "", reason: str = "") -> HttpResponse:
    """The page of a person; with why an erasure was not ordered, and the reason that was given for it."""
    found, records = report.read_report(Doer.of(request), reference)
    titles = {one.purpose: one.title for one in purposes()}
    shown = {"report": found, "person": found.persons[0], "records": records, "titles": titles}
    typed = {"problem": problem, "reason": reason}
    return render(request, "console/privacy/person.html", shown | typed, status=422 if problem else 200)


@access_required(Capability.PRIVACY)
@about_a_person
def preview(request: AuthenticatedRequest, table: str, code: str) -> HttpResponse:
    """What an erasure would leave where it is somebody else's; looked up in every kept version, hence on its own."""
    context = {"plan": erasure.preview(f"{table}/{code}", timezone.now())}
    return render(request, "console/privacy/preview.html", context)


@access_required(Capability.PRIVACY, methods=("POST",))
@about_a_person
def export(request: AuthenticatedRequest, table: str, code: str) -> HttpResponse:
    """The package to be handed over: JSON and CSV in a zip."""
    answer = HttpResponse(report.package(Doer.of(request), f"{table}/{code}"), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="titular-{code}.zip"'
    return answer


@access_required(Capability.PRIVACY)
def record_of_operations(request: AuthenticatedRequest) -> HttpResponse:
    """The record of art. 37, made from what the tables declare."""
    with_bases = [(one, str(_BASES[one.purpose.basis.value])) for one in operations(Path(settings.HOME))]
    return render(
        request,
        "console/privacy/operations.html",
        {
            "operations": with_bases,
            "readers": [str(role.label) for role in Role if Capability.CONTACTS in GRANTS[role]],
            "keepers": [str(role.label) for role in Role if Capability.PRIVACY in GRANTS[role]],
        },
    )


@access_required(Capability.PRIVACY)
def operations_export(request: AuthenticatedRequest) -> HttpResponseBase:
    """The same as a file: JSON for programs, CSV for a spreadsheet."""
    entries = operations(Path(settings.HOME))
    if request.GET.get("formato") == "json":
        body = json.dumps([one.model_dump(mode="json") for one in entries], ensure_ascii=False, indent=2)
        answer = HttpResponse(body, content_type="application/json")
        answer.headers["Content-Disposition"] = 'attachment; filename="registro-de-operacoes.json"'
        return answer
    heads = [_("Finalidade"), _("Para quê"), _("Base legal"), _("Artigo"), _("Ponderação"), _("Titulares"), _("Dados"),
             _("Origem"), _("Compartilhados com"), _("Meses de guarda")]  # fmt: skip
    rows = (
        (
            one.purpose.title, one.purpose.about, str(_BASES[one.purpose.basis.value]), one.purpose.article,
            one.purpose.balance, one.subjects, [f"{f.table}.{f.column}" for f in one.fields], one.files,
            one.purpose.shared_with, one.purpose.months,
        )
        for one in entries
    )  # fmt: skip
    return csv_answer("registro-de-operacoes.csv", heads, rows)


@access_required(Capability.PRIVACY)
def reads(request: AuthenticatedRequest) -> HttpResponse:
    """Who read personal data lately, how much and what for."""
    now = timezone.now()
    context = {
        "readers": overview.readers(now),
        "purposes": overview.reads_by_purpose(now),
        "days": overview.READS_DAYS,
        "total": sum(one.reads for one in overview.readers(now)),
    }
    return render(request, "console/privacy/reads.html", context)


@access_required(Capability.PRIVACY, methods=("POST",))
def retain(request: AuthenticatedRequest) -> HttpResponse:
    """Carry the retention rules out now."""
    done = sum(one.done for one in retention.apply(Doer.of(request), timezone.now()))
    template = ngettext("%(count)s item vencido foi apagado.", "%(count)s itens vencidos foram apagados.", done)
    messages.success(request, template % {"count": number(done)})
    return redirect("console:privacy")
