"""A copy that is killed, and copies and readers at once: each sees one whole version."""

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import close_old_connections, connection, connections
from django.db.models import Count
from tests.unit.web import factory

from b2shift.lake.api import open_lake, writing
from b2shift.web.crm.models import Customer, Proposal, Publication
from b2shift.web.crm.projections import PROJECTIONS
from b2shift.web.crm.publication import publish_lake

pytestmark = [pytest.mark.records, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Kills itself at the start of the n-th copy; one past the last is just before the end of the transaction.
PROGRAM = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from b2shift.lake.api import open_lake
from b2shift.web.crm import bulk, publication
from b2shift.web.crm.models import Publication
home, left = Path(sys.argv[1]), int(sys.argv[2])
copy = bulk.copy
def counted(*told):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return copy(*told)
bulk.copy = counted
if left == len(publication.PROJECTIONS):
    Publication.objects.create = lambda **told: os.kill(os.getpid(), signal.SIGKILL)
lake = open_lake(home)
print("ready", flush=True)
publication.publish_lake(lake)
print("done", flush=True)
"""


Lakes = Callable[[str], Path]
Copies = Callable[[Path, int], subprocess.Popen[str]]


@pytest.fixture
def lakes(tmp_path: Path, lake_home: Path) -> Lakes:
    """A lake whose customers all have one name."""

    def make(name: str) -> Path:
        home = tmp_path / name
        if not home.exists():
            shutil.copytree(lake_home / "lake", home / "lake")
            with writing(home) as session:
                told = factory.specs()["identify"]
                factory.stage(session, told, "customers", 60, factory.CUSTOMER | {"name": f"'{name}'"})
                session.commit(factory.AS_OF)
        return home

    return make


@pytest.fixture
def elsewhere(tmp_path: Path) -> Copies:
    """Start a copy into the test's own database in another process."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite://{Path(told['NAME']).resolve()}"
    else:
        url = f"postgres://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"
    environment = os.environ | {
        "B2SHIFT_HOME": str(tmp_path / "settings"),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "b2shift.web.config.settings",
    }

    def start(home: Path, left: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PROGRAM, str(home), str(left)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    return start


@pytest.fixture
def before(lakes: Lakes) -> Iterator[Publication]:
    """The records hold the lake `antes`."""
    publish_lake(open_lake(lakes("antes")))
    yield Publication.objects.latest("pk")
    connections.close_all()


def whole(name: str) -> None:
    """Every customer has this name, and the rest belongs to the same version."""
    assert dict(Customer.objects.values_list("name").annotate(rows=Count("pk"))) == {name: 60}
    assert Proposal.objects.count() == 30


@pytest.mark.parametrize("left", [0, 5, 6, len(PROJECTIONS)])
def test_a_copy_killed_anywhere_leaves_the_version_before(
    before: Publication,
    lakes: Lakes,
    elsewhere: Copies,
    left: int,
) -> None:
    process = elsewhere(lakes("depois"), left)
    told, _ = process.communicate(timeout=300)
    assert (told, process.returncode) == ("ready\n", -9)
    whole("antes")
    assert Publication.objects.latest("pk") == before
    publish_lake(open_lake(lakes("depois")))
    whole("depois")
    assert Publication.objects.latest("pk") != before


def test_a_copy_killed_at_any_moment_leaves_one_whole_version(
    before: Publication, lakes: Lakes, elsewhere: Copies
) -> None:
    chance = random.Random(5)
    home = lakes("depois")
    for _ in range(4):
        process = elsewhere(home, -1)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.25))
        process.kill()
        process.communicate(timeout=300)
        done = Publication.objects.latest("pk") != before
        whole("depois" if done else "antes")
        if done:
            publish_lake(open_lake(lakes("antes")))
            before = Publication.objects.latest("pk")


def test_readers_see_one_whole_version_while_copies_go_on(before: Publication, lakes: Lakes) -> None:
    homes = [lakes("antes"), lakes("depois")]
    seen: set[tuple[tuple[str, int], ...]] = set()
    errors: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                seen.add(tuple(Customer.objects.order_by("name").values_list("name").annotate(rows=Count("pk"))))
        except BaseException as error:  # noqa: BLE001  # told by the test's own thread
            errors.append(error)
        finally:
            close_old_connections()
            connections.close_all()

    def copy() -> None:
        try:
            for turn in range(3):
                publish_lake(open_lake(homes[turn % 2]))
        except BaseException as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connections.close_all()

    reader, copies = threading.Thread(target=read), [threading.Thread(target=copy) for _ in range(2)]
    for thread in (reader, *copies):
        thread.start()
    for thread in copies:
        thread.join(timeout=300)
    done.set()
    reader.join(timeout=300)
    assert not errors
    assert seen <= {(("antes", 60),), (("depois", 60),)}
    whole(Customer.objects.values_list("name", flat=True)[0])
