"""`/catalogo/`: tables and metrics with search, one table with its columns, a lineage as a picture."""

from dataclasses import dataclass, replace

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from b2shift.identify.api import CatalogueTable, Lineage, search_catalogue
from b2shift.kernel.errors import UnknownNameError
from b2shift.kernel.text import fold
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Metric
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.catalogue.picture import picture
from b2shift.web.console.catalogue.reading import lineages, tables
from b2shift.web.console.catalogue.words import ABOUT, DESCRIBED, LAYERS, PERSONAL, UNITS
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.filter_bar import Field, chips_of
from b2shift.web.console.formats import number
from b2shift.web.console.wording import shipped


@dataclass(frozen=True)
class Group:
    """The tables of one layer, each with the word for its kind of data; `shown` when they stand open."""

    layer: str
    title: str
    about: str
    tables: list[tuple[CatalogueTable, str]]
    shown: bool = False


@access_required(Capability.CATALOGUE)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Every table and metric that holds the words asked for; filters by layer, kind of data and owner."""
    words = request.GET.get("q", "").strip()[:120]
    asked = {name: request.GET.get(name, "").strip() for name in ("layer", "personal", "owner")}
    everything = [table for table in tables() if table.published or asked["layer"] == table.layer]
    found = [table for table in search_catalogue(everything, words) if _kept(table, asked)]
    owners = sorted({owner for table in everything for owner in table.owners})
    fields = [
        Field("layer", _("Camada"), asked["layer"], tuple((one, str(word)) for one, word in LAYERS.items())),
        Field("personal", _("Dado"), asked["personal"], tuple((one, str(word)) for one, word in PERSONAL.items())),
        Field("owner", _("Dono"), asked["owner"], tuple((owner, shipped(owner)) for owner in owners)),
    ]
    context = {
        "groups": _groups(found, asked_for=bool(words or any(asked.values()))),
        "count": len(found),
        "metrics": [] if any(asked.values()) else [(one, UNITS[one.unit]) for one in _metrics(words)],
        "sentence": _sentence(everything),
        "search_label": _("Buscar tabela, coluna, significado ou dono"),
        "first_fields": fields,
        "chips": chips_of(fields, request.GET, _("Busca")),
        "words": words,
    }
    return render(request, f"console/catalogue/{'list' if is_htmx_request(request) else 'index'}.html", context)


@access_required(Capability.CATALOGUE)
def table(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """One table: what a row is, who answers for it, every column."""
    found = _table(name)
    context = {
        "table": found,
        "layer": LAYERS.get(found.layer, found.layer),
        "columns": [(column, PERSONAL[column.personal]) for column in found.columns],
        "sees_profile": may(request.user, Capability.PROFILES) and bool(found.rows) and found.layer in DESCRIBED,
    }
    return render(request, "console/catalogue/table.html", context)


@access_required(Capability.CATALOGUE)
def lineage(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """Where a table, or one column of it, comes from and goes to."""
    found, column = _table(name), request.GET.get("coluna", "").strip()[:120]
    context = {
        "table": found,
        "heading": f"{name}.{column}" if column else name,
        "sees_profile": may(request.user, Capability.PROFILES) and bool(found.rows) and found.layer in DESCRIBED,
        **_drawn(f"{name}.{column}" if column else name),
    }
    return render(request, "console/catalogue/lineage.html", context)


@access_required(Capability.CATALOGUE)
def metric(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """What a metric means and the columns and files it comes from."""
    found = load_dictionary().metrics.get(name)
    if found is None:
        raise Http404(_("Não há métrica com este nome."))
    context = {"metric": found, "unit": UNITS[found.unit], **_drawn(f"metric:{name}")}
    return render(request, "console/catalogue/metric.html", context)


def _drawn(start: str) -> dict[str, object]:
    try:
        around = lineages().around(start)
    except UnknownNameError as error:
        raise Http404(f"{error.what}: {error.value}. {error.hint}") from error
    return {"lineage": around, "picture": picture(around), "twin": _twin(around), "reading": _reading(around)}


def _twin(lineage: Lineage) -> list[tuple[str, str, list[str]]]:
    """The lineage as rows: a place, whether it is before or after, and what it is made from."""
    names = {node.id: node.id.removeprefix("file:").removeprefix("metric:") for node in lineage.nodes}
    return [
        (names[node.id], node.kind, [names[one] for one, two in lineage.edges if two == node.id])
        for node in lineage.nodes
    ]


def _reading(lineage: Lineage) -> str:
    files = {node.holder for node in lineage.nodes if node.kind == "file"}
    after = [node for node in lineage.nodes if node.depth > 0]
    metrics = sum(node.kind == "metric" for node in after)
    figures = {"files": number(len(files)), "after": number(len(after) - metrics), "metrics": number(metrics)}
    return (
        _("Arquivos de origem: %(files)s · dependem dele: colunas e tabelas %(after)s, métricas %(metrics)s") % figures
    )


def _groups(found: list[CatalogueTable], *, asked_for: bool) -> list[Group]:
    """The tables by layer, what people work with first: that one stands open, or all where something was asked."""
    groups = [
        Group(
            layer,
            str(word),
            str(ABOUT[layer]),
            [(one, str(PERSONAL[one.personal])) for one in found if one.layer == layer],
        )
        for layer, word in LAYERS.items()
    ]
    kept = [group for group in groups if group.tables]
    return [replace(group, shown=asked_for or n == 0) for n, group in enumerate(kept)]


def _table(name: str) -> CatalogueTable:
    found = next((one for one in tables() if one.name == name), None)
    if found is None:
        raise Http404(_("Não há tabela com este nome no catálogo."))
    return found


def _kept(one: CatalogueTable, asked: dict[str, str]) -> bool:
    return (
        asked["layer"] in ("", one.layer)
        and asked["personal"] in ("", one.personal)
        and (not asked["owner"] or asked["owner"] in one.owners)
    )


def _metrics(words: str) -> list[Metric]:
    wanted = fold(words).split()
    return [
        one
        for one in load_dictionary().metrics.values()
        if all(word in fold(f"{one.name} {one.label} {one.definition} {one.owner}") for word in wanted)
    ]


def _sentence(everything: list[CatalogueTable]) -> str:
    personal = sum(column.personal != "none" for table in everything for column in table.columns)
    figures = {
        "tables": number(len(everything)),
        "columns": number(sum(len(table.columns) for table in everything)),
        "personal": number(personal),
        "metrics": number(len(load_dictionary().metrics)),
    }
    text = _("%(tables)s tabelas, %(columns)s colunas (%(personal)s com dado pessoal) e %(metrics)s métricas.")
    return text % figures
