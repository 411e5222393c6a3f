"""`/clientes/recortes/`: choosing and changing one's own views of the list; each answer is the list again."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from b2shift.web.accounts.models import SavedView
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.customers import columns, saved
from b2shift.web.console.customers.listing import asks_of, requested_list
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.crm.reading import visible_customers


@access_required(Capability.CUSTOMERS)
def choose(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """The list as the view keeps it: its filters and order in the address, its columns in the browser."""
    return opened(saved.own(request.user, key))


@access_required(Capability.CUSTOMERS, methods=("POST",))
def save(request: AuthenticatedRequest) -> HttpResponse:
    """Keep the filters, order and columns on the screen under a name."""
    wanted = requested_list(visible_customers(request.user), request.GET)
    shown = columns.in_cookie(request.COOKIES.get(columns.COOKIE, ""))
    view, undo = saved.save(request.user, request.POST.get("name", ""), asks_of(request.GET, wanted.sort), shown)
    message = _("Recorte %(name)s atualizado.") if undo else _("Recorte %(name)s salvo.")
    return _said(request, message % {"name": view.name}, undo, opened(view))


@access_required(Capability.CUSTOMERS, methods=("POST",))
def rename(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Another name for one's view."""
    view = saved.own(request.user, key)
    undo = saved.rename(view, request.POST.get("name", ""))
    return _said(request, _("Agora o recorte se chama %(name)s.") % {"name": view.name}, undo, _list(request))


@access_required(Capability.CUSTOMERS, methods=("POST",))
def open_first(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Open the list with this view from now on, or no longer."""
    view, wanted = saved.own(request.user, key), request.POST.get("wanted") == "1"
    undo = saved.open_first(view, wanted)
    message = _("A lista passa a abrir com %(name)s.") if wanted else _("A lista não abre mais com %(name)s.")
    return _said(request, message % {"name": view.name}, undo, _list(request))


@access_required(Capability.CUSTOMERS, methods=("POST",))
def delete(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Remove one's view."""
    view = saved.own(request.user, key)
    return _said(request, _("Recorte %(name)s apagado.") % {"name": view.name}, saved.delete(view), _list(request))


@access_required(Capability.CUSTOMERS, methods=("POST",))
def undo(request: AuthenticatedRequest) -> HttpResponse:
    """Take a change back and show the view as it was."""
    view = saved.restore(request.user, request.GET.get("antes", ""))
    messages.success(request, _("Recorte %(name)s como antes.") % {"name": view.name})
    return opened(view)


def opened(view: SavedView) -> HttpResponse:
    """To the list a view keeps."""
    answer = redirect(f"{reverse('console:customers')}?{urlencode(sorted(view.asks.items()))}")
    columns.remember(answer, view.columns)
    return answer


def _list(request: AuthenticatedRequest) -> HttpResponse:
    return redirect(f"{reverse('console:customers')}?{request.GET.urlencode()}")


def _said(request: AuthenticatedRequest, text: str, undo: str, answer: HttpResponse) -> HttpResponse:
    way_back = f"{reverse('console:customers_view_undo')}?{urlencode({'antes': undo})}" if undo else ""
    messages.success(request, text, extra_tags=way_back)
    return answer
