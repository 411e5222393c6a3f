"""`/metricas/`: the dictionary, searched as one types."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.kernel.text import fold
from b2shift.metrics.api import dimensions_of, facets_of, has_data, load_dictionary
from b2shift.metrics.contracts import Metric
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.formats import number
from b2shift.web.console.wording import shipped
from b2shift.web.crm.questions import held_metrics, language_of_page

UNITS: dict[str, str | Promise] = {
    "brl": gettext_lazy("reais"),
    "percent": "%",
    "count": gettext_lazy("contagem"),
    "ratio": gettext_lazy("razão"),
    "hours": gettext_lazy("horas"),
    "points": gettext_lazy("pontos"),
    "score": gettext_lazy("nota de 0 a 100"),
}
ADDITIVITY: dict[str, str | Promise] = {
    "additive": gettext_lazy("soma no tempo"),
    "semi_additive": gettext_lazy("vale o último mês fechado do período, nunca a soma"),
    "ratio": gettext_lazy("razão: somam-se as partes e depois se divide"),
    "distinct": gettext_lazy("contada de novo em cada período"),
}
SYNONYMS = 8


@dataclass(frozen=True)
class Entry:
    """A metric as the page tells it."""

    metric: Metric
    unit: str | Promise
    additivity: str | Promise
    synonyms: tuple[str, ...]
    question: str
    held: bool
    splits: tuple[str, ...]
    bounds: str
    attention: str


@access_required(Capability.ASK)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Every metric and dimension that the words searched for name."""
    wanted = fold(request.GET.get("busca", "").strip())
    dictionary = load_dictionary()
    with_data = held_metrics()
    entries = [_entry(one, held=one.name in with_data) for one in dictionary.metrics.values() if _names(one, wanted)]
    held = [one for one in entries if one.held]
    context = {
        "entries": sorted(entries, key=lambda one: (not one.held, one.metric.label)),
        "dimensions": [
            (d, _splits(d.name)) for d in dictionary.dimensions.values() if not wanted or wanted in fold(d.label)
        ],
        "may_define": may(request.user, Capability.DEFINE_METRICS),
        "search": request.GET.get("busca", ""),
        "sentence": _(
            "%(held)s métricas com dados, %(missing)s que nenhuma fonte entrega; versão %(version)s do dicionário."
        )
        % {"held": len(held), "missing": len(entries) - len(held), "version": dictionary.version},
    }
    return render(request, f"console/metrics/{'list' if is_htmx_request(request) else 'index'}.html", context)


def _splits(dimension: str) -> bool:
    """Whether some metric can be split by it."""
    return has_data(dimension) or any(dimension in facets_of(name) for name in load_dictionary().metrics)


def _names(one: Metric, wanted: str) -> bool:
    texts = (one.name, one.label, one.definition, one.owner, *one.words.pt, *one.words.en)
    return not wanted or any(wanted in fold(text) for text in texts)


def _entry(one: Metric, *, held: bool) -> Entry:
    portuguese = language_of_page() == "pt"
    asked = one.examples[0] if one.examples and portuguese else ""
    question = asked or _("%(label)s por segmento") % {"label": shipped(one.label)}
    known = load_dictionary().dimensions
    return Entry(
        one,
        UNITS[one.unit],
        ADDITIVITY[one.additivity],
        (one.words.pt if portuguese else one.words.en)[1 : SYNONYMS + 1],
        question,
        held,
        tuple(shipped(known[name].label) for name in dimensions_of(one)),
        _bounds(one),
        "" if one.attention is None else number(one.attention),
    )


def _bounds(one: Metric) -> str:
    """The values it may take, as tests hold it to them."""
    low, high = one.bounds
    if low is not None and high is not None:
        return _("de %(low)s a %(high)s") % {"low": number(low), "high": number(high)}
    if low is not None:
        return _("a partir de %(low)s") % {"low": number(low)}
    return _("até %(high)s") % {"high": number(high)} if high is not None else _("qualquer valor")
