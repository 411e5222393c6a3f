"""`/fontes/cargas-pedidas/`: a delivery sent on a page is looked at, ordered to be loaded, and followed until it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.identify.api import DeclaredSource, declared_sources
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.formats import number
from b2shift.web.console.sources.loading import loaded_files
from b2shift.web.console.sources.sending import bounded, leave_out
from b2shift.web.console.sources.uploads import deliver, receive, sent
from b2shift.web.crm.turn import at_work
from b2shift.web.ledger.trail import Doer
from b2shift.web.loading import orders
from b2shift.web.loading.models import LoadOrder

MOST_FILES = 200
_NEWEST = 20
_STARTS_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True)
class Arrival:
    """A file that was sent: the source that reads it, none when no source does, and whether the lake has this name."""

    name: str
    bytes: int
    source: str
    again: bool


@dataclass(frozen=True)
class Look:
    """What a load of the files would read, those first that nothing reads; and the sources of which nothing came: kept
    as they are, or never there."""

    arrivals: tuple[Arrival, ...]
    kept: tuple[str, ...]
    never: tuple[DeclaredSource, ...]

    @property
    def read(self) -> frozenset[str]:
        """The names of the files that a source reads."""
        return frozenset(one.name for one in self.arrivals if one.source)

    @property
    def unread(self) -> tuple[str, ...]:
        """The names of those that none does."""
        return tuple(one.name for one in self.arrivals if not one.source)


@access_required(Capability.SOURCES)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The newest orders; while one is open the list asks again by itself."""
    found = list(LoadOrder.objects.select_related("ordered_by")[:_NEWEST])
    working = at_work(Path(settings.HOME), orders.WORK)
    context = {
        "orders": found,
        "working": working,
        "left": next((_left(one) for one in found if one.expected_at), ""),
        "after_another": bool(orders.newest_steps()),
        "still": any(one.is_open for one in found),
        "stopped": not working and any(one.is_open and _begun(one) for one in found),
    }
    part = "list" if is_htmx_request(request) else "index"
    return render(request, f"console/sources/loads_{part}.html", context)


@bounded
@access_required(Capability.SOURCES, methods=("POST",))
def send(request: AuthenticatedRequest) -> HttpResponse:
    """Keep the files of a delivery aside and go to what they are."""
    orders.require_none_open()
    key, refused = receive(request.user, request.FILES.getlist("files"), timezone.now(), most=MOST_FILES)
    leave_out(request, refused)
    return redirect("console:source_load_look", key=key)


@access_required(Capability.SOURCES, methods=("GET", "POST"))
def look(request: AuthenticatedRequest, key: str) -> HttpResponse:
    """Which source reads each file and what is missing; a POST orders the load of those that one reads."""
    seen = _looked_at(sent(request.user, key))
    if request.method == "POST":
        if not seen.read:
            raise InputError(_("Nenhuma fonte lê estes arquivos"), hint=_("Declare-as primeiro com o assistente"))
        orders.require_none_open()
        deliver(request.user, key, seen.read)
        return _ordered(request, sorted(seen.read))
    return render(request, "console/sources/load_look.html", {"key": key, "look": seen})


@access_required(Capability.SOURCES, methods=("POST",))
def load(request: AuthenticatedRequest) -> HttpResponse:
    """Order the load of what waits in the folder of deliveries."""
    return _ordered(request, [path.name for path in orders.delivered_files()])


@access_required(Capability.SOURCES, methods=("POST",))
def go_on(request: AuthenticatedRequest) -> HttpResponse:
    """Go on with a load that stopped."""
    orders.start()
    messages.success(request, _("Retomada: esta página mostra até onde chegou."))
    return redirect("console:source_loads")


def _ordered(request: AuthenticatedRequest, files: Sequence[str]) -> HttpResponse:
    orders.place(Doer.of(request), files, timezone.now())
    orders.start()
    messages.success(request, _("A carga foi pedida e roda em segundo plano; esta página mostra até onde chegou."))
    return redirect("console:source_loads")


def _looked_at(files: Sequence[Path]) -> Look:
    declared, (loaded, _since) = declared_sources(Path(settings.HOME)), loaded_files()
    known = {file for _source, file in loaded}
    arrivals = [
        Arrival(path.name, path.stat().st_size, _reader(path.name, declared), path.name in known) for path in files
    ]
    came = {one.source for one in arrivals}
    ever = {source for source, _file in loaded}
    return Look(
        tuple(sorted(arrivals, key=lambda one: bool(one.source))),
        tuple(one.source for one in declared if one.source in ever - came),
        tuple(one for one in declared if one.source not in ever | came),
    )


def _left(order: LoadOrder) -> str:
    """How long an order still takes, in words; it takes longer than foretold, where that has passed."""
    assert order.expected_at is not None
    seconds = (order.expected_at - timezone.now()).total_seconds()
    if seconds < 60:
        return _("falta menos de um minuto") if seconds > 0 else _("deve terminar a qualquer momento")
    minutes = round(seconds / 60)
    return ngettext("falta cerca de %(n)s minuto", "faltam cerca de %(n)s minutos", minutes) % {"n": number(minutes)}


def _begun(order: LoadOrder) -> bool:
    """Whether its process should be there by now."""
    return order.state == orders.State.RUNNING or timezone.now() - order.ordered_at > _STARTS_WITHIN


def _reader(name: str, declared: Sequence[DeclaredSource]) -> str:
    """The source that reads a file, by its name."""
    return next((one.source for one in declared if fnmatch(name.casefold(), one.files.casefold())), "")
