"""The outbox: once per key, in order per customer, never without asking again, never twice when in doubt."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from b2shift.interact.contracts import Effect
from b2shift.kernel.errors import InputError, StateError, UnknownNameError
from b2shift.web.crm.models import Customer
from b2shift.web.outbox import operator, permissions, worker
from b2shift.web.outbox.backoff import retry_delay
from b2shift.web.outbox.models import Circuit, Message
from b2shift.web.outbox.queue import enqueue
from b2shift.web.outbox.senders import NotSentError, Pace, RefusedError

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.records]
NOON = datetime(2025, 3, 12, 15, 0, tzinfo=UTC)  # Wednesday, noon in Brasília
PACE = Pace(first_wait=timedelta(seconds=30), failures_to_open=3)
State = Message.State


class Peer:
    """A provider that does what a test tells it, and remembers what it was given."""

    def __init__(self, *answers: Exception | None, idempotent: bool = False, per_second: float = 0) -> None:
        self.answers, self.idempotent, self.per_second = list(answers), idempotent, per_second
        self.taken: list[str] = []

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        answer = self.answers.pop(0) if self.answers else None
        if not isinstance(answer, NotSentError | RefusedError):
            self.taken.append(key)
        if answer is not None:
            raise answer
        return f"p-{key}"


@pytest.fixture(autouse=True)
def customers() -> Iterator[None]:
    told = {
        "name": "Empresa",
        "business_units": ["totvs_gestao"],
        "state": "SP",
        "as_of": NOON.date(),
        "row_hash": "0" * 16,
    }
    Customer.objects.bulk_create(Customer(customer_id=key, **told) for key in ("C1", "C2", "C3"))
    yield
    Customer.objects.all().delete()


def effect(customer: str = "C1", **over: Any) -> Effect:
    told = {"channel": "in_app", "kind": "educacao", "group": "mensagens", "unit": "totvs_gestao", "proposer": "regua"}
    return Effect.model_validate({"customer_id": customer, **told, **over})


def put(key: str, customer: str = "C1", now: datetime = NOON, **over: Any) -> Message:
    late = {name: over.pop(name) for name in ("due_at", "expires_at") if name in over}
    with transaction.atomic():
        return enqueue(effect(customer, **over), {"text": "Olá"}, key, now, **late)


def deliver(peer: Peer, now: datetime = NOON, channel: str = "in_app", name: str = "w1") -> int:
    return worker.deliver({channel: peer}, name, lambda: now, PACE)


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("dedupe_key", "state"))


def test_a_key_is_sent_once_however_often_it_is_asked_for() -> None:
    first, again, peer = put("k"), put("k"), Peer()
    assert first.pk == again.pk
    assert [deliver(peer) for _ in range(3)] == [1, 0, 0]
    assert peer.taken == ["k"]
    assert put("k").state == State.SENT
    assert Message.objects.get().provider_id == "p-k"


def test_a_message_appears_with_its_decision_or_not_at_all() -> None:
    with pytest.raises(InputError, match="transação"):
        enqueue(effect(), {}, "k", NOON)
    with transaction.atomic():
        enqueue(effect(), {}, "k", NOON)
        transaction.set_rollback(True)
    assert states() == {}


def test_messages_of_a_customer_keep_their_order() -> None:
    for key, customer in (("a1", "C1"), ("a2", "C1"), ("b1", "C2")):
        put(key, customer)
    peer = Peer(NotSentError("ocupado"))
    assert deliver(peer) == 1
    assert peer.taken == ["b1"], "a2 waits for a1, which is tried again later"
    later = NOON + timedelta(hours=1)
    deliver(peer, later)
    deliver(peer, later)
    assert peer.taken == ["b1", "a1", "a2"]


def test_the_guard_is_asked_at_the_queue_and_again_at_sending() -> None:
    refused = put("mail", channel="email")
    assert (refused.state, refused.reason) == (State.SUPPRESSED, "Não há consentimento para contato por e-mail")
    permissions.allow("C1", "email", "formulário", NOON)
    assert put("mail2", channel="email").state == State.PENDING
    Customer.objects.filter(customer_id="C1").update(business_units=["rd_station"])
    peer = Peer()
    assert deliver(peer, channel="email") == 0
    assert (Message.objects.get(dedupe_key="mail2").reason, peer.taken) == (
        "O cliente não é desta unidade de negócio",
        [],
    )


def test_what_is_queued_counts_against_the_caps() -> None:
    assert [put(f"k{n}").state for n in range(4)] == [State.PENDING] * 3 + [State.SUPPRESSED]


def test_messages_wait_for_the_customers_hours() -> None:
    permissions.allow("C1", "sms", "formulário", NOON)
    night, peer = NOON.replace(hour=2), Peer()
    put("k", now=night, channel="sms")
    assert deliver(peer, night, "sms") == 0
    assert Message.objects.get().due_at == NOON.replace(hour=11)
    assert deliver(peer, NOON.replace(hour=11), "sms") == 1


def test_an_opposition_wins_over_everything_queued_on_every_channel() -> None:
    permissions.allow("C1", "email", "formulário", NOON)
    for key, channel in (("a", "in_app"), ("b", "email"), ("c", "portal")):
        put(key, channel=channel)
    put("other", "C2")
    assert permissions.oppose("C1", "SAIR", NOON) == 3
    peer = Peer()
    worker.deliver(dict.fromkeys(("in_app", "email", "portal"), peer), "w", lambda: NOON, PACE)
    assert peer.taken == ["other"]
    assert put("later").state == State.SUPPRESSED


def test_an_opposition_takes_messages_out_of_a_lease() -> None:
    put("k")
    [leased] = worker.lease({"in_app": Peer()}, "w1", NOON, PACE)
    permissions.oppose("C1", "SAIR", NOON, channel="in_app")
    assert worker._mark(leased, None, "w1", NOON, PACE) is False
    assert states() == {"k": State.SUPPRESSED}


def test_an_opposition_waits_for_what_is_being_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    put("k")
    [leased] = worker.lease({"in_app": Peer()}, "w1", NOON, PACE)
    assert worker._mark(leased, None, "w1", NOON, PACE)
    monkeypatch.setattr(permissions, "_WAIT_SECONDS", 0.1)
    with pytest.raises(StateError, match="ainda está sendo entregue"):
        permissions.oppose("C1", "SAIR", NOON)


@pytest.mark.parametrize("name", ["*", "in_app"])
def test_a_switch_stops_the_next_message_even_of_a_leased_batch(name: str) -> None:
    put("k")
    [leased] = worker.lease({"in_app": Peer()}, "w1", NOON, PACE)
    permissions.stop(name, "ana", NOON)
    assert worker._mark(leased, None, "w1", NOON, PACE) is False
    peer, later = Peer(), NOON + timedelta(minutes=2)
    assert deliver(peer, later) == 0
    permissions.stop(name, "ana", NOON, stopped=False)
    assert deliver(peer, later + timedelta(minutes=1)) == 1


def test_a_worker_that_died_while_sending_leaves_one_in_doubt_and_frees_the_rest() -> None:
    put("k1")
    put("k2", "C2")
    one, _two = worker.lease({"in_app": Peer()}, "dead", NOON, PACE)
    worker._mark(one, None, "dead", NOON, PACE)
    peer, later = Peer(), NOON + timedelta(minutes=2)
    deliver(peer, later)
    assert peer.taken == ["k2"]
    assert states() == {"k1": State.IN_DOUBT, "k2": State.SENT}
    doubtful = Message.objects.get(dedupe_key="k1")
    operator.resolve(doubtful.pk, later, sent=False, by="ana")
    deliver(peer, later)
    assert peer.taken == ["k2", "k1"]
    with pytest.raises(UnknownNameError, match="mensagem em dúvida"):
        operator.resolve(doubtful.pk, later, sent=True, by="ana")


@pytest.mark.parametrize(("idempotent", "state", "times"), [(False, State.IN_DOUBT, 1), (True, State.SENT, 2)])
def test_what_may_have_arrived_is_sent_again_only_where_the_key_is_known(
    idempotent: bool, state: str, times: int
) -> None:
    put("k")
    peer = Peer(TimeoutError("sem resposta"), idempotent=idempotent)
    for hours in range(3):
        deliver(peer, NOON + timedelta(hours=hours))
    assert (states()["k"], peer.taken) == (state, ["k"] * times)


def test_failures_wait_longer_each_time_end_dead_and_can_be_replayed() -> None:
    put("k")
    peer, now, due = Peer(*[NotSentError("fora do ar")] * 5), NOON, []
    for _ in range(8):
        deliver(peer, now)
        now += timedelta(days=1)
        due.append(Message.objects.get().due_at)
    told = Message.objects.get()
    assert (told.state, told.attempts, told.reason) == (State.DEAD, 5, "fora do ar")
    assert operator.replay([told.pk], now) == 1
    assert deliver(peer, now + timedelta(hours=20)) == 1
    waits = [retry_delay(1, n, PACE).total_seconds() for n in range(1, 12)]
    assert all(15 * 2**n <= seconds <= 45 * 2**n for n, seconds in enumerate(waits[:9]))
    assert max(waits) <= 1.5 * PACE.longest_wait.total_seconds()


def test_a_refusal_is_final() -> None:
    put("k")
    peer = Peer(RefusedError("endereço inexistente"))
    deliver(peer)
    deliver(peer, NOON + timedelta(days=1))
    assert (states()["k"], peer.taken) == (State.DEAD, [])


def test_a_channel_that_fails_rests_and_is_tried_with_one_message() -> None:
    for key, customer in (("a", "C1"), ("b", "C2"), ("c", "C3")):
        put(key, customer)
    peer = Peer(*[NotSentError("fora")] * 4)
    deliver(peer)
    assert Circuit.objects.get().open_until == NOON + PACE.rest
    assert deliver(peer, NOON + timedelta(seconds=59)) == 0
    assert len(peer.answers) == 1, "nothing is tried while it rests"
    later = NOON + timedelta(seconds=61)
    deliver(peer, later)
    assert not peer.answers
    assert Circuit.objects.get().open_until == later + 2 * PACE.rest
    assert deliver(peer, later + timedelta(hours=1)) == 1
    assert Circuit.objects.get().open_until is None
    assert deliver(peer, later + timedelta(hours=1)) == 2


def test_a_channel_is_not_asked_for_more_than_it_allows() -> None:
    for key, customer in (("a", "C1"), ("b", "C2"), ("c", "C3")):
        put(key, customer)
    peer = Peer(per_second=2)
    assert [deliver(peer), deliver(peer), deliver(peer, NOON + timedelta(seconds=2))] == [2, 0, 1]


def test_a_message_past_its_time_expires() -> None:
    put("k", expires_at=NOON + timedelta(hours=1))
    peer = Peer()
    deliver(peer, NOON + timedelta(hours=2))
    assert (states()["k"], peer.taken) == (State.EXPIRED, [])


def test_an_open_review_holds_what_is_automatic_back_until_it_is_closed() -> None:
    for key, over in (("k1", {"person_id": "p1"}), ("k2", {"person_id": "p2"})):
        put(key, customer=f"C{key[1]}", **over)
    permissions.hold("C1", "2026-000001", NOON)
    permissions.hold("C2", "2026-000002", NOON, person_id="another")
    peer = Peer()
    assert deliver(peer) == 1
    assert peer.taken == ["k2"]
    held = Message.objects.get(dedupe_key="k1")
    assert (held.state, "2026-000001" in held.reason) == (State.PENDING, True)
    assert put("k3", person_id="p9").state == State.SUPPRESSED
    assert "pedido de titular" in Message.objects.get(dedupe_key="k3").reason
    assert put("k4", channel="telefone", person_id="p9").state == State.PENDING, "people may call"
    assert put("k5", customer="C2").state == State.SUPPRESSED, "what names nobody may be about the person"
    permissions.release("2026-000001")
    assert deliver(peer, NOON + timedelta(minutes=16)) == 1
    assert peer.taken == ["k2", "k1"]


def test_a_review_takes_back_what_is_leased_and_not_begun() -> None:
    put("k1")
    [leased] = worker.lease({"in_app": Peer()}, "w1", NOON, PACE)
    permissions.hold("C1", "2026-000001", NOON)
    peer = Peer()
    assert not worker._mark(leased, None, "w1", NOON, PACE)
    assert deliver(peer, name="w2") == 0
    assert peer.taken == []
