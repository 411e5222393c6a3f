"""What a load changed, opened from its counts: every row one may see, and nothing personal."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.unit.identify.sources.small import TICKETS, deliver, write_small
from tests.unit.web import factory

from b2shift.identify.api import NewRows, new_rows
from b2shift.kernel.errors import AccessError
from b2shift.lake.api import Retention, retain, writing
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.quality.words import moved_value
from b2shift.web.crm import load_changes as changes
from b2shift.web.crm.load_changes import added_rows, load_changes, loads_that_changed, new_counts
from b2shift.web.crm.models import Publication
from b2shift.web.crm.rejects import HIDDEN

pytestmark = pytest.mark.records
SignIn = Callable[[Role], Client]
PATH = "/qualidade/mudancas/"
PART = {"HX-Request": "true"}
PEOPLE = "contato_id;cliente;nome;cargo;email;telefone\n"
CHANGES = """
    SELECT * FROM (VALUES
        (2, 'tickets', 'changed', '77', 'priority', 'low', 'high', '10001'),
        (2, 'tickets', 'withdrawn', '78', NULL, NULL, NULL, '10002'),
        (2, 'contatos', 'corrected', 'K1', 'name', 'Joana Pessoa', 'Joana Souza', '10001'),
        (2, 'fonte_nova', 'changed', 'segredo', 'coluna', 'antes', 'agora', NULL),
        (1, 'tickets', 'spoilt', '79', 'priority', 'low', NULL, '10003')
    ) AS told (load, source, kind, key, "column", before, after, customer_id)
"""


@pytest.fixture
def moved(tmp_path: Path, lake_home: Path, settings: Any, published: Publication) -> Path:
    """The factory's lake with what two loads changed."""
    home = tmp_path / "home"
    shutil.copytree(lake_home / "lake", home / "lake")
    with writing(home) as session:
        session.write(factory.specs()["identify"]["changes"], CHANGES)
        version = session.commit(date(2026, 11, 30))
    Publication.objects.update(lake_version=version)
    settings.HOME = home
    return home


def test_values_are_shown_where_nothing_is_personal(moved: Path, people: dict[Role, User]) -> None:
    found = {(row.source, row.key): (row.before, row.after) for row in load_changes(people[Role.ANALYST], {}).rows}
    assert found == {
        ("tickets", "77"): ("low", "high"),
        ("tickets", "78"): (None, None),
        ("tickets", "79"): ("low", None),
        ("contatos", HIDDEN): (HIDDEN, HIDDEN),
        ("fonte_nova", HIDDEN): (HIDDEN, HIDDEN),
    }


def test_a_count_opens_its_rows(moved: Path, signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get(f"{PATH}?load=2&source=tickets&kind=changed")
    (row,) = page.context["rows"]
    assert (row.key, row.column, row.before, row.after) == ("77", "priority", "low", "high")
    assert 'href="/clientes/10001/"' in page.text
    assert "Alterada" in page.text
    assert not signed_in(Role.ANALYST).get(f"{PATH}?load=3").context["rows"]
    assert "Joana" not in signed_in(Role.ANALYST).get(PATH).text


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("2025-03-31", "31/03/2025"),
        ("2025-03-31 10:05:00", "31/03/2025 10:05:00"),
        ("1234.5", "1.234,50"),
        ("0.1250", "0,125"),
        ("-7.00", "−7,00"),
        ("12.1.33", "12.1.33"),
        ("VAREJO", "VAREJO"),
        (None, ""),
    ],
)
def test_values_are_written_as_people_write_them(stored: str | None, shown: str) -> None:
    assert moved_value(stored) == shown


def test_the_newest_load_comes_first_and_is_offered(moved: Path, people: dict[Role, User]) -> None:
    assert [row.load for row in load_changes(people[Role.ANALYST], {}).rows] == [2, 2, 2, 2, 1]
    assert loads_that_changed(people[Role.ANALYST])[0] == (2, "contatos")


def test_who_sees_no_rows_gets_none(moved: Path, people: dict[Role, User], signed_in: SignIn) -> None:
    for read in (lambda user: load_changes(user, {}), loads_that_changed):
        with pytest.raises(AccessError):
            read(people[Role.ADMINISTRATOR])
    answer = signed_in(Role.ADMINISTRATOR).get(PATH)
    assert answer.status_code == 403
    assert "low" not in answer.text


def test_a_lake_without_changes_says_so(published: Publication, signed_in: SignIn) -> None:
    assert "Nada mudou" in signed_in(Role.ANALYST).get(PATH).text


@pytest.fixture
def delivered_twice(tmp_path: Path, settings: Any, published: Publication) -> Path:
    """A home that took two deliveries; a ticket and a person at a customer came with the second."""
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a", contatos=PEOPLE))
    tickets = TICKETS + "TFAAA1;PC - WMS;question;open;2025-02-01;2025-02-01;4;high\n"
    people = PEOPLE + "K2;TFBBB2;Joana Pessoa;Compras;joana@example.com;11999990000\n"
    deliver(home, write_small(tmp_path / "b", tickets=tickets, contatos=people))
    Publication.objects.update(lake_version=2)
    settings.HOME = home
    return home


def test_a_count_opens_the_new_rows(delivered_twice: Path, signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get(f"{PATH}?kind=new&load=2&source=tickets", headers=PART)
    (row,) = page.context["rows"]
    assert (row.key, row.customer_id, row.values["priority"], row.hidden) == ("4", "TFAAA1", "high", False)
    assert 'href="/clientes/TFAAA1/"' in page.text
    listed = signed_in(Role.ANALYST).get(f"{PATH}?kind=new&load=2&source=tickets&customer=TFBBB2", headers=PART)
    assert "Nenhuma linha nova" in listed.text


def test_the_page_of_new_rows_says_that_they_are_being_found_and_finds_them_once(
    delivered_twice: Path, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    def counted(*args: Any, **options: Any) -> NewRows:
        told.append(options["offset"])
        return new_rows(*args, **options)

    monkeypatch.setattr(changes, "new_rows", counted)
    browser, address = signed_in(Role.ANALYST), f"{PATH}?kind=new&load=2&source=tickets"
    page = browser.get(address).text
    assert "Procurando 1 linha nova" in page
    assert 'hx-trigger="load"' in page
    assert told == [], "the page itself waits for nothing"
    for found in (browser.get(address, headers=PART), browser.get(f"{address}&cursor=2", headers=PART)):
        assert found.context["found"].page.total == 1
    assert "Procurando" not in browser.get(f"{address}&inteiro").text, "without scripts too"
    assert told == [0], "what was found is kept, for the next pages too"


def test_new_rows_show_nothing_personal(delivered_twice: Path, signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get(f"{PATH}?kind=new&load=2&source=contatos", headers=PART)
    (row,) = page.context["rows"]
    assert (row.key, row.customer_id, row.values, row.hidden) == (HIDDEN, "TFBBB2", {}, True)
    for told in ("Joana", "joana@", "99999", "K2"):
        assert told not in page.text


def test_loads_and_sources_with_new_rows_are_offered(delivered_twice: Path, signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get(f"{PATH}?kind=new")
    told = {(one.load, one.source): one.rows for one in page.context["rows"]}
    assert told[2, "tickets"] == 1
    assert told[1, "tickets"] == 2
    assert "?kind=new&amp;load=2&amp;source=tickets" in page.text


def test_rows_that_are_no_longer_kept_are_only_counted(delivered_twice: Path, signed_in: SignIn) -> None:
    retain(delivered_twice, Retention(versions=1))
    page = signed_in(Role.ANALYST).get(f"{PATH}?kind=new&load=2&source=tickets", headers=PART).text
    assert "A versão com as linhas da carga 1 não está mais guardada" in page
    assert "ficou a contagem: 1 linha." in page
    events = signed_in(Role.ANALYST).get(f"{PATH}?kind=new&load=1&source=telemetria", headers=PART).text
    assert "Os eventos de telemetria só são contados" in events


def test_who_sees_no_rows_opens_no_new_ones(delivered_twice: Path, people: dict[Role, User]) -> None:
    for read in (new_counts, lambda user: added_rows(user, 2, "tickets")):
        with pytest.raises(AccessError):
            read(people[Role.ADMINISTRATOR])
