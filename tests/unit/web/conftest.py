"""What the tests of the web share: a lake and its records, one person per role with a portfolio, clients.

The factory's lake has sellers U0002 to U0007; U0000 manages the even ones, U0001 the odd ones.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.db import connection
from django.test import Client
from django.utils import translation
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key
from tests.unit.web.checked_scores import make_checked_home
from tests.unit.web.factory import make_home, make_paying_home
from tests.unit.web.measured_campaigns import make_measured_home

from b2shift.interact.policy import load
from b2shift.lake.api import current_version, open_lake
from b2shift.web.accounts.models import Team, User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.cache import clear_cache
from b2shift.web.crm.models import Publication
from b2shift.web.crm.publication import publish_lake

PASSWORD = "uma frase longa de teste"
_PORTFOLIOS = {Role.MANAGER: "U0000", Role.EXECUTOR: "U0002"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What only PostgreSQL does is tested where the records are on it."""
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason="the records of this run are on SQLite"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test that commits ends by emptying every table: the records come back for good, not in each test after it."""
    yield
    marker = item.get_closest_marker("django_db")
    commits = "transactional_db" in getattr(item, "fixturenames", ()) or (marker and marker.kwargs.get("transaction"))
    home = Path(settings.HOME)
    if nextitem and commits and current_version(home) is not None:
        with item.config.stash[blocking_manager_key].unblock():
            if not Publication.objects.exists():
                publish_lake(open_lake(home))


@pytest.fixture(scope="session")
def lake_home() -> Path:
    """The home of these settings, its lake filled by the factory with 60 customers."""
    home = Path(settings.HOME)
    return home if current_version(home) is not None else make_home(home)


@pytest.fixture(scope="session")
def paying_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The factory's lake with fourteen months of payments. Read it, never write into it."""
    return make_paying_home(tmp_path_factory.mktemp("paying"))


@pytest.fixture(scope="session")
def measured_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The factory's lake with campaigns that were measured. Read it, never write into it."""
    return make_measured_home(tmp_path_factory.mktemp("measured"))


@pytest.fixture
def measured(settings: LazySettings, published: object, measured_home: Path) -> None:
    """Pages and programs read the lake with the campaigns."""
    settings.HOME = measured_home


@pytest.fixture(scope="session")
def checked_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The factory's lake with scores whose outcomes are known. Read it, never write into it."""
    return make_checked_home(tmp_path_factory.mktemp("checked"))


@pytest.fixture
def checked(settings: LazySettings, published: object, checked_home: Path) -> None:
    """Pages and programs read the lake with the outcomes of scores."""
    settings.HOME = checked_home


@pytest.fixture(scope="session")
def records(django_db_setup: None, django_db_blocker: DjangoDbBlocker, lake_home: Path) -> None:
    """The test database holds the lake's records before any test's transaction, which then undoes its changes."""
    with django_db_blocker.unblock():
        publish_lake(open_lake(lake_home))


@pytest.fixture(scope="session", autouse=True)
def policies_read_once() -> Iterator[None]:
    """A text of a policy is parsed once: it always gives the same frozen policy, and many pages ask for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "parse", cache(load.parse))
        yield


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Answers kept in memory are of rows that another test may have changed."""
    clear_cache()


@pytest.fixture(autouse=True)
def in_portuguese() -> None:
    """A page answered in English leaves its thread in English; the next test begins as a person does."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def published(records: None, db: None, lake_home: Path) -> Publication:
    """The records of the factory's lake; published again where a test that commits emptied the tables."""
    if not Publication.objects.exists():
        publish_lake(open_lake(lake_home))
    return Publication.objects.get()


@pytest.fixture
def people(published: Publication) -> dict[Role, User]:
    """One person of each role; the manager also has a team whose member follows the customers of U0003."""
    found = {
        role: User.objects.create_user(
            f"{role.value}@empresa.example",
            PASSWORD,
            name=f"{role.name.title()} da Silva",
            role=role,
            vendor_user_id=_PORTFOLIOS.get(role, ""),
            business_unit="rd_station" if role is Role.MARKETING else "",
        )
        for role in Role
    }
    colleague = User.objects.create_user(
        "colega@empresa.example", PASSWORD, name="Colega Souza", role=Role.EXECUTOR, vendor_user_id="U0003"
    )
    team = Team.objects.create(name="Equipe Sul", manager=found[Role.MANAGER])
    team.members.add(colleague)
    return found


@pytest.fixture
def signed_in(people: dict[Role, User]) -> Callable[[Role], Client]:
    """A browser in which the person of a role has signed in."""

    def enter(role: Role) -> Client:
        browser = Client()
        browser.force_login(people[role])
        return browser

    return enter


@pytest.fixture
def on_postgres() -> bool:
    """Whether the records of this run are on PostgreSQL."""
    return connection.vendor == "postgresql"
