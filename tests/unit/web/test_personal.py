"""Personal data: with a purpose, by who may, never without a trace."""

import pytest
from tests.unit.web import factory

from b2shift.kernel.errors import AccessError, InputError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Publication
from b2shift.web.ledger import personal
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.personal import Purpose, read_contacts
from b2shift.web.ledger.trail import Doer, verify

pytestmark = pytest.mark.records

People = dict[Role, User]


def doer(user: User) -> Doer:
    return Doer(user, user.email, "10.0.0.1", "web")


def test_contacts_come_with_their_trace(people: People) -> None:
    found = read_contacts(doer(people[Role.EXECUTOR]), "10006", "venda")
    assert [(one.contact_id, one.name, one.email, one.consent_sms) for one in found] == [
        ("k6", "Maria Pessoa 6", "pessoa6@segredo.example", None)
    ]
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.purpose) == ("personal_read", people[Role.EXECUTOR], "venda")
    assert (event.object_kind, event.object_id, event.details) == ("customer", "10006", {"contacts": ["k6"]})
    assert "segredo.example" not in str(vars(event)), "the trail names contacts, it does not copy them"
    assert verify().intact


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.ANALYST, Role.ADMINISTRATOR])
def test_a_role_without_the_purpose_of_contacts_reads_none(people: People, role: Role) -> None:
    with pytest.raises(AccessError, match="Seu papel não permite isto"):
        read_contacts(doer(people[role]), "10000", "venda")
    assert not AuditEvent.objects.exists()


def test_nobody_reads_nothing(people: People) -> None:
    with pytest.raises(AccessError):
        read_contacts(Doer(None), "10000", "venda")
    people[Role.EXECUTOR].is_active = False
    with pytest.raises(AccessError):
        read_contacts(doer(people[Role.EXECUTOR]), "10000", "venda")
    assert not AuditEvent.objects.exists()


def test_anothers_customer_and_none_look_alike(people: People) -> None:
    told = set()
    for code in ("10001", "ZZZZZ9", "", "x\x00"[:1]):
        with pytest.raises(AccessError) as refused:
            read_contacts(doer(people[Role.EXECUTOR]), code, "venda")
        told.add((refused.value.what, refused.value.hint))
    assert len(told) == 1
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("purpose", ["", "Venda", "curiosidade", "venda "])
def test_a_purpose_of_the_list_is_needed(people: People, purpose: str) -> None:
    with pytest.raises(InputError, match="Diga para que finalidade") as refused:
        read_contacts(doer(people[Role.EXECUTOR]), "10000", purpose)
    assert all(one in refused.value.hint for one in Purpose.values)
    assert not AuditEvent.objects.exists()


def test_without_a_trace_there_are_no_contacts(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_told: object, **_more: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(personal, "record", full)
    with pytest.raises(OSError, match="disk full"):
        read_contacts(doer(people[Role.EXECUTOR]), "10000", "venda")


def test_the_factory_has_a_contact_for_each_customer(published: Publication) -> None:
    """Else the tests above would prove nothing."""
    assert "segredo.example" in factory.VIEW360["contacts"]
