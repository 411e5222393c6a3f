"""The rows of what was said and what happened: by date, and by group; each number with the way to its customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from b2shift.learn.contracts import Accuracies, AccuracyGrouping, ScoreAccuracy, ScoreCalibration
from b2shift.web.console.accuracy.words import GROUPINGS, ORDER, between, level_word, ratio
from b2shift.web.console.formats import number
from b2shift.web.console.wording import tone, word


@dataclass(frozen=True)
class DateRow:
    """One date of a score."""

    one: ScoreAccuracy
    href: str
    href_of_events: str
    auc: str


@dataclass(frozen=True)
class LevelRow:
    """A score, or a group of its customers, over the dates its evidence is of."""

    one: ScoreCalibration
    name: str
    level: str
    tone: str
    icon: str
    ratio: str
    between: str
    href: str
    href_of_events: str


def date_rows(rows: Sequence[ScoreAccuracy]) -> list[DateRow]:
    """Everyone, the newest date first."""
    told = sorted((one for one in rows if not one.grouping), key=lambda one: one.as_of, reverse=True)
    return [
        DateRow(
            one=one,
            href=door(one.score, (one.as_of, one.as_of)),
            href_of_events=door(one.score, (one.as_of, one.as_of), happened="1"),
            auc=_auc(one),
        )
        for one in told
    ]


def level_rows(found: Accuracies, score: str) -> list[tuple[str, list[LevelRow]]]:
    """Each grouping's title and its groups, those that deviate first; everyone before them."""
    levels = found.of(score).calibration
    titles = {AccuracyGrouping.EVERYONE: _("Todos"), **{key: str(title) for key, title in GROUPINGS.items()}}
    parts = [(titles[grouping], [level_row(one) for one in levels if one.grouping is grouping]) for grouping in titles]
    return [(title, sorted(rows, key=lambda row: ORDER.index(row.one.level))) for title, rows in parts if rows]


def level_row(one: ScoreCalibration) -> LevelRow:
    """A judgement as a page shows it."""
    look = tone("calibration", one.level)
    asked = {one.grouping.value: one.group} if one.grouping else {}
    dates = (one.first_as_of, one.last_as_of)
    return LevelRow(
        one=one,
        name=word(one.grouping.value, one.group) if one.grouping else _("Todos"),
        level=level_word(one),
        tone=look.name,
        icon=look.icon,
        ratio=ratio(one),
        between=between(one),
        href=door(one.score, dates, **asked),
        href_of_events=door(one.score, dates, happened="1", **asked),
    )


def door(score: str, dates: tuple[date | None, date | None], **asked: str) -> str:
    """The way to the customers behind a number: of the predictions from the first date to the last."""
    first, last = dates
    days = {"de": first.isoformat(), "ate": last.isoformat()} if first and last else {}
    return f"{reverse('console:foretold', args=[score])}?{urlencode(days | asked)}"


def _auc(one: ScoreAccuracy) -> str:
    if one.auc is None:
        return "–"
    if one.auc_low is None or one.auc_high is None:
        return number(one.auc, 2)
    return _("%(value)s (%(low)s a %(high)s)") % {
        "value": number(one.auc, 2), "low": number(one.auc_low, 2), "high": number(one.auc_high, 2),
    }  # fmt: skip
