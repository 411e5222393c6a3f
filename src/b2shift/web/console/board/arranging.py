"""Arranging one's board: another place, width, name, roles that see a tile; taking it off, and taking that back."""

from typing import Any

from django.contrib import messages
from django.core.signing import BadSignature, dumps, loads
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.models import Tile
from b2shift.web.accounts.permissions import Capability
from b2shift.web.accounts.roles import Role
from b2shift.web.console.decorators import AuthenticatedRequest, access_required

_SALT, _UNDO_SECONDS = "b2shift.console.board", 3600
_KEPT = ("title", "query", "question", "wide", "roles", "place")


@access_required(Capability.ASK, methods=("POST",))
def move(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """To another place, counted from 1; the others make room."""
    tile = _own(request, key)
    with transaction.atomic():
        others = [one for one in request.user.tiles.select_for_update() if one.pk != tile.pk]
        text = request.POST.get("place", "")
        place = min(max(int(text) if text.isdecimal() and len(text) < 4 else 1, 1), len(others) + 1)
        for n, one in enumerate([*others[: place - 1], tile, *others[place - 1 :]], 1):
            Tile.objects.filter(pk=one.pk).update(place=n)
    where = {"title": tile.title, "place": place, "of": len(others) + 1}
    messages.success(request, _("%(title)s está no lugar %(place)s de %(of)s.") % where)
    return _back(f"#lugar-{key}")


@access_required(Capability.ASK, methods=("POST",))
def change(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Its name, its width and the roles that see it."""
    tile = _own(request, key)
    title = " ".join(request.POST.get("title", "").replace("\x00", "").split())[:200]
    if not title:
        raise InputError(_("Um quadro precisa de um nome"), hint=_("Escreva o nome"))
    roles = [one for one in request.POST.getlist("roles") if one in Role.values]
    tile.title, tile.wide, tile.roles = title, request.POST.get("wide") == "1", roles
    tile.save(update_fields=["title", "wide", "roles"])
    messages.success(request, _("%(title)s está como você pediu.") % {"title": title})
    return _back(f"#quadro-{key}")


@access_required(Capability.ASK, methods=("POST",))
def remove(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Take a tile off; somebody else's does not exist here. The toast has the way back."""
    tile = _own(request, key)
    undo = dumps({"owner": tile.owner_id, **{name: getattr(tile, name) for name in _KEPT}}, salt=_SALT, compress=True)
    tile.delete()
    message = _("%(title)s removido do painel.") % {"title": tile.title}
    messages.success(request, message, extra_tags=f"{reverse('console:board_back')}?antes={undo}")
    return redirect("console:board")


@access_required(Capability.ASK, methods=("POST",))
def take_back(request: AuthenticatedRequest) -> HttpResponse:
    """A tile that was taken off, as it was."""
    try:
        saved: dict[str, Any] = loads(request.GET.get("antes", ""), salt=_SALT, max_age=_UNDO_SECONDS)
    except BadSignature as error:
        raise InputError(_("Não dá mais para desfazer"), hint=_("Adicione a resposta de novo")) from error
    if saved["owner"] != request.user.pk:
        raise Http404(_("Este quadro não existe ou não é seu."))
    Tile.objects.create(owner=request.user, **{name: saved[name] for name in _KEPT})
    return redirect("console:board")


def _own(request: AuthenticatedRequest, key: int) -> Tile:
    return get_object_or_404(Tile, pk=key, owner=request.user)


def _back(place: str) -> HttpResponse:
    return redirect(f"{reverse('console:board')}?arrumar=1{place}")
