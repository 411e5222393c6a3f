"""A person's own views of the list: kept, renamed, opened first, deleted; each change can be taken back.

An undo carries, signed, how the view was before: nothing is kept of what was deleted, and nobody restores for another.
"""

from typing import Any

from django.core.signing import BadSignature, dumps, loads
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.models import SavedView, User

MOST_VIEWS = 30
_SALT = "b2shift.console.saved"
_UNDO_SECONDS = 3600
_KEPT = ("name", "asks", "columns", "opens_first")


def own(owner: User, key: int) -> SavedView:
    """One's own view; another's does not exist here (404)."""
    found = owner.saved_views.filter(pk=key).first()
    if found is None:
        raise Http404(_("Este recorte não existe ou não é seu."))
    return found


def save(owner: User, name: str, asks: dict[str, str], columns: str) -> tuple[SavedView, str]:
    """Keep what is on the screen under a name; a name one already has is kept anew, and its undo told ("" if new)."""
    clean_name = _readable(name)
    with transaction.atomic():
        before = owner.saved_views.filter(name=clean_name).first()
        if before is None and owner.saved_views.count() >= MOST_VIEWS:
            raise InputError(
                _("Você já tem o máximo de recortes"),
                value=MOST_VIEWS,
                hint=_("Apague um que não usa e salve de novo"),
            )
        undo = _before(before) if before else ""
        view, _created = owner.saved_views.update_or_create(
            name=clean_name, defaults={"asks": asks, "columns": columns}
        )
    return view, undo


def rename(view: SavedView, name: str) -> str:
    """Call it otherwise; the undo. InputError when another view of the owner has the name."""
    clean_name, undo = _readable(name), _before(view)
    _refuse_taken(view.owner, view.pk, clean_name)
    view.name = clean_name
    view.save(update_fields=["name"])
    return undo


def open_first(view: SavedView, wanted: bool) -> str:
    """Whether the list opens with it; at most one of a person's does. The undo."""
    undo = _before(view.owner.saved_views.filter(opens_first=True).exclude(pk=view.pk).first() or view)
    with transaction.atomic():
        view.owner.saved_views.filter(opens_first=True).update(opens_first=False)
        view.opens_first = wanted
        view.save(update_fields=["opens_first"])
    return undo


def delete(view: SavedView) -> str:
    """Remove it; the undo brings the very same one back."""
    undo = _before(view)
    view.delete()
    return undo


def restore(owner: User, undo: str) -> SavedView:
    """The view as an undo of this owner remembers it; 404 for another's, InputError for one that is old or made up."""
    try:
        saved: dict[str, Any] = loads(undo, salt=_SALT, max_age=_UNDO_SECONDS)
    except BadSignature as error:
        raise InputError(_("Não dá mais para desfazer"), hint=_("Salve o recorte de novo")) from error
    if saved["owner"] != owner.pk:
        raise Http404(_("Este recorte não existe ou não é seu."))
    _refuse_taken(owner, saved["id"], saved["name"])
    with transaction.atomic():
        if saved["opens_first"]:
            owner.saved_views.filter(opens_first=True).update(opens_first=False)
        view, _created = owner.saved_views.update_or_create(
            pk=saved["id"], defaults={name: saved[name] for name in _KEPT}
        )
    return view


def _before(view: SavedView) -> str:
    state = {"owner": view.owner_id, "id": view.pk, **{name: getattr(view, name) for name in _KEPT}}
    return dumps(state, salt=_SALT, compress=True)


def _readable(name: str) -> str:
    text = " ".join(name.replace("\x00", "").split())
    if not 0 < len(text) <= 60:
        raise InputError(
            _("Um recorte precisa de um nome de até 60 caracteres"), value=text[:80] or None, hint=_("Escreva o nome")
        )
    return text


def _refuse_taken(owner: User, key: int, name: str) -> None:
    if owner.saved_views.filter(name=name).exclude(pk=key).exists():
        raise InputError(_("Você já tem um recorte com este nome"), value=name, hint=_("Escolha outro nome"))
