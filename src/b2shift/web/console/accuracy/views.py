"""`/modelos/conferencia/`: what scores said and what happened, and the customers behind each number."""

from collections.abc import Sequence
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.learn.contracts import FAMILIES, Accuracies, AccuracyGrouping
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.accuracy.pictures import dates_picture, scores_picture
from b2shift.web.console.accuracy.rows import date_rows, level_row, level_rows
from b2shift.web.console.accuracy.words import ORDER, event, is_family, sentence, waiting
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.filter_bar import Field, asked_fields, chips_of, page_number
from b2shift.web.console.formats import counted, day
from b2shift.web.console.wording import shipped, word
from b2shift.web.crm.reading import sees_whole_base
from b2shift.web.crm.score_accuracy import accuracies_of, foretold_customers


@access_required(Capability.MODELS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Every score with its level, those that deviate first."""
    found = accuracies_of(request.user)
    levels = sorted(found.calibration, key=lambda one: (ORDER.index(one.level), found.label(one.score)))
    whole = [level_row(one) for one in levels if not one.grouping]
    context = {
        "sentence": sentence(found),
        "picture": scores_picture(found),
        "rows": [(row, shipped(found.label(row.one.score))) for row in whole],
        "alarmed_groups": [(level_row(one), shipped(found.label(one.score))) for one in found.alarms if one.grouping],
        "waiting": waiting(found),
        "narrowed": not sees_whole_base(request.user),
        "may_open": may(request.user, Capability.CUSTOMERS),
    }
    return render(request, "console/accuracy/index.html", context)


def section(request: AuthenticatedRequest, score: str) -> dict[str, object]:
    """What the page of a score shows of it; without anything to say, why."""
    found = accuracies_of(request.user)
    mine = found.of(score)
    return {
        "accuracy_picture": dates_picture(score, mine.rows),
        "accuracy_dates": date_rows(mine.rows),
        "accuracy_groups": level_rows(found, score),
        "accuracy_event": event(score),
        "accuracy_waiting": waiting(found),
        "narrowed": not sees_whole_base(request.user),
        "may_open": may(request.user, Capability.CUSTOMERS),
        "alarm": next((level_row(one) for one in mine.alarms), None),
        "versions_at": reverse("console:model_score", args=[FAMILIES]) if is_family(score) else "",
    }


@access_required(Capability.MODELS)
def customers(request: AuthenticatedRequest, score: str) -> HttpResponse:
    """The customers behind a number."""
    found = accuracies_of(request.user).of(score)
    if not found.rows:
        raise Http404(_("Deste score nenhum resultado é conhecido ainda."))
    fields = _fields(request, found)
    page = foretold_customers(request.user, score, {one.name: one.value for one in fields}, page_number(request.GET))
    label = shipped(found.label(score))
    context = {
        "score": score,
        "label": label,
        "event": event(score),
        "page": page,
        "rows": [(row, shipped(found.label(row.score)) if row.score != score else "") for row in page.rows],
        "total": page.total,
        "first_fields": fields[:3],
        "more_fields": fields[3:],
        "chips": chips_of(fields, request.GET),
        "sentence": f"{counted(ngettext('%(n)s previsão', '%(n)s previsões', page.total), page.total)}.",
    }
    part = "list" if is_htmx_request(request) else "page"
    return render(request, f"console/accuracy/customers_{part}.html", context)


def _fields(request: AuthenticatedRequest, found: Accuracies) -> list[Field]:
    """What the list may be narrowed by."""
    dates = sorted({one.as_of for one in found.rows}, reverse=True)
    options: dict[str, tuple[str, Sequence[tuple[str, object]]]] = {
        "de": (_("Previsões desde"), _days(dates)),
        "ate": (_("Previsões até"), _days(dates)),
        "happened": (_("O que aconteceu"), [("1", _("Aconteceu")), ("0", _("Não aconteceu"))]),
    }
    labels = {
        AccuracyGrouping.MARKET_SEGMENT: _("Segmento de mercado"),
        AccuracyGrouping.REVENUE_BAND: _("Faixa de receita"),
        AccuracyGrouping.TENURE_BAND: _("Tempo de casa"),
        AccuracyGrouping.LIFE_STAGE: _("Estágio de vida"),
    }
    for grouping, label in labels.items():
        names = sorted({one.group for one in found.rows if one.grouping is grouping})
        options[grouping.value] = (label, [(name, word(grouping.value, name)) for name in names])
    return asked_fields(request.GET, options, _("Volte ao score e abra um de seus números"))


def _days(dates: Sequence[date]) -> list[tuple[str, str]]:
    return [(one.isoformat(), day(one)) for one in dates]
