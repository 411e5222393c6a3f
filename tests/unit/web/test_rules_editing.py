"""The contact rules written on a page: checked while one writes, kept as versions, put in force by who may."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from b2shift.interact.api import policy_in_force, policy_text, policy_versions
from b2shift.web.accounts.roles import Role
from b2shift.web.ledger.models import AuditEvent

SignIn = Callable[[Role], Client]
CHANGED = ('version: "1.2"', 'version: "2"')


@pytest.fixture
def home(tmp_path: Path, settings: LazySettings) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def adopt(browser: Client, home: Path, text: str, number: int) -> int:
    return browser.post("/regua/editar/", {"text": text.replace("\n", "\r\n"), "number": number}).status_code


def test_what_was_written_is_in_force_and_the_version_before_comes_back(signed_in: SignIn, home: Path) -> None:
    browser, first = signed_in(Role.MARKETING), policy_text(home)
    page = browser.get("/regua/editar/")
    assert page.context["text"] == first
    assert page.context["changes"] == []
    second = first.replace(*CHANGED)
    assert adopt(browser, home, second, 0) == 302
    assert adopt(browser, home, second.replace('"2"', '"3"'), 1) == 302
    assert (policy_in_force(home).version, policy_text(home, 1)) == ("3", second), "byte for byte, comments too"
    versions = browser.get("/regua/versoes/")
    assert [(one.number, changes) for one, changes in versions.context["versions"]] == [
        (2, ["Rótulo da versão: 2 → 3"]), (1, ["Rótulo da versão: 1.2 → 2"]),
    ]  # fmt: skip
    assert browser.get("/regua/versoes/1/").context["changes"] == ["Rótulo da versão: 3 → 2"]
    assert browser.post("/regua/versoes/1/voltar/").status_code == 302
    assert policy_in_force(home).version == "2"
    assert browser.get("/regua/editar/?de=0").context["text"] == first
    told = AuditEvent.objects.filter(action=AuditEvent.Action.POLICY_CHANGED).order_by("sequence")
    assert [event.details["what"] for event in told] == ["adopted", "adopted", "restored"]


def test_a_defect_is_reported_with_its_line_and_nothing_is_put_in_force(signed_in: SignIn, home: Path) -> None:
    browser, text = signed_in(Role.MARKETING), policy_text(home)
    line = next(n for n, one in enumerate(text.splitlines(), 1) if one.strip().startswith("theme:"))
    wrong = "\n".join(["    theme: pao" if n == line else one for n, one in enumerate(text.splitlines(), 1)])
    told = browser.post("/regua/conferir/", {"text": wrong})
    assert line in [one.line for one in told.context["findings"]]
    assert f'data-line="{line}"' in told.text
    assert adopt(browser, home, wrong, 0) == 422
    assert adopt(browser, home, "rules: [", 0) == 422
    assert policy_versions(home) == ()


def test_nobody_writes_over_what_another_put_in_force(signed_in: SignIn, home: Path) -> None:
    browser, text = signed_in(Role.MARKETING), policy_text(home)
    assert adopt(browser, home, text.replace(*CHANGED), 0) == 302
    late = browser.post("/regua/editar/", {"text": text, "number": 0})
    assert (late.status_code, late.context["changes"]) == (422, ["Rótulo da versão: 2 → 1.2"])
    assert len(policy_versions(home)) == 1


def test_a_text_that_changes_nothing_makes_no_version(signed_in: SignIn, home: Path) -> None:
    assert adopt(signed_in(Role.MARKETING), home, policy_text(home), 0) == 302
    assert policy_versions(home) == ()


def test_only_who_steers_the_rules_writes_them(signed_in: SignIn, home: Path) -> None:
    text = policy_text(home).replace(*CHANGED)
    for role in set(Role) - {Role.MARKETING}:
        browser = signed_in(role)
        assert browser.get("/regua/editar/").status_code == 403, role
        assert adopt(browser, home, text, 0) == 403, role
        assert browser.post("/regua/conferir/", {"text": text}).status_code == 403, role
        assert browser.post("/regua/versoes/0/voltar/").status_code == 403, role
        assert browser.get("/regua/versoes/").status_code == 200, role
    assert policy_versions(home) == ()


def test_an_unknown_version_is_not_there(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.MARKETING)
    assert browser.get("/regua/versoes/9/").status_code == 404
    assert browser.post("/regua/versoes/9/voltar/").status_code == 404
    assert browser.get("/regua/editar/?de=x").status_code == 404
