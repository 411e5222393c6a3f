"""The limits of the rules of contact in a form: what changes is told in words, and kept as a version of the text."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from b2shift.interact.api import limits_of, policy_in_force, policy_text, policy_versions
from b2shift.web.accounts.roles import Role
from b2shift.web.outbox.in_force import limits_in_force

SignIn = Callable[[Role], Client]


@pytest.fixture
def home(tmp_path: Path, settings: LazySettings) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def form(browser: Client) -> dict[str, object]:
    """What a browser would send of the form as it stands."""
    told = browser.get("/regua/ajustar/").context
    values: dict[str, object] = {"number": told["number"]}
    for part in told["parts"]:
        for one in [*part.inputs, *(inner for _row, inputs in part.rows for inner in inputs)]:
            values[one.name] = [code for code, _word, held in one.chosen if held] if one.chosen else one.value
    return values


def test_what_changes_is_shown_in_words_and_put_in_force(signed_in: SignIn, home: Path) -> None:
    browser, before = signed_in(Role.MARKETING), policy_text(home)
    asked = form(browser)
    assert asked["limits.approval_below_confidence"] == "60"
    wanted = {
        **asked, "limits.approval_above": "5000", "limits.approval_below_confidence": "72.5", "caps.1.person_30d": "3",
        "limits.any_hour": ["portal"],
    }  # fmt: skip
    said = browser.post("/regua/ajustar/conferir/", wanted).context["changes"]
    assert said == [
        "Grupo Pessoas: Por pessoa em 30 dias: 4 → 3",
        "Canais a qualquer hora: No produto, Portal → Portal",
        "Pedir aprovação acima de: 10.000 → 5.000 R$ em jogo",
        "Pedir aprovação com confiança abaixo de: 60 → 72,5 %",
    ]
    assert policy_versions(home) == (), "a look keeps nothing"
    assert browser.post("/regua/ajustar/", wanted).status_code == 302
    limits = limits_in_force()
    assert (limits.approval_above, limits.approval_below_confidence, limits.any_hour) == (5000, 0.725, ("portal",))
    assert len(policy_text(home).splitlines()) == len(before.splitlines()), "comments and rules stay as they are"
    assert browser.get("/regua/versoes/").context["versions"][0][1] == said
    browser.post("/regua/ajustar/", form(browser))
    assert len(policy_versions(home)) == 1, "nothing changed makes no version"


def test_what_is_wrong_is_reported_and_nothing_is_kept(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.MARKETING)
    asked = form(browser)
    for wrong, why in (
        ({"limits.hours.first": "21"}, "a hora de abrir"),
        ({"limits.account_7d": "muitos"}, "número inteiro"),
        ({"limits.account_7d": '5}: "'}, "número inteiro"),
        ({"limits.account_7d": ""}, "número inteiro"),
        ({"limits.concessions.0.percent": "90"}, "a concessão passa"),
    ):
        told = browser.post("/regua/ajustar/", {**asked, **wrong})
        assert told.status_code == 422, wrong
        assert "Corrija os achados" in told.text
        assert any(why in one.what for one in told.context["findings"]), (wrong, told.context["findings"])
    late = browser.post("/regua/ajustar/", {**asked, "number": 7, "limits.account_7d": "4"})
    assert (late.status_code, late.context["moved_on"]) == (422, True)
    assert policy_versions(home) == ()
    assert limits_of(policy_in_force(home)) == limits_in_force()


def test_only_who_steers_the_rules_adjusts_them(signed_in: SignIn, home: Path) -> None:
    for role in set(Role) - {Role.MARKETING}:
        browser = signed_in(role)
        assert browser.get("/regua/ajustar/").status_code == 403, role
        assert browser.post("/regua/ajustar/", {}).status_code == 403, role
        assert browser.post("/regua/ajustar/conferir/", {}).status_code == 403, role
