"""`/pessoas/`: the list, one person, teams."""

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.models import Team, User
from b2shift.web.accounts.permissions import SCOPES, Capability, Scope, roles_of
from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.units import house_units, is_divided
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.filter_bar import Field, chips_of
from b2shift.web.console.formats import number
from b2shift.web.console.people import changes
from b2shift.web.console.people.forms import PersonForm, TeamForm
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer


@access_required(Capability.PEOPLE)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Who may enter, as what; teams beside."""
    role, text, active = (request.GET.get(name, "").strip() for name in ("role", "q", "active"))
    people = User.objects.prefetch_related("teams").annotate(
        live_keys=Count("tokens", filter=Q(tokens__revoked_at=None), distinct=True)
    )
    if role:
        people = people.filter(role=role)
    if active in {"0", "1"}:
        people = people.filter(is_active=active == "1")
    if text:
        people = people.filter(Q(name__icontains=text) | Q(email__icontains=text) | Q(vendor_user_id__iexact=text))
    fields = [
        Field("role", _("Papel"), role, tuple((value, str(label)) for value, label in Role.choices)),
        Field("active", _("Acesso"), active, (("1", _("Ativas")), ("0", _("Desativadas")))),
    ]
    context = {
        "rows": people.order_by("-is_active", "name", "pk"),
        "last_entry": _last_entries(),
        "units": _units_told(),
        "sentence": _sentence(),
        "teams": Team.objects.select_related("manager").annotate(size=Count("members")).order_by("name"),
        "first_fields": fields,
        "chips": chips_of(fields, request.GET, _("Busca")),
    }
    return render(request, f"console/people/{'list' if is_htmx_request(request) else 'index'}.html", context)


@access_required(Capability.PEOPLE, methods=("GET", "POST"))
def create(request: AuthenticatedRequest) -> HttpResponse:
    """A new person; the password is in the answer to the POST and nowhere else."""
    form = PersonForm(request.POST or None, initial={"is_active": True})
    if request.method == "POST" and form.is_valid():
        person, password = changes.save_person(Doer.of(request), form)
        return render(request, "console/people/password.html", {"person": person, "password": password, "new": True})
    return _form_page(request, form, {"heading": _("Nova pessoa")})


@access_required(Capability.PEOPLE, methods=("GET", "POST"))
def edit(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """One person's role, links and access, and what was changed before."""
    person = get_object_or_404(User, pk=key)
    form = PersonForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            changes.save_person(Doer.of(request), form)
        except InputError as refused:
            form.add_error(None, f"{refused.what}. {refused.hint}.")
        else:
            messages.success(request, _("%(name)s: alterações salvas.") % {"name": person.name})
            return redirect("console:people")
    kept = User.objects.get(pk=key)
    context = {"heading": kept.name, "person": kept, "events": _events("person", key), "scope": SCOPES[Role(kept.role)]}
    return _form_page(request, form, context)


@access_required(Capability.PEOPLE, methods=("POST",))
def reset(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """A new one-time password, shown in this answer only; it ends the person's sessions."""
    person = get_object_or_404(User, pk=key)
    password = changes.reset_password(Doer.of(request), person)
    return render(request, "console/people/password.html", {"person": person, "password": password, "new": False})


@access_required(Capability.PEOPLE, methods=("GET", "POST"))
def team(request: AuthenticatedRequest, key: int | None = None) -> HttpResponse:
    """A new team or one there is."""
    kept = get_object_or_404(Team, pk=key) if key is not None else None
    form = TeamForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        saved = changes.save_team(Doer.of(request), form)
        messages.success(request, _("Equipe %(name)s salva.") % {"name": saved.name})
        return redirect("console:people")
    context = {
        "form": form,
        "heading": kept.name if kept else _("Nova equipe"),
        "team": kept,
        "events": _events("team", key) if key is not None else [],
    }
    return render(request, "console/people/team.html", context, status=422 if form.errors else 200)


def _form_page(request: AuthenticatedRequest, form: PersonForm, context: dict[str, object]) -> HttpResponse:
    context = {"form": form, **context}
    return render(request, "console/people/person.html", context, status=422 if form.errors else 200)


def _events(kind: str, key: int) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(object_kind=kind, object_id=str(key)).select_related("actor")[:20])


def _last_entries() -> dict[int, object]:
    entries = AuditEvent.objects.filter(action=AuditEvent.Action.SIGN_IN, actor__isnull=False)
    return dict(entries.order_by().values_list("actor").annotate(last=Max("at")))


def _sentence() -> str:
    adrift = Q(role__in=(Role.EXECUTOR, Role.MANAGER), vendor_user_id="")
    told = User.objects.filter(is_active=True).aggregate(
        active=Count("pk"), adrift=Count("pk", filter=adrift), lost=Count("pk", filter=_of_missing_units())
    )
    text = ngettext("%(count)s pessoa pode entrar", "%(count)s pessoas podem entrar", told["active"]) % {
        "count": number(told["active"])
    }
    if told["adrift"]:
        text += "; " + ngettext(
            "%(count)s sem código no fornecedor não tem carteira própria",
            "%(count)s sem código no fornecedor não têm carteira própria",
            told["adrift"],
        ) % {"count": number(told["adrift"])}
    if told["lost"]:
        text += "; " + ngettext(
            "%(count)s é de uma unidade de negócio que não existe mais e não vê nenhum cliente",
            "%(count)s são de unidades de negócio que não existem mais e não veem nenhum cliente",
            told["lost"],
        ) % {"count": number(told["lost"])}
    return text + "."


def _of_missing_units() -> Q:
    """People whose rows are those of a unit nobody declares any more."""
    return Q(role__in=roles_of(Scope.UNIT)) & ~Q(business_unit__in=["", *house_units().keys])


def _units_told() -> tuple[str, ...]:
    """The units there are, where the list has to tell whose is whose."""
    return house_units().keys if is_divided() or User.objects.filter(_of_missing_units()).exists() else ()
