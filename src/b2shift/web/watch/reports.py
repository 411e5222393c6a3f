"""Reports as people keep them: which answers, for whom, on which days; and whose files these are."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from b2shift.kernel.calendar import first_of_month, is_business_day, next_business_day
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may, require
from b2shift.web.watch.models import Edition, Report

MOST, MOST_ANSWERS = 30, 24
MEDIA = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SavedAnswer = dict[str, object]
"""An answer of a report: `title`, `question` (empty when the query stands alone) and `query`."""


def visible_reports(user: User) -> QuerySet[Report]:
    """One's own reports that have not ended."""
    mine = Report.objects.filter(owner=user, ended_at=None)
    return mine if may(user, Capability.ASK) else mine.none()


def visible_editions(user: User) -> QuerySet[Edition]:
    """Files made for this person, whoever asked for them; nobody opens another's, whose rows may be others."""
    mine = Edition.objects.filter(person=user)
    return mine if may(user, Capability.ASK) else mine.none()


def recipients() -> QuerySet[User]:
    """People a report can be made for: those who may ask."""
    roles = [
        role for role in User.objects.values_list("role", flat=True).distinct() if may(User(role=role), Capability.ASK)
    ]
    return User.objects.filter(is_active=True, role__in=roles).order_by("name")


def create(
    owner: User, title: str, answers: Sequence[SavedAnswer], people: Iterable[User], days: str, formats: Sequence[str]
) -> Report:
    """Keep a report. InputError without a title, answers, people or format; UnknownNameError for one that is none."""
    require(owner, Capability.ASK)
    clean_title, chosen = " ".join(title.replace("\x00", "").split())[:120], list(people)
    lacks = [
        name
        for name, there in ((_("título"), clean_title), (_("respostas"), answers), (_("quem recebe"), chosen))
        if not there
    ]
    if lacks:
        raise InputError(_("Falta dizer no relatório"), value=", ".join(lacks), hint=_("Complete e salve de novo"))
    if days not in Report.Days.values:
        raise UnknownNameError(_("dias"), days[:40], Report.Days.values)
    for one in formats or [""]:
        if one not in MEDIA:
            raise UnknownNameError(_("formato"), one[:40], MEDIA)
    if visible_reports(owner).count() >= MOST or len(answers) > MOST_ANSWERS:
        raise InputError(_("Relatórios demais, ou respostas demais em um"), value=MOST, hint=_("Apague um que não usa"))
    with transaction.atomic():
        report = Report.objects.create(
            owner=owner, title=clean_title, answers=list(answers), days=days, formats=list(dict.fromkeys(formats))
        )
        report.people.set(chosen)
    return report


def is_due(report: Report, day: date) -> bool:
    """Whether a report goes out on this day: the first business day of the week or month, or every business day."""
    if not is_business_day(day):
        return False
    match report.days:
        case Report.Days.BUSINESS:
            return True
        case Report.Days.WEEKLY:
            monday = date.fromordinal(day.toordinal() - day.weekday())
            return day == next_business_day(monday)
        case _:
            return day == next_business_day(first_of_month(day))


def pause(report: Report, wanted: bool) -> None:
    """Stop making it, or go on."""
    Report.objects.filter(pk=report.pk).update(paused=wanted)


def end(report: Report, now: datetime) -> None:
    """It is no longer made nor listed; its files stay with those they were made for."""
    Report.objects.filter(pk=report.pk).update(ended_at=now)


def restore(owner: User, key: int) -> Report:
    """An ended report of this person goes on. UnknownNameError for another's."""
    found = Report.objects.filter(owner=owner, pk=key).exclude(ended_at=None).first()
    if found is None:
        raise UnknownNameError(_("relatório"), str(key), ())
    Report.objects.filter(pk=key).update(ended_at=None)
    return found
