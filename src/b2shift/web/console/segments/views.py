"""`/segmentos/`: the list with its map, two side by side, and one."""

from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from b2shift.differentiate.api import said_of_segments
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.charts import Chart
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.policy.rulebook import serving
from b2shift.web.console.segments import flows, pictures
from b2shift.web.console.segments import persona as persona_text
from b2shift.web.console.segments.kpis import kpis_of
from b2shift.web.console.segments.map import segment_map
from b2shift.web.console.segments.matrix import matrix
from b2shift.web.console.segments.mixes import EVERYBODY, LIFE_STAGES, NOBODY, RISK_BANDS, measures, mixes
from b2shift.web.console.segments.overview import DEFAULT_SORT, SegmentRow, overview, sentence
from b2shift.web.console.segments.traits import TraitLine, lines_of, marking, missing, pairs, reading
from b2shift.web.crm.catalogue import visible_rules, visible_traits
from b2shift.web.crm.flows import visible_events, visible_flows, visible_outlook
from b2shift.web.crm.models import Customer
from b2shift.web.crm.offers import visible_offers
from b2shift.web.crm.paging import count_of
from b2shift.web.crm.persona import visible_persona
from b2shift.web.crm.reading import sees_whole_base, visible_customers, visible_proposals
from b2shift.web.crm.stages import critical_points

DUE_SHOWN = 8
BORDER_SHOWN = 5
MARKS_SHOWN = 4


@access_required(Capability.SEGMENTS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Sizes, cards and the map."""
    sort = request.GET.get("sort") or DEFAULT_SORT
    seen = visible_customers(request.user)
    rows = overview(request.user, seen, sort)
    filled = [row for row in rows if row.figures.customers]
    context = {"rows": rows, "sort": sort, "most": max((row.figures.customers for row in rows), default=0) or 1}
    if is_htmx_request(request):
        return render(request, "console/segments/table.html", context)
    context |= {
        "cards": _marked(request.user, sorted(filled, key=lambda row: (-row.figures.customers, row.code))),
        "sentence": sentence(rows),
        "risk": _risk_of(seen, filled),
        "everybody": sees_whole_base(request.user),
        "may_see_models": may(request.user, Capability.MODELS),
        "pair": _largest_two(filled),
    }
    return render(request, "console/segments/index.html", context)


def _marked(user: User, rows: list[SegmentRow]) -> list[tuple[SegmentRow, list[TraitLine]]]:
    """Each segment with the traits its catalogue calls strongest."""
    known = {(one.segment_id, one.label): one for one in visible_traits(user)}

    def marks(row: SegmentRow) -> list[TraitLine]:
        found_traits = (known.get((row.code, label)) for label in row.figures.segment.top_traits[:MARKS_SHOWN])
        return lines_of(one for one in found_traits if one)

    return [(row, marks(row)) for row in rows]


@access_required(Capability.SEGMENTS)
def map_of_customers(request: AuthenticatedRequest) -> HttpResponse:
    """The map, asked for by the list once it stands; a page of its own without it."""
    drawn = segment_map(visible_customers(request.user))
    context = {"map": pictures.map_picture(drawn) if drawn.groups else None}
    return render(request, f"console/segments/{'map' if is_htmx_request(request) else 'map_page'}.html", context)


@access_required(Capability.SEGMENTS)
def compare(request: AuthenticatedRequest) -> HttpResponse:
    """Two segments side by side; the two largest unless told which."""
    seen = visible_customers(request.user)
    rows = {row.code: row for row in overview(request.user, seen)}
    default = _largest_two(list(rows.values()))
    a, b = (request.GET.get(side) or (default[n].code if default else "") for n, side in enumerate("ab"))
    context: dict[str, object] = {
        "rows": sorted(rows.values(), key=lambda row: row.name),
        "a": rows.get(a),
        "b": rows.get(b),
    }
    unknown = [code for code in (a, b) if code and code not in rows]
    if unknown:
        raise Http404(_("Nenhum segmento tem o código %(code)s.") % {"code": unknown[0]})
    if a and b and a != b:
        context |= _side_by_side(request.user, seen, rows[a], rows[b])
    return render(request, "console/segments/compare.html", context)


@access_required(Capability.SEGMENTS)
def movements(request: AuthenticatedRequest) -> HttpResponse:
    """Who went from which segment to which, in the last step unless told which, and what became of the segments."""
    flow_rows = visible_flows(request.user)
    steps = flows.steps_of(flow_rows)
    wanted = request.GET.get("ciclo", "")
    step = next((one for one in steps if wanted and f"{one[0]}_{one[1]}" == wanted), steps[-1] if steps else None)
    if wanted and (step is None or f"{step[0]}_{step[1]}" != wanted):
        raise Http404(_("Nenhum ciclo tem as datas %(step)s.") % {"step": wanted})
    taken = flows.named_now([one for one in flow_rows if (one.before, one.as_of) == step])
    newest = bool(steps) and step == steps[-1]
    return render(
        request,
        "console/segments/movements.html",
        {
            "sentence": flows.sentence(taken),
            "picture": flows.picture(taken, newest=newest),
            "matrix": matrix(taken, newest=newest),
            "steps": [(f"{before}_{now}", before, now) for before, now in reversed(steps) if now],
            "step": f"{step[0]}_{step[1]}" if step else "",
            "events": visible_events(request.user),
            "outlook": [(one, flows.expected(one)) for one in visible_outlook(request.user)],
            "everybody": sees_whole_base(request.user),
        },
    )


@access_required(Capability.SEGMENTS)
def detail(request: AuthenticatedRequest, segment_id: str) -> HttpResponse:
    """One segment: what marks it, who is in it, what its contact rules say."""
    customers = visible_customers(request.user)
    row = next((one for one in overview(request.user, customers) if one.code == segment_id), None)
    if row is None:
        raise Http404(_("Nenhum segmento tem o código %(code)s.") % {"code": segment_id})
    lines = lines_of(visible_traits(request.user).filter(segment=segment_id))
    members = customers.filter(segment=segment_id)
    marked, lacking = marking(lines), missing(lines)
    persona = visible_persona(request.user, segment_id)
    everybody = sees_whole_base(request.user)
    context = {
        "row": row,
        "measures": measures(customers).get(segment_id, NOBODY),
        "everybody": everybody,
        "may_steer": may(request.user, Capability.STEER_SEGMENTS),
        "written": request.GET.get("nome", ""),
        "given": said_of_segments(Path(settings.HOME)).names.get(segment_id, ""),
        "traits_words": reading(row.name, lines),
        "lift": pictures.lift_picture(row.name, [*marked, *lacking], sizes=everybody) if lines else None,
        "exemplars": _in_order(members, row.figures.exemplars),
        "border": members.exclude(confidence=None).order_by("confidence", "customer_id")[:BORDER_SHOWN],
        "points": critical_points(request.user, segment_id),
        "kpis": kpis_of(customers, segment_id),
        "offers": visible_offers(request.user, segment_id),
        "persona": persona,
        "persona_sentence": persona_text.sentence(persona),
        "life": _mix_of(customers, [row], "life_stage", LIFE_STAGES),
        "rfm": _mix_of(customers, [row], "rfm_class"),
        "came": members.exclude(migrated_from="").count(),
    }
    context["rules"], context["rules_for_all"] = serving(visible_rules(request.user), row.figures.segment.archetype)
    context |= _doors(segment_id)
    if may(request.user, Capability.PROPOSALS):
        due = visible_proposals(request.user).filter(segment=segment_id)
        context |= {
            "due": due.order_by("-priority", "proposal_id")[:DUE_SHOWN],
            "due_total": count_of(due),
            "may_see_due": True,
        }
    return render(request, "console/segments/detail.html", context)


def _risk_of(seen: QuerySet[Customer], rows: list[SegmentRow]) -> Chart | None:
    by_segment = measures(seen)
    return pictures.risk_picture([(row, by_segment.get(row.code, NOBODY)) for row in rows])


def _doors(segment_id: str) -> dict[str, str]:
    """Where each figure's customers are listed, in the order that explains it."""
    members = f"{reverse('console:customers')}?{urlencode({'segment': segment_id})}"
    return {
        "members_url": members,
        "members_by_mrr_url": f"{members}&sort=-mrr",
        "members_by_churn_url": f"{members}&sort=-churn",
        "members_by_health_url": f"{members}&sort=health",
        "members_overdue_url": f"{members}&overdue=1&sort=-overdue",
    }


def _side_by_side(user: User, customers: QuerySet[Customer], a: SegmentRow, b: SegmentRow) -> dict[str, object]:
    codes = [a.code, b.code]
    lines = {code: lines_of(visible_traits(user).filter(segment=code)) for code in codes}
    trait_pairs = pairs(lines[a.code], lines[b.code])
    sizes = measures(customers)
    return {
        "everybody": sees_whole_base(user),
        "pairs": trait_pairs,
        "traits": pictures.pair_picture(a.name, b.name, trait_pairs) if trait_pairs else None,
        "sides": [(side, sizes.get(side.code, NOBODY)) for side in (a, b)],
        "risk": _mix_of(customers, [a, b], "churn_band", RISK_BANDS),
        "life": _mix_of(customers, [a, b], "life_stage", LIFE_STAGES),
        "rfm": _mix_of(customers, [a, b], "rfm_class"),
    }


def _mix_of(
    customers: QuerySet[Customer], rows: list[SegmentRow], field: str, order: tuple[str, ...] = ()
) -> Chart | None:
    titles = {"life_stage": _("Estágio de vida"), "rfm_class": _("Classe RFM"), "churn_band": _("Faixa de risco")}
    named = {row.code: row.name for row in rows}
    if len(rows) == 1:
        named = {rows[0].code: _("Este segmento"), EVERYBODY: _("Todos")}
    found = mixes(customers, list(named), field, order)
    if not any(share.label and share.count for mix in found.values() for share in mix.shares):
        return None
    named_mixes = [(name, found[code]) for code, name in named.items()]
    return pictures.mix_picture(field.replace("_", "-"), titles[field], field, named_mixes)


def _largest_two(rows: list[SegmentRow]) -> list[SegmentRow]:
    largest = sorted(rows, key=lambda row: (-row.figures.customers, row.code))[:2]
    return largest if len(largest) == 2 else []


def _in_order(members: QuerySet[Customer], codes: list[str]) -> list[Customer]:
    found = {customer.customer_id: customer for customer in members.filter(customer_id__in=codes)}
    return [found[code] for code in codes if code in found]
