"""A load ordered on a page is carried out by `b2shift source load`: a real delivery, onto the pages."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.integration.running import ENVIRONMENT, b2shift

from b2shift.demo.api import write_drop
from b2shift.lake.api import open_lake

ORDER = """
import django
django.setup()
from django.core.management import call_command
from django.utils import timezone
from b2shift.web.accounts.models import User
from b2shift.web.ledger.trail import Doer
from b2shift.web.loading import orders
call_command("migrate", verbosity=0)
person = User.objects.create_user("ana@e.example", name="Ana", role="analyst")
orders.place(Doer(person), [one.name for one in orders.inbox().iterdir()], timezone.now())
"""


def rows(home: Path, text: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "records.sqlite3")) as records:
        return records.execute(text).fetchall()


def test_an_ordered_load_reaches_the_pages(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_drop(tmp_path / "drop", customers=60, seed=3, dirty=0.3)
    shutil.copytree(tmp_path / "drop", home / "inbox", ignore=shutil.ignore_patterns("_*"))
    environment = {**ENVIRONMENT, "B2SHIFT_HOME": str(home), "DJANGO_SETTINGS_MODULE": "b2shift.web.config.settings"}
    environment.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "-c", ORDER], check=True, env=environment, cwd=os.getcwd())
    done = b2shift("source", "load", "--home", home, "--threads", "1")
    assert (done.returncode, "Cargas terminadas: 1" in done.stdout + done.stderr) == (0, True), done.stderr
    assert open_lake(home).info("customers").rows > 0
    [(state, share, problem, published)] = rows(
        home, "SELECT state, share, problem, result ->> '$.published' FROM loading_loadorder"
    )
    assert (state, share, problem, published) == ("feita", 1.0, "", 1)
    assert rows(home, "SELECT title FROM watch_housenotice") == [("A carga terminou",)]
    assert rows(home, "SELECT count(*) FROM crm_publication") == [(1,)]
    assert "Cargas terminadas: 0" in (again := b2shift("source", "load", "--home", home)).stdout + again.stderr
