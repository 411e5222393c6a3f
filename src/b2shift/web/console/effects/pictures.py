"""Effects drawn as a forest: one row each with its interval, around no effect."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.learn.contracts import CampaignResult, Effect, Grouping, Measure, Verdict
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.effects.words import MEASURES, Reading, campaign_name
from b2shift.web.console.formats import number
from b2shift.web.console.wording import word

MOST_DRAWN = 30
"""Campaigns a picture has room for, the newest."""
_TONES = {Verdict.HELPED: "good", Verdict.HARMED: "bad", Verdict.UNCLEAR: "muted"}


def campaigns_picture(campaigns: Sequence[CampaignResult], measure: Measure, name: str = "efeitos") -> Chart | None:
    """One measure of the newest campaigns, who received against who was left out; a row opens its campaign."""
    told = [(one, effect) for one in campaigns if (effect := one.effect(measure)) is not None]
    drawn = told[:MOST_DRAWN]
    if not drawn:
        return None
    rows = [
        (campaign_name(one), Reading(effect, one.runs), reverse("console:effect", args=[one.campaign_id]))
        for one, effect in drawn
    ]
    note = _("O traço é o intervalo de 95%; de 20 intervalos assim, 1 costuma deixar o zero de fora só por acaso.")
    if any(one.runs for one, _effect in drawn):
        note += " " + _("Tracejado: em andamento, com o intervalo que vale a qualquer momento em que se olhe.")
    if len(told) > len(drawn):
        note += " " + _("As %(count)s campanhas mais novas.") % {"count": number(len(drawn))}
    return Chart(
        name=name,
        kind="forest",
        title=_("%(measure)s: efeito de cada campanha") % {"measure": MEASURES[measure]},
        reading=_certain_ones([reading for _name, reading, _link in rows]),
        table=_table(_("Campanha"), measure, rows),
        note=note,
        options=_options([reading for _name, reading, _link in rows]),
    )


def groups_picture(effects: Sequence[Effect], measure: Measure, grouping: Grouping, title: str) -> Chart | None:
    """One measure of the groups of a campaign's customers."""
    told = [one for one in effects if (one.measure, one.grouping) == (measure, grouping)]
    if not told:
        return None
    rows = [(word(grouping.value, one.group), Reading(one), "") for one in told]
    return Chart(
        name=f"efeito-por-{grouping.value.replace('_', '-')}",
        kind="forest",
        title=title,
        reading=_certain_groups([reading for _name, reading, _link in rows]),
        table=_table(_("Grupo"), measure, rows),
        options=_options([reading for _name, reading, _link in rows]),
    )


def _table(heading: str, measure: Measure, rows: Sequence[tuple[str, Reading, str]]) -> Table:
    form = "points:2" if measure.is_rate else "money_signed"
    return Table(
        [
            *forest_heads(heading, form),
            Column(_("Receberam"), "number"),
            Column(_("De fora"), "number"),
            Column("", "", "link"),
        ],
        [
            (name, one.effect.difference, one.low, one.high, word("effect", one.verdict), one.effect.customers,
             one.effect.others, link)
            for name, one, link in rows
        ],
    )  # fmt: skip


def forest_heads(heading: str, form: str) -> list[Column]:
    """The columns a forest is drawn from."""
    return [
        Column(heading, "", "x"),
        Column(_("Diferença"), form, "value"),
        Column(_("De (95%)"), form, "low"),
        Column(_("Até (95%)"), form, "high"),
        Column(_("Resultado"), "", "group"),
    ]


def forest_options(still: Sequence[int] = ()) -> dict[str, object]:
    """The mark of each verdict, and the places of rows that still run."""
    return {"marks": {word("effect", verdict): tone for verdict, tone in _TONES.items()}, "still": list(still)}


def _options(readings: Sequence[Reading]) -> dict[str, object]:
    return forest_options([place for place, one in enumerate(readings) if one.runs])


def _certain_ones(readings: Sequence[Reading]) -> str:
    sure = sum(one.is_certain for one in readings)
    if not sure:
        return ngettext(
            "O efeito da campanha não se distingue do acaso.",
            "O efeito de nenhuma das %(all)s campanhas se distingue do acaso.",
            len(readings),
        ) % {"all": number(len(readings))}
    return ngettext(
        "%(sure)s de %(all)s campanhas difere de quem ficou de fora por sorteio, com 95%% de confiança.",
        "%(sure)s de %(all)s campanhas diferem de quem ficou de fora por sorteio, com 95%% de confiança.",
        sure,
    ) % {"sure": number(sure), "all": number(len(readings))}


def _certain_groups(readings: Sequence[Reading]) -> str:
    sure = sum(one.is_certain for one in readings)
    if not sure:
        return _("Em nenhum dos %(all)s grupos o efeito se distingue do acaso.") % {"all": number(len(readings))}
    return ngettext(
        "Em %(sure)s de %(all)s grupos o efeito se distingue do acaso.",
        "Em %(sure)s de %(all)s grupos o efeito se distingue do acaso.",
        sure,
    ) % {"sure": number(sure), "all": number(len(readings))}
