"""A campaign of the tests: its words, and whom it is for."""

from dataclasses import replace
from typing import Any

from tests.unit.web.outreach.world import NOW

from b2shift.web.accounts.models import User
from b2shift.web.campaigns.models import Campaign
from b2shift.web.campaigns.proposing import Words, begin
from b2shift.web.campaigns.serving import serve_campaigns
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import visible_customers
from b2shift.web.ledger.trail import Doer

WORDS = Words(
    name="Novo módulo fiscal",
    kind="educacao",
    group="mensagens",
    channels=("email", "in_app"),
    subject="{cliente}: o módulo fiscal mudou",
    text="Olá, {pessoa}.\n\n{mensagem}\n\n{responsavel}",
    short="Olá, {pessoa}. {mensagem}",
    message="A apuração nova já está no ar.",
    control_share=0,
)


def begun(author: Doer, *codes: str, **over: Any) -> Campaign:
    """A campaign for these customers, or for all the author sees."""
    person = author.person
    assert isinstance(person, User)
    person.unit_in_view = ""
    rows = visible_customers(person)
    wanted = rows.filter(customer_id__in=codes) if codes else rows
    return begin(author, replace(WORDS, **over), wanted, {}, NOW)


def counted(author: Doer, *codes: str, **over: Any) -> Campaign:
    """The same, counted by the worker."""
    made = begun(author, *codes, **over)
    while Campaign.objects.get(pk=made.pk).state == Campaign.State.COUNTING:
        serve_campaigns(NOW)
    made.refresh_from_db()
    return made


def base_of(person: User) -> list[str]:
    """The customers the person sees."""
    person.unit_in_view = ""
    return sorted(visible_customers(person).values_list("customer_id", flat=True))


def known() -> int:
    """How many customers there are."""
    return Customer.objects.count()
