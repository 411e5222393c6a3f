"""How long things are kept, and the jobs that end it: told first, carried out when asked, each with a line of audit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from b2shift.identify.api import purposes
from b2shift.kernel.contract import Contract
from b2shift.lake.api import Lake
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.crm.lake import lake
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.outbox.models import Message
from b2shift.web.privacy.erasure import erase_person
from b2shift.web.privacy.models import RightsRequest

_MONTH = timedelta(days=30.44)
MOST_PERSONS = 20
"""Persons one application takes out: each looks through every version, so the rest waits for the next."""


class Kept(Contract):
    """One retention rule and how much is over its time."""

    rule: str
    title: str
    why: str
    months: int
    over: int
    done: int = 0


@dataclass(frozen=True)
class _Rule:
    rule: str
    title: object
    why: object
    months: int
    over: Callable[[datetime], int]
    end: Callable[[datetime, Doer], int]


def over(now: datetime) -> list[Kept]:
    """Each rule with how much is over its time; nothing is changed."""
    return [_outcome(rule, now) for rule in _rules()]


def apply(doer: Doer, now: datetime) -> list[Kept]:
    """Carry every rule out; doing it again finds nothing. AccessError for who does not look after privacy."""
    if doer.person is not None:
        require(doer.person, Capability.PRIVACY)
    found = []
    for rule in _rules():
        outcome = _outcome(rule, now)
        done = rule.end(now, doer) if outcome.over else 0
        found.append(outcome.model_copy(update={"done": done}))
    details = {one.rule: one.done for one in found}
    record(AuditEvent.Action.RETENTION, doer, object_kind="retention", details=details, at=now)
    return found


def _outcome(rule: _Rule, now: datetime) -> Kept:
    return Kept(
        rule=rule.rule,
        title=str(rule.title),
        why=str(rule.why),
        months=rule.months,
        over=rule.over(now - rule.months * _MONTH),
    )


def _rules() -> list[_Rule]:
    longest = max(one.months for one in purposes())
    return [
        _Rule(
            "messages",
            _("Conteúdo das mensagens"),
            _("Depois disso só importa que a mensagem existiu, por qual canal e quando."),
            12,
            lambda until: _contents(until).count(),
            lambda now, _doer: _contents(now - 12 * _MONTH).update(payload={}),
        ),
        _Rule(
            "requests",
            _("Pedidos de titulares respondidos"),
            _("A prova do atendimento prescreve em cinco anos; o protocolo e a resposta ficam sem o nome."),
            60,
            lambda until: _answered(until).count(),
            lambda now, _doer: _answered(now - 60 * _MONTH).update(requester="", told="", person_ref=""),
        ),
        _Rule(
            "sessions",
            _("Sessões encerradas"),
            _("Não servem para nada depois de vencidas."),
            0,
            lambda until: Session.objects.filter(expire_date__lt=until).count(),
            lambda now, _doer: Session.objects.filter(expire_date__lt=now).delete()[0],
        ),
        _Rule(
            "former_contacts",
            _("Pessoas de ex-clientes"),
            _("O mais longo dos prazos das finalidades passou desde o último mês com receita."),
            longest,
            lambda until: len(_former(lake(), until)),
            _erase_former,
        ),
    ]


def _contents(until: datetime) -> QuerySet[Message]:
    ended = [Message.State.SENT, Message.State.DEAD, Message.State.SUPPRESSED, Message.State.EXPIRED]
    return Message.objects.filter(state__in=ended, created_at__lt=until).exclude(payload={})


def _answered(until: datetime) -> QuerySet[RightsRequest]:
    return RightsRequest.objects.filter(answered_at__lt=until).exclude(requester="", told="", person_ref="")


def _former(read: Lake, until: datetime) -> list[str]:
    """Contacts of cancelled customers whose last revenue, or first day when they had none, lies before a moment."""
    if not all(read.has(name) for name in ("contacts", "customers", "recurring_revenue")):
        return []
    rows = read.query(
        "SELECT contact_id FROM contacts JOIN customers USING (customer_id) LEFT JOIN "
        "(SELECT customer_id, max(month) AS last FROM recurring_revenue WHERE mrr > 0 GROUP BY 1) USING (customer_id) "
        "WHERE situation = 'cancelado' AND coalesce(last, customer_since) < ? ORDER BY 1",
        [until.date()],
    )
    return [str(code) for code in rows.column("contact_id").to_pylist()]


def _erase_former(now: datetime, doer: Doer) -> int:
    longest = max(one.months for one in purposes())
    codes = _former(lake(), now - longest * _MONTH)[:MOST_PERSONS]
    for code in codes:
        erase_person(doer, f"contacts/{code}", str(_("Prazo de guarda vencido")), now)
    return len(codes)
