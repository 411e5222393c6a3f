"""The map: each customer a point, near those it resembles, in the colour of its segment."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import dist, sqrt
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from b2shift.web.console.formats import number
from b2shift.web.console.wording import shipped
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.models import Customer, Segment

MOST_POINTS = 5_000
MOST_HUES = 8
MOST_MARKS = 24
"""Groups the map tells apart by hue and shape together, in both themes and to colour-blind eyes."""


class MapPoint(NamedTuple):
    """One customer on the map; money is a month's, risk the probability of leaving within 90 days."""

    x: float
    y: float
    customer_id: str
    name: str
    segment: str
    mrr: float
    churn: float | None


@dataclass(frozen=True)
class MapGroup:
    """The points of one mark: a segment, or (`segment_id` empty) those beyond the largest that have a mark."""

    segment_id: str
    name: str
    points: list["MapPoint"]

    @property
    def centre(self) -> tuple[float, float]:
        """Mean position."""
        many = len(self.points)
        return sum(p.x for p in self.points) / many, sum(p.y for p in self.points) / many

    @property
    def spread(self) -> float:
        """Root mean squared distance to the centre."""
        x, y = self.centre
        return sqrt(sum((point.x - x) ** 2 + (point.y - y) ** 2 for point in self.points) / len(self.points))


@dataclass(frozen=True)
class SegmentMap:
    """Groups by mark, in the order of their codes, others last; `total` customers have a place, `shown` are drawn."""

    groups: list[MapGroup]
    total: int

    @property
    def shown(self) -> int:
        """Points drawn."""
        return sum(len(group.points) for group in self.groups)

    @property
    def sampled(self) -> bool:
        """Whether some customers are left out."""
        return self.shown < self.total


def segment_map(seen: QuerySet[Customer], most: int = MOST_POINTS) -> SegmentMap:
    """The map of the customers a person sees; a sample at random (by content hash) above `most`."""
    placed = seen.exclude(segment=None).filter(x__isnull=False, y__isnull=False)
    question = cache_key(placed)
    total = 0 if question is None else cached(("placed", question), placed.count)
    order = "row_hash" if total > most else "customer_id"
    columns = ("x", "y", "customer_id", "trade_name", "name", "segment_id", "mrr", "churn_90d")
    drawn = placed.order_by(order).values_list(*columns)[:most]
    rows = Segment.objects.values_list("segment_id", "name")  # largest of the base first
    names = {code: shipped(name) for code, name in rows}
    # By code, which outlives sizes: a mark stays when another segment outgrows this one.
    own_mark = sorted(list(names) if len(names) <= MOST_MARKS else list(names)[: MOST_MARKS - 1])
    points: dict[str, list[MapPoint]] = {code: [] for code in [*own_mark, ""]}
    for x, y, code, trade_name, name, segment, money, risk in drawn:
        point = MapPoint(
            x=round(x, 4),
            y=round(y, 4),
            customer_id=code,
            name=trade_name or name,
            segment=names.get(segment, segment),
            mrr=float(money),
            churn=None if risk is None else round(risk, 4),
        )
        points[segment if segment in own_mark else ""].append(point)
    groups = [MapGroup(code, names.get(code, _("Outros segmentos")), found) for code, found in points.items() if found]
    return SegmentMap(groups, total)


def reading(groups: Sequence[MapGroup]) -> str:
    """Which segments lie nearest and which stands alone, in units of their own spread."""
    named = [(group.name, group.centre, group.spread) for group in groups if group.segment_id and len(group.points) > 1]
    if len(named) < 2:
        return _("Com menos de dois segmentos no mapa não há vizinhança a comparar.")
    gaps = {
        (a, b): dist(a_centre, b_centre) / max((a_spread + b_spread) / 2, 1e-9)
        for n, (a, a_centre, a_spread) in enumerate(named)
        for b, b_centre, b_spread in named[n + 1 :]
    }
    nearest = min(gaps, key=lambda pair: (gaps[pair], pair))
    text = _("Os mais próximos no mapa: %(a)s e %(b)s (centros a %(gap)s da dispersão deles)") % {
        "a": nearest[0],
        "b": nearest[1],
        "gap": number(gaps[nearest], 1),
    }
    if len(named) > 2:
        alone = {name: min(gap for pair, gap in gaps.items() if name in pair) for name, _centre, _spread in named}
        furthest = max(alone, key=lambda name: (alone[name], name))
        text += _(". O mais distante dos outros: %(name)s (%(gap)s)") % {
            "name": furthest,
            "gap": number(alone[furthest], 1),
        }
    return text + "."
