"""Reports: made once a day for each person over the rows they see, with the numbers of the pages."""

import base64
import re
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from python_calamine import CalamineWorkbook

from b2shift.insight.contracts import Answer
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.channels.email import SmtpServer, composed
from b2shift.web.console.formats import money
from b2shift.web.console.reports.drawing import plain
from b2shift.web.console.reports.making import make_for, send_due
from b2shift.web.crm.questions import ask
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.outbox.models import Message
from b2shift.web.watch import reports
from b2shift.web.watch.models import Edition, Report

SignIn = Callable[[Role], Client]
FIRST = date(2026, 11, 3)  # the 2nd is a holiday
NOW = datetime(2026, 11, 3, 10, tzinfo=UTC)
QUESTIONS = (
    "Qual foi o MRR em outubro de 2026?",
    "MRR por segmento em outubro de 2026",
    "Evolução do MRR nos últimos 12 meses",
    "Por que o MRR mudou em outubro de 2026?",
    "Os 10 clientes com maior MRR",
)


@pytest.fixture(autouse=True)
def home_of_reports(settings: LazySettings, records: None, paying_home: Path) -> None:
    settings.HOME = paying_home


@pytest.fixture
def report(people: dict[Role, User]) -> Report:
    """Five answers for a seller, an executive and an administrator, who may not ask."""
    owner = people[Role.ANALYST]
    kept = [{"title": q, "question": q, "query": _answer(owner, q).query.model_dump(mode="json")} for q in QUESTIONS]
    chosen = [people[Role.EXECUTOR], people[Role.EXECUTIVE]]
    made = reports.create(owner, "Base em números", kept, chosen, "monthly", ["pdf", "xlsx"])
    made.people.add(people[Role.ADMINISTRATOR])
    return made


def _answer(user: User, question: str) -> Answer:
    told = ask(user, question).result
    assert isinstance(told, Answer), told
    return told


def text_of(pdf: bytes) -> str:
    """The words a PDF draws, page after page."""
    out = []
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        page = zlib.decompress(base64.a85decode(raw.strip().removesuffix(b"~>")))
        for told in re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", page):
            octal = re.sub(rb"\\(\d{3})", lambda found: bytes([int(found[1], 8)]), told)
            out.append(re.sub(rb"\\(.)", rb"\1", octal).decode("cp1252"))
    return "\n".join(out)


def cells_of(xlsx: bytes) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(BytesIO(xlsx))
    return [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]


def test_each_person_gets_the_numbers_of_their_own_rows(report: Report, people: dict[Role, User]) -> None:
    seller, executive = people[Role.EXECUTOR], people[Role.EXECUTIVE]
    for person in (seller, executive):
        pdf, xlsx = make_for(report, person, FIRST, ["pdf", "xlsx"])
        mrr = _answer(person, QUESTIONS[0]).rows[0]["mrr"]
        words, cells = text_of(bytes(pdf.content)), cells_of(bytes(xlsx.content))
        assert plain(money(mrr)) in words
        assert any(mrr in row for row in cells)
        for question, code in zip(QUESTIONS, pdf.fingerprints, strict=True):
            assert code == _answer(person, question).fingerprint
            assert code in words
            assert any(code in row for row in cells)
    assert "carteira de Carla Costa" in text_of(bytes(make_for(report, seller, FIRST, ["pdf"])[0].content))
    assert "toda a base" not in text_of(bytes(make_for(report, seller, FIRST, ["pdf"])[0].content))


def test_what_was_received_tells_whose_rows_in_the_language_of_the_page(report: Report, signed_in: SignIn) -> None:
    send_due(FIRST, NOW)
    browser = signed_in(Role.EXECUTOR)
    User.objects.update(language="en")
    assert "Scope: portfolio of Carla Costa" in browser.get("/relatorios/recebidos/").text
    Edition.objects.update(rows_counted=None)  # as a former release kept it
    assert "Scope: carteira de U0002" in browser.get("/relatorios/recebidos/").text


def test_it_is_made_and_sent_once_a_day(report: Report, people: dict[Role, User]) -> None:
    first = send_due(FIRST, NOW)
    assert (first.reports, first.files, first.left_out) == (1, 3, 1)
    assert send_due(FIRST, NOW).files == 0
    assert Edition.objects.filter(person=people[Role.EXECUTOR]).count() == 2
    assert list(Edition.objects.filter(person=people[Role.EXECUTIVE]).values_list("format", flat=True)) == ["pdf"]
    assert sorted(Message.objects.values_list("channel", flat=True)) == ["aviso", "aviso", "email", "email"]
    assert AuditEvent.objects.filter(action=AuditEvent.Action.EXPORT, object_kind="report").count() == 2


def test_the_mail_carries_the_files(report: Report) -> None:
    send_due(FIRST, NOW)
    message = Message.objects.filter(channel="email", payload__to="executor@empresa.example").get()
    mail = composed(SmtpServer("h", 25, "a@b.example"), message.dedupe_key, message.payload)
    found = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    assert sorted(found) == ["base-em-numeros-2026-11-03.pdf", "base-em-numeros-2026-11-03.xlsx"]
    assert found["base-em-numeros-2026-11-03.pdf"].startswith(b"%PDF")


@pytest.mark.parametrize(
    ("days", "day", "due"),
    [
        ("monthly", date(2026, 11, 3), True),
        ("monthly", date(2026, 11, 2), False),
        ("monthly", date(2026, 11, 4), False),
        ("weekly", date(2026, 11, 3), True),
        ("weekly", date(2026, 11, 9), True),
        ("weekly", date(2026, 11, 10), False),
        ("business", date(2026, 11, 6), True),
        ("business", date(2026, 11, 7), False),
    ],
)
def test_days_are_business_days(days: str, day: date, due: bool) -> None:
    assert reports.is_due(Report(days=days), day) is due


def test_the_same_rows_give_the_same_bytes(report: Report, people: dict[Role, User]) -> None:
    one, other = (make_for(report, people[Role.ANALYST], FIRST, ["pdf", "xlsx"]) for _twice in range(2))
    assert [bytes(a.content) == bytes(b.content) for a, b in zip(one, other, strict=True)] == [True, True]


def test_drawings_are_vectors_and_text_is_no_formula(report: Report, people: dict[Role, User]) -> None:
    report.answers[0]["title"] = "=HYPERLINK(1)"
    pdf, xlsx = make_for(report, people[Role.ANALYST], FIRST, ["pdf", "xlsx"])
    assert b"/Image" not in bytes(pdf.content).replace(b"/ImageB", b"").replace(b"/ImageC", b"").replace(
        b"/ImageI", b""
    )
    with zipfile.ZipFile(BytesIO(bytes(xlsx.content))) as file:
        sheets = b"".join(file.read(name) for name in file.namelist() if "worksheets" in name)
    assert b"<f>" not in sheets


def test_a_report_is_made_paused_deleted_and_taken_back_on_its_page(
    signed_in: SignIn, people: dict[Role, User]
) -> None:
    browser = signed_in(Role.MANAGER)
    page = browser.get("/relatorios/novo/")
    assert page.status_code == 200
    told = {"title": "Semana", "answers": ["0", "1"], "people": [people[Role.EXECUTOR].pk], "days": "weekly"}
    assert browser.post("/relatorios/novo/", told).status_code == 422
    assert browser.post("/relatorios/novo/", told | {"formats": ["pdf"]}).status_code == 302
    made = Report.objects.get()
    assert len(made.answers) == 2
    browser.post(f"/relatorios/{made.pk}/pausar/", {"wanted": "1"})
    assert send_due(FIRST, NOW).reports == 0
    browser.post(f"/relatorios/{made.pk}/apagar/")
    assert "Semana" not in browser.get("/relatorios/").context["reports"].values_list("title", flat=True)
    browser.post(f"/relatorios/{made.pk}/voltar/")
    assert Report.objects.get().ended_at is None


def test_a_file_opens_for_the_one_it_was_made_for_only(
    report: Report, signed_in: SignIn, people: dict[Role, User]
) -> None:
    send_due(FIRST, NOW)
    file = Edition.objects.get(person=people[Role.EXECUTIVE])
    assert signed_in(Role.EXECUTIVE).get(f"/relatorios/recebidos/{file.pk}/").content.startswith(b"%PDF")
    for role in (Role.ANALYST, Role.EXECUTOR, Role.ADMINISTRATOR):
        assert signed_in(role).get(f"/relatorios/recebidos/{file.pk}/").status_code in {403, 404}


def test_a_workbook_at_once_is_an_export(report: Report, signed_in: SignIn, people: dict[Role, User]) -> None:
    browser = signed_in(Role.ANALYST)
    assert browser.post(f"/relatorios/{report.pk}/agora/xlsx/").content.startswith(b"PK")
    assert AuditEvent.objects.filter(action=AuditEvent.Action.EXPORT).count() == 1
    assert signed_in(Role.EXECUTIVE).post(f"/relatorios/{report.pk}/agora/pdf/").status_code == 404
    Report.objects.update(owner=people[Role.EXECUTIVE])
    assert signed_in(Role.EXECUTIVE).post(f"/relatorios/{report.pk}/agora/xlsx/").status_code == 400
    assert AuditEvent.objects.filter(action=AuditEvent.Action.EXPORT).count() == 1
