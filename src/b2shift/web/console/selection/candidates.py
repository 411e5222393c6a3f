"""The candidates of the segmentation and their front, told and drawn."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import number, percent
from b2shift.web.crm.models import SegmentModel

ALGORITHMS: Mapping[str, str | Promise] = {
    "kmeans": "K-Means",
    "kmeans_ajustado": _lazy("K-Means ajustado"),
    "gaussian_mixture": _lazy("Mistura gaussiana"),
    "hdbscan_kmeans": "HDBSCAN",
    "hierarquico": _lazy("Hierárquico"),
    "continuada": _lazy("Continuação"),
    "perfis_latentes": _lazy("Perfis latentes"),
    "regras": _lazy("Regras"),
    "regras_em_blocos": _lazy("Regras em blocos"),
    "regras_assentadas": _lazy("Regras assentadas"),
    "regras_ajustadas": _lazy("Regras ajustadas"),
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


def sentence(candidates: Sequence[SegmentModel]) -> str:
    """What was chosen, among how many that can be compared with it, at what price."""
    if not candidates:
        return _("Nenhuma segmentação foi comparada ainda.")
    chosen = chosen_of(candidates)
    if chosen is None:
        return _("%(count)s segmentações comparadas; nenhuma escolhida.") % {"count": number(len(candidates))}
    told = _("%(algorithm)s com %(k)s segmentos, escolhido entre %(count)s candidatos") % {
        "algorithm": algorithm(chosen.algorithm),
        "k": number(chosen.k),
        "count": number(len(comparable(candidates))),
    }
    if chosen.silhouette is not None and chosen.stability is not None:
        told += _(": silhueta %(silhouette)s, estabilidade %(stability)s") % {
            "silhouette": number(chosen.silhouette, 3),
            "stability": number(chosen.stability, 2),
        }
    return told + "."


def front_picture(candidates: Sequence[SegmentModel], page: str = "") -> Chart | None:
    """Silhouette against stability, the candidates no other beats joined, the chosen one marked.

    A point opens its candidate on `page`, the address the reader is at where it is empty.
    """
    placed = [one for one in candidates if one.silhouette is not None and one.stability is not None]
    if not placed:
        return None
    rows = [
        (
            one.stability,
            one.silhouette,
            algorithm(one.algorithm),
            _("%(algorithm)s, %(k)s segmentos") % {"algorithm": algorithm(one.algorithm), "k": one.k},
            one.explainability,
            bool(one.on_front),
            one.chosen,
            f"{page}?candidato={code(one)}",
        )
        for one in placed
    ]
    return Chart(
        name="fronteira",
        kind="front",
        title=_("Silhueta e estabilidade"),
        reading=_front_reading(placed),
        table=Table(
            [
                Column(_("Estabilidade"), "number:2", "x"),
                Column(_("Silhueta"), "number:3", "y"),
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
    )


def _front_reading(placed: Sequence[SegmentModel]) -> str:
    front = sum(1 for one in placed if one.on_front)
    best = max(placed, key=lambda one: one.silhouette or 0)
    told = _(
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
        told += _("; no escolhido, o menor segmento tem %(share)s dos clientes") % {
            "share": percent(chosen.smallest_share, 1)
        }
    return told + "."
