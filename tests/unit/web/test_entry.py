"""What the command line starts by name: other homes in processes of their own, a server, people to try it with."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest
from django.conf import settings
from tests.ports import free_port
from tests.unit.web.factory import make_home

from b2shift.kernel.errors import StateError
from b2shift.web.accounts.models import Team, User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.accounts.roles import Role
from b2shift.web.config import entry
from b2shift.web.config.demo_people import create
from b2shift.web.config.server import refuse_taken_port
from b2shift.web.crm.models import Customer, Publication, VendorUser
from b2shift.web.crm.reading import visible_customers

COUNTS = {"customer": 60, "proposal": 30, "segment": 3}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another home than the one of this process."""
    return make_home(tmp_path_factory.mktemp("entry") / "home")


@pytest.mark.slow
def test_another_home_is_published_in_a_process_of_its_own(home: Path) -> None:
    counts = entry.publish(home)
    assert {name: counts[name] for name in COUNTS} == COUNTS
    assert (home / "records.sqlite3").exists()
    again = (home / "records.sqlite3").read_bytes()
    assert entry.publish(home) == counts
    assert (home / "records.sqlite3").read_bytes() == again
    assert (home / "secret.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_demo_people_of_another_home(home: Path) -> None:
    people = entry.create_demo_people(home)
    assert [person.role for person in people] == list(Role.values)
    assert len({person.password for person in people}) == 6
    again = entry.create_demo_people(home)
    assert [person.email for person in again] == [person.email for person in people]
    assert not {person.password for person in again} & {person.password for person in people}


@pytest.mark.slow
def test_what_went_wrong_in_the_other_process_is_told_here(tmp_path: Path) -> None:
    with pytest.raises(StateError) as refused:
        entry.publish(tmp_path / "empty")
    assert refused.value.what == "Não foi possível gravar os registros"
    assert refused.value.hint.startswith("O lake está vazio")
    assert "Traceback" not in str(refused.value)
    assert "b2shift.kernel" not in str(refused.value)


def test_a_process_serves_one_home_only(tmp_path: Path) -> None:
    assert tmp_path != settings.HOME
    with pytest.raises(StateError, match="Este processo já trabalha em outra pasta"):
        entry.serve(tmp_path, port=free_port())


def test_a_taken_port_is_refused_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StateError, match=f"127.0.0.1:{port}") as refused:
            refuse_taken_port("127.0.0.1", port)
    assert "--port" in refused.value.hint
    refuse_taken_port("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(StateError, match="Não é possível escutar"):
        refuse_taken_port("203.0.113.7", 8000)
    with pytest.raises(StateError, match="Não é possível escutar"):
        refuse_taken_port("isto não é um endereço", 8000)


@pytest.mark.slow
def test_a_wrong_setting_is_shown_by_its_name(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path\nfrom b2shift.kernel.errors import InputError\n"
        "from b2shift.web.config.entry import prepare\n"
        f"try: prepare(Path({str(tmp_path)!r}))\nexcept InputError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"B2SHIFT_API_PER_MINUTE": "muitos"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "A configuração não serve" in done.stdout
    assert "B2SHIFT_API_PER_MINUTE" in done.stdout


# ---------------------------------------------------------------- people to try the product with


@pytest.mark.records
def test_demo_people_can_try_every_role(published: Publication) -> None:
    made = {person.role: person for person in create()}
    people = {user.role: user for user in User.objects.all()}
    assert set(made) == set(people) == set(Role.values)
    for role, person in made.items():
        assert people[role].check_password(person.password)
        assert person.role_label == Role(role).label
    executor, manager = people[Role.EXECUTOR], people[Role.MANAGER]
    seller = VendorUser.objects.get(user_id=executor.vendor_user_id)
    sizes = {one.user_id: Customer.objects.filter(owner=one).count() for one in VendorUser.objects.filter(active=True)}
    assert sizes[seller.user_id] == max(sizes.values())
    assert manager.vendor_user_id == seller.manager_id
    assert list(Team.objects.get().members.all()) == [executor]
    for user in people.values():
        if may(user, Capability.CUSTOMERS):
            assert visible_customers(user).exists(), user.role
    assert set(visible_customers(executor)) < set(visible_customers(manager))


@pytest.mark.records
def test_demo_people_again_get_new_passwords_and_stay_the_same_people(published: Publication) -> None:
    first = {person.email: person.password for person in create()}
    User.objects.filter(role=Role.ANALYST).update(is_active=False, name="Outro")
    again = {person.email: person.password for person in create()}
    assert set(first) == set(again)
    assert User.objects.count() == 6
    assert User.objects.get(role=Role.ANALYST).is_active
    assert not [email for email in first if first[email] == again[email]]


@pytest.mark.records
def test_demo_people_before_any_customer(published: Publication) -> None:
    Customer.objects.all().delete()
    VendorUser.objects.all().delete()
    assert len(create()) == 6
    assert User.objects.get(role=Role.EXECUTOR).vendor_user_id == ""


# ---------------------------------------------------------------- the server


@pytest.fixture
def served(home: Path) -> Iterator[str]:
    """The product on a free port, as `b2shift serve` starts it."""
    port = free_port()
    program = (
        "from pathlib import Path\nfrom b2shift.web.config.entry import serve\n"
        f"serve(Path({str(home)!r}), port={port}, workers=1)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1500):
            try:
                urllib.request.urlopen(f"{address}/saude/", timeout=2)
                break
            except (URLError, ConnectionError, TimeoutError):
                assert process.poll() is None, process.stderr.read() if process.stderr else ""
                time.sleep(0.2)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.mark.slow
def test_the_server_publishes_the_lake_and_answers(served: str) -> None:
    told = json.load(urllib.request.urlopen(f"{served}/saude/", timeout=60))
    assert (told["status"], told["lake_version"]) == ("ok", 1)
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(f"{served}/api/v1/customers", timeout=60)
    assert refused.value.code == 401
    assert json.load(refused.value)["type"] == "urn:b2shift:problem:unauthenticated"
    page = urllib.request.urlopen(served, timeout=60)
    assert page.url.endswith("/entrar/?next=/")
