"""`/modelos/scores/`: how far each score can be believed, one page a score, and every version of them all."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.differentiate.contracts import ScoreModel
from b2shift.kernel.errors import StateError
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.accuracy.views import section as accuracy_section
from b2shift.web.console.accuracy.words import is_probability
from b2shift.web.console.charts import Column, Table
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import number
from b2shift.web.console.selection.cards import auc_picture, cards_of, measured
from b2shift.web.console.selection.drift import drift_overview, drift_picture
from b2shift.web.console.selection.versions import DRIFTED, versions
from b2shift.web.crm.catalogue import visible_cards
from b2shift.web.crm.effects import ActionEffect, action_effects
from b2shift.web.crm.histograms import histograms
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import ScoreCard


@access_required(Capability.MODELS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Every score with what was measured of it; those without a signal say why."""
    found = list(visible_cards(request.user))
    usable = [card for card in found if card.usable]
    context = {
        "sentence": _sentence(found),
        "picture": auc_picture(usable),
        "measured": measured(usable) if usable else None,
        "drift": drift_overview(versions(), {card.score for card in found}),
        "unusable": [one for one in cards_of(found) if not one.card.usable],
    }
    return render(request, "console/models/scores.html", context)


@access_required(Capability.MODELS)
def detail(request: AuthenticatedRequest, score: str) -> HttpResponse:
    """The card of one score: measures, calibration, how its values are spread, its versions."""
    cards = sorted(visible_cards(request.user), key=lambda card: (not card.usable, card.label))
    place = next((n for n, card in enumerate(cards) if card.score == score), None)
    if place is None:
        raise Http404(_("Não há score com este nome."))
    card = cards[place]
    kept = [one for one in versions() if one.score == score]
    (score_card,) = cards_of([card], histograms(request.user, [score] if card.usable else []))
    shown: dict[str, object] = {
        "model_card": score_card,
        "spread_below": bool(score_card.spread and score_card.reliability),
        "before": cards[place - 1] if place else None,
        "after": cards[place + 1] if place + 1 < len(cards) else None,
        "effects": _effects(score),
        "versions": kept,
        "drift": drift_picture(next((one for one in kept if one.in_use), None)),
        "may_steer": may(request.user, Capability.STEER_SEGMENTS),
    }
    if is_probability(score):
        shown["pinned"] = any(one.promoted and one.in_use for one in kept)
        shown |= {"told_later": True} | accuracy_section(request, score)
    return render(request, "console/models/score.html", shown)


@access_required(Capability.MODELS)
def registry(request: AuthenticatedRequest) -> HttpResponse:
    """Every kept version of every learnt score, the newest of each first."""
    kept = versions()
    known = set(visible_cards(request.user).values_list("score", flat=True))
    context = {"versions": kept, "registry": _registered(kept, known), "sentence": _registry_sentence(kept)}
    return render(request, "console/models/registry.html", context)


def _effects(score: str) -> list[ActionEffect]:
    try:
        return action_effects(lake(), score)
    except StateError:
        return []


def _sentence(cards: Sequence[ScoreCard]) -> str:
    if not cards:
        return _("Nenhum score foi medido ainda.")
    usable = sum(bool(card.usable) for card in cards)
    template = ngettext(
        "%(usable)s de %(count)s score utilizável", "%(usable)s de %(count)s scores utilizáveis", len(cards)
    )
    return template % {"usable": number(usable), "count": number(len(cards))} + _(
        ", medidos em período posterior ao treino."
    )


def _registry_sentence(kept: Sequence[ScoreModel]) -> str:
    if not kept:
        return _("Nenhum ajuste guardado ainda.")
    text = ngettext("%(count)s ajuste guardado", "%(count)s ajustes guardados", len(kept)) % {
        "count": number(len(kept))
    }
    drifted = sum(bool(one.in_use and one.drift and one.drift[0][1] >= DRIFTED) for one in kept)
    if not drifted:
        return text + _("; os que estão em uso recebem dados como os do treino.")
    more = ngettext(
        "%(count)s em uso recebe dados que mudaram desde o treino",
        "%(count)s em uso recebem dados que mudaram desde o treino",
        drifted,
    )
    return f"{text}; {more % {'count': number(drifted)}}."


def _registered(kept: Sequence[ScoreModel], known: set[str]) -> Table | None:
    columns = [
        Column(_("Score")), Column(_("Versão")), Column(_("Ajustada em"), "day"), Column(_("Situação")),
        Column(_("AUC"), "number:3"), Column(_("Variáveis que mudaram"), "number"), Column("", "", "link"),
    ]  # fmt: skip
    rows = [
        (
            one.label,
            one.version,
            one.as_of,
            _standing(one),
            one.auc,
            sum(index >= DRIFTED for _name, index in one.drift),
            f"{reverse('console:model_score', args=[one.score])}#versions" if one.score in known else "",
        )
        for one in kept
    ]
    return Table(columns, rows) if rows else None


def _standing(one: ScoreModel) -> str:
    if one.promoted:
        return _("Pedida por uma pessoa")
    return _("Em uso") if one.in_use else _("Guardada")
