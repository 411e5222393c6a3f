"""Every segment with what this person's customers say of it, and the sentence that sums them up."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.kernel.errors import UnknownNameError
from b2shift.web.accounts.models import User
from b2shift.web.console.formats import percent
from b2shift.web.console.wording import shipped
from b2shift.web.crm.answers import Nps, visible_nps
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import SegmentFigures, visible_segments

SORTS = ("customers", "mrr", "churn", "nps", "health")
DEFAULT_SORT = "-customers"


@dataclass(frozen=True)
class SegmentRow:
    """One segment as the page shows it."""

    figures: SegmentFigures
    nps: Nps | None

    @property
    def code(self) -> str:
        """The segment's stable key."""
        return self.figures.segment.segment_id

    @property
    def name(self) -> str:
        """The segment's name, in the language of the page where the product gave it."""
        return shipped(self.figures.segment.name)


def overview(user: User, seen: QuerySet[Customer], sort: str = DEFAULT_SORT) -> list[SegmentRow]:
    """The segments by the measure asked (`-` largest first); unknown values, then those without customers, last.

    `seen` are the customers this person sees. A measure nobody knows raises UnknownNameError.
    """
    plain = sort.removeprefix("-")
    if plain not in SORTS:
        raise UnknownNameError("ordem", plain, SORTS)

    def read() -> list[SegmentRow]:
        answers = visible_nps(user, seen)
        return [SegmentRow(one, answers.get(one.segment.segment_id)) for one in visible_segments(user)]

    question = cache_key(seen)
    rows = read() if question is None else cached(("segments", question), read)
    return sorted(rows, key=lambda row: _place(row, plain, -1 if sort.startswith("-") else 1))


def sentence(rows: Sequence[SegmentRow]) -> str:
    """What matters in this list: how concentrated it is and where the risk is."""
    filled = sorted((row for row in rows if row.figures.customers), key=lambda row: -row.figures.customers)
    if not filled:
        return _("Nenhum dos clientes que você acompanha está em um segmento.")
    total = sum(row.figures.customers for row in filled)
    top = filled[:3]
    share = percent(sum(row.figures.customers for row in top) / total, 0)
    text = ngettext("%(count)s segmento", "%(count)s segmentos", len(filled)) % {"count": len(filled)}
    if len(filled) > len(top):
        text += _("; os %(top)s maiores reúnem %(share)s dos clientes") % {"top": len(top), "share": share}
    risky = [row for row in filled if row.figures.churn_mean is not None]
    if risky:
        worst = max(risky, key=lambda row: row.figures.churn_mean or 0)
        text += _(". Maior risco médio de churn: %(name)s, %(risk)s") % {
            "name": worst.name,
            "risk": percent(worst.figures.churn_mean, 1),
        }
    return text + "."


def _place(row: SegmentRow, measure: str, sign: int) -> tuple[bool, bool, float, str]:
    value = {
        "customers": row.figures.customers,
        "mrr": float(row.figures.mrr),
        "churn": row.figures.churn_mean,
        "nps": row.nps.value if row.nps else None,
        "health": row.figures.health_mean,
    }[measure]
    return (row.figures.customers == 0, value is None, sign * (value or 0.0), row.code)
