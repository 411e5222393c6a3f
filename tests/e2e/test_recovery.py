"""A promoter turned detractor is won back in a browser, though the worker is killed again and again: sent once each."""

import hmac
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from email import message_from_bytes
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import PATIENCE, ended, opened, sign_in, wait_for
from tests.hours import next_noon
from tests.ports import free_port
from tests.unit.web.channels.mail_peers import imap_peer, smtp_peer
from tests.unit.web.channels.peers import HANG, http_peer
from tests.unit.web.outreach.world import CUSTOMER

PASSWORD = "uma frase longa de teste"
_WITHIN = 300  # seconds


class World:
    """The home of the walk: its server, its workers, its records."""

    def __init__(self, home: Path, env: dict[str, str]) -> None:
        self.home, self.env, self.url = home, {**os.environ, **env, "B2SHIFT_HOME": str(home)}, ""
        self.hour = next_noon()

    def run(self, *command: str) -> "subprocess.Popen[bytes]":
        log = (self.home / "log.txt").open("ab")
        return subprocess.Popen([sys.executable, "-m", *command], env=self.env, stdout=log, stderr=log)

    @contextmanager
    def served(self) -> Iterator[None]:
        port = free_port()
        server = self.run("b2shift.cli", "serve", "--home", str(self.home), "--port", str(port), "--workers", "1")
        self.url = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{self.url}/saude/", server, self.home / "log.txt")
            yield
        finally:
            ended(server)

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Killed without a word when the block ends; the next one begins minutes later, when leases are over."""
        self.hour += timedelta(minutes=5)
        child = self.run("tests.e2e.noon_worker", self.hour.isoformat())
        try:
            yield
        finally:
            child.kill()
            child.wait()

    def rows(self, text: str) -> list[Any]:
        """Rows of the records, read beside everybody else."""
        with closing(sqlite3.connect(f"file:{self.home / 'records.sqlite3'}?mode=ro", uri=True, timeout=60)) as records:
            return records.execute(text).fetchall()

    def until(self, true: Callable[[], object], what: str) -> None:
        limit = time.monotonic() + _WITHIN
        while not true():
            if time.monotonic() > limit:
                messages = self.rows("SELECT dedupe_key, state, reason FROM outbox_message")
                pytest.fail(f"never happened: {what}; {messages}; {(self.home / 'log.txt').read_text()[-2000:]}")
            time.sleep(0.05)

    def step(self) -> str:
        return str(self.rows("SELECT step FROM journeys_enrolment")[0][0])


def _enter(browser: Browser, url: str, name: str) -> Page:
    context = browser.new_context(base_url=url, locale="pt-BR", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = opened(context)
    sign_in(page, f"{name}@e.example", PASSWORD)
    return page


def _pressed_in_slack(url: str, draft: int) -> str:
    """The manager presses Aprovar in Slack: what the button answers."""
    told = {"user": {"id": "UG"}, "actions": [{"action_id": "approve", "value": str(draft)}]}
    body, stamp = urlencode({"payload": json.dumps(told)}), str(int(time.time()))
    made = hmac.new(b"s", f"v0:{stamp}:{body}".encode(), sha256).hexdigest()
    headers = {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={made}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    with urlopen(Request(f"{url}/ganchos/slack/", body.encode(), headers), timeout=60) as answer:
        return str(json.loads(answer.read())["text"])


@pytest.fixture
def peers() -> Iterator[tuple[Any, Any, Any]]:
    """A mail server that takes the first message and does not answer, a mailbox, and a Slack."""
    with http_peer((200, {}, {"ok": True, "ts": "1.1"})) as slack, smtp_peer(END=[HANG]) as smtp, imap_peer() as imap:
        yield slack, smtp, imap


@pytest.fixture
def world(tmp_path: Path, peers: tuple[Any, Any, Any]) -> Iterator[World]:
    """The product served, with these peers."""
    slack, smtp, imap = peers
    env = {
        "B2SHIFT_SLACK_NOTICES": "1", "B2SHIFT_SLACK_SIGNING_SECRET": "s", "B2SHIFT_SLACK_PEOPLE": "UG=g@e.example",
        "B2SHIFT_SLACK_TOKEN": "t", "B2SHIFT_SLACK_CHANNEL": "C", "B2SHIFT_SLACK_URL": slack.url,
        "B2SHIFT_SMTP_HOST": "127.0.0.1", "B2SHIFT_SMTP_PORT": str(smtp.port), "B2SHIFT_SMTP_SECURITY": "none",
        "B2SHIFT_SMTP_FROM": "ola@e.example", "B2SHIFT_IMAP_HOST": "127.0.0.1",
        "B2SHIFT_IMAP_PORT": str(imap.port), "B2SHIFT_IMAP_SECURITY": "none", "B2SHIFT_IMAP_PASSWORD": "certa",
    }  # fmt: skip
    made = World(tmp_path, env)
    made.env.pop("DATABASE_URL", None)
    made.env["DJANGO_SETTINGS_MODULE"] = "b2shift.web.config.settings"
    assert made.run("tests.e2e.recovery_home", PASSWORD).wait(300) == 0, (tmp_path / "log.txt").read_text()[-2000:]
    with made.served():
        yield made


def test_a_detractor_is_won_back_in_the_browser(world: World, peers: tuple[Any, Any, Any], browser: Browser) -> None:
    slack, smtp, imap = peers
    manager, executor = (_enter(browser, world.url, name) for name in ("g", "x"))

    with world.worker():
        world.until(lambda: len(slack.taken) == 1, "the alert of the letter")
        manager.goto("/aprovacoes/")
        card = manager.locator("article", has_text="Reconhecer e perguntar")
        expect(card).to_contain_text("Recuperar detratores")
        reason = world.rows("SELECT reason FROM journeys_enrolment")[0][0]
        assert "promotor" in reason.lower()
        expect(card).to_contain_text(reason)
        card.get_by_role("button", name="Aprovar").click()
        world.until(lambda: smtp.mails, "the mail at its server, which does not answer")

    with world.worker():
        world.until(lambda: len(slack.taken) == 2, "the alert of the task")
        [(waiting,)] = world.rows("SELECT id FROM outreach_draft WHERE state = 'waiting'")
        assert _pressed_in_slack(world.url, waiting) == "Recuperar detratores: Ligar para o cliente: na saída."
        world.until(lambda: world.step() == "ouvir", "the journey waits for the answer")
        world.until(lambda: world.rows("SELECT 1 FROM outreach_task"), "the task")
        world.until(lambda: world.rows("SELECT 1 FROM outbox_message WHERE state = 'in_doubt'"), "the doubt is told")

    [(mail,)] = world.rows("SELECT id FROM outbox_message WHERE channel = 'email'")
    manager.goto(f"/envios/{mail}/")
    manager.get_by_role("button", name="O provedor recebeu").click()
    world.until(lambda: not world.rows("SELECT 1 FROM outbox_message WHERE state = 'in_doubt'"), "somebody settled it")
    theirs = message_from_bytes(smtp.mails[0][2])["Message-ID"]
    imap.mails.append(
        f"From: maria@cliente.example\r\nMessage-ID: <r1@cliente.example>\r\nIn-Reply-To: {theirs}\r\n\r\n"
        "Podem me ligar hoje.\r\n".encode()
    )
    with world.worker():
        world.until(lambda: world.step() == "esperar_pessoa", "the journey waits for the person")
        called = "SELECT 1 FROM outbox_message WHERE channel = 'telefone' AND state = 'sent'"
        world.until(lambda: world.rows(called), "the task is answered for")

    executor.goto(f"/clientes/{CUSTOMER}/")
    expect(executor.locator("main")).to_contain_text("Podem me ligar hoje.")
    expect(executor.locator("#risco .score-value").last).to_have_text("49")
    expect(executor.locator("#health-now")).to_have_count(0)
    executor.goto("/tarefas/")
    executor.get_by_role("button", name="Aceitou").click()
    world.until(lambda: world.rows("SELECT 1 FROM outreach_task WHERE outcome = 'aceitou'"), "the acceptance")
    executor.goto(f"/clientes/{CUSTOMER}/")
    expect(executor.locator("#risco .score-value").last).to_have_text("70")
    expect(executor.locator("#health-now")).to_contain_text("De 48,8 (entrega de 31/10/2026) a 70,0")
    expect(executor.locator("#health-now")).to_contain_text("Aceitou, por x@e.example")

    with world.worker():
        world.until(lambda: world.rows("SELECT 1 FROM journeys_enrolment WHERE state = 'ended'"), "the journey ends")
    assert world.rows("SELECT outcome, goal FROM journeys_enrolment") == [("aceitou", 1)]
    assert sorted(world.rows("SELECT value FROM outreach_outcome")) == [("aceitou",), ("respondeu",)]
    assert (len(smtp.mails), len(slack.taken)) == (1, 2), "nothing sent twice"
    assert world.rows("SELECT count(*) FROM outreach_task") == [(1,)]
    executor.reload()
    expect(executor.locator("main")).to_contain_text("Recuperar detratores")
