"""The rows of the pages of effects: cards of measures, campaigns of a list, arms, comparisons and groups of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.learn.contracts import CONTROL, DONE, TREATED, Arm, CampaignResult, Effect, Grouping, Measure, Verdict
from b2shift.web.console.effects.words import (
    MEASURES,
    Reading,
    arm_name,
    left_out,
    pair_name,
    treated,
)
from b2shift.web.console.formats import money
from b2shift.web.console.wording import word

DONE_HEADS: Mapping[str, str | Promise] = {
    "sent": gettext_lazy("Enviadas"),
    "opened": gettext_lazy("Abriram"),
    "clicked": gettext_lazy("Clicaram"),
    "replied": gettext_lazy("Responderam"),
    "accepted": gettext_lazy("Aceitaram"),
    "rejected": gettext_lazy("Recusaram"),
    "unsubscribed": gettext_lazy("Pediram para sair"),
    "bought": gettext_lazy("Compraram"),
}


@dataclass(frozen=True)
class MeasureCard:
    """One measure over all campaigns."""

    label: str
    reading: Reading
    href: str


@dataclass(frozen=True)
class CampaignRow:
    """A campaign of the list with its effect on the measure that is looked at."""

    result: CampaignResult
    customers: int
    others: int
    reading: Reading | None
    cost: Decimal
    cost_of_one: str

    @property
    def verdict(self) -> str:
        """`helped`, `harmed`, `unclear`, or `unknown` where nothing could be measured."""
        return self.reading.verdict if self.reading else "unknown"


@dataclass(frozen=True)
class Share:
    """How many of an arm did something, their share of it, and the way to them; `count` None where nobody knows."""

    label: str
    count: int | None
    share: float | None
    href: str


@dataclass(frozen=True)
class ArmRow:
    """An arm in words and what its customers did."""

    name: str
    customers: int
    href: str
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Comparison:
    """One pair of arms on one measure."""

    name: str
    measure: str
    reading: Reading
    verdict: str
    tone: str
    icon: str
    href: str
    href_of_others: str


def cards(together: Mapping[Measure, Effect]) -> list[MeasureCard]:
    """The measures that all campaigns together tell of, each the way to its picture."""
    return [
        MeasureCard(str(MEASURES[measure]), Reading(together[measure]), f"?{urlencode({'medida': measure})}#efeitos")
        for measure in Measure
        if measure in together
    ]


def campaign_row(result: CampaignResult, measure: Measure) -> CampaignRow:
    """A campaign as the list shows it."""
    effect = result.effect(measure)
    cost = sum((arm.cost for arm in result.arms), Decimal(0))
    return CampaignRow(
        result=result,
        customers=treated(result),
        others=left_out(result),
        reading=Reading(effect, result.runs) if effect else None,
        cost=cost,
        cost_of_one=_cost_of_one(result, cost),
    )


def _cost_of_one(result: CampaignResult, cost: Decimal) -> str:
    """What a purchase that would not have come cost, with its interval; empty where none is certain."""
    effect = result.effect(Measure.BOUGHT)
    reading = Reading(effect, result.runs) if effect else None
    if reading is None or reading.low <= 0 or not cost:
        return ""
    whole = float(cost) / reading.effect.customers
    return _("%(value)s (%(low)s a %(high)s)") % {
        "value": money(whole / reading.effect.difference),
        "low": money(whole / reading.high),
        "high": money(whole / reading.low),
    }


def arm_rows(result: CampaignResult) -> list[ArmRow]:
    """Every arm, after all that received together where there are several variants."""
    variants = [arm for arm in result.arms if arm.variant != CONTROL]
    purchases = any(arm.bought for arm in result.arms)
    rows = [_arm(result, arm.variant, arm.variant, [arm], purchases) for arm in result.arms]
    return [_arm(result, TREATED, TREATED, variants, purchases), *rows] if len(variants) > 1 else rows


def _arm(result: CampaignResult, name: str, arm: str, parts: Sequence[Arm], purchases: bool) -> ArmRow:
    customers = sum(part.customers for part in parts)

    def share(did: str) -> Share:
        count = sum(getattr(part, did) for part in parts)
        known = purchases if did == "bought" else name != CONTROL or count > 0
        part = count / customers if customers else 0
        return Share(
            str(DONE_HEADS[did]), count if known else None, part if known else None, _door(result, arm=arm, did=did)
        )

    return ArmRow(arm_name(name), customers, _door(result, arm=arm), tuple(share(did) for did in DONE))


def comparisons(result: CampaignResult) -> list[Comparison]:
    """Every pair of arms of the campaign on every measure that could be told, by measure."""
    return [_comparison(result, one) for one in result.effects if one.grouping is Grouping.EVERYONE]


def group_rows(result: CampaignResult, measure: Measure, grouping: Grouping) -> list[Comparison]:
    """The groups of one grouping on one measure."""
    told = [one for one in result.effects if (one.measure, one.grouping) == (measure, grouping)]
    return [_comparison(result, one, word(grouping.value, one.group)) for one in told]


def grouped_measures(result: CampaignResult) -> list[Measure]:
    """The measures that could be told of groups."""
    return [one for one in Measure if any(e.measure is one and e.grouping for e in result.effects)]


def _comparison(result: CampaignResult, effect: Effect, name: str = "") -> Comparison:
    reading = Reading(effect, result.runs)
    verdict, tone, icon = _verdict(reading)
    asked = {"known": effect.measure.value} | ({effect.grouping.value: effect.group} if effect.grouping else {})
    return Comparison(
        name=name or pair_name(effect),
        measure=str(MEASURES[effect.measure]),
        reading=reading,
        verdict=verdict,
        tone=tone,
        icon=icon,
        href=_door(result, arm=effect.arm, **asked),
        href_of_others=_door(result, arm=effect.against, **asked),
    )


def _verdict(reading: Reading) -> tuple[str, str, str]:
    """Words, tone and icon; of two variants, which of them did better."""
    if reading.effect.against == CONTROL or not reading.is_certain:
        looks = {Verdict.HELPED: ("good", "check"), Verdict.HARMED: ("bad", "danger")}
        return word("effect", reading.verdict), *looks.get(reading.verdict, ("", "minus"))
    better = reading.effect.arm if reading.verdict is Verdict.HELPED else reading.effect.against
    return _("%(arm)s foi melhor") % {"arm": better}, "accent", "compare"


def _door(result: CampaignResult, **asked: str) -> str:
    """The way to the customers behind a number."""
    return f"{reverse('console:effect_customers', args=[result.campaign_id])}?{urlencode(asked)}"
