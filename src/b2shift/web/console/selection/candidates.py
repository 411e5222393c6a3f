"""The candidates of the segmentation and their front, told and drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.differentiate.api import preset_choices
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import number, percent
from b2shift.web.console.templatetags.formats import shown
from b2shift.web.crm.models import SegmentModel

ALGORITHMS: Mapping[str, str | Promise] = {
    "kmeans": "K-Means",
    "kmeans_ajustado": gettext_lazy("K-Means ajustado"),
    "gaussian_mixture": gettext_lazy("Mistura gaussiana"),
    "hdbscan_kmeans": "HDBSCAN",
    "hierarquico": gettext_lazy("Hierárquico"),
    "continuada": gettext_lazy("Continuação"),
    "perfis_latentes": gettext_lazy("Perfis latentes"),
    "regras": gettext_lazy("Regras"),
    "regras_em_blocos": gettext_lazy("Regras em blocos"),
    "regras_assentadas": gettext_lazy("Regras assentadas"),
    "regras_ajustadas": gettext_lazy("Regras ajustadas"),
}


def algorithm(name: str) -> str:
    """The name of an algorithm as people write it."""
    return str(ALGORITHMS.get(name, name))


def code(one: SegmentModel) -> str:
    """What names a candidate of the chosen one's view in an address."""
    return f"{one.algorithm}-{one.k}"


def chosen_of(candidates: Sequence[SegmentModel]) -> SegmentModel | None:
    """The candidate the segments come from."""
    return next((one for one in candidates if one.chosen), None)


def comparable(candidates: Sequence[SegmentModel]) -> list[SegmentModel]:
    """The candidates of the chosen one's view: a silhouette of another view is measured in another space."""
    chosen = chosen_of(candidates)
    return [one for one in candidates if chosen is None or one.view == chosen.view]


PRESETS: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "explainable": (
        gettext_lazy("Fácil de explicar"),
        gettext_lazy("A que poucas perguntas melhor explicam."),
    ),
    "stable": (gettext_lazy("Estável"), gettext_lazy("A mais nítida das que saem iguais em outra amostra.")),
    "fine": (gettext_lazy("Detalhada"), gettext_lazy("A que mais segmentos sustenta.")),
}


@dataclass(frozen=True)
class PresetChoice:
    """A preset, what it is for, and the candidate it prefers with its name."""

    label: str
    meaning: str
    candidate: SegmentModel
    name: str
    code: str


def preset_rows(candidates: Sequence[SegmentModel]) -> list[PresetChoice]:
    """What each preset prefers among candidates that meet the floor and were measured whole."""
    found = preset_choices([one for one in candidates if one.meets_floor])
    return [
        PresetChoice(str(label), str(meaning), found[name], algorithm(found[name].algorithm), code(found[name]))
        for name, (label, meaning) in PRESETS.items()
        if name in found
    ]


def sentence(candidates: Sequence[SegmentModel]) -> str:
    """What was chosen, among how many that can be compared with it, at what price."""
    if not candidates:
        return _("Nenhuma segmentação foi comparada ainda.")
    chosen = chosen_of(candidates)
    if chosen is None:
        return _("%(count)s segmentações comparadas; nenhuma escolhida.") % {"count": number(len(candidates))}
    text = _("%(algorithm)s com %(k)s segmentos, escolhido entre %(count)s candidatos") % {
        "algorithm": algorithm(chosen.algorithm),
        "k": number(chosen.k),
        "count": number(len(comparable(candidates))),
    }
    if chosen.silhouette is not None and chosen.stability is not None:
        text += _(": silhueta %(silhouette)s, estabilidade %(stability)s") % {
            "silhouette": number(chosen.silhouette, 3),
            "stability": number(chosen.stability, 2),
        }
    return text + "."


@dataclass(frozen=True)
class Measure:
    """What a candidate is measured by: its field, name and format, and what the axis says of it."""

    field: str
    label: str | Promise
    form: str


MEASURES = {
    "silhouette": Measure("silhouette", gettext_lazy("Silhueta"), "number:3"),
    "stability": Measure("stability", gettext_lazy("Estabilidade"), "number:2"),
    "excess": Measure("null_excess", gettext_lazy("Acima do acaso"), "number:3"),
    "explainability": Measure("explainability", gettext_lazy("Explicabilidade"), "percent:1"),
    "smallest": Measure("smallest_share", gettext_lazy("Menor segmento"), "percent:1"),
    "churn": Measure("churn_explained", gettext_lazy("Perdas explicadas"), "percent:1"),
    "mrr": Measure("mrr_explained", gettext_lazy("MRR explicado"), "percent:1"),
    "k": Measure("k", gettext_lazy("Segmentos"), "number"),
}
ACROSS, UP = "stability", "silhouette"
"""The two measures of the picture unless others are asked for."""


def front_picture(
    candidates: Sequence[SegmentModel], page: str = "", across: str = ACROSS, up: str = UP
) -> Chart | None:
    """Two measures against each other, the candidates no other beats joined, the chosen one marked.

    A point opens its candidate on `page`, the address the reader is at where it is empty.
    """
    x, y = MEASURES[across], MEASURES[up]
    placed = [one for one in candidates if getattr(one, x.field) is not None and getattr(one, y.field) is not None]
    if not placed:
        return None
    asked = {} if (across, up) == (ACROSS, UP) else {"x": across, "y": up}
    rows = [
        (
            getattr(one, x.field),
            getattr(one, y.field),
            algorithm(one.algorithm),
            _("%(algorithm)s, %(k)s segmentos") % {"algorithm": algorithm(one.algorithm), "k": one.k},
            one.explainability,
            bool(one.on_front),
            one.chosen,
            f"{page}?{urlencode({'candidato': code(one), **asked})}",
        )
        for one in placed
    ]
    return Chart(
        name="fronteira",
        kind="front",
        title=_("%(up)s e %(across)s") % {"up": y.label, "across": str(x.label).lower()},
        reading=_front_reading(placed) if up == UP else _highest(placed, y),
        table=Table(
            [
                Column(str(x.label), x.form, "x"),
                Column(str(y.label), y.form, "y"),
                Column(_("Algoritmo"), "", "group"),
                Column(_("Candidato"), "", "label"),
                Column(_("Explicabilidade"), "percent:1"),
                Column(_("Na fronteira"), "", "front"),
                Column(_("Escolhido"), "", "chosen"),
                Column(_("Detalhe"), "", "link"),
            ],
            rows,
        ),
        note=_(
            "Cheios: na fronteira, ninguém os supera em silhueta, estabilidade e explicabilidade ao mesmo tempo, entre "
            "os que atingem o piso. A linha une os que ninguém supera nas duas medidas do gráfico."
        ),
        size="tall",
        options={"joined": "k" not in {across, up}},
    )


def _highest(placed: Sequence[SegmentModel], measure: Measure) -> str:
    best = max(placed, key=lambda one: (getattr(one, measure.field), one.chosen))
    values = {"what": str(measure.label).lower(), "who": algorithm(best.algorithm), "k": best.k,
            "value": shown(getattr(best, measure.field), measure.form), "count": len(placed)}  # fmt: skip
    return _("De %(count)s candidatos, o de maior valor em %(what)s: %(who)s com %(k)s segmentos (%(value)s).") % values


def _front_reading(placed: Sequence[SegmentModel]) -> str:
    front = sum(1 for one in placed if one.on_front)
    best = max(placed, key=lambda one: one.silhouette or 0)
    text = _(
        "%(front)s de %(count)s candidatos na fronteira; a maior silhueta é de %(best)s com %(k)s segmentos (%(value)s)"
    ) % {
        "front": front,
        "count": len(placed),
        "best": algorithm(best.algorithm),
        "k": best.k,
        "value": number(best.silhouette, 3),
    }
    chosen = chosen_of(placed)
    if chosen is not None and chosen.smallest_share is not None:
        text += _("; no escolhido, o menor segmento tem %(share)s dos clientes") % {
            "share": percent(chosen.smallest_share, 1)
        }
    return text + "."
