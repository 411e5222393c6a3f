"""What tests share: a demo drop, a home after the whole loop on it, an empty home; and what this machine lacks."""

import fcntl
import gc
import os
import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from b2shift.cli.main import set_passive_waiting

# The same examples in every run, however slow the machine; `--hypothesis-profile=explore` draws new ones.
settings.register_profile(
    "suite",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("explore", settings.get_profile("suite"), derandomize=False, max_examples=1000)
settings.load_profile("suite")
# Playwright leaves an event loop in the thread of a worker that has walked pages; Django's tests there go on.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
set_passive_waiting()  # before any library of theirs is loaded: workers share the cores
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DEMO = {"customers": 300, "seed": 11, "dirty": 0.3}


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay to the end: Python need not look through them for garbage, nor so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _shared(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """A folder that the workers of one `make test`, or of one run of pytest, build once and only read."""
    alone = os.environ.get("PYTEST_XDIST_WORKER") is None
    own = factory.getbasetemp() if alone else factory.getbasetemp().parent
    root = Path(os.environ.get("B2SHIFT_TEST_SHARED", own))
    folder, done = root / name, root / f"{name}.done"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            build(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def demo_drop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo drop: 300 customers, seed 11, dirty 0.3. Read it, never write into it."""
    from b2shift.demo.api import write_drop

    return _shared(tmp_path_factory, "demo-drop", lambda folder: write_drop(folder, **DEMO))


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory, demo_drop: Path) -> Path:
    """A home after the whole loop on the demo drop, not published. Read it; copy it before changing anything."""
    from b2shift.cli.loop import run_loop

    return _shared(tmp_path_factory, "demo-home", lambda home: run_loop(demo_drop, home, publish=False, threads=1))


@pytest.fixture
def empty_home(tmp_path: Path) -> Path:
    """A home where nothing was ever run; the folder does not exist yet."""
    return tmp_path / "home"


def without_spark() -> str:
    """Why nothing can be asked on Spark here; empty where it can."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed: make spark"
    return "" if shutil.which("java") else "no java found"


def node() -> str | None:
    """Node, of this environment or the machine's."""
    return shutil.which("node", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))))


def missing_parts() -> list[str]:
    """Optional parts this machine does not have, with what is not tested without them."""
    lacks = []
    if not any(map(shutil.which, BROWSERS)):
        lacks.append("browser (no chromium found): the walk through the pages")
    if node() is None:
        lacks.append("Node: what pictures tell of long names")
    if not os.environ.get("B2SHIFT_TEST_POSTGRES"):
        lacks.append("PostgreSQL (B2SHIFT_TEST_POSTGRES is not set): the records on PostgreSQL")
    if without_spark():
        lacks.append(f"Spark ({without_spark()}): metrics and segments asked on Spark")
    return lacks


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was not tested for want of an optional part."""
    if os.environ.get("PYTEST_XDIST_WORKER") is None:
        for part in missing_parts():
            terminalreporter.write_line(f"not found: {part}")
