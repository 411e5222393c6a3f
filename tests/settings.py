"""The product's settings in a home made for this process, so that no test touches anybody's home.

pytest-django reads settings before any conftest, hence a module. With DATABASE_URL the records are on PostgreSQL;
programs that tests start do not inherit it: they would write into that database, not into the test's own.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ["B2SHIFT_HOME"] = tempfile.mkdtemp(prefix="b2shift-tests-")
atexit.register(shutil.rmtree, os.environ["B2SHIFT_HOME"], ignore_errors=True)

from b2shift.web.config.settings import *  # noqa: E402, F403
from b2shift.web.config.settings import DATABASES, HOME  # noqa: E402

for name in ("B2SHIFT_HOME", "DATABASE_URL"):
    os.environ.pop(name, None)

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
LAKE_THREADS = 1  # a table of a few rows is read sooner by one thread than another is woken
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # passwords of tests need not be slow to check

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in production: a database in memory has neither WAL nor writers that wait for each other.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(HOME) / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
