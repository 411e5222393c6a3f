"""A real server on a copy of the demo home, a real Chromium, and one person of each role."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from tests.conftest import BROWSERS
from tests.ports import free_port

from b2shift.web.config.demo_person import DemoPerson
from b2shift.web.config.entry import create_demo_people, publish

STARTS_WITHIN, ENDS_WITHIN = 300, 60  # seconds
PATIENCE = 60_000  # milliseconds: a machine may be busy
BROWSERS_OWN = ("Failed to load resource", "Chrome currently does not support the Push API in incognito mode")
GIVEN_UP = ("htmx:sendAbort", "htmx:afterRequest")  # replaced by a newer question; a lost one says sendError too
PUSH_KEY = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"
ARRIVED = "html[data-listens]:not(:has(.htmx-request, .htmx-added, [data-chart]:not(:has(canvas))))"
"""The page that asks for nothing more, every part put in and every chart drawn."""
HEARD = "html[data-listens]:not(:has(.htmx-added))"
"""The page whose scripts listen, and hear what was put into it since."""
NOT_BEFORE_IT_LISTENS = """
const unheard = new CSSStyleSheet();
unheard.replaceSync("html:not([data-listens]), .htmx-added { pointer-events: none }");
document.adoptedStyleSheets = [...document.adoptedStyleSheets, unheard];
"""
"""What the scripts do not hear yet takes no pointer: a click, check or hover of Playwright waits for it by itself."""
OF_THEIR_OWN = ("accounts_user", "accounts_savedview", "accounts_tile", "watch_pushdevice")
"""What people set for themselves: language, theme, views, tiles, devices."""
SLOW = int(os.environ.get("B2SHIFT_E2E_SLOW", "0"))
"""Milliseconds that every answer takes longer, with no cache: what acts before a page listens fails at once."""
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every walk is of the browser, and slow."""
    for item in items:
        if "tests/e2e" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, not a downloaded one."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed (apt-get install chromium)")
    return {"executable_path": found, "args": ["--no-sandbox", "--disable-dev-shm-usage"]}


@dataclass(frozen=True)
class Product:
    """The product as served: its address and who may enter."""

    url: str
    home: Path
    people: dict[str, DemoPerson]
    states: dict[str, Any] = field(default_factory=dict)

    def set_by_people(self) -> dict[str, list[tuple[Any, ...]]]:
        """The rows of what people set for themselves."""
        with closing(self._records()) as records:
            return {table: records.execute(f"SELECT * FROM {table}").fetchall() for table in OF_THEIR_OWN}

    def put_back(self, before: dict[str, list[tuple[Any, ...]]]) -> None:
        """What people set for themselves, as it was."""
        with closing(self._records()) as records, records:
            for table, rows in before.items():
                records.execute(f"DELETE FROM {table}")
                for row in rows:
                    records.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    def _records(self) -> sqlite3.Connection:
        return sqlite3.connect(self.home / "records.sqlite3", timeout=60)


@pytest.fixture(scope="session")
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """`b2shift serve` on a copy of the demo home; `B2SHIFT_E2E_HOME` names another home to copy."""
    given = os.environ.get("B2SHIFT_E2E_HOME")
    source = Path(given) if given else request.getfixturevalue("demo_home")
    home = tmp_path_factory.mktemp("e2e") / "home"
    shutil.copytree(source, home)
    publish(home)
    people = {person.role: person for person in create_demo_people(home)}
    port = free_port()
    log = home / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "b2shift.cli", "serve", "--home", str(home), "--port", str(port), "--workers", "1"],
            env={
                **os.environ,
                "B2SHIFT_HOME": str(home),
                "B2SHIFT_PUSH_KEY": PUSH_KEY,
                "DJANGO_SETTINGS_MODULE": "b2shift.web.config.settings",
            },
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/saude/", server, log)
        yield Product(f"http://127.0.0.1:{port}", home, people)
    finally:
        ended(server)


Enter = Callable[..., Page]


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the pages of a test report as errors; at its end there may be none."""
    heard_of: list[str] = []
    yield heard_of
    assert not heard_of


@pytest.fixture
def enter(product: Product, browser: Browser, complaints: list[str]) -> Iterator[Enter]:
    """Opens a window of its own in which the person of a role has signed in; what they set is put back at the end."""
    windows: list[BrowserContext] = []
    before = product.set_by_people()

    def window(role: str = "", *, dark: bool = False, phone: bool = False) -> Page:
        windows.append(_window(product, browser, role, dark=dark, phone=phone))
        return _heard_of(opened(windows[-1]), complaints)

    yield window
    for one in windows:
        one.close()
    product.put_back(before)


@pytest.fixture(scope="session")
def lasting_windows() -> Iterator[dict[tuple[str, bool, bool], BrowserContext]]:
    """Windows that stay open from test to test, by role, darkness and phone."""
    windows: dict[tuple[str, bool, bool], BrowserContext] = {}
    yield windows
    for one in windows.values():
        one.close()


@pytest.fixture
def visit(
    product: Product,
    browser: Browser,
    complaints: list[str],
    lasting_windows: dict[tuple[str, bool, bool], BrowserContext],
) -> Iterator[Enter]:
    """Opens a page in a window that other tests used, scripts and styles in its cache: for tests that only look."""
    pages: list[Page] = []

    def page_of(role: str, *, dark: bool = False, phone: bool = False) -> Page:
        key = (role, dark, phone)
        if key not in lasting_windows:
            lasting_windows[key] = _window(product, browser, role, dark=dark, phone=phone)
        pages.append(_heard_of(opened(lasting_windows[key]), complaints))
        return pages[-1]

    yield page_of
    for page in pages:
        page.close()


def _window(product: Product, browser: Browser, role: str, *, dark: bool, phone: bool) -> BrowserContext:
    """A window of a desk or a phone, in which the person of a role has signed in."""
    context = browser.new_context(
        base_url=product.url,
        viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
        color_scheme="dark" if dark else "light",
        locale="pt-BR",
        reduced_motion="reduce",
        storage_state=_state(product, browser, role) if role else None,
    )
    context.set_default_timeout(PATIENCE)
    return context


def _heard_of(page: Page, complaints: list[str]) -> Page:
    """The page, whose errors are kept from now on."""

    def hear(message: ConsoleMessage) -> None:
        # The browser itself reports every answer that is an error; tests say which they expect.
        if message.type == "error" and not any(one in message.text for one in (*BROWSERS_OWN, *GIVEN_UP)):
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def opened(context: BrowserContext) -> Page:
    """A page that is not clicked before it listens; on a slow line and machine where that was asked for."""
    page = context.new_page()
    page.add_init_script(NOT_BEFORE_IT_LISTENS)
    if SLOW:
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        speed = {"offline": False, "latency": SLOW, "downloadThroughput": -1, "uploadThroughput": -1}
        line.send("Network.emulateNetworkConditions", speed)
    return page


def sign_in(page: Page, email: str, password: str) -> None:
    """Type the address and the password, and come in."""
    page.goto("/entrar/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Senha").fill(password)
    page.get_by_role("button", name="Entrar").click()
    expect(page).not_to_have_url(re.compile("/entrar/"))
    heard(page)


def heard(page: Page) -> None:
    """Wait until the scripts of the page listen, also to what was put into it last."""
    page.locator(HEARD).wait_for(state="attached")


def arrived(page: Page) -> None:
    """Wait until the page is whole: loaded, its parts asked for and put in, its charts drawn."""
    page.wait_for_load_state()
    page.locator(ARRIVED).wait_for(state="attached")


def press(page: Page, *keys: str) -> None:
    """Press keys one after another, each once the page listens."""
    for key in keys:
        heard(page)
        page.keyboard.press(key)


def ended(server: "subprocess.Popen[bytes]") -> None:
    """End a server; one that is too busy to end in order is killed, for that is not what these tests ask."""
    server.terminate()
    try:
        server.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _state(product: Product, browser: Browser, role: str) -> Any:
    """The cookies of a person who signed in once, through the page."""
    if role not in product.states:
        context = browser.new_context(base_url=product.url, locale="pt-BR")
        context.set_default_timeout(PATIENCE)
        page = opened(context)
        sign_in(page, product.people[role].email, product.people[role].password)
        product.states[role] = context.storage_state()
        context.close()
    return product.states[role]


def wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if server.poll() is not None:
            pytest.fail(f"the server stopped at once: {log.read_text()[-2000:]}")
        try:
            with urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not answer within {STARTS_WITHIN} s: {log.read_text()[-2000:]}")
