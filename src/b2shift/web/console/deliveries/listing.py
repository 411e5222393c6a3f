"""The messages an address asks for, and what they come to: every figure is a filter of the list below it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from b2shift.kernel.errors import UnknownNameError
from b2shift.web.accounts.models import User
from b2shift.web.console import wording
from b2shift.web.console.contact_origins import origin_names
from b2shift.web.console.filter_bar import Field
from b2shift.web.crm.models import Customer
from b2shift.web.outbox.models import Message
from b2shift.web.outreach.models import Outcome, Receipt
from b2shift.web.outreach.reading import visible_messages

# Filter in the address: what it asks of a message.
_ASKS: Mapping[str, str] = {
    "state": "state",
    "channel": "channel",
    "kind": "effect__kind",
    "rule": "payload__rule_id",
    "step": "payload__proposal_id__endswith",
    "customer": "customer_id",
    "receipt": "receipts__kind",
}
STATES = Message.State
QUEUED = (STATES.PENDING, STATES.LEASED, STATES.SENDING)


@dataclass(frozen=True)
class Figure:
    """A count and the address of its rows."""

    label: str
    count: int
    address: str
    icon: str
    tone: str = ""
    meaning: str = ""


def requested_list(user: User, params: QueryDict) -> QuerySet[Message]:
    """The messages that agree with every filter; UnknownNameError for a state or receipt there is not."""
    rows = visible_messages(user)
    for name, lookup in _ASKS.items():
        value = params.get(name, "").strip()
        if not value:
            continue
        if name == "state" and value == "queued":
            rows = rows.filter(state__in=QUEUED)
            continue
        known = {"state": STATES.values, "receipt": Receipt.Kind.values}.get(name)
        if known is not None and value not in known:
            raise UnknownNameError(_("estado") if name == "state" else _("recibo"), value[:40], known)
        rows = rows.filter(**{lookup: f".{value}" if name == "step" else value})
    outcome = params.get("outcome", "").strip()
    return rows.filter(dedupe_key__in=_with_outcome(outcome)) if outcome else rows


def figures(user: User) -> list[Figure]:
    """How many are where, and what came of them, over everything the person sees; nothing where there is none."""
    seen = visible_messages(user).order_by()
    by_state = dict(seen.values_list("state").annotate(count=Count("pk")))
    if not by_state:
        return []
    receipts = Receipt.objects.filter(message__in=seen).order_by()
    by_kind = dict(receipts.values_list("kind").annotate(count=Count("pk")))
    accepted = seen.filter(dedupe_key__in=_with_outcome("aceitou")).count()
    kind, states = Receipt.Kind, STATES
    queued = sum(by_state.get(one, 0) for one in QUEUED)
    return [
        Figure(_("Na fila"), queued, "?state=queued", "clock"),
        Figure(_("Enviadas"), by_state.get(states.SENT, 0), "?state=sent", "mail", "good"),
        Figure(_("Em dúvida"), by_state.get(states.IN_DOUBT, 0), "?state=in_doubt", "warning", "warn",
               _("O envio parou sem resposta: confira com o provedor antes de reenviar")),
        Figure(_("Suprimidas"), by_state.get(states.SUPPRESSED, 0), "?state=suppressed", "reject", "",
               _("O que não saiu, com o motivo")),
        Figure(_("Não entregues"), by_state.get(states.DEAD, 0), "?state=dead", "danger", "bad"),
        Figure(_("Vencidas"), by_state.get(states.EXPIRED, 0), "?state=expired", "minus"),
        Figure(_("Clicadas"), by_kind.get(kind.CLICKED, 0), "?receipt=clicked", "target"),
        Figure(_("Abertas"), by_kind.get(kind.OPENED, 0), "?receipt=opened", "eye", "",
               _("Estimativa: programas de e-mail abrem imagens que ninguém viu, ou nenhuma")),
        Figure(_("Respondidas"), by_kind.get(kind.REPLIED, 0), "?receipt=replied", "message"),
        Figure(_("Aceitas"), accepted, "?outcome=aceitou", "deal", "good"),
        Figure(_("Devolvidas"), by_kind.get(kind.FAILED, 0), "?receipt=failed", "danger"),
        Figure(_("Descadastros"), by_kind.get(kind.LEFT, 0), "?receipt=left", "leave"),
    ]  # fmt: skip


def fields(user: User, params: QueryDict) -> list[Field]:
    """The bar: only values that occur."""
    seen = visible_messages(user).order_by()
    asked = [
        Field("state", _("Estado"), params.get("state", ""), (("queued", _("Na fila")), *_states())),
        Field("channel", _("Canal"), params.get("channel", ""), _worded(seen, "channel", "channel")),
        Field("kind", _("Tipo"), params.get("kind", ""), _worded(seen, "effect__kind", "kind")),
        Field("rule", _("Regra"), params.get("rule", ""), _origins(seen)),
        Field("step", _("Passo da jornada"), params.get("step", ""), type="text"),
        Field("customer", _("Código do cliente"), params.get("customer", ""), type="text"),
        Field("receipt", _("O que voltou"), params.get("receipt", ""), _receipts()),
    ]
    return [field for field in asked if field.options or field.type == "text"]


def with_customers(rows: list[Message]) -> list[tuple[Message, Customer | None, list[Receipt], str]]:
    """Each message with its customer, what came back, and what its rule, campaign or journey is called."""
    codes = {_about(one) for one in rows}
    customers = {one.customer_id: one for one in Customer.objects.filter(customer_id__in=codes)}
    came: dict[int, list[Receipt]] = {}
    for receipt in Receipt.objects.filter(message__in=[one.pk for one in rows]):
        came.setdefault(receipt.message_id, []).append(receipt)
    names = origin_names(_rule(one) for one in rows if _rule(one))
    return [(one, customers.get(_about(one)), came.get(one.pk, []), names.get(_rule(one), "")) for one in rows]


def _rule(message: Message) -> str:
    return str(message.payload.get("rule_id") or "")


def _about(message: Message) -> str:
    return str(message.customer_id or message.payload.get("customer_id", ""))


def _with_outcome(value: str) -> QuerySet[Outcome, str]:
    return Outcome.objects.filter(value=value).values_list("key", flat=True)


def _states() -> tuple[tuple[str, str], ...]:
    shown = [one for one in STATES if one not in QUEUED]
    return tuple((one.value, str(one.label)) for one in shown)


def _receipts() -> tuple[tuple[str, str], ...]:
    return tuple((one.value, str(one.label)) for one in Receipt.Kind)


def _plain(seen: QuerySet[Message], column: str) -> tuple[tuple[str, str], ...]:
    values = {value for value in seen.values_list(column, flat=True).distinct() if value}
    return tuple((value, value) for value in sorted(values))


def _origins(seen: QuerySet[Message]) -> tuple[tuple[str, str], ...]:
    names = origin_names(value for value, _same in _plain(seen, "payload__rule_id"))
    return tuple(sorted(names.items(), key=lambda one: one[1].casefold()))


def _worded(seen: QuerySet[Message], column: str, kind: str) -> tuple[tuple[str, str], ...]:
    return tuple((value, wording.word(kind, value)) for value, _same in _plain(seen, column))
