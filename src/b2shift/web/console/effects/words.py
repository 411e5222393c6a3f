"""Effects in words: measures, arms, verdicts, figures with their intervals, and the sentence of all campaigns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from b2shift.learn.contracts import CONTROL, TREATED, CampaignResult, Effect, Measure, Verdict
from b2shift.web.console.formats import counted, money, money_signed, number, percent, points
from b2shift.web.console.wording import word

MEASURES: Mapping[Measure, str | Promise] = {
    Measure.BOUGHT: gettext_lazy("Comprou"),
    Measure.WON: gettext_lazy("Negócios ganhos, por cliente"),
    Measure.MRR_CHANGE: gettext_lazy("Mudança do MRR, por cliente"),
    Measure.LOST: gettext_lazy("Deixou de pagar"),
}
DID: Mapping[str, str | Promise] = {
    "sent": gettext_lazy("Enviada"),
    "opened": gettext_lazy("Abriu"),
    "clicked": gettext_lazy("Clicou"),
    "replied": gettext_lazy("Respondeu"),
    "accepted": gettext_lazy("Aceitou"),
    "rejected": gettext_lazy("Recusou"),
    "unsubscribed": gettext_lazy("Pediu para sair"),
    "bought": gettext_lazy("Comprou"),
}


@dataclass(frozen=True)
class Reading:
    """An effect as one may read it now: of what `runs`, by the interval that holds whenever one looks."""

    effect: Effect
    runs: bool = False

    @property
    def low(self) -> float:
        """The lower end of the interval that holds."""
        return self.effect.interval(running=self.runs)[0]

    @property
    def high(self) -> float:
        """The upper end of the interval that holds."""
        return self.effect.interval(running=self.runs)[1]

    @property
    def verdict(self) -> Verdict:
        """What that interval says."""
        return self.effect.verdict(running=self.runs)

    @property
    def is_certain(self) -> bool:
        """Whether the interval leaves out no effect at all."""
        return self.verdict is not Verdict.UNCLEAR

    @property
    def difference(self) -> str:
        """The difference as people read it, with its sign."""
        return self.figure(self.effect.difference)

    @property
    def interval(self) -> str:
        """`0,19 a 0,63 p.p.`: from where to where."""
        if self.effect.measure.is_rate:
            return points_between(self.low, self.high)
        return _("%(low)s a %(high)s") % {"low": money(self.low), "high": money(self.high)}

    @property
    def mean(self) -> str:
        """The mean of the arm."""
        return self._level(self.effect.mean)

    @property
    def mean_of_others(self) -> str:
        """The mean of the arm it is held against."""
        return self._level(self.effect.mean_of_others)

    @property
    def detectable(self) -> str:
        """The smallest effect that the test tells from chance."""
        return self.figure(self.effect.detectable).removeprefix("+")

    def figure(self, value: float) -> str:
        """A difference in the unit of the measure."""
        return points(value) if self.effect.measure.is_rate else money_signed(value)

    def _level(self, value: float) -> str:
        return percent(value, 2) if self.effect.measure.is_rate else money(value)


def points_between(low: float, high: float) -> str:
    """`0,19 a 0,63 p.p.`, of differences of shares."""
    text = _("%(low)s a %(high)s p.p.").replace(" p.p.", "\u00a0p.p.")
    return text % {"low": number(100 * low, 2), "high": number(100 * high, 2)}


def arm_name(arm: str) -> str:
    """An arm in words: those left out, all that were addressed, or the variant's own name."""
    if arm == TREATED:
        return _("Quem recebeu")
    return _("De fora por sorteio") if arm == CONTROL else arm


def pair_name(effect: Effect) -> str:
    """Which arm is held against which."""
    return _("%(arm)s × %(against)s") % {"arm": arm_name(effect.arm), "against": arm_name(effect.against).lower()
                                         if effect.against == CONTROL else effect.against}  # fmt: skip


def campaign_name(result: CampaignResult) -> str:
    """Code and product family of a campaign; what still runs says so."""
    name = " · ".join(filter(None, (result.campaign_id, word("family", result.product_family).strip("–"))))
    return _("%(name)s, em andamento") % {"name": name} if result.runs else name


def treated(result: CampaignResult) -> int:
    """Customers the campaign addressed, whatever the variant."""
    return sum(arm.customers for arm in result.arms if arm.variant != CONTROL)


def left_out(result: CampaignResult) -> int:
    """Customers left out by lot."""
    return sum(arm.customers for arm in result.arms if arm.variant == CONTROL)


def sentence(together: Mapping[Measure, Effect], campaigns: Sequence[CampaignResult]) -> str:
    """What all campaigns together did, or why that cannot be told yet."""
    measure = next((one for one in Measure if one in together), None)
    if not campaigns:
        return _("Nenhuma campanha com sorteio foi entregue ainda.")
    if measure is None:
        template = ngettext(
            "%(n)s campanha com sorteio; o efeito de todas juntas sai quando duas completarem 90 dias.",
            "%(n)s campanhas com sorteio; o efeito de todas juntas sai quando duas completarem 90 dias.",
            len(campaigns),
        )
        return counted(template, len(campaigns))
    reading = Reading(together[measure])
    values = {"campaigns": _campaigns(measure, campaigns), "value": _size(reading), "interval": reading.interval,
              "signed": reading.difference}  # fmt: skip
    if not reading.is_certain:
        return str(_UNSURE[measure]) % values
    more, less = _CERTAIN[measure]
    return f"{str(more if reading.effect.difference > 0 else less) % values}{_cases(reading)}."


_UNSURE: Mapping[Measure, str | Promise] = {
    Measure.BOUGHT: gettext_lazy(
        "%(campaigns)s, o quanto quem recebeu comprou não se distingue do acaso: %(signed)s sobre quem ficou de fora "
        "por sorteio (%(interval)s)."
    ),
    Measure.WON: gettext_lazy(
        "%(campaigns)s, os negócios ganhos de quem recebeu não se distinguem do acaso: %(signed)s por cliente sobre "
        "quem ficou de fora por sorteio (%(interval)s)."
    ),
    Measure.MRR_CHANGE: gettext_lazy(
        "%(campaigns)s, a mudança do MRR de quem recebeu não se distingue do acaso: %(signed)s por cliente sobre quem "
        "ficou de fora por sorteio (%(interval)s)."
    ),
    Measure.LOST: gettext_lazy(
        "%(campaigns)s, o quanto quem recebeu deixou de pagar não se distingue do acaso: %(signed)s sobre quem ficou "
        "de fora por sorteio (%(interval)s)."
    ),
}
_CERTAIN: Mapping[Measure, tuple[str | Promise, str | Promise]] = {
    Measure.BOUGHT: (
        gettext_lazy(
            "%(campaigns)s, quem recebeu comprou %(value)s a mais do que quem ficou de fora por sorteio (%(interval)s)"
        ),
        gettext_lazy(
            "%(campaigns)s, quem recebeu comprou %(value)s a menos do que quem ficou de fora por sorteio (%(interval)s)"
        ),
    ),
    Measure.WON: (
        gettext_lazy(
            "%(campaigns)s, quem recebeu trouxe %(value)s a mais em negócios ganhos, por cliente, do que quem ficou de "
            "fora por sorteio (%(interval)s)"
        ),
        gettext_lazy(
            "%(campaigns)s, quem recebeu trouxe %(value)s a menos em negócios ganhos, por cliente, do que quem ficou "
            "de fora por sorteio (%(interval)s)"
        ),
    ),
    Measure.MRR_CHANGE: (
        gettext_lazy(
            "%(campaigns)s, o MRR de quem recebeu ficou %(value)s por cliente acima do de quem ficou de fora por "
            "sorteio (%(interval)s)"
        ),
        gettext_lazy(
            "%(campaigns)s, o MRR de quem recebeu ficou %(value)s por cliente abaixo do de quem ficou de fora por "
            "sorteio (%(interval)s)"
        ),
    ),
    Measure.LOST: (
        gettext_lazy(
            "%(campaigns)s, quem recebeu deixou de pagar %(value)s a mais do que quem ficou de fora por sorteio "
            "(%(interval)s)"
        ),
        gettext_lazy(
            "%(campaigns)s, quem recebeu deixou de pagar %(value)s a menos do que quem ficou de fora por sorteio "
            "(%(interval)s)"
        ),
    ),
}


def _size(reading: Reading) -> str:
    return reading.figure(abs(reading.effect.difference)).removeprefix("+")


def _campaigns(measure: Measure, campaigns: Sequence[CampaignResult]) -> str:
    """How many campaigns a rate was pooled over; of amounts the house cannot tell it from their own effects."""
    ended = sum(not one.runs and one.effect(measure) is not None for one in campaigns)
    if not measure.is_rate or not ended:
        return _("Nas campanhas que completaram 90 dias")
    return counted(ngettext("Em %(n)s campanha", "Em %(n)s campanhas", ended), ended)


def _cases(reading: Reading) -> str:
    """How many purchases would not have come by themselves, or did not come because of the campaigns."""
    if reading.effect.measure is not Measure.BOUGHT:
        return ""
    ends = sorted(abs(end) * reading.effect.customers for end in (reading.low, reading.high))
    cases = abs(reading.effect.difference) * reading.effect.customers
    template = _(": cerca de %(cases)s compras que não viriam sozinhas (%(least)s a %(most)s)")
    if reading.effect.difference < 0:
        template = _(": cerca de %(cases)s compras que deixaram de vir (%(least)s a %(most)s)")
    return template % {"cases": number(cases), "least": number(ends[0]), "most": number(ends[1])}
