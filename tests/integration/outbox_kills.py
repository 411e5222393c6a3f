"""Workers of the outbox killed again and again while they deliver; what was lost, doubled or left in doubt.

    python -m tests.integration.outbox_kills --messages 10000 --kills 200
    DATABASE_URL=postgres://... python -m tests.integration.outbox_kills --messages 10000 --kills 200

The provider is a file that only grows: a line in it is a message somebody received. `--optout` customers oppose in the
middle; the lines they got after their opposition returned are counted.
"""

import argparse
import json
import mmap
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="outbox-kills-"))
os.environ["B2SHIFT_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "b2shift.web.config.settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402

from b2shift.interact.contracts import Effect  # noqa: E402
from b2shift.web.crm.models import Customer  # noqa: E402
from b2shift.web.outbox import permissions, worker  # noqa: E402
from b2shift.web.outbox.models import Message  # noqa: E402
from b2shift.web.outbox.queue import enqueue  # noqa: E402
from b2shift.web.outbox.senders import Pace  # noqa: E402

EACH = 2  # messages of one customer, whose order must hold
AHEAD = 40  # messages that workers may deliver past the one at which the next of them is killed


def now() -> datetime:
    return datetime.now(UTC)


class Sink:
    """A provider without keys: takes what it is given, as often as it is given."""

    idempotent, per_second = False, 0.0

    def __init__(self, path: Path, latency: float) -> None:
        self.path, self.latency = path, latency
        self._most = memoryview(mmap.mmap(-1, 8)).cast("q")  # shared with the workers forked from here

    def take_until(self, messages: float) -> None:
        """Take no more than this: a slow machine kills as many workers as a fast one, while they still deliver."""
        self._most[0] = int(messages)

    def send(self, key: str, payload: dict[str, str]) -> str:
        while received_by(self.path) >= self._most[0]:
            time.sleep(0.001)
        self._dawdle()
        target = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(target, f"{key}\n".encode())
        os.close(target)
        self._dawdle()
        return key

    def _dawdle(self) -> None:
        if self.latency:
            time.sleep(self.latency / 2)


def fill(messages: int) -> None:
    count = messages // EACH
    day = now().date()
    Customer.objects.bulk_create(
        Customer(customer_id=f"{n:05d}", name="Empresa", business_units=["totvs_gestao"], as_of=day, row_hash="0" * 16)
        for n in range(count)
    )
    told = {"channel": "in_app", "kind": "educacao", "group": "mensagens", "unit": "totvs_gestao", "proposer": "regua"}
    with transaction.atomic():
        enqueue(Effect.model_validate({"customer_id": "00000", **told}), {"text": "Olá"}, "t:00000:0", now())
    moment = now()
    Message.objects.bulk_create(
        Message(
            dedupe_key=f"t:{number:05d}:{turn}",
            customer_id=f"{number:05d}",
            channel="in_app",
            group="mensagens",
            effect=Effect.model_validate({"customer_id": f"{number:05d}", **told}).model_dump(mode="json"),
            payload={"text": "Olá"},
            due_at=moment,
            created_at=moment,
        )
        for turn in range(EACH)
        for number in range(count)
        if (turn, number) != (0, 0)
    )


def spawn(sink: Sink, pace: Pace) -> int:
    """A worker forked from this process, which has no open connection."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        worker.work({"in_app": sink}, f"w{os.getpid()}", now, pace, idle=0.05)
    finally:
        os._exit(0)


def received_by(path: Path) -> int:
    """Lines so far: each has the same length."""
    return path.stat().st_size // len("t:00000:0\n") if path.exists() else 0


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def run(messages: int, kills: int, workers: int, latency: float, lease: float, optouts: int) -> dict[str, object]:
    call_command("migrate", verbosity=0)
    fill(messages)
    sink, pace = Sink(HOME / "sink", latency), Pace(batch=50, lease=timedelta(seconds=lease))
    chance, killed, each = random.Random(7), 0, messages * 0.95 / max(1, kills)
    after: dict[str, int] = {}
    opposed_at = {messages * (n + 1) // (optouts + 2): f"{messages // EACH - 1 - n:05d}" for n in range(optouts)}
    began = time.perf_counter()
    sink.take_until(AHEAD if kills else messages * workers)
    children = {spawn(sink, pace) for _ in range(workers)}
    while children:
        done = received_by(sink.path)
        for mark in [mark for mark in opposed_at if done >= mark]:
            key = opposed_at.pop(mark)
            permissions.oppose(key, "teste", now())
            after[key] = sum(line.split(":")[1] == key for line in lines(sink.path))
        if killed < kills and done >= each * killed:
            time.sleep(chance.random() * 0.004)
            victim = chance.choice(sorted(children))
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)
            children.remove(victim)
            children.add(spawn(sink, pace))
            killed += 1
            sink.take_until(each * killed + AHEAD if killed < kills else messages * workers)
        gone = {child for child in children if os.waitpid(child, os.WNOHANG)[0]}
        children -= gone
        time.sleep(0.005)
    seconds = time.perf_counter() - began
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = spent.ru_utime + spent.ru_stime
    received = Counter(lines(sink.path))
    states = Counter(Message.objects.values_list("state", flat=True))
    known = dict(Message.objects.values_list("dedupe_key", "state"))
    order = [line.split(":") for line in lines(sink.path)]
    seen: dict[str, int] = {}
    disordered = 0
    for _, key, turn in order:
        disordered += int(turn) < seen.get(key, 0)
        seen[key] = max(seen.get(key, 0), int(turn))
    return {
        "messages": messages,
        "kills": killed,
        "received": len(received),
        "duplicates": sum(count - 1 for count in received.values()),
        "lost": sum(key not in received and state not in {"in_doubt", "suppressed"} for key, state in known.items()),
        "untold": sum(state in {"pending", "leased", "sending"} for state in known.values()),
        "in_doubt": states["in_doubt"],
        "suppressed": states["suppressed"],
        "disordered": disordered,
        "after_optout": sum(
            sum(line.split(":")[1] == key for line in lines(sink.path)) - count for key, count in after.items()
        ),
        "opted_out": len(after),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "per_second": round(len(received) / seconds),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--latency", type=float, default=0.001, help="seconds the provider takes")
    parser.add_argument("--lease", type=float, default=3, help="seconds after which another takes over")
    parser.add_argument("--optouts", type=int, default=5)
    asked = parser.parse_args()
    sys.stdout.write(json.dumps(run(**vars(asked))) + "\n")


if __name__ == "__main__":
    main()
