"""Making what is due: for each person a file of each format, once a day, and the message that brings it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from b2shift.kernel.text import fold
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.answer_scope import scope_words
from b2shift.web.console.reports.pdf import printed
from b2shift.web.console.reports.pieces import Document, document
from b2shift.web.console.reports.workbook import workbook
from b2shift.web.crm.lake import lake
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.outbox.queue import notify
from b2shift.web.watch.alert_texts import NOTICE
from b2shift.web.watch.models import Edition, Report
from b2shift.web.watch.reports import is_due

KEPT = timedelta(days=370)
MAKERS = {"pdf": printed, "xlsx": workbook}


@dataclass
class Made:
    """What one round came to."""

    reports: int = 0
    files: int = 0
    left_out: int = 0


def send_due(day: date, now: datetime) -> Made:
    """Make and queue every report that goes out on this day; asked again, nothing is made or sent twice."""
    done = Made()
    for report in Report.objects.filter(ended_at=None, paused=False).order_by("id"):
        if is_due(report, day):
            done.reports += 1
            _send(report, day, now, done)
    return done


def make_for(report: Report, person: User, day: date, formats: Iterable[str]) -> list[Edition]:
    """The files of a report for one person, unsaved, over the rows that person sees, in their language."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        contents = document(report.title, person, report.answers, day, lake().version)
        return [_edition(report, person, contents, form) for form in formats]


def formats_for(person: User, formats: Sequence[str]) -> list[str]:
    """Those a person may have: a workbook holds every row, as an export does; who may not export gets the PDF."""
    kept = [one for one in formats if one != "xlsx" or may(person, Capability.EXPORT)]
    return kept or ["pdf"]


def _send(report: Report, day: date, now: datetime, done: Made) -> None:
    for person in report.people.filter(is_active=True).order_by("pk"):
        if not may(person, Capability.ASK):
            done.left_out += 1
            continue
        there = set(Edition.objects.filter(report=report, person=person, day=day).values_list("format", flat=True))
        made = make_for(report, person, day, [one for one in formats_for(person, report.formats) if one not in there])
        if not made:
            continue
        with transaction.atomic():
            Edition.objects.bulk_create(made, ignore_conflicts=True)
            kept = list(Edition.objects.filter(report=report, person=person, day=day).order_by("format"))
            _write_down(report, person, kept, now)
            _tell(report, person, kept, day, now)
        done.files += len(made)
    Edition.objects.filter(report=report, made_at__lt=now - KEPT).delete()


def _write_down(report: Report, person: User, kept: Sequence[Edition], now: datetime) -> None:
    """Files that leave are in the audit trail, as every export is."""
    details = {
        "person": person.email,
        "scope": kept[0].scope,
        "answers": kept[0].fingerprints,
        "files": [k.name for k in kept],
    }
    doer = Doer(report.owner, channel="report")
    record(AuditEvent.Action.EXPORT, doer, object_kind="report", object_id=str(report.pk), details=details, at=now)


def _edition(report: Report, person: User, document: Document, form: str) -> Edition:
    name = f"{'-'.join(fold(report.title).split())[:80] or 'relatorio'}-{document.day:%Y-%m-%d}.{form}"
    return Edition(
        report=report,
        person=person,
        day=document.day,
        format=form,
        name=name,
        content=MAKERS[form](document),
        scope=document.scope.described()[:300],
        rows_counted=document.scope.model_dump(mode="json"),
        version=document.version,
        fingerprints=document.fingerprints,
    )


def _tell(report: Report, person: User, kept: list[Edition], day: date, now: datetime) -> None:
    """By e-mail with the files, and by a notice that opens their page."""
    path = "/relatorios/recebidos/"
    text = _("Relatório %(title)s de %(day)s, sobre %(scope)s.") % {
        "title": report.title,
        "day": f"{day:%d/%m/%Y}",
        "scope": scope_words(kept[0].rows),
    }
    link = f"\n\n{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else ""
    key = f"relatorio:{report.pk}:{person.pk}:{day}"
    mail = {"to": person.email, "subject": report.title, "text": text + link, "files": [one.pk for one in kept]}
    notify("email", mail, f"{key}:email", now)
    notify(NOTICE, {"person": person.pk, "title": report.title, "text": text, "path": path}, f"{key}:{NOTICE}", now)
