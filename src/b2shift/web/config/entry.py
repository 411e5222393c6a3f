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
from pathlib import Path
from typing import TYPE_CHECKING, Any

from b2shift.kernel.errors import B2ShiftError, InputError, StateError
from b2shift.kernel.progress import Progress, silent
from b2shift.web.config.demo_person import DemoPerson

if TYPE_CHECKING:
    from b2shift.web.ledger.trail import Doer

_SETTINGS = "b2shift.web.config.settings"


def prepare(home: Path) -> None:
    """Bring the records of a home to this release: create or migrate them."""
    if not _configured_for(home):
        _in_fresh_process(home, "prepare")
        return
    from django.core.management import call_command  # after setup: Django must know its settings first

    home.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)


def publish(home: Path, progress: Progress = silent) -> dict[str, int]:
    """Copy the lake's current version into the records; rows per record. The same version again changes nothing."""
    if not _configured_for(home):
        return dict(json.loads(_in_fresh_process(home, "publish")))
    from b2shift.lake.api import open_lake
    from b2shift.web.crm.publication import publish_lake
    from b2shift.web.privacy.delivered import import_consents

    prepare(home)
    read = open_lake(home)
    written = publish_lake(read, progress=progress)
    import_consents(read)
    check_alerts(home)
    return written


def check_alerts(home: Path) -> dict[str, int]:
    """Look at every alert whose turn it is on the published data; the same data again changes nothing."""
    if not _configured_for(home):
        return dict(json.loads(_in_fresh_process(home, "alerts")))
    from b2shift.web.watch.checking import check_alerts as check

    prepare(home)
    return asdict(check(datetime.now(UTC)))


def send_reports(home: Path, day: str) -> dict[str, int]:
    """Make and queue the reports that go out on a day (ISO); asked again, nothing is made or sent twice."""
    if not _configured_for(home):
        return dict(json.loads(_in_fresh_process(home, "reports", day)))
    from b2shift.web.console.reports.making import send_due

    prepare(home)
    return asdict(send_due(date.fromisoformat(day), datetime.now(UTC)))


def journeys(home: Path, what: str, told: dict[str, str]) -> Any:
    """What `b2shift journey` does with journeys under way: `list`, `show`, `publish`, `pause`, `resume`, `drain`."""
    if not _configured_for(home):
        return json.loads(_in_fresh_process(home, "journeys", what, json.dumps(told)))
    from b2shift.web.journeys.commands import obey

    prepare(home)
    return obey(what, told, datetime.now(UTC))


def list_alerts(home: Path) -> list[dict[str, Any]]:
    """Every alert that has not ended, with its owner, line, scope and what came of the last look."""
    if not _configured_for(home):
        return list(json.loads(_in_fresh_process(home, "list_alerts")))
    from b2shift.web.watch.alerts import every_alert

    prepare(home)
    return every_alert()


def erase_person(home: Path, reference: str, by: str, reason: str) -> dict[str, Any]:
    """Take a person out of lake and records; what was done. Raises what `privacy.erasure` raises."""
    if not _configured_for(home):
        return dict(json.loads(_in_fresh_process(home, "erase", reference, by, reason)))
    from b2shift.web.privacy import erasure

    prepare(home)
    return dict(erasure.erase_person(_operator(by), reference, reason, datetime.now(UTC)).model_dump(mode="json"))


def resume_erasures(home: Path, by: str = "") -> list[dict[str, Any]]:
    """Finish erasures that a kill or a busy lake left half done; what each did."""
    if not _configured_for(home):
        return list(json.loads(_in_fresh_process(home, "resume", by)))
    from b2shift.web.privacy import erasure

    prepare(home)
    return [one.model_dump(mode="json") for one in erasure.finish_pending(_operator(by), datetime.now(UTC))]


def held_in_records(home: Path, reference: str, by: str) -> dict[str, Any]:
    """What the records hold of a person, beside the lake; who asked is written in the audit trail."""
    if not _configured_for(home):
        return dict(json.loads(_in_fresh_process(home, "held", reference, by)))
    from b2shift.web.privacy import report

    prepare(home)
    return report.held_in_records(_operator(by), reference)


def person_package(told: Any, records: dict[str, list[dict[str, Any]]]) -> bytes:
    """The zip to be handed to a person: what the lake and the records hold of them."""
    from b2shift.web.privacy.package import zipped

    return zipped(told, records)


def apply_retention(home: Path, by: str, *, apply: bool) -> list[dict[str, Any]]:
    """Each retention rule with how much it is over; `apply` carries them out."""
    if not _configured_for(home):
        return list(json.loads(_in_fresh_process(home, "retain", by, "apply" if apply else "")))
    from b2shift.web.privacy import retention

    prepare(home)
    told = retention.apply(_operator(by), datetime.now(UTC)) if apply else retention.over(datetime.now(UTC))
    return [one.model_dump(mode="json") for one in told]


def create_demo_people(home: Path) -> list[DemoPerson]:
    """One person of each role with a fresh password, the executor on the largest portfolio of an active seller."""
    if not _configured_for(home):
        return [DemoPerson.model_validate(one) for one in json.loads(_in_fresh_process(home, "people"))]
    from b2shift.web.config.demo_people import create

    prepare(home)
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


def _in_fresh_process(home: Path, what: str, *arguments: str) -> str:
    environment = os.environ | {"B2SHIFT_HOME": str(home.resolve()), "DJANGO_SETTINGS_MODULE": _SETTINGS}
    done = subprocess.run(  # noqa: S603  # our own module with our own arguments
        [sys.executable, "-m", "b2shift.web.config.entry", what, str(home), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        told = done.stderr.strip().splitlines()[-1:] or ["sem mensagem"]
        raise StateError("Não foi possível gravar os registros", value=home, hint=told[0])
    return done.stdout


def _main(what: str, home: Path, *told: str) -> None:
    try:
        if what == "prepare":
            prepare(home)
        elif what == "publish":
            sys.stdout.write(json.dumps(publish(home)))
        elif what in _ALERTS:
            sys.stdout.write(json.dumps(_ALERTS[what](home, *told)))
        elif what in _PRIVACY:
            sys.stdout.write(json.dumps(_PRIVACY[what](home, *told)))
        elif what == "people":
            sys.stdout.write(json.dumps([person.model_dump() for person in create_demo_people(home)]))
    except B2ShiftError as error:
        raise SystemExit(str(error)) from error


_PRIVACY: dict[str, Callable[..., Any]] = {
    "erase": erase_person,
    "resume": resume_erasures,
    "held": held_in_records,
    "retain": lambda home, by, apply: apply_retention(home, by, apply=bool(apply)),
}

_ALERTS: dict[str, Callable[..., Any]] = {
    "alerts": check_alerts,
    "list_alerts": list_alerts,
    "reports": send_reports,
    "journeys": lambda home, what, told: journeys(home, what, json.loads(told)),
}

if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
