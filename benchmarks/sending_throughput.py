"""What workers do for many customers at once, on a clock: a campaign, a journey, the outbox, the switch that stops it.

    python -m benchmarks.sending_throughput outbox --messages 10000 --workers 2
    python -m benchmarks.sending_throughput stop --messages 10000 --workers 4
    python -m benchmarks.sending_throughput campaign --customers 10000 --workers 2
    python -m benchmarks.sending_throughput journey --customers 10000 --workers 2

Records are SQLite in a folder of its own, or with DATABASE_URL an empty PostgreSQL database. Workers are processes; the
provider is a file that only grows. CPU seconds are those of the workers, the database's server not counted.
"""

import argparse
import json
import os
import resource
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import Value
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="sending-"))
os.environ |= {"B2SHIFT_HOME": str(HOME), "DJANGO_SETTINGS_MODULE": "b2shift.web.config.settings"}

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from tests.unit.web.campaigns.world import WORDS  # noqa: E402
from tests.unit.web.factory import make_home  # noqa: E402
from tests.unit.web.journeys.lake import fallen_promoter  # noqa: E402
from tests.unit.web.journeys.world import published  # noqa: E402

from b2shift.interact.contracts import Effect  # noqa: E402
from b2shift.lake.api import open_lake  # noqa: E402
from b2shift.web.accounts.models import User  # noqa: E402
from b2shift.web.accounts.roles import Role  # noqa: E402
from b2shift.web.campaigns import proposing  # noqa: E402
from b2shift.web.campaigns.models import Campaign, Recipient  # noqa: E402
from b2shift.web.campaigns.serving import serve_campaigns  # noqa: E402
from b2shift.web.crm.models import Customer  # noqa: E402
from b2shift.web.crm.publication import publish_lake  # noqa: E402
from b2shift.web.crm.reading import visible_customers  # noqa: E402
from b2shift.web.journeys.models import Enrolment, Passage  # noqa: E402
from b2shift.web.journeys.serving import serve_journeys  # noqa: E402
from b2shift.web.ledger.trail import Doer  # noqa: E402
from b2shift.web.outbox import permissions, worker  # noqa: E402
from b2shift.web.outbox.models import Message, Permission  # noqa: E402
from b2shift.web.outbox.senders import Pace  # noqa: E402
from b2shift.web.outreach import inbound  # noqa: E402
from b2shift.web.outreach.in_app import TaskSender  # noqa: E402
from b2shift.web.outreach.models import Task  # noqa: E402
from b2shift.web.outreach.reading import visible_tasks  # noqa: E402
from b2shift.web.outreach.tasks import finish  # noqa: E402

NOON = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)  # a Wednesday, noon in Brasília
PACE = Pace(batch=50, lease=timedelta(seconds=60))
JOURNEY = """id: muitos
name: Reconquista em escala
about: Uma carta, a resposta, a conversa de quem respondeu e um lembrete a quem calou.
type: detrator
kind: recuperacao
theme: satisfacao
cap_group: mensagens
owner_role: executor
enter: {trigger: {kind: event, event: promotor_virou_detrator, within_days: 60}, reentry_days: 180}
measure: {all: [{metric: nps_relational_last, at_least: 7}], within_days: 180}
steps:
  - {id: carta, name: Carta, kind: message, channels: [email], message: Queremos entender o que mudou., next: ouvir}
  - {id: ouvir, name: Resposta, kind: wait, days: 5, until: [respondeu], next: ligar, otherwise: lembrar}
  - {id: ligar, name: Ligar, kind: task, channel: telefone, text: Ligue e combine., due_days: 2, next: cuidar}
  - {id: cuidar, name: À espera, kind: wait, days: 10, until: [aceitou, recusou], next: ganho, otherwise: silencio}
  - {id: ganho, name: Reconquistado, kind: goal, outcome: aceitou}
  - {id: lembrar, name: Lembrete, kind: message, channels: [email], message: Ainda queremos ouvir., next: esperar}
  - {id: esperar, name: Última espera, kind: wait, days: 5, until: [respondeu], next: silencio, otherwise: silencio}
  - {id: silencio, name: Silêncio, kind: exit, outcome: silencio}
"""


class Sink:
    """A provider without keys: takes what it is given, as often as it is given, and writes when."""

    idempotent, per_second = False, 0.0

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, key: str, payload: Mapping[str, str]) -> str:
        target = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(target, f"{time.time():.6f} {key}\n".encode())
        os.close(target)
        return key

    def received(self) -> list[tuple[float, str]]:
        """When and what, in order."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return [(float(when), key) for when, _space, key in (line.partition(" ") for line in lines)]


@dataclass
class Workers:
    """Processes that serve until told to stop; their clock is noon plus the time gone by plus the days skipped."""

    count: int
    turn: Callable[[str, Callable[[], datetime]], int]
    skipped: object = field(default_factory=lambda: Value("d", 0.0))
    over: object = field(default_factory=lambda: Value("b", 0))
    began: float = field(default_factory=time.monotonic)
    children: list[int] = field(default_factory=list)

    def now(self) -> datetime:
        return NOON + timedelta(seconds=time.monotonic() - self.began, days=self.skipped.value)  # type: ignore[attr-defined]

    def __enter__(self) -> "Workers":
        connections.close_all()
        for _one in range(self.count):
            child = os.fork()
            if child:
                self.children.append(child)
                continue
            try:
                while not self.over.value:  # type: ignore[attr-defined]
                    if not self.turn(f"w{os.getpid()}", self.now):
                        time.sleep(0.05)
            finally:
                os._exit(0)
        return self

    def __exit__(self, *_told: object) -> None:
        self.over.value = 1  # type: ignore[attr-defined]
        for child in self.children:
            os.waitpid(child, 0)


def until(true: Callable[[], bool]) -> float:
    """Wait for it; the seconds that took."""
    began = time.perf_counter()
    while not true():
        time.sleep(0.1)
    return time.perf_counter() - began


def spent() -> float:
    """CPU seconds of the workers that ended."""
    told = resource.getrusage(resource.RUSAGE_CHILDREN)
    return told.ru_utime + told.ru_stime


def prepared(customers: int) -> dict[str, Doer]:
    """A home of that many customers, published, whose persons consent to e-mail, and people who answer for all."""
    make_home(HOME, customers)
    call_command("migrate", verbosity=0)
    publish_lake(open_lake(HOME))
    told = {"channel": "email", "given": True, "origin": "formulário", "at": NOON - timedelta(days=1)}
    codes = Customer.objects.values_list("customer_id", flat=True)
    Permission.objects.bulk_create((Permission(customer_id=one, **told) for one in codes), batch_size=1000)
    roles = {"author": Role.MARKETING, "first": Role.EXECUTIVE, "second": Role.EXECUTIVE, "analyst": Role.ANALYST}
    made = {}
    for name, role in roles.items():
        unit = "totvs_gestao" if role is Role.MARKETING else ""
        user = User.objects.create_user(f"{name}@e.example", name=name, role=role, business_unit=unit)
        made[name] = Doer(user, user.email, None, "web")
    return made


def queued(messages: int) -> None:
    """That many messages of half as many customers, due now."""
    call_command("migrate", verbosity=0)
    codes = [f"{n:05d}" for n in range(messages // 2)]
    rows = ({"customer_id": one, "name": "Empresa", "business_units": ["totvs_gestao"]} for one in codes)
    Customer.objects.bulk_create((Customer(**row, as_of=NOON.date(), row_hash="0" * 16) for row in rows), 1000)
    told = {"channel": "in_app", "kind": "educacao", "group": "mensagens", "unit": "totvs_gestao", "proposer": "regua"}
    fixed = {"channel": "in_app", "group": "mensagens", "payload": {"text": "Olá"}, "due_at": NOON, "created_at": NOON}
    Message.objects.bulk_create(
        (
            Message(
                dedupe_key=f"t:{one}:{turn}",
                customer_id=one,
                effect=Effect.model_validate({"customer_id": one, **told}).model_dump(mode="json"),
                **fixed,
            )
            for turn in range(2)
            for one in codes
        ),
        batch_size=1000,
    )


def outbox(messages: int, workers: int) -> dict[str, object]:
    """Hand everything over as fast as the database takes it."""
    queued(messages)
    sink = Sink(HOME / "sink")

    def turn(name: str, now: Callable[[], datetime]) -> int:
        return worker.deliver({"in_app": sink}, name, now, PACE)

    with Workers(workers, turn):
        seconds = until(lambda: len(sink.received()) >= messages)
    when = [at for at, _key in sink.received()]
    return {
        "messages": messages,
        **_once(sink),
        "per_second": round(messages / seconds),
        "first_to_last": round(when[-1] - when[0], 2),
        **_spent(seconds),
    }


def stop(messages: int, workers: int) -> dict[str, object]:
    """Stop a channel, and in another round everything, while workers deliver: seconds to the last message after it."""
    queued(messages)
    sink, told = Sink(HOME / "sink"), {}

    def turn(name: str, now: Callable[[], datetime]) -> int:
        return worker.deliver({"in_app": sink}, name, now, PACE)

    for number, name in enumerate(("in_app", "*"), start=1):
        with Workers(workers, turn) as running:
            until(lambda: len(sink.received()) >= messages * number // 3)  # noqa: B023
            asked = time.time()
            permissions.stop(name, "teste", running.now())
            done = time.time()
            time.sleep(2)
            last = sink.received()[-1][0]
        told[name] = {
            "asking_took": round(done - asked, 3),
            "last_after_asking": round(last - asked, 3),
            "last_after_answer": round(last - done, 3),
            "sent": len(sink.received()),
        }
        permissions.stop(name, "teste", NOON, stopped=False)
        Message.objects.filter(state="pending").update(due_at=NOON)
    return {"messages": messages, "workers": workers, "stopped": told, **_once(sink)}


def campaign(customers: int, workers: int) -> dict[str, object]:
    """A campaign to everybody: begun, counted, proposed, approved by two, sent."""
    doers = prepared(customers)
    rows = visible_customers(doers["first"].person)  # type: ignore[arg-type]
    sink, told = Sink(HOME / "sink"), {}

    def turn(name: str, now: Callable[[], datetime]) -> int:
        return serve_campaigns(now()) + worker.deliver({"email": sink, "in_app": sink}, name, now, PACE)

    began = time.perf_counter()
    one = proposing.begin(doers["author"], WORDS, rows, {}, NOON)
    told["begun_s"] = round(time.perf_counter() - began, 2)
    state = lambda: Campaign.objects.get(pk=one.pk).state  # noqa: E731
    with Workers(workers, turn):
        told["counted_s"] = round(until(lambda: state() == Campaign.State.READY), 1)
    told["counting_cpu_s"] = round(spent(), 1)
    proposing.propose(doers["author"], one.pk, NOON)
    began = time.perf_counter()
    for name in ("first", "second"):
        if state() == Campaign.State.WAITING:
            proposing.approve(doers[name], one.pk, NOON)
    told["approved_s"] = round(time.perf_counter() - began, 2)
    with Workers(workers, turn):
        seconds = until(lambda: state() == Campaign.State.DONE)
    reached = Counter(Recipient.objects.values_list("state", "channel"))
    return {
        "customers": customers,
        "workers": workers,
        **told,
        "recipients": {" ".join(key).strip(): count for key, count in sorted(reached.items())},
        "states": dict(Counter(Message.objects.values_list("state", flat=True))),
        **_once(sink),
        "sent_per_second": round(len(sink.received()) / seconds),
        **_spent(seconds),
    }


def journey(customers: int, workers: int) -> dict[str, object]:
    """Everybody enters; half answer and are called, those of one unit accept; the others are reminded and leave."""
    doers = prepared(customers)
    fallen_promoter(HOME, *Customer.objects.values_list("customer_id", flat=True))
    publish_lake(open_lake(HOME))
    published(doers["analyst"], doers["first"], JOURNEY, NOON)
    sink, took = Sink(HOME / "sink"), {}

    def turn(name: str, now: Callable[[], datetime]) -> int:
        moved = sum(serve_journeys(now()))
        senders = {"email": sink, "telefone": TaskSender("telefone")}
        return moved + worker.deliver(senders, name, now, PACE)

    def at(*steps: str) -> int:
        return Enrolment.objects.exclude(state="ended").filter(step__in=steps).count()

    def quiet() -> bool:
        return not Message.objects.filter(state__in=["pending", "leased", "sending"]).exists()

    with Workers(workers, turn) as running:
        took["entered_and_written_to"] = until(
            lambda: at("ouvir") + _ended() == _entered() >= customers // 2 and quiet()
        )
        letters = list(Message.objects.filter(channel="email", state="sent").order_by("id"))
        for place, one in enumerate(letters[::2]):
            inbound.reply(
                one, inbound.InboundMessage(f"<r{place}@x>", "p@x.example", "Liguem.", running.now()), running.now()
            )
        took["answered_and_called"] = until(lambda: at("cuidar") >= len(letters[::2]) and quiet())
        doer = doers["author"]
        done = list(visible_tasks(doer.person).values_list("pk", flat=True))  # type: ignore[arg-type]
        for key in done:
            finish(doer, key, "aceitou", running.now())
        took["accepted"] = until(lambda: Enrolment.objects.filter(outcome="aceitou").count() >= len(done))
        running.skipped.value += 6  # type: ignore[attr-defined]
        took["reminded"] = until(lambda: at("ouvir", "lembrar") == 0 and quiet())
        running.skipped.value += 11  # type: ignore[attr-defined]
        took["left"] = until(lambda: _ended() == _entered())
    passed = Passage.objects.values_list("enrolment_id", "kind", "step")
    twice = sum(count > 1 for count in Counter(passed).values())
    steps = Passage.objects.filter(kind__in=["seguiu", "entrou"]).count()
    seconds = sum(took.values())
    return {
        "customers": customers,
        "workers": workers,
        "stays": Enrolment.objects.count(),
        "outcomes": dict(Counter(Enrolment.objects.values_list("outcome", flat=True))),
        "seconds_by_stage": {name: round(one, 1) for name, one in took.items()},
        "steps": steps,
        "passages_twice": twice,
        "tasks": Task.objects.count(),
        **_once(sink),
        "ms_a_step": round(1000 * seconds / steps, 2),
        **_spent(seconds),
        "cpu_ms_a_step": round(1000 * spent() / steps, 2),
    }


def _entered() -> int:
    return Enrolment.objects.count()


def _ended() -> int:
    return Enrolment.objects.filter(state="ended").count()


def _once(sink: Sink) -> dict[str, object]:
    keys = Counter(key for _when, key in sink.received())
    return {"received": len(keys), "twice": sum(keys.values()) - len(keys)}


def _spent(seconds: float) -> dict[str, object]:
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"seconds": round(seconds, 1), "cpu_seconds": round(spent(), 1), "worker_peak_mb": round(peak / 1024)}


def main() -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["outbox", "stop", "campaign", "journey"])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    try:
        if asked.what in ("outbox", "stop"):
            told = {"outbox": outbox, "stop": stop}[asked.what](asked.messages, asked.workers)
        else:
            told = {"campaign": campaign, "journey": journey}[asked.what](asked.customers, asked.workers)
        print(json.dumps({"database": connections["default"].vendor, **told}, ensure_ascii=False))
    finally:
        shutil.rmtree(HOME, ignore_errors=True)


if __name__ == "__main__":
    main()
