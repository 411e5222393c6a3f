"""The audit trail as a page: only administrators, filters, pages by sequence, and the check of the chain."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record

SignIn = Callable[[Role], Client]
START = datetime(2026, 10, 1, 15, 0, tzinfo=UTC)


@pytest.fixture
def trail(people: dict[Role, User]) -> int:
    """120 events, one an hour: exports of the analyst and personal reads of the executor."""
    for n in range(120):
        reads = n % 3 == 0
        who = people[Role.EXECUTOR if reads else Role.ANALYST]
        record(
            AuditEvent.Action.PERSONAL_READ if reads else AuditEvent.Action.EXPORT,
            Doer(who, who.email, "10.0.0.7", "web" if n % 2 else "rest"),
            object_kind="customer" if reads else "proposals",
            object_id=f"1{n:04}" if reads else "",
            purpose="venda" if reads else "",
            details={"rows": n, "filtro": "São"},
            at=START + timedelta(hours=n),
        )
    return 120


def test_only_administrators_enter(signed_in: SignIn, trail: int) -> None:
    for role in Role:
        browser = signed_in(role)
        allowed = role is Role.ADMINISTRATOR
        page = browser.get("/auditoria/")
        assert page.status_code == (200 if allowed else 403), role
        assert allowed or "10.0.0.7" not in page.text
        assert browser.post("/auditoria/verificar/").status_code == (200 if allowed else 403), role
    assert Client().get("/auditoria/").status_code == 302
    assert signed_in(Role.ADMINISTRATOR).get("/auditoria/verificar/").status_code == 405
    assert AuditEvent.objects.count() == trail  # looking at the trail does not grow it


def test_pages_by_sequence_hold_every_event_once(signed_in: SignIn, trail: int) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    seen: list[int] = []
    cursor: str | None = ""
    pages = []
    while cursor is not None:
        page = browser.get(f"/auditoria/?cursor={cursor}").context["page"]
        pages.append(page)
        seen += [event.sequence for event in page.rows]
        cursor = page.next
    assert seen == list(range(trail, 0, -1))
    assert [len(page.rows) for page in pages] == [50, 50, 20]
    back = browser.get(f"/auditoria/?cursor={pages[2].previous}").context["page"]
    assert [event.sequence for event in back.rows] == [event.sequence for event in pages[1].rows]
    first = browser.get(f"/auditoria/?cursor={back.previous}").context["page"]
    assert [event.sequence for event in first.rows] == [event.sequence for event in pages[0].rows]
    assert (first.previous, first.next) == (None, back.rows[0].sequence + 1 and f"-{first.rows[-1].sequence}")


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("?action=personal_read", 40),
        ("?q=analyst@", 80),
        ("?q=EXECUTOR DA", 40),
        ("?kind=customer&object=10003", 1),
        ("?channel=rest", 60),
        ("?since=2026-10-02&until=2026-10-02", 24),
        ("?since=2027-01-01", 0),
        ("?until=2026-10-01", 12),
        ("?q=ninguem", 0),
    ],
)
def test_filters(signed_in: SignIn, trail: int, address: str, count: int) -> None:
    """Days are those of São Paulo, three hours behind the events' clock."""
    page = signed_in(Role.ADMINISTRATOR).get(f"/auditoria/{address}")
    assert page.context["total"] == count
    assert count or "Nenhum evento com estes filtros" in page.text


@pytest.mark.parametrize("address", ["?since=ontem", "?until=2026-13-01", "?cursor=abc", "?cursor=--1"])
def test_a_wrong_address_says_what_is_wrong(signed_in: SignIn, address: str) -> None:
    answer = signed_in(Role.ADMINISTRATOR).get(f"/auditoria/{address}")
    assert answer.status_code == 400
    assert address.partition("=")[2] in answer.text


def test_an_event_is_told_whole(signed_in: SignIn, trail: int) -> None:
    page = signed_in(Role.ADMINISTRATOR).get("/auditoria/?object=10117").text
    for words in ("Leu dados pessoais", "Executor da Silva", "Venda", "páginas", "10.0.0.7", "06/10/2026 09:00", "São"):
        assert words in page


def test_the_chain_is_checked(signed_in: SignIn, trail: int) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert "A cadeia está íntegra: 120 eventos conferidos." in browser.post("/auditoria/verificar/").text
    AuditEvent.objects.filter(sequence=77).update(purpose="outra")
    part = browser.post("/auditoria/verificar/", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "A cadeia está quebrada no evento 77." in part.text
    assert "conteúdo alterado" in part.text


def test_an_empty_trail_says_what_it_keeps(signed_in: SignIn) -> None:
    page = signed_in(Role.ADMINISTRATOR).get("/auditoria/").text
    assert "Nada aconteceu ainda" in page


def test_the_page_asks_few_questions(signed_in: SignIn, trail: int) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    with CaptureQueriesContext(connection) as asked:
        browser.get("/auditoria/")
    assert len(asked) <= 9, "\n".join(one["sql"][:300] for one in asked.captured_queries)
