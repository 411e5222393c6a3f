"""The cells of the list: one function per column, from a customer to what stands in the row."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from b2shift.web.console import mrr_formats, wording
from b2shift.web.console.addresses import address, customer_url
from b2shift.web.console.badges import badge, chip
from b2shift.web.console.formats import NOTHING, day, money, number, percent, years
from b2shift.web.console.markup import html
from b2shift.web.console.templatetags.assets import icon
from b2shift.web.console.templatetags.formats import place
from b2shift.web.console.templatetags.parts import delta
from b2shift.web.crm.models import Customer

Cell = SafeString | str


def name(customer: Customer) -> Cell:
    """The customer as it looks in every list: name, then code and city."""
    return html(
        '<div class="customer-cell"><a href="{}" data-row-link>{}</a><span>{} · {}</span></div>',
        customer_url(customer.customer_id),
        customer.display_name,
        customer.customer_id,
        place(customer),
    )


def situation(customer: Customer) -> Cell:
    """Active, free, pending or cancelled."""
    return badge("situation", customer.situation)


def segment(customer: Customer) -> Cell:
    """The segment's name, a door to the customers of it."""
    if not customer.segment_id:
        return NOTHING
    name = wording.shipped(customer.segment_name)
    return html(
        '<a class="clip quiet-door" href="{}?segment={}" title="{}">{}</a>',
        address("console:customers"),
        customer.segment_id,
        name,
        name,
    )


def life_stage(customer: Customer) -> Cell:
    """The life stage."""
    return wording.word("life_stage", customer.life_stage)


def stage(customer: Customer) -> Cell:
    """The stage of the journey."""
    return wording.shipped(customer.journey_stage or NOTHING)


def rfm(customer: Customer) -> Cell:
    """The RFM class."""
    return wording.shipped(customer.rfm_class or NOTHING)


def mrr(customer: Customer) -> Cell:
    """MRR of the last closed month."""
    return mrr_formats.mrr(customer.mrr)


def churn(customer: Customer) -> Cell:
    """The risk with its band; the interval is one hover away."""
    if customer.churn_90d is None:
        return NOTHING
    tone = wording.tone("churn_band", customer.churn_band)
    band = wording.word("churn_band", customer.churn_band)
    text = _("%(band)s: %(risk)s em 90 dias, entre %(low)s e %(high)s") % {
        "band": band,
        "risk": percent(customer.churn_90d, 1),
        "low": percent(customer.churn_90d_low, 1),
        "high": percent(customer.churn_90d_high, 1),
    }
    spoken = html('<span class="sr-only">{} </span>{}', band, percent(customer.churn_90d, 1))
    return chip(spoken, tone.name, tone.icon, text)


def health(customer: Customer) -> Cell:
    """The score and how much of a hundred it is."""
    if customer.health is None:
        return NOTHING
    return html(
        '<span class="gauge"><progress class="meter" max="100" value="{}" aria-hidden="true"></progress>{}</span>',
        round(customer.health),
        number(customer.health),
    )


def nps(customer: Customer) -> Cell:
    """NPS of its answers, marked when it leans on its market segment."""
    if customer.nps_value is None:
        return NOTHING
    text = number(customer.nps_value, 1)
    if not customer.nps_shrunk:
        return text
    why = _("Menos de 3 respostas: aproximado pelo segmento de mercado")
    return html('<span title="{}">≈ {}</span>', why, text)


def usage(customer: Customer) -> Cell:
    """Use against the mean of its market segment."""
    return percent(customer.usage_ratio)


def trend(customer: Customer) -> Cell:
    """Use of the last three months against the three before."""
    return delta(customer.usage_trend) or NOTHING


def tickets(customer: Customer) -> Cell:
    """Tickets of 90 days."""
    return number(customer.tickets_90d)


def overdue(customer: Customer) -> Cell:
    """Overdue money, with its sign of attention."""
    if not customer.overdue_amount:
        return NOTHING
    return html('<span class="text-bad">{} {}</span>', icon("warning", _("Em atraso")), money(customer.overdue_amount))


def due(customer: Customer) -> Cell:
    """How many contacts are due."""
    return number(customer.due_contacts) if customer.due_contacts else NOTHING


def tenure(customer: Customer) -> Cell:
    """Years with the vendor; the date is one hover away."""
    return html('<span title="{}">{}</span>', day(customer.customer_since), years(customer.tenure_years))


def market_segment(customer: Customer) -> Cell:
    """The vendor's market segment."""
    return wording.word("market_segment", customer.market_segment)


def revenue_band(customer: Customer) -> Cell:
    """The customer's own revenue."""
    return wording.word("revenue_band", customer.revenue_band)


def contract_band(customer: Customer) -> Cell:
    """The size of its contract."""
    return wording.word("contract_band", customer.contract_band)


def owner(customer: Customer) -> Cell:
    """Who follows it; a door to their portfolio."""
    if not customer.owner_id:
        return NOTHING
    shown = customer.owner.name if customer.owner else customer.owner_id
    return html(
        '<a class="quiet-door" href="{}?owner={}">{}</a>', address("console:customers"), customer.owner_id, shown
    )


def families(customer: Customer) -> Cell:
    """Product families with revenue."""
    return ", ".join(wording.word("family", family) for family in customer.families) or NOTHING


def units(customer: Customer) -> Cell:
    """Business units that serve it."""
    return ", ".join(wording.word("unit", unit) for unit in customer.business_units) or NOTHING


def cnpj(customer: Customer) -> Cell:
    """The CNPJ, marked when its digits do not agree."""
    if not customer.cnpj:
        return NOTHING
    if customer.cnpj_valid is False:
        return html('{} <span class="text-warn">{}</span>', customer.cnpj, icon("warning", _("Dígitos não conferem")))
    return customer.cnpj
