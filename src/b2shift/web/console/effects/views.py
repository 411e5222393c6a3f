"""`/efeitos/`: what worked, told by the customers left out by lot; one campaign, and the customers behind numbers."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.kernel.errors import UnknownNameError
from b2shift.learn.api import HORIZON_DAYS
from b2shift.learn.contracts import CONTROL, GROUPINGS, TREATED, CampaignResult, Grouping, Measure
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.effects.persuasion import persuasion_sections
from b2shift.web.console.effects.pictures import campaigns_picture, groups_picture
from b2shift.web.console.effects.returns import campaign_returns
from b2shift.web.console.effects.rows import (
    DONE_HEADS,
    arm_rows,
    campaign_row,
    cards,
    comparisons,
    group_rows,
    grouped_measures,
)
from b2shift.web.console.effects.words import DID, MEASURES, Reading, arm_name, left_out, sentence, treated
from b2shift.web.console.filter_bar import Field, asked_fields, chips_of, page_number
from b2shift.web.console.formats import counted
from b2shift.web.console.wording import word
from b2shift.web.crm.campaign_effects import (
    customers_of,
    measured_campaign,
    measured_campaigns,
    measured_together,
)
from b2shift.web.crm.reading import sees_whole_base
from b2shift.web.crm.rejects import PAGE_ROWS, page_slice


@access_required(Capability.EFFECTS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """All campaigns together, each drawn on one measure, and the list of them, the newest first."""
    campaigns = measured_campaigns(request.user)
    told = [one for one in Measure if any(result.effect(one) for result in campaigns)]
    measure = _measure(request, told)
    page = page_number(request.GET)
    shown = campaigns[PAGE_ROWS * (page - 1) : PAGE_ROWS * page]
    context: dict[str, object] = {
        "page": page_slice(list(shown), len(campaigns), page),
        "rows": [campaign_row(one, measure) for one in shown],
        "total": len(campaigns),
        "measure": measure,
        "measure_name": MEASURES[measure],
    }
    if is_htmx_request(request):
        return render(request, "console/effects/list.html", context)
    together = measured_together(request.user)
    context |= {
        "cards": cards(together),
        "picture": campaigns_picture(campaigns, measure),
        "choices": [(one, MEASURES[one]) for one in told],
        "sentence": sentence(together, campaigns),
        "days": HORIZON_DAYS,
        "persuasions": persuasion_sections(request.user),
        "returns": campaign_returns(campaigns),
        "narrowed": not sees_whole_base(request.user),
        "may_propose": may(request.user, Capability.OUTREACH),
    }
    return render(request, "console/effects/index.html", context)


@access_required(Capability.EFFECTS)
def campaign(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """One campaign: what each arm did, every comparison, and the groups in which the effect was told."""
    one = _campaign(request, name)
    choices = grouped_measures(one)
    measure = _measure(request, choices)
    context = {
        "one": one,
        "customers": treated(one),
        "others": left_out(one),
        "cost": sum(arm.cost for arm in one.arms),
        "arms": arm_rows(one),
        "heads": DONE_HEADS.values(),
        "comparisons": comparisons(one),
        "groups": _groups(one, measure),
        "choices": [(each, MEASURES[each]) for each in choices],
        "measure": measure,
        "days": HORIZON_DAYS,
        "narrowed": not sees_whole_base(request.user),
        "sentence": _told(one),
    }
    return render(request, "console/effects/campaign.html", context)


@access_required(Capability.EFFECTS)
def customers(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """The customers behind a number of a campaign."""
    one = _campaign(request, name)
    fields = _fields(request, one)
    page = customers_of(request.user, name, {field.name: field.value for field in fields}, page_number(request.GET))
    context = {
        "one": one,
        "page": page,
        "rows": [(row, arm_name(row.arm), [DID[did] for did in row.done]) for row in page.rows],
        "total": page.total,
        "first_fields": fields,
        "chips": chips_of(fields, request.GET),
        "may_deals": may(request.user, Capability.COMMERCIAL),
        "sentence": f"{counted(ngettext('%(n)s cliente', '%(n)s clientes', page.total), page.total)}.",
    }
    part = "list" if is_htmx_request(request) else "page"
    return render(request, f"console/effects/customers_{part}.html", context)


def _campaign(request: AuthenticatedRequest, name: str) -> CampaignResult:
    found = measured_campaign(request.user, name)
    if found is None:
        raise Http404(_("Não há campanha medida com este código."))
    return found


def _measure(request: AuthenticatedRequest, told: Sequence[Measure]) -> Measure:
    """The measure the address asks for; otherwise purchases, or the first that could be told."""
    if not (asked := request.GET.get("medida", "")):
        return Measure.BOUGHT if Measure.BOUGHT in told or not told else told[0]
    if asked not in set(Measure):
        raise UnknownNameError("medida", asked, [one.value for one in Measure])
    return Measure(asked)


def _told(one: CampaignResult) -> str:
    """What the campaign did on the first measure that could be told."""
    effect = one.main
    if effect is None:
        return _("Poucos clientes em um dos braços: do efeito desta campanha nada se pode dizer.")
    reading = Reading(effect, one.runs)
    text = _("%(measure)s: %(difference)s sobre quem ficou de fora por sorteio (%(interval)s). %(verdict)s.") % {
        "measure": MEASURES[effect.measure],
        "difference": reading.difference,
        "interval": reading.interval,
        "verdict": word("effect", reading.verdict),
    }
    return f"{text} {_('Ainda em andamento.')}" if one.runs else text


def _groups(one: CampaignResult, measure: Measure) -> list[tuple[str, object, object]]:
    """Title, picture and rows of each grouping; none of a campaign that still runs: no interval holds for them yet."""
    if one.runs:
        return []
    titles = {
        Grouping.MARKET_SEGMENT: _("Por segmento de mercado"),
        Grouping.REVENUE_BAND: _("Por faixa de receita"),
    }
    return [
        (titles[grouping], picture, group_rows(one, measure, grouping))
        for grouping in GROUPINGS
        if (picture := groups_picture(one.effects, measure, grouping, titles[grouping]))
    ]


def _fields(request: AuthenticatedRequest, one: CampaignResult) -> list[Field]:
    """What the list may be narrowed by."""
    variants = [arm.variant for arm in one.arms if arm.variant != CONTROL]
    arms = [TREATED, *(variants if len(variants) > 1 else []), CONTROL]
    options: dict[str, tuple[str, Sequence[tuple[str, object]]]] = {
        "arm": (_("Braço"), [(arm, arm_name(arm)) for arm in arms]),
        "did": (_("O que fez"), list(DID.items())),
        "known": (_("Medida conhecida"), [(measure.value, MEASURES[measure]) for measure in Measure]),
        "market_segment": (_("Segmento de mercado"), _group_options(one, Grouping.MARKET_SEGMENT)),
        "revenue_band": (_("Faixa de receita"), _group_options(one, Grouping.REVENUE_BAND)),
    }
    return asked_fields(request.GET, options, _("Volte à campanha e abra um de seus números"))


def _group_options(one: CampaignResult, grouping: Grouping) -> list[tuple[str, str]]:
    names = sorted({effect.group for effect in one.effects if effect.grouping is grouping})
    return [(name, word(grouping.value, name)) for name in names]
