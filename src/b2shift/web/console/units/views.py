"""`/unidades/`: the business units of the house, changed after one has seen what changes with the next load."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.identify.api import (
    changed_units,
    customers_of_families,
    customers_served,
    keep_units,
    put_back_units,
    units_number,
    units_versions,
)
from b2shift.identify.contracts import Unit, Units, UnitsVersion
from b2shift.interact.api import limits_of, policy_in_force, rules_reaching_nobody
from b2shift.interact.contracts import Rule
from b2shift.kernel.errors import LakeEmptyError
from b2shift.lake.api import Lake
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, Scope, roles_of
from b2shift.web.accounts.units import house_units
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.units.forms import NEW, UnitsForm, bound_form, initial_form
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import of_unit
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record


@dataclass(frozen=True)
class Row:
    """A unit and whom it serves: on the pages now and, after a change, with the next load; None before any."""

    unit: Unit
    now: int | None
    then: int | None
    people: int


@access_required(Capability.PEOPLE)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The units with their families, customers and people, and what no unit answers for."""
    units = house_units()
    context = {
        "rows": _rows(units),
        "waiting": _waiting(units),
        "number": units_number(_home()),
        "silent": _silent(units),
        "credit": _credit(units),
    }
    return render(request, "console/units/index.html", context)


@access_required(Capability.PEOPLE, methods=("GET", "POST"))
def edit(request: AuthenticatedRequest) -> HttpResponse:
    """The form of all units; a POST shows what would change, and one with `keep` puts it in force."""
    number, before = units_number(_home()), house_units()
    if request.method == "GET":
        return _form_page(request, initial_form(before, tuple(_families())), number)
    form = bound_form(request.POST)
    moved_on = request.POST.get("number") != str(number)
    if form.units is None or moved_on or "change" in request.POST:
        return _form_page(request, form, number, moved_on=moved_on)
    changes = changed_units(before, form.units)
    if "keep" not in request.POST or not changes:
        return _confirm(request, form, number, changes)
    version = keep_units(_home(), form.units, timezone.now())
    _written_down(request, "kept", version, changes)
    undo = reverse("console:units_restore", args=[number])
    messages.success(request, _("Unidades salvas. Os clientes as seguem na próxima carga."), extra_tags=undo)
    return redirect("console:units")


@access_required(Capability.PEOPLE)
def versions(request: AuthenticatedRequest) -> HttpResponse:
    """Every version, newest first, with what each changed of the one before it."""
    context = {
        "versions": tuple(reversed(units_versions(_home()))),
        "number": units_number(_home()),
        "restore": "console:units_restore",
        "may_restore": True,
    }
    return render(request, "console/units/versions.html", context)


@access_required(Capability.PEOPLE, methods=("POST",))
def restore(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Put another version in force; 0 is as if the house had never declared units."""
    if number not in {0, *(one.number for one in units_versions(_home()))}:
        raise Http404(_("Não há versão das unidades com este número."))
    before = house_units()
    version = put_back_units(_home(), number)
    _written_down(request, "restored", version, changed_units(before, house_units()))
    messages.success(request, _("Em vigor: versão %(n)s. Os clientes a seguem na próxima carga.") % {"n": number})
    return redirect("console:units")


def _form_page(request: AuthenticatedRequest, form: UnitsForm, number: int, *, moved_on: bool = False) -> HttpResponse:
    customers = _families()
    context = {
        "form": form,
        "new": NEW,
        "number": number,
        "moved_on": moved_on,
        "families": [(name, key, customers.get(name, 0)) for name, key in form.family_units.items()],
    }
    return render(request, "console/units/edit.html", context, status=422 if form.wrong or moved_on else 200)


def _confirm(request: AuthenticatedRequest, form: UnitsForm, number: int, changes: tuple[str, ...]) -> HttpResponse:
    """What putting these units in force changes; nothing is kept yet."""
    units = form.units or house_units()
    context = {
        "form": form,
        "number": number,
        "changes": changes,
        "rows": _rows(units, ahead=True),
        "lost": _tied().exclude(business_unit__in=["", *units.keys]).order_by("name"),
        "silent": _silent(units),
        "credit": _credit(units),
    }
    return render(request, "console/units/confirm.html", context)


def _rows(units: Units, *, ahead: bool = False) -> list[Row]:
    found = _lake()
    served = customers_served(found, units) if found and ahead else {}
    tied = list(_tied().values_list("business_unit", flat=True))
    return [Row(one, _served_now(one.key), served.get(one.key), tied.count(one.key)) for one in units.units]


def _waiting(units: Units) -> int:
    """Customers of units that nobody declares any more: the next load says whose they are."""
    others = Customer.objects.all()
    for key in units.keys:
        others = others.exclude(of_unit(key))
    return others.count()


def _served_now(key: str) -> int:
    return Customer.objects.filter(of_unit(key)).count()


def _tied() -> QuerySet[User]:
    return User.objects.filter(is_active=True, role__in=roles_of(Scope.UNIT))


def _silent(units: Units) -> tuple[Rule, ...]:
    return rules_reaching_nobody(policy_in_force(_home()), units.keys)


def _credit(units: Units) -> str:
    """The unit that may offer credit, where the house has none of this key: then nobody may."""
    key = limits_of(policy_in_force(_home())).credit_unit
    return "" if key in units.keys else key


def _families() -> dict[str, int]:
    found = _lake()
    return customers_of_families(found) if found else {}


def _lake() -> Lake | None:
    try:
        return lake()
    except LakeEmptyError:
        return None


def _written_down(request: AuthenticatedRequest, what: str, version: UnitsVersion, changes: tuple[str, ...]) -> None:
    record(
        AuditEvent.Action.UNITS_CHANGED, Doer.of(request), object_kind="units", object_id=str(version.number),
        details={"what": what, "version": version.number, "changes": list(changes)},
    )  # fmt: skip


def _home() -> Path:
    return Path(settings.HOME)
