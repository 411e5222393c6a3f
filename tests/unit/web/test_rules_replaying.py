"""A version of the rules replayed from a page: asked for once, beside the one in force, its rows for who sees them."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import LazySettings
from django.test import Client

from b2shift.interact.api import adopt_policy_text, policy_text
from b2shift.interact.contracts import OwnerRole, Replay, RuleContacts, WeekLoad
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.policy.replays import ReplayRequest, of_key
from b2shift.web.crm import background_command
from b2shift.web.crm.models import Publication
from b2shift.web.crm.reading import visible_customers

SignIn = Callable[[Role], Client]


@pytest.fixture
def home(tmp_path: Path, settings: LazySettings, published: Publication) -> Path:
    """A home without policies of its own and nothing replayed."""
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been started."""
    found: list[list[str]] = []
    monkeypatch.setattr(background_command.subprocess, "Popen", lambda command, **_how: found.append(command))
    return found


def period(published: Publication) -> dict[str, str]:
    return {"start": str(published.as_of - timedelta(days=27)), "end": str(published.as_of)}


def done(home: Path, asked: ReplayRequest, contacts: dict[str, int], customers: list[str]) -> None:
    """What the process leaves: so many contacts of each rule, to the customers in turn."""
    folder = home / "replays" / asked.key
    folder.mkdir(parents=True, exist_ok=True)
    rules = [rule for rule, count in contacts.items() for _ in range(count)]
    told = Replay(
        policy="Régua", version="1", start=asked.start, end=asked.end, forecast=False, days=20, refreshed=4,
        customers=60, contacts=len(rules), contacted=2, repeated=1, examples=(), by_day=(),
        by_rule=tuple(
            RuleContacts(rule=rule, name=f"Regra {rule}", contacts=count, customers=1, blocked=3)
            for rule, count in contacts.items()
        ),
        by_week=(WeekLoad(role=OwnerRole.EXECUTOR, week=asked.start, contacts=len(rules), spoken=0, capacity=2),),
        unknown=("usage_trend",), stand_ins=(), seconds=1.0,
    )  # fmt: skip
    (folder / "told.json").write_text(told.model_dump_json())
    rows = [
        {"day": asked.start, "customer_id": customers[n % len(customers)], "rule": rule, "channel": "email"}
        for n, rule in enumerate(rules)
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "rows.parquet")


def test_a_period_is_asked_for_once(
    signed_in: SignIn, home: Path, begun: list[list[str]], published: Publication
) -> None:
    browser = signed_in(Role.MARKETING)
    assert "Nenhuma simulação ainda" in browser.get("/regua/simular/").text
    for _ in range(2):
        answer = browser.post("/regua/simular/", {"version": "0", **period(published)})
        assert answer.status_code == 302
    (command,) = begun
    assert command[3:5] == ["policy", "replay"]
    assert command[command.index("--version") + 1] == "0"
    assert "Simulando dia a dia" in browser.get(answer["Location"]).text


def test_what_cannot_be_replayed_is_reported(
    signed_in: SignIn, home: Path, begun: list[list[str]], published: Publication
) -> None:
    browser, days = signed_in(Role.MARKETING), period(published)
    for wrong, said in (
        ({"start": ""}, "Escolha o primeiro"),
        ({"start": days["end"], "end": days["start"]}, "vem depois"),
        ({"end": str(published.as_of + timedelta(days=1))}, "Os dados vão só até"),
        ({"start": str(published.as_of - timedelta(days=200))}, "no máximo"),
        ({"version": "7"}, "Não há versão"),
    ):
        answer = browser.post("/regua/simular/", {"version": "0", **days, **wrong})
        assert (answer.status_code, said in answer.text) == (422, True), wrong
    assert begun == []


def test_it_stands_beside_the_version_in_force_and_opens_its_rows(
    signed_in: SignIn, home: Path, begun: list[list[str]], published: Publication, people: dict[Role, User]
) -> None:
    adopt_policy_text(home, policy_text(home, 0), published.published_at)
    browser = signed_in(Role.MARKETING)
    address = browser.post("/regua/simular/", {"version": "0", **period(published)})["Location"]
    assert [command[command.index("--version") + 1] for command in begun] == ["0", "1"]
    asked = of_key(address.rstrip("/").rsplit("/", 1)[-1])
    assert asked is not None
    mine = list(visible_customers(people[Role.MARKETING]).values_list("customer_id", flat=True)[:1])
    done(home, asked, {"a": 4, "b": 1}, [*mine, "ALHEIO"])
    done(home, ReplayRequest(1, asked.start, asked.end, asked.lake), {"a": 1, "c": 2}, mine)
    page = browser.get(address)
    assert [(name, contacts, before) for name, _door, contacts, before, *_ in page.context["rules"].rows] == [
        ("Regra a", 4, 1), ("Regra c", 0, 2), ("Regra b", 1, 0),
    ]  # fmt: skip
    assert page.context["changes"]["contacts"] == 2
    assert "Acima da capacidade" in page.text
    rows = browser.get(f"{address}contatos/?regra=a")
    assert [customer.customer_id for _row, customer, _name in rows.context["rows"]] == mine * 2
    assert "ALHEIO" not in rows.text
    assert (rows.context["total"], rows.context["all"]) == (2, 4)


def test_a_process_that_fell_silent_is_reported_and_asked_for_again(
    signed_in: SignIn, home: Path, begun: list[list[str]], published: Publication
) -> None:
    browser = signed_in(Role.MARKETING)
    address = browser.post("/regua/simular/", {"version": "0", **period(published)})["Location"]
    folder = next((home / "replays").iterdir())
    os.utime(folder, (1, 1))
    assert "interrompida" in browser.get(address).text
    browser.post("/regua/simular/", {"version": "0", **period(published)})
    assert len(begun) == 2
    (folder / "wrong.txt").write_text("O período passa da data dos dados")
    assert "O período passa" in browser.get(address).text


def test_only_who_steers_the_rules_may(signed_in: SignIn, home: Path) -> None:
    assert signed_in(Role.EXECUTOR).get("/regua/simular/").status_code == 403
    browser = signed_in(Role.MARKETING)
    for key in ("v0-2025-01-01-2025-02-01-1", "v0-2025-13-01-2025-02-01-1", "..", "x"):
        assert browser.get(f"/regua/simular/{key}/").status_code == 404


def test_a_key_is_what_it_names() -> None:
    asked = ReplayRequest(3, date(2025, 1, 2), date(2025, 3, 31), 12)
    assert of_key(asked.key) == asked
