"""Marketing's page: the segments by size, money and risk, and what the rules ask for in each."""

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.web.console.addresses import customers_url
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.decorators import AuthenticatedRequest
from b2shift.web.console.formats import count_short, number, percent
from b2shift.web.console.wording import shipped, word
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.models import Proposal
from b2shift.web.crm.reading import SegmentFigures, visible_customers, visible_proposals, visible_segments
from b2shift.web.crm.totals import totals_by, totals_of

SEGMENTS_SHOWN = 8


def page(request: AuthenticatedRequest) -> dict[str, object]:
    """Segments first, then what is due by kind."""
    seen = visible_customers(request.user)
    segments = [one for one in visible_segments(request.user) if one.customers]
    kinds = due_by_kind(visible_proposals(request.user))
    totals = totals_of(seen)
    return {
        "totals": totals,
        "segments": segments[:SEGMENTS_SHOWN],
        "segment_count": len(segments),
        "due_by_segment": {code: segment_totals.due for code, segment_totals in totals_by(seen, "segment_id").items()},
        "sizes": _sizes(segments),
        "kinds": kinds,
        "sentence": _sentence(segments, totals.due),
    }


def _sentence(segments: list[SegmentFigures], due: int) -> str:
    if not segments:
        return _("Ainda não há segmentos com clientes da sua unidade.")
    largest = segments[0]
    text = ngettext("%(count)s segmento", "%(count)s segmentos", len(segments)) % {"count": number(len(segments))}
    text += _("; o maior, %(name)s, tem %(share)s dos clientes") % {
        "name": shipped(largest.segment.name),
        "share": percent(largest.share),
    }
    if due:
        text += "; " + ngettext("%(count)s contato devido", "%(count)s contatos devidos", due) % {"count": number(due)}
    return text + "."


def _sizes(segments: list[SegmentFigures]) -> Chart | None:
    if len(segments) < 2:
        return None
    top = segments[:3]
    return Chart(
        name="tamanho-dos-segmentos",
        kind="bar",
        title=_("Clientes por segmento"),
        reading=_("Os %(count)s maiores reúnem %(share)s dos clientes.")
        % {"count": len(top), "share": percent(sum(one.share for one in top))},
        table=Table(
            [
                Column(_("Segmento"), "", "x"),
                Column(_("Clientes"), "number", "value"),
                Column(_("MRR"), "mrr"),
                Column(_("Risco médio de churn"), "percent:1"),
                Column(_("Clientes do segmento"), "", "link"),
            ],
            [
                (
                    one.segment.name,
                    one.customers,
                    one.mrr,
                    one.churn_mean,
                    customers_url(segment=one.segment.segment_id),
                )
                for one in segments
            ],
        ),
        note=_("Clientes que você acompanha, na segmentação em vigor."),
    )


def due_by_kind(due: QuerySet[Proposal]) -> Chart | None:
    """Due contacts by kind, the most frequent first."""
    asked = due.select_related(None).order_by().values_list("kind").annotate(n=Count("*")).order_by("-n", "kind")
    question = cache_key(asked)
    rows = [] if question is None else cached(("due by kind", question), lambda: list(asked))
    if not rows:
        return None
    total = sum(count for _kind, count in rows)
    return Chart(
        name="contatos-por-tipo",
        kind="bar",
        title=_("Contatos devidos por tipo"),
        reading=_("%(kind)s lidera com %(share)s de %(total)s.")
        % {"kind": word("kind", rows[0][0]), "share": percent(rows[0][1] / total), "total": count_short(total)},
        table=Table(
            [
                Column(_("Tipo"), "", "x"),
                Column(_("Contatos devidos"), "number", "value"),
                Column(_("Contatos do tipo"), "", "link"),
            ],
            [(word("kind", kind), count, f"{reverse('console:due')}?kind={kind}") for kind, count in rows],
        ),
        note=_("Propostos pela régua na data de referência; nada foi enviado."),
        size="short",
    )
