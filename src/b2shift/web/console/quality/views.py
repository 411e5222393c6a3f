"""`/qualidade/`: sources and defects, then the rows set aside and the values changed."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from b2shift.identify.api import quality_page, quality_report
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.charts import Column, Table
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.filter_bar import Field, chips_of, page_number
from b2shift.web.console.quality import words
from b2shift.web.console.quality.quarantine import waiting
from b2shift.web.console.quality.scorecard import lost_over_time, scorecard, scores_over_time
from b2shift.web.console.quality.sources import defect_picture, defects_of, sentence, sources_of
from b2shift.web.crm import lake_versions
from b2shift.web.crm.load_changes import FILTERS as CHANGE_FILTERS
from b2shift.web.crm.load_changes import added_rows, load_changes, loads_that_changed, new_counts
from b2shift.web.crm.rejects import FILTERS, Slice, rejected_rows, repaired_values
from b2shift.web.crm.settled_revenue import ORIGINS, settled_origins, settled_rows


@access_required(Capability.QUALITY)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Every source and every kind of defect; `?source=` keeps one source's defects."""
    sources = sources_of(request.user)
    source = request.GET.get("source", "")
    defects = defects_of(request.user, source)
    context = {
        "sources": sources,
        "sentence": sentence(sources),
        "source": source,
        "defects": defects,
        "most": defects[0].total if defects else 1,
        "picture": defect_picture(defects),
        "scores": scorecard(),
        "score_picture": scores_over_time(),
        "lost_picture": lost_over_time(),
        "treatments": list(words.TREATMENT.items()),
        "may_drill": may(request.user, Capability.REJECTED_ROWS),
        "waiting": waiting(),
        "kept": lake_versions.retained_versions() if sources else [],
        "settled": _settled(request.user),
        "may_release": may(request.user, Capability.RELEASE_LOADS),
    }
    return render(request, "console/quality/index.html", context)


@access_required(Capability.QUALITY)
def before(request: AuthenticatedRequest) -> HttpResponse:
    """The report of a kept version as one HTML file: how the quality looked then."""
    version = lake_versions.chosen_version(request.GET.get("versao", ""))
    read = lake_versions.lake_at(version)
    answer = HttpResponse(quality_page(quality_report(read)), content_type="text/html; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="qualidade-{read.manifest.as_of}.html"'
    return answer


def _settled(user: User) -> Table:
    """What stands in for lost revenue, by origin; each opens its rows for who may see them."""
    door = reverse("console:quality_revenue") if may(user, Capability.REJECTED_ROWS) else ""
    return Table(
        [
            Column(_("Origem")),
            Column(_("O que é")),
            Column(_("No último mês fechado"), "number"),
            Column(_("MRR desse mês"), "money"),
            Column(_("Em todos os meses"), "number"),
            Column("", "", "link"),
        ],
        [
            (words.ORIGIN[one.origin], words.ORIGIN_MEANS[one.origin], one.newest_rows, one.newest_mrr, one.rows,
             door and f"{door}?origin={one.origin}")
            for one in settled_origins(user)
        ],
    )  # fmt: skip


@access_required(Capability.REJECTED_ROWS)
def rejected(request: AuthenticatedRequest) -> HttpResponse:
    """The rows set aside, without what may be personal."""
    return _drill(request, rejected_rows, "console/quality/rejected.html")


@access_required(Capability.REJECTED_ROWS)
def repaired(request: AuthenticatedRequest) -> HttpResponse:
    """Values before and after, of columns that are not personal."""
    return _drill(request, repaired_values, "console/quality/repaired.html")


@access_required(Capability.REJECTED_ROWS)
def moved(request: AuthenticatedRequest) -> HttpResponse:
    """What loads changed in the rows of the ones before, value by value; `?kind=new` the rows they added."""
    asked = {name: request.GET.get(name, "").strip() for name in CHANGE_FILTERS}
    if asked["kind"] == words.NEW:
        return _new(request, asked)
    page = load_changes(request.user, asked, page_number(request.GET))
    return _listed(request, page, _change_fields(request.user, asked), "console/quality/moved.html")


def _new(request: AuthenticatedRequest, asked: dict[str, str]) -> HttpResponse:
    """The new rows of one source in one load; how many there are of each where one is still to be chosen."""
    fields = _change_fields(request.user, asked)
    counts = new_counts(request.user, asked["load"], asked["source"])
    if not (asked["load"].isdecimal() and asked["source"] and counts):
        whole = Slice(counts, len(counts), None, None)
        return _listed(request, whole, fields, "console/quality/new_counts.html")
    if not is_htmx_request(request) and "inteiro" not in request.GET:
        return _listed(request, Slice([], 0, None, None), fields, "console/quality/new_wait.html", {"count": counts[0]})
    found = added_rows(request.user, counts[0].load, counts[0].source, asked["customer"], page_number(request.GET))
    more = {"count": counts[0], "found": found}
    return _listed(request, found.page, fields, "console/quality/new_rows.html", more)


def _change_fields(user: User, asked: dict[str, str]) -> list[Field]:
    """The filters of what loads changed, offering the loads and sources that changed anything."""
    loads = sorted({*loads_that_changed(user), *((one.load, one.source) for one in new_counts(user))}, reverse=True)
    return [
        Field("load", _("Carga"), asked["load"], tuple((str(n), str(n)) for n in dict.fromkeys(n for n, _s in loads))),
        Field("source", _("Fonte"), asked["source"], tuple((s, s) for s in sorted({s for _n, s in loads}))),
        Field("kind", _("Mudança"), asked["kind"], tuple((kind, str(word)) for kind, word in words.CHANGE.items())),
        Field("customer", _("Código do cliente"), asked["customer"], type="text"),
    ]


@access_required(Capability.REJECTED_ROWS)
def revenue(request: AuthenticatedRequest) -> HttpResponse:
    """The recurring revenue that stands in for rows that were lost, with the reason of each."""
    origin = request.GET.get("origin", "").strip()
    page = settled_rows(request.user, {"origin": origin}, page_number(request.GET))
    fields = [Field("origin", _("Origem"), origin, tuple((name, str(words.ORIGIN[name])) for name in ORIGINS))]
    return _listed(request, page, fields, "console/quality/revenue.html")


def _drill(request: AuthenticatedRequest, read: Callable[..., Slice], template: str) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    page = read(request.user, asked, page_number(request.GET))
    return _listed(request, page, _fields(request.user, asked), template)


def _listed(
    request: AuthenticatedRequest,
    page: Slice,
    fields: list[Field],
    template: str,
    more: dict[str, object] | None = None,
) -> HttpResponse:
    """One page of rows under its filters: the whole page, or its list alone where only that is asked for."""
    context = {"page": page, "rows": page.rows, "total": page.total, **(more or {})}
    context |= {"chips": chips_of(fields, request.GET), "first_fields": fields}
    return render(request, template.replace(".html", "_list.html") if is_htmx_request(request) else template, context)


def _fields(user: User, asked: dict[str, str]) -> list[Field]:
    """The filters, offering what was counted."""
    defects = defects_of(user)
    kinds = sorted({(row.kind, row.label) for row in defects}, key=lambda pair: pair[1])
    sources = [(source, source) for source in sorted({row.source for row in defects})]
    columns = [(column, column) for column in sorted({row.column for row in defects} - {""})]
    return [
        Field("source", _("Fonte"), asked["source"], tuple(sources)),
        Field("kind", _("Defeito"), asked["kind"], tuple(kinds)),
        Field("column", _("Coluna"), asked["column"], tuple(columns)),
        Field("customer", _("Código do cliente"), asked["customer"], type="text"),
    ]
