"""Score cards: what each measure was, against what, and the reliability plot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from b2shift.kernel.wilson import wilson
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import number, percent
from b2shift.web.console.templatetags.formats import shown
from b2shift.web.console.wording import shipped
from b2shift.web.crm.histograms import Histogram
from b2shift.web.crm.models import ScoreCard

_WRITTEN = {"percent": "percent:1", "points": "number", "money": "money_short", "days": "number"}


@dataclass(frozen=True)
class Measure:
    """One figure of a card, what it is compared with, and whether it passed (None: nothing to compare with)."""

    label: str
    value: str
    against: str
    passed: bool | None
    meaning: str


@dataclass(frozen=True)
class Card:
    """A score card ready to be shown."""

    card: ScoreCard
    measures: list[Measure]
    reliability: Chart | None
    spread: Chart | None = None


def cards_of(cards: Sequence[ScoreCard], known: Mapping[str, Histogram] | None = None) -> list[Card]:
    """The cards, usable ones first; `known` says how today's values are spread."""
    ordered = sorted(cards, key=lambda card: (not card.usable, card.label))
    known_histograms = known or {}
    return [
        Card(card, measures_of(card), reliability_picture(card), spread_picture(card, known_histograms.get(card.score)))
        for card in ordered
    ]


def measured(cards: Sequence[ScoreCard]) -> Table:
    """What was measured of each score, the usable ones first, then what separates best; each leads to its card."""
    mixed = not all(card.usable for card in cards)
    columns = [
        Column(_("Score")),
        *([Column(_("Situação"))] if mixed else []),
        Column(_("AUC"), "number:3"),
        Column(_("Taxa base"), "percent:1"),
        Column(_("Lift do 1º decil"), "number:1"),
        Column(_("Clientes no teste"), "number"),
        Column("", "", "link"),
    ]
    rows = [
        (
            card.label,
            *([_standing(card.usable)] if mixed else []),
            card.auc,
            card.base_rate,
            card.lift_top_decile,
            card.tested_rows,
            reverse("console:model_score", args=[card.score]),
        )
        for card in sorted(cards, key=lambda card: (not card.usable, -(card.auc or 0), card.label))
    ]
    return Table(columns, rows)


def auc_picture(cards: Sequence[ScoreCard]) -> Chart | None:
    """The AUC of every score that has one, the highest first, beside that of the plain model."""
    with_auc = sorted((card for card in cards if card.auc is not None), key=lambda card: (-(card.auc or 0), card.label))
    if not with_auc:
        return None
    ahead = sum(
        card.auc > card.auc_baseline for card in with_auc if card.auc_baseline is not None and card.auc is not None
    )
    return Chart(
        name="auc-dos-scores",
        kind="bar",
        title=_("Quanto cada score separa quem teve o evento"),
        reading=_("O que mais separa: %(best)s, AUC %(auc)s; em %(ahead)s de %(count)s o modelo supera a referência.")
        % {
            "best": shipped(with_auc[0].label),
            "auc": number(with_auc[0].auc, 3),
            "ahead": ahead,
            "count": len(with_auc),
        },
        table=Table(
            [
                Column(_("Score"), "", "x"),
                Column(_("AUC"), "number:3", "value"),
                Column(_("Modelo de referência"), "number:3"),
                Column("", "", "link"),
            ],
            [
                (card.label, card.auc, card.auc_baseline, reverse("console:model_score", args=[card.score]))
                for card in with_auc
            ],
        ),
        note=_(
            "AUC é a chance de um cliente com o evento ter score maior que um sem ele; a barra parte de 0,5, o acaso."
        ),
        options={"from": 0.5},
    )


def _standing(usable: bool | None) -> str:
    if usable is None:
        return _("Não medido")
    return _("Utilizável") if usable else _("Sem sinal utilizável")


def spread_picture(card: ScoreCard, histogram: Histogram | None) -> Chart | None:
    """How many customers have which value today."""
    if histogram is None:
        return None
    form = _WRITTEN[histogram.unit]
    return Chart(
        name=f"distribuicao-{card.score}".replace("_", "-"),
        kind="histogram",
        title=_("Distribuição de hoje"),
        reading=_("Metade de %(count)s clientes tem até %(median)s; um em cada dez, mais de %(ninth)s.")
        % {
            "count": number(histogram.customers),
            "median": shown(histogram.median, form),
            "ninth": shown(histogram.ninth, form),
        },
        table=Table(
            [Column(_("Score"), form, "low"), Column(_("Até"), form, "high"), Column(_("Clientes"), "number", "value")],
            histogram.bins,
        ),
        note=_("A última faixa inclui quem está acima dela."),
        options={"marks": [[_("mediana"), histogram.median]]},
    )


def measures_of(card: ScoreCard) -> list[Measure]:
    """The figures a card has; those never measured are left out."""
    measures = [
        _compared(_("AUC"), card.auc, card.auc_baseline, 3, _("modelo de referência"), up=True,
                  meaning=_("Chance de um cliente com o evento ter score maior que um sem ele; 0,5 é acaso.")),
        _compared(_("Log-loss"), card.log_loss, card.log_loss_base, 4, _("taxa base"), up=False,
                  meaning=_("Erro das probabilidades; abaixo do da taxa base o score informa algo.")),
        _compared(_("Erro de calibração"), card.ece, card.ece_floor, 4, _("score perfeito com esta amostra"), up=None,
                  meaning=_("Distância média entre o previsto e o observado, em dez faixas.")),
        _compared(_("Lift do decil de maior risco"), card.lift_top_decile, 1.0, 1, _("acaso"), up=True,
                  meaning=_("Quantas vezes mais eventos há entre os 10% de maior score do que na base.")),
        _compared(_("Brier"), card.brier, _brier_of_base(card), 4, _("taxa base"), up=False,
                  meaning=_("Erro quadrático médio das probabilidades.")),
    ]  # fmt: skip
    return [measure for measure in measures if measure is not None]


def reliability_picture(card: ScoreCard) -> Chart | None:
    """Observed against predicted with each bin's 95 % interval and its count."""
    bins = [one for one in card.reliability if one.get("customers")]
    if not bins:
        return None
    rows = [(one["predicted"], one["observed"], *_interval(one), one["customers"]) for one in bins]
    return Chart(
        name=f"confiabilidade-{card.score}".replace("_", "-"),
        kind="reliability",
        title=_("Previsto e observado"),
        reading=_reliability_reading(rows),
        table=Table(
            [
                Column(_("Previsto"), "percent:1", "x"),
                Column(_("Observado"), "percent:1", "y"),
                Column(_("De"), "percent:1", "low"),
                Column(_("Até"), "percent:1", "high"),
                Column(_("Clientes"), "number", "size"),
            ],
            rows,
        ),
        note=_("Sobre a diagonal, o previsto acontece. O traço é o intervalo de 95% do observado."),
        options={"root": _("escala de raiz quadrada")} if _crowded(rows) else {},
    )


def _crowded(rows: Sequence[tuple[float, float, float, float, int]]) -> bool:
    """Whether half of the bins would stand in the first quarter of an axis that reaches to the highest figure."""
    return median(row[0] for row in rows) < max(max(row[:4]) for row in rows) / 4


def _compared(
    label: str, value: float | None, other: float | None, decimals: int, what: str, *, up: bool | None, meaning: str
) -> Measure | None:
    if value is None:
        return None
    if other is None:
        return Measure(label, number(value, decimals), "", None, meaning)
    against = _("%(what)s: %(value)s") % {"what": what, "value": number(other, decimals)}
    passed = None if up is None else (value > other) if up else (value < other)
    return Measure(label, number(value, decimals), against, passed, meaning)


def _brier_of_base(card: ScoreCard) -> float | None:
    return None if card.base_rate is None else card.base_rate * (1 - card.base_rate)


def _interval(one: Mapping[str, Any]) -> tuple[float, float]:
    """The 95 % interval of a bin's observed share."""
    return wilson(min(max(one["observed"], 0.0), 1.0) * one["customers"], one["customers"])


def _reliability_reading(rows: Sequence[tuple[float, float, float, float, int]]) -> str:
    inside = sum(1 for predicted, _observed, low, high, _n in rows if low <= predicted <= high)
    furthest = max(rows, key=lambda row: abs(row[0] - row[1]))
    return _(
        "Em %(inside)s de %(count)s faixas o previsto cabe no intervalo do observado; a maior distância: previsto "
        "%(predicted)s, observado %(observed)s."
    ) % {
        "inside": inside,
        "count": len(rows),
        "predicted": percent(furthest[0], 1),
        "observed": percent(furthest[1], 1),
    }
