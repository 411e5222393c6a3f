"""What the pages of pairs share, be they companies or contacts: words, pages, a person's answer."""

from typing import NamedTuple

from django.contrib import messages
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from b2shift.identify.contracts import Answer, LinkDecision
from b2shift.kernel.errors import InputError
from b2shift.web.console.decorators import AuthenticatedRequest

PAGE_ROWS = 25
_MOST_PAGES = 400


class Words(NamedTuple):
    """What a pair of one kind is called, where its answers go, and the template of its two sides."""

    address: str
    sides: str
    same: str | Promise
    different: str | Promise
    said_same: str | Promise
    said_different: str | Promise
    personal: bool = False
    """Whether the records are people, whose names are shown for a purpose only."""


def answered_in(request: AuthenticatedRequest, *, hint: str) -> LinkDecision:
    """The answer a form brings; InputError for one that does not exist or is to no pair."""
    said = request.POST.get("answer", "")
    if said not in list(Answer):
        raise InputError(_("Esta resposta não existe"), value=said[:20], hint=_("Aceite, rejeite ou desfaça"))
    pair = {name: request.POST.get(name, "").strip() for name in ("prospect_id", "same_as")}
    if not all(pair.values()):
        raise InputError(_("Falta dizer de que par se trata"), hint=hint)
    return LinkDecision(**pair, answer=Answer(said), by=request.user.get_username(), at=timezone.now())


def said_back(request: AuthenticatedRequest, decision: LinkDecision) -> None:
    """Tell the person that the answer is kept."""
    values = {"one": decision.prospect_id, "other": decision.same_as}
    messages.success(request, _("%(one)s e %(other)s: anotado. A próxima execução aplica.") % values)


def page_number(request: AuthenticatedRequest) -> int:
    """The page asked for; InputError for none."""
    text = request.GET.get("cursor") or "1"
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_PAGES:
        raise InputError(_("Esta página não existe"), value=text[:20], hint=_("Comece pela primeira página"))
    return int(text)


def pages_of(place: int, total: int) -> dict[str, str | None]:
    """The cursors before and after a page."""
    return {
        "next": str(place + 1) if total > PAGE_ROWS * place and place < _MOST_PAGES else None,
        "previous": str(place - 1) if place > 1 else None,
    }
