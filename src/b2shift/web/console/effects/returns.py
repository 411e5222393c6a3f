"""What campaigns brought in deals over what they cost: a section of `/efeitos/`."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from b2shift.learn.api import returns_of
from b2shift.learn.contracts import CampaignResult, CampaignReturn, Interval, ReturnGrouping, Verdict
from b2shift.web.console.formats import counted, money, money_short
from b2shift.web.console.wording import word

_WORDS = {ReturnGrouping.CHANNEL: "channel", ReturnGrouping.PRODUCT_FAMILY: "family"}
_TITLES = {
    ReturnGrouping.CHANNEL: gettext_lazy("Por canal"),
    ReturnGrouping.PRODUCT_FAMILY: gettext_lazy("Por família de produto"),
}


@dataclass(frozen=True)
class ReturnRow:
    """A group of campaigns with what it brought."""

    name: str
    campaigns: int
    customers: int
    cost: Decimal
    won: str
    net: str
    net_interval: str
    per_hour: str
    verdict: str


@dataclass(frozen=True)
class Returns:
    """Of all campaigns in a sentence, and by group."""

    sentence: str
    tables: tuple[tuple[str | Promise, tuple[ReturnRow, ...]], ...]
    by_people: bool
    """Whether any took the time of people."""


def campaign_returns(campaigns: Sequence[CampaignResult]) -> Returns | None:
    """None where no campaign whose 90 days are over has deals enough for an effect."""
    every = next(iter(returns_of(campaigns, ReturnGrouping.EVERYTHING)), None)
    if every is None:
        return None
    tables = tuple((_TITLES[one], tuple(map(_row, returns_of(campaigns, one)))) for one in _WORDS)
    return Returns(_sentence(every), tables, every.hours > 0)


def _sentence(every: CampaignReturn) -> str:
    told = ngettext(
        "Na campanha terminada com negócios bastantes para se medir",
        "Nas %(n)s campanhas terminadas com negócios bastantes para se medir",
        every.campaigns,
    )
    values = {
        "campaigns": counted(told, every.campaigns),
        "net": _signed(every.net.value),
        "interval": _between(every.net),
        "cost": money(every.cost),
    }
    if _verdict(every) is Verdict.UNCLEAR:
        return (
            _(
                "%(campaigns)s, o retorno não se distingue do acaso: %(net)s de negócios que não viriam sozinhos, "
                "descontado o custo de %(cost)s (%(interval)s)."
            )
            % values
        )
    return (
        _(
            "%(campaigns)s, o retorno foi de %(net)s: negócios que não viriam sozinhos, descontado o custo de %(cost)s "
            "(%(interval)s)."
        )
        % values
    )


def _row(one: CampaignReturn) -> ReturnRow:
    return ReturnRow(
        name=word(_WORDS[one.grouping], one.group),
        campaigns=one.campaigns,
        customers=one.customers,
        cost=one.cost,
        won=_signed(one.won.value),
        net=_signed(one.net.value),
        net_interval=_between(one.net),
        per_hour=_signed(one.per_hour.value) if one.per_hour else "–",
        verdict=_verdict(one).value,
    )


def _between(told: Interval) -> str:
    return _("%(low)s a %(high)s") % {"low": money_short(told.low), "high": money_short(told.high)}


def _signed(value: float) -> str:
    return f"+{money_short(value)}" if value > 0 else money_short(value)


def _verdict(one: CampaignReturn) -> Verdict:
    return Verdict.of(one.net.low, one.net.high, is_good=True)
