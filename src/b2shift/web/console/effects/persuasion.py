"""Who is persuaded and whom contacts drive away: a section of `/efeitos/`, and the customers of a group."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.learn.contracts import Measure, Persuasion, PersuasionGroup, Verdict
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.effects.pictures import forest_heads, forest_options
from b2shift.web.console.effects.words import MEASURES, points_between
from b2shift.web.console.filter_bar import page_number
from b2shift.web.console.formats import counted, points
from b2shift.web.console.wording import word
from b2shift.web.crm.campaign_effects import measured_persuasions, persuaded_customers


@dataclass(frozen=True)
class GroupRow:
    """A group in words, and the address of its customers."""

    name: str
    assignments: int
    customers: int
    href: str
    effect: str
    interval: str
    verdict: str


@dataclass(frozen=True)
class Section:
    """One measure: what is told in a sentence, and its groups where some differ."""

    title: str | Promise
    sentence: str
    warning: str
    picture: Chart | None
    rows: tuple[GroupRow, ...]


def persuasion_sections(user: User) -> list[Section]:
    """A section for each measure that could be learnt; none for who sees part of the base."""
    opens = may(user, Capability.CUSTOMERS)
    return [_section(one, opens) for one in measured_persuasions(user)]


@access_required(Capability.EFFECTS)
def customers(request: AuthenticatedRequest, measure: str, place: int) -> HttpResponse:
    """The customers of a group that the person may see."""
    found = {
        (one.measure.value, group.place): one for one in measured_persuasions(request.user) for group in one.groups
    }
    one = found.get((measure, place))
    if one is None:
        raise Http404(_("Não há este grupo."))
    page = persuaded_customers(request.user, one.measure, place, page_number(request.GET))
    context = {
        "page": page,
        "rows": page.rows,
        "total": page.total,
        "title": _group_name(place, one.groups),
        "measure": MEASURES[one.measure],
        "sentence": f"{counted(ngettext('%(n)s cliente', '%(n)s clientes', page.total), page.total)}.",
    }
    part = "list" if is_htmx_request(request) else "page"
    return render(request, f"console/effects/persuaded_{part}.html", context)


def _section(one: Persuasion, opens: bool) -> Section:
    rows = tuple(_row(one, group, opens) for group in one.groups) if one.tells_apart else ()
    return Section(MEASURES[one.measure], _sentence(one), _warning(one), _picture(one, rows), rows)


def _sentence(one: Persuasion) -> str:
    if not one.tells_apart:
        text = ngettext(
            "%(n)s participação em campanhas não mostra quem os contatos convencem mais: trate todos igual.",
            "%(n)s participações em campanhas não mostram quem os contatos convencem mais: trate todos igual.",
            one.assignments,
        )
        return counted(text, one.assignments)
    first, last = one.groups[0], one.groups[-1]
    return _("Contatos não fazem o mesmo a todos: %(first)s no primeiro grupo, %(last)s no último.") % {
        "first": points(first.effect.value),
        "last": points(last.effect.value),
    }


def _warning(one: Persuasion) -> str:
    harmed = sum(group.customers for group in one.groups if group.harmed)
    if not (one.tells_apart and harmed) or one.measure is not Measure.LOST:
        return ""
    text = ngettext(
        "%(n)s cliente de hoje está em grupos que as mensagens fazem sair: mensagens de retenção não lhe são propostas, e pessoas continuam a falar com ele.",  # noqa: E501
        "%(n)s clientes de hoje estão em grupos que as mensagens fazem sair: mensagens de retenção não lhes são propostas, e pessoas continuam a falar com eles.",  # noqa: E501
        harmed,
    )
    return counted(text, harmed)


def _row(one: Persuasion, group: PersuasionGroup, opens: bool) -> GroupRow:
    return GroupRow(
        name=_group_name(group.place, one.groups),
        assignments=group.assignments,
        customers=group.customers,
        href=reverse("console:persuaded", args=[one.measure.value, group.place]) if opens else "",
        effect=points(group.effect.value),
        interval=points_between(group.effect.low, group.effect.high),
        verdict=Verdict.of(group.effect.low, group.effect.high, is_good=one.measure.is_good).value,
    )


def _group_name(place: int, groups: Sequence[PersuasionGroup]) -> str:
    """`1 (de quem se espera mais)`."""
    if place == groups[0].place:
        return _("%(place)s, de quem se espera mais") % {"place": place}
    if place == groups[-1].place:
        return _("%(place)s, de quem se espera menos") % {"place": place}
    return str(place)


def _picture(one: Persuasion, rows: Sequence[GroupRow]) -> Chart | None:
    if not rows:
        return None
    return Chart(
        name=f"quem-se-convence-{one.measure.value}",
        kind="forest",
        title=_("%(measure)s: o que os contatos mudaram em cada grupo") % {"measure": MEASURES[one.measure]},
        reading=_sentence(one),
        table=Table(
            [
                *forest_heads(_("Grupo"), "points:2"),
                Column("", "", "link"),
            ],
            [
                (
                    row.name,
                    group.effect.value,
                    group.effect.low,
                    group.effect.high,
                    word("effect", row.verdict),
                    row.href,
                )
                for row, group in zip(rows, one.groups, strict=True)
            ],
        ),
        note=_("Os intervalos de 95% dos grupos valem todos juntos."),
        options=forest_options(),
    )
