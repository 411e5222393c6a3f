"""The lake behind the pages: the version that was published, whatever has been written since."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.unit.web import factory

from b2shift.kernel.errors import LakeEmptyError
from b2shift.lake.api import open_lake, writing
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Publication
from b2shift.web.crm.publication import publish_lake

pytestmark = [pytest.mark.records, pytest.mark.django_db]


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    """A home of its own, not published."""
    Publication.objects.all().delete()
    settings.HOME = tmp_path
    return tmp_path


def run(home: Path, rows: int) -> int:
    with writing(home) as session:
        factory.stage_all(session, rows)
        return session.commit(factory.AS_OF)


def rows() -> int:
    return int(lake().query("SELECT count(*) AS n FROM customers").column("n")[0].as_py())


def test_before_the_first_run_there_is_none(home: Path) -> None:
    with pytest.raises(LakeEmptyError):
        lake()


def test_before_the_first_publication_it_is_the_current_one(home: Path) -> None:
    run(home, 3)
    assert rows() == 3
    run(home, 4)
    assert rows() == 4


def test_what_was_published_stays_until_the_next_publication(home: Path) -> None:
    assert run(home, 3) == 1
    publish_lake(open_lake(home))
    assert run(home, 4) == 2
    assert (lake().version, rows()) == (1, 3)
    publish_lake(open_lake(home))
    assert (lake().version, rows()) == (2, 4)
    assert lake() is lake(), "one reader a process"


def test_a_published_version_that_is_no_longer_kept_gives_way_to_the_current(home: Path) -> None:
    run(home, 3)
    publish_lake(open_lake(home))
    run(home, 4)
    (home / "lake" / "versions" / "v000001.json").unlink()
    assert rows() == 4
    run(home, 5)
    assert rows() == 5


def test_another_home_has_another_reader(home: Path, tmp_path: Path, settings: Any) -> None:
    run(home, 3)
    other = tmp_path / "other"
    shutil.copytree(home / "lake", other / "lake")
    first = lake()
    settings.HOME = other
    assert lake() is not first
    settings.HOME = home
    assert lake() is first
