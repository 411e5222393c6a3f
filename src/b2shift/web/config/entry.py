"""What the command line starts by name: publish, prepare, serve, and people for a demonstration.

Django reads its settings once per process, so a process that already works on another home is left alone and
the work is done in a fresh one.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast, get_type_hints

from pydantic import TypeAdapter

from b2shift.kernel.errors import B2ShiftError, InputError, StateError
from b2shift.kernel.progress import Progress, silent
from b2shift.web.config.demo_person import DemoPerson

if TYPE_CHECKING:
    from b2shift.web.ledger.trail import Doer

_SETTINGS = "b2shift.web.config.settings"
Told = ParamSpec("Told")
Result = TypeVar("Result")
_OF_A_HOME: dict[str, Callable[..., Any]] = {}


def _of_a_home(work: Callable[Concatenate[Path, Told], Result]) -> Callable[Concatenate[Path, Told], Result]:
    """Work on the records of a home: here, when they are brought to this release, or in a process of its own.

    What it is told and what it returns must then go through JSON; who listens to its progress stays behind.
    """

    @wraps(work)
    def done(home: Path, /, *args: Told.args, **named: Told.kwargs) -> Result:
        if _configured_for(home):
            _migrate(home)
            return work(home, *args, **named)
        asked = json.dumps([[one for one in args if not callable(one)], named])
        answer = _in_fresh_process(home, work.__name__, asked)
        return cast(Result, TypeAdapter(get_type_hints(work)["return"]).validate_json(answer))

    _OF_A_HOME[work.__name__] = done
    return done


@_of_a_home
def prepare(home: Path) -> None:
    """Bring the records of a home to this release: create or migrate them. Every other of a home does so first."""


@_of_a_home
def publish(home: Path, progress: Progress = silent) -> dict[str, int]:
    """Copy the lake's current version into the records; rows per record. The same version again changes nothing.

    Erasures have their turn before or after, so that nobody comes back who is taken out of lake and records meanwhile.
    """
    from b2shift.lake.api import open_lake
    from b2shift.web.crm.publication import publish_lake
    from b2shift.web.crm.turn import alone
    from b2shift.web.privacy import orders
    from b2shift.web.privacy.delivered import import_consents
    from b2shift.web.watch.score_alarms import tell_score_alarms

    with alone(home, orders.WORK):
        read = open_lake(home)
        written = publish_lake(read, progress=progress)
        import_consents(read)
    check_alerts(home)
    tell_score_alarms()
    return written


@_of_a_home
def check_alerts(home: Path) -> dict[str, int]:
    """Look at every alert whose turn it is on the published data; the same data again changes nothing."""
    from b2shift.web.watch.evaluation import check_alerts as check

    return asdict(check(datetime.now(UTC)))


@_of_a_home
def send_reports(home: Path, day: str) -> dict[str, int]:
    """Make and queue the reports that go out on a day (ISO); asked again, nothing is made or sent twice."""
    from b2shift.web.console.reports.making import send_due

    return asdict(send_due(date.fromisoformat(day), datetime.now(UTC)))


@_of_a_home
def journeys(home: Path, what: str, fields: dict[str, str]) -> Any:
    """What `b2shift journey` does with journeys under way: `list`, `show`, `publish`, `pause`, `resume`, `drain`."""
    from b2shift.web.journeys.commands import obey

    return obey(what, fields, datetime.now(UTC))


@_of_a_home
def list_alerts(home: Path) -> list[dict[str, Any]]:
    """Every alert that has not ended, with its owner, line, scope and what came of the last look."""
    from b2shift.web.watch.alerts import every_alert

    return every_alert()


@_of_a_home
def erase_person(home: Path, reference: str, by: str, reason: str) -> dict[str, Any]:
    """Take a person out of lake and records; what was done. Raises what `privacy.erasure` raises."""
    from b2shift.web.privacy import erasure

    return dict(erasure.erase_person(_operator(by), reference, reason, datetime.now(UTC)).model_dump(mode="json"))


@_of_a_home
def resume_erasures(home: Path, by: str = "") -> list[dict[str, Any]]:
    """Finish erasures that a kill or a busy lake left half done; what each did."""
    from b2shift.web.privacy import erasure

    return [one.model_dump(mode="json") for one in erasure.finish_pending(_operator(by), datetime.now(UTC))]


@_of_a_home
def load_ordered(home: Path, threads: int, memory_limit_mb: int) -> int:
    """Load what was ordered on pages; how many orders came to an end. LakeBusyError while another run writes."""
    from b2shift.cli.loop import run_loop
    from b2shift.web.loading import orders

    return orders.carry_out(
        lambda drop, progress: run_loop(drop, home, threads=threads, memory_limit_mb=memory_limit_mb, progress=progress)
    )


@_of_a_home
def held_in_records(home: Path, reference: str, by: str) -> dict[str, Any]:
    """What the records hold of a person, beside the lake; who asked is written in the audit trail."""
    from b2shift.web.privacy import report

    return report.held_in_records(_operator(by), reference)


def person_package(report: Any, records: dict[str, list[dict[str, Any]]]) -> bytes:
    """The zip to be handed to a person: what the lake and the records hold of them."""
    from b2shift.web.privacy.package import zipped

    return zipped(report, records)


@_of_a_home
def apply_retention(home: Path, by: str, *, apply: bool) -> list[dict[str, Any]]:
    """Each retention rule with how much it is over; `apply` carries them out."""
    from b2shift.web.privacy import retention

    outcomes = retention.apply(_operator(by), datetime.now(UTC)) if apply else retention.over(datetime.now(UTC))
    return [one.model_dump(mode="json") for one in outcomes]


@_of_a_home
def write_down(home: Path, by: str, action: str, kind: str, number: int, details: dict[str, Any]) -> None:
    """Record what an operator decided on the command line about a version."""
    from b2shift.web.ledger.models import AuditEvent
    from b2shift.web.ledger.trail import record

    record(
        AuditEvent.Action(action), _operator(by), object_kind=kind, object_id=str(number),
        details={"version": number} | details,
    )  # fmt: skip


@_of_a_home
def create_demo_people(home: Path) -> list[DemoPerson]:
    """One person of each role with a fresh password, the executor on the largest portfolio of an active seller."""
    from b2shift.web.config.demo_people import create

    return create()


def serve(home: Path, host: str = "127.0.0.1", port: int = 8000, workers: int = 2) -> None:
    """Serve the product until stopped; records are migrated and the lake published first when it is newer."""
    from b2shift.web.config.server import refuse_taken_port, run

    refuse_taken_port(host, port)
    if not _configured_for(home):
        raise StateError("Este processo já trabalha em outra pasta", value=home, hint="Rode `b2shift serve` sozinho")
    from b2shift.lake.api import current_version

    prepare(home)
    version = current_version(home)
    if version is not None and version != _published_version():
        publish(home)
    run(host, port, workers)


def work(home: Path, tell: Callable[[str], None], *, once: bool = False) -> int:
    """Serve the outbox until stopped, or with `once` until nothing is due; how many messages were sent."""
    if not _configured_for(home):
        raise StateError("Este processo já trabalha em outra pasta", value=home, hint="Rode `b2shift worker` sozinho")
    from b2shift.web.channels.serving import serve as serve_outbox

    prepare(home)
    return serve_outbox(os.environ, tell, once=once)


def _published_version() -> int | None:
    from b2shift.web.crm.current import newest_publication

    newest = newest_publication()
    return newest.lake_version if newest else None


def _configured_for(home: Path) -> bool:
    """Set Django up for the home; False when this process has it set up for another."""
    from django.apps import apps
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    wanted = home.resolve()
    if not settings.configured:
        os.environ["B2SHIFT_HOME"] = str(wanted)
        os.environ["DJANGO_SETTINGS_MODULE"] = _SETTINGS
    try:
        if wanted != settings.HOME:
            return False
    except ImproperlyConfigured as error:
        raise InputError("A configuração não serve", hint=str(error)) from error
    if not apps.ready:
        import django

        django.setup()
    return True


def _operator(by: str) -> "Doer":
    from b2shift.web.ledger.trail import Doer

    return Doer(None, by, None, "cli")


def _migrate(home: Path) -> None:
    from django.core.management import call_command  # after setup: Django must know its settings first

    home.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)


def _in_fresh_process(home: Path, name: str, asked: str) -> str:
    environment = os.environ | {"B2SHIFT_HOME": str(home.resolve()), "DJANGO_SETTINGS_MODULE": _SETTINGS}
    done = subprocess.run(  # noqa: S603  # our own module with our own arguments
        [sys.executable, "-m", "b2shift.web.config.entry", str(home), name, asked],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        stderr_tail = done.stderr.strip().splitlines()[-1:] or ["sem mensagem"]
        raise StateError("Não foi possível gravar os registros", value=home, hint=stderr_tail[0])
    return done.stdout


def _main(home: Path, name: str, asked: str) -> None:
    args, named = json.loads(asked)
    try:
        sys.stdout.buffer.write(TypeAdapter(Any).dump_json(_OF_A_HOME[name](home, *args, **named)))
    except B2ShiftError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    _main(Path(sys.argv[1]), *sys.argv[2:])
