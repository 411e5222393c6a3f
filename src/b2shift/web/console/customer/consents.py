"""`/clientes/…/pessoas/…/consentimentos/`: what one person allowed, per channel and purpose, and their newest word."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from b2shift.kernel.errors import AccessError, InputError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.formats import number
from b2shift.web.console.wording import word
from b2shift.web.crm.reading import visible_customers
from b2shift.web.ledger.trail import Doer
from b2shift.web.privacy import consents

ORIGINS = (
    ("e-mail", gettext_lazy("E-mail")),
    ("telefone", gettext_lazy("Telefone")),
    ("formulário", gettext_lazy("Formulário")),
    ("pessoalmente", gettext_lazy("Pessoalmente")),
)


@dataclass(frozen=True)
class Line:
    """One channel and what holds on it: the purposes something was said of, and whether it was yes."""

    channel: str
    words: list[tuple[str, bool]]


@access_required(Capability.CONTACTS, methods=("GET", "POST"))
def index(request: AuthenticatedRequest, customer_id: str, person_id: str) -> HttpResponse:
    """What holds, and by POST a new word with its proof."""
    request.user.unit_in_view = ""
    if not visible_customers(request.user).filter(customer_id=customer_id).exists():
        raise Http404
    context: dict[str, object] = {}
    status = 200
    if request.method == "POST":
        try:
            context["done"] = _say(request, customer_id, person_id)
        except AccessError as error:
            raise Http404 from error
        except InputError as error:
            context |= {"problem": f"{error.what}. {error.hint}", "typed": request.POST}
            status = 422
    context |= _what_holds(customer_id, person_id)
    part = "consents" if is_htmx_request(request) else "consents_page"
    return render(request, f"console/customer/{part}.html", context, status=status if part != "consents" else 200)


def _say(request: AuthenticatedRequest, customer_id: str, person_id: str) -> str:
    given = request.POST.get("given", "")
    if given not in {"1", "0"}:
        raise InputError(_("Diga se a pessoa permitiu ou se opôs"))
    said = consents.Said(
        channel=request.POST.get("channel", ""),
        purpose=request.POST.get("purpose", ""),
        given=given == "1",
        origin=request.POST.get("origin", ""),
        text_version=request.POST.get("text_version", ""),
        proof=request.POST.get("proof", ""),
    )
    taken = consents.say(Doer.of(request), customer_id, person_id, said, timezone.now())
    if said.given:
        return _("Consentimento registrado.")
    out = ngettext("%(count)s mensagem saiu da fila", "%(count)s mensagens saíram da fila", taken)
    return _("Oposição registrada") + "; " + out % {"count": number(taken)} + "."


def _what_holds(customer_id: str, person_id: str) -> dict[str, object]:
    decided, words = consents.consents_of(customer_id, person_id), consents.purpose_words()
    lines = []
    for channel in consents.CHANNELS:
        said = [(words[purpose], decided.get((channel.value, purpose))) for purpose in consents.MESSAGE_PURPOSES]
        lines.append(Line(word("channel", channel.value), [(head, one.given) for head, one in said if one is not None]))
    return {
        "customer_id": customer_id,
        "person_id": person_id,
        "lines": lines,
        "history": consents.history_of(customer_id, person_id)[::-1],
        "channels": [(one.value, word("channel", one.value)) for one in consents.CHANNELS],
        "purposes": [(purpose, words[purpose]) for purpose in consents.MESSAGE_PURPOSES],
        "words": words,
        "origins": ORIGINS,
    }
