"""The audit trail: one chain, whoever writes; whatever is changed in it shows."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, Verdict, record, verify

pytestmark = [pytest.mark.records, pytest.mark.django_db]

READ = AuditEvent.Action.PERSONAL_READ
NOBODY = Doer(None, "ninguem@empresa.example", "10.0.0.7", "web")


def write(count: int = 5) -> list[AuditEvent]:
    return [record(READ, NOBODY, object_kind="customer", object_id=str(n), details={"n": n}) for n in range(count)]


def test_events_are_numbered_and_each_holds_the_hash_before() -> None:
    first, second, third = write(3)
    assert [one.sequence for one in (first, second, third)] == [1, 2, 3]
    assert first.previous_hash == "0" * 64
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
    assert verify() == Verdict(intact=True, events=3, head=third.hash)


def test_an_empty_trail_is_intact() -> None:
    assert verify() == Verdict(intact=True, events=0, head="0" * 64)


def test_an_event_shows_who_when_where_and_why(people: dict[Role, User]) -> None:
    at = datetime(2026, 11, 2, 15, 4, 5, 678901, tzinfo=UTC)
    doer = Doer(people[Role.EXECUTOR], address="2001:DB8::1", channel="rest", key="b2s_abcdefgh")
    record(READ, doer, object_kind="customer", object_id="10000", purpose="venda", details={"contacts": ["k1"]}, at=at)
    event = AuditEvent.objects.get()
    assert event.actor == people[Role.EXECUTOR]
    assert event.actor_email == "executor@empresa.example"
    assert event.at == at
    assert str(event.address) == "2001:db8::1"
    assert (event.channel, event.purpose) == ("rest", "venda")
    assert event.details == {"contacts": ["k1"], "key": "b2s_abcdefgh"}
    assert verify().intact


CHANGES: dict[str, Any] = {
    "at": datetime(2020, 1, 1, tzinfo=UTC),
    "actor_email": "outra@empresa.example",
    "action": AuditEvent.Action.EXPORT,
    "object_kind": "segment",
    "object_id": "9",
    "address": "10.0.0.8",
    "channel": "rest",
    "purpose": "venda",
    "details": {"n": 7},
    "previous_hash": "1" * 64,
    "hash": "2" * 64,
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_event_shows(column: str) -> None:
    write()
    AuditEvent.objects.filter(sequence=3).update(**{column: CHANGES[column]})
    verdict = verify()
    assert (verdict.intact, verdict.broken_at, verdict.events) == (False, 3, 2)
    assert verdict.reason == ("não segue o evento anterior" if column == "previous_hash" else "conteúdo alterado")


def test_another_actor_shows(people: dict[Role, User]) -> None:
    record(READ, Doer(people[Role.EXECUTOR]))
    AuditEvent.objects.update(actor=people[Role.MANAGER])
    assert verify().broken_at == 1


def test_every_column_is_covered_by_the_hash() -> None:
    columns = {field.name for field in AuditEvent._meta.concrete_fields}
    assert columns == set(CHANGES) | {"sequence", "actor"}


def test_a_removed_event_shows() -> None:
    write()
    AuditEvent.objects.filter(sequence=3).delete()
    assert verify() == Verdict(intact=False, events=2, broken_at=3, reason="evento ausente")


def test_events_renumbered_over_a_gap_show() -> None:
    write()
    AuditEvent.objects.filter(sequence=3).delete()
    for number in (4, 5):
        AuditEvent.objects.filter(sequence=number).update(sequence=number - 1)
    assert verify().broken_at == 3


def test_two_events_exchanged_show() -> None:
    write()
    for old, new in ((2, 99), (3, 2), (99, 3)):
        AuditEvent.objects.filter(sequence=old).update(sequence=new)
    assert verify().broken_at == 2


def test_a_new_first_event_shows() -> None:
    write()
    AuditEvent.objects.filter(sequence=1).update(object_id="x")
    assert verify() == Verdict(intact=False, events=0, broken_at=1, reason="conteúdo alterado")


def test_a_cut_tail_shows_to_who_kept_the_head() -> None:
    write()
    head = verify().head
    AuditEvent.objects.filter(sequence=5).delete()
    assert verify().intact
    assert verify().head != head
    record(READ, NOBODY)
    assert verify().head != head


ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60)
@given(
    details=st.dictionaries(st.text(max_size=5), ODD, max_size=4),
    text=st.text(max_size=300),
    address=st.none() | st.ip_addresses().map(str),
)
def test_whatever_is_written_can_be_verified_when_it_is_read(details: Any, text: str, address: str | None) -> None:
    """Databases keep numbers, texts and addresses their own way; the hash must hold after they come back."""
    doer = Doer(None, text, address, text)
    event = record(READ, doer, object_kind=text, object_id=text, purpose=text, details=details)
    again = AuditEvent.objects.get(sequence=event.sequence)
    assert again.details == event.details
    assert verify().intact


def test_a_mapped_address_is_verified_too() -> None:
    record(READ, Doer(None, "", "::FFFF:10.0.0.1", "web"))
    record(READ, Doer(None, "", "2001:0db8:0000::0001", "web"))
    record(READ, Doer(None, "", "unix:/run/b2shift.sock", "web"))
    told = AuditEvent.objects.order_by("sequence").values_list("address", flat=True)
    assert [address and str(address) for address in told] == ["10.0.0.1", "2001:db8::1", None]
    assert verify().intact


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_keep_one_chain() -> None:
    errors: list[BaseException] = []

    def go(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # told by the test's own thread
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=(lambda: write(8),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    assert not errors
    assert verify().intact
    assert verify().events == 48
    assert list(AuditEvent.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 49))


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_with_the_transaction_it_is_part_of() -> None:
    def fail() -> None:
        with transaction.atomic():
            write(2)
            raise RuntimeError

    write(1)
    with pytest.raises(RuntimeError):
        fail()
    write(1)
    assert [one.sequence for one in AuditEvent.objects.order_by("sequence")] == [1, 2]
    assert verify().intact
