"""Predicted and observed in words: what each score foretells, levels, ratios, the sentence of them all."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from b2shift.learn.contracts import FAMILIES, Accuracies, AccuracyGrouping, CalibrationLevel, ScoreCalibration
from b2shift.web.console.formats import day, number
from b2shift.web.console.wording import word

GROUPINGS: Mapping[AccuracyGrouping, str | Promise] = {
    AccuracyGrouping.MARKET_SEGMENT: gettext_lazy("Por segmento de mercado"),
    AccuracyGrouping.REVENUE_BAND: gettext_lazy("Por faixa de receita"),
    AccuracyGrouping.TENURE_BAND: gettext_lazy("Por tempo de casa"),
    AccuracyGrouping.LIFE_STAGE: gettext_lazy("Por estágio de vida"),
}
ORDER = (CalibrationLevel.DEVIATES, CalibrationLevel.IN_ORDER, CalibrationLevel.FEW)
"""Levels as lists show them."""
_EVENTS: Mapping[str, str | Promise] = {
    "churn_90d": gettext_lazy("deixaram de pagar"),
    "nps_detractor_risk": gettext_lazy("responderam como detratores"),
    "renewal_probability": gettext_lazy("saíram até a renovação"),
}


def is_probability(score: str) -> bool:
    """Whether a score is the probability of something that later data tell."""
    return score in _EVENTS or score in {"purchase_90d", FAMILIES} or is_family(score)


def is_family(score: str) -> bool:
    """Whether a score is of one family of products: all of them are one model."""
    return score.startswith(f"{FAMILIES}_")


def event(score: str) -> str:
    """What the score foretells, of those it came to."""
    return str(_EVENTS.get(score, _("compraram")))


def level_word(one: ScoreCalibration) -> str:
    """The level, and which way it deviates."""
    if one.level is not CalibrationLevel.DEVIATES:
        return word("calibration", one.level)
    return _("Desviou: aconteceu mais") if one.is_more else _("Desviou: aconteceu menos")


def ratio(one: ScoreCalibration) -> str:
    """Observed over predicted: `1,23 vez`."""
    return "–" if one.ratio is None else _("%(ratio)s vez o previsto") % {"ratio": number(one.ratio, 2)}


def between(one: ScoreCalibration) -> str:
    """The interval that holds at every look."""
    if one.unbounded:
        return _("de %(low)s para cima") % {"low": number(one.ratio_low, 2)}
    return _("%(low)s a %(high)s") % {"low": number(one.ratio_low, 2), "high": number(one.ratio_high, 2)}


def sentence(found: Accuracies) -> str:
    """How many scores agree with what happened; before any outcome, when there will be one."""
    whole = [one for one in found.calibration if not one.grouping]
    if not whole:
        return waiting(found)
    away, calm, few = (sum(one.level is level for one in whole) for level in ORDER)
    text = ngettext("%(all)s score conferido", "%(all)s scores conferidos", len(whole)) % {"all": number(len(whole))}
    parts = [
        (away, ngettext("%(n)s desviou do que aconteceu", "%(n)s desviaram do que aconteceu", away)),
        (calm, _("%(n)s em ordem")),
        (few, _("%(n)s com poucos casos")),
    ]
    told = [part % {"n": number(count)} for count, part in parts if count]
    return f"{text}: {', '.join(told)}."


def waiting(found: Accuracies) -> str:
    """Why nothing can be said yet, and from when."""
    if found.first_outcomes is None:
        return _("Nenhuma previsão foi guardada ainda.")
    return _("Ainda não dá para saber: o horizonte do primeiro cálculo termina em %(day)s.") % {
        "day": day(found.first_outcomes)
    }
