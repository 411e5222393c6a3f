"""The only way to a customer's people: with a purpose, and never without leaving a trace."""

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.identify import api as identify
from b2shift.identify.contracts import Contact
from b2shift.kernel.errors import AccessError, InputError
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.crm.lake import lake
from b2shift.web.crm.prospects import visible_prospect
from b2shift.web.crm.reading import visible_customers
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record


class Purpose(TextChoices):
    """Why a person may look at personal data; what LGPD calls the purpose."""

    SUPPORT = "atendimento", gettext_lazy("Atendimento")
    SALE = "venda", gettext_lazy("Venda")
    RENEWAL = "renovacao", gettext_lazy("Renovação")
    COLLECTION = "cobranca", gettext_lazy("Cobrança")
    CAMPAIGN = "campanha", gettext_lazy("Campanha")
    RIGHTS = "direitos_do_titular", gettext_lazy("Direitos do titular")


def read_contacts(doer: Doer, customer_id: str, purpose: str) -> tuple[Contact, ...]:
    """A visible customer's contacts, after writing who read them and why.

    Raises AccessError when the role may not, or the customer is not one the person sees (or does not exist: the two
    look alike), and InputError without a purpose of the list.
    """
    if doer.person is None:
        raise AccessError(_("Entre para ver dados pessoais"))
    require(doer.person, Capability.CONTACTS)
    if not visible_customers(doer.person).filter(customer_id=customer_id).exists():
        raise AccessError(_("Este cliente não está entre os que você acompanha"), value=customer_id)
    purpose = purpose_of(purpose)
    return _read(doer, customer_id, purpose)


def read_prospect_contacts(doer: Doer, code: str, purpose: str) -> tuple[Contact, ...]:
    """The people of a company that is no customer and that the person sees, traced and refused the same."""
    if doer.person is None:
        raise AccessError(_("Entre para ver dados pessoais"))
    require(doer.person, Capability.CONTACTS)
    company = visible_prospect(doer.person, code)
    if company is None:
        raise AccessError(_("Este prospect não está entre os que você acompanha"), value=code[:40])
    purpose = purpose_of(purpose)
    contacts = identify.prospect_people(lake(), [one.id for one in company.records])
    tell_read(doer, "prospect", company.entity, purpose, [contact.contact_id for contact in contacts])
    return contacts


def contacts_to_reach(by: str, customer_id: str, purpose: Purpose, via: str = "jornada") -> tuple[Contact, ...]:
    """A customer's contacts for something that two people approved to run by itself, named `by`; traced the same."""
    return _read(Doer(None, by, None, via), customer_id, purpose.value)


def _read(doer: Doer, customer_id: str, purpose: str) -> tuple[Contact, ...]:
    read = lake()
    found = identify.customer_360(read, customer_id) if read.has("customer_360") else None
    contacts = tuple(found.contacts) if found else ()
    tell_read(doer, "customer", customer_id, purpose, [contact.contact_id for contact in contacts])
    return contacts


def purpose_of(text: str) -> str:
    """A purpose of the list; InputError for any other text."""
    if text not in Purpose.values:
        raise InputError(
            _("Diga para que finalidade vai usar os dados pessoais"),
            value=text or None,
            hint=_("Escolha uma destas: %(known)s") % {"known": ", ".join(Purpose.values)},
        )
    return text


def tell_read(doer: Doer, kind: str, name: str, purpose: str, contacts: list[str]) -> None:
    """Write down whose personal data somebody is about to be shown, where and what for."""
    record(
        AuditEvent.Action.PERSONAL_READ,
        doer,
        object_kind=kind,
        object_id=name,
        purpose=purpose,
        details={"contacts": contacts},
    )
