"""One question, one number and one code on every surface, for who sees all and for who sees some."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from tests.unit.web.factory import AS_OF, PAID, specs, stage, stage_all
from tests.unit.web.test_reports import cells_of, text_of

from b2shift.identify.customers.revenue import build_revenue
from b2shift.insight.contracts import Answer
from b2shift.lake.api import writing
from b2shift.web.accounts.models import Token, User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.formats import money
from b2shift.web.console.reports.drawing import plain
from b2shift.web.console.reports.making import make_for
from b2shift.web.crm.questions import ask
from b2shift.web.crm.revenue import visible_revenue
from b2shift.web.watch.evaluation import check_alerts
from b2shift.web.watch.models import Firing, Report

QUESTION = "Qual foi o MRR em outubro de 2026?"


@pytest.fixture(autouse=True)
def paying_home(settings: LazySettings, records: None, tmp_path: Path) -> None:
    """The factory's lake with fourteen months of payments, one of them unknown."""
    torn = {**PAID, "mrr": f"CASE WHEN i <> 15 THEN {PAID['mrr']} END"}
    with writing(tmp_path) as session:
        stage_all(session)
        stage(session, specs()["identify"], "revenue_monthly", 60 * 14, torn)
        for name in ("contract_lines", "invoices", "usage_monthly"):
            stage(session, specs()["identify"], name, 0, {})
        build_revenue(session, AS_OF)
        session.commit(AS_OF)
    settings.HOME = tmp_path


@pytest.mark.parametrize("role", [Role.ANALYST, Role.EXECUTOR])
def test_every_surface_tells_the_same(
    signed_in: Callable[[Role], Client], people: dict[Role, User], role: Role
) -> None:
    browser, person = signed_in(role), people[role]
    turn = browser.post("/perguntar/resposta/", {"question": QUESTION}, headers={"HX-Request": "true"}).context["turn"]
    number, code = turn.answer.rows[0]["mrr"], turn.answer.fingerprint
    browser.post("/painel/guardar/", {"question": QUESTION, "q": turn.query_text})
    tile = browser.get("/painel/").context["tiles"][0]
    _token, secret = Token.issue(person, "programa", ["answers:read"], timezone.now() + timedelta(days=1))
    heard = Client().get(
        "/api/v1/answers", {"question": QUESTION}, headers={"Authorization": f"Bearer {secret}"}
    ).json()  # fmt: skip
    browser.post("/alertas/novo/", {"texto": "avise quando o MRR passar de 10", "via": ["notice"]})
    check_alerts(datetime(2026, 11, 3, tzinfo=UTC))
    firing = Firing.objects.get()
    kept = {"title": "Base", "answers": ["0"], "people": [person.pk], "days": "monthly", "formats": ["pdf"]}
    browser.post("/relatorios/novo/", kept)
    pdf, xlsx = make_for(Report.objects.get(), person, date(2026, 11, 3), ["pdf", "xlsx"])
    assert [tile.answer.fingerprint, heard["fingerprint"], firing.fingerprint] == [code] * 3
    assert [tile.answer.rows[0]["mrr"], heard["rows"][0]["mrr"], firing.value] == [number] * 3
    assert pdf.fingerprints == xlsx.fingerprints == [code]
    words, cells = text_of(bytes(pdf.content)), cells_of(bytes(xlsx.content))
    assert code in words
    assert plain(money(number)) in words
    assert any(code in row for row in cells)
    assert any(number in row for row in cells)


def test_the_executives_months_are_those_of_the_dictionary(people: dict[Role, User]) -> None:
    """A month that cleansing could not save holds what the month before held, in the picture as in answers."""
    person = people[Role.EXECUTIVE]
    told = ask(person, "Evolução do MRR desde setembro de 2025").result
    assert isinstance(told, Answer)
    shown = {one.month.isoformat(): float(one.mrr) for one in visible_revenue(person)}
    assert {row["bucket"]: row["mrr"] for row in told.rows} == shown
    assert shown["2025-10-01"] - shown["2025-09-01"] == 59
