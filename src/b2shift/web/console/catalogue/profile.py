"""`/catalogo/<tabela>/perfil/`: how the values of a table are spread, and what moved since the version before."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.identify.api import ColumnProfile, TableProfile, profile_chart, profile_page, profile_table
from b2shift.identify.api import profile_outlier_label as outlier_words
from b2shift.identify.api import profile_summary as summary
from b2shift.lake.api import kept_versions, stamp_of
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.catalogue.words import DESCRIBED
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.formats import number
from b2shift.web.console.wording import BAD, GOOD, WARN, Tone, figures_too
from b2shift.web.crm import lake_versions
from b2shift.web.crm.cache import cached
from b2shift.web.crm.lake import lake

_STRONGEST = 25
_IN_HEAT_MAP = 14
VERDICTS: dict[str, tuple[str | Promise, Tone]] = {
    "stable": (gettext_lazy("estável"), GOOD),
    "moderate": (gettext_lazy("mudou um pouco"), WARN),
    "strong": (gettext_lazy("mudou muito"), BAD),
}
MEASURES: dict[str, str | Promise] = {
    "spearman": gettext_lazy("Spearman"),
    "cramers_v": gettext_lazy("V de Cramér"),
    "correlation_ratio": gettext_lazy("razão de correlação"),
}


@dataclass(frozen=True)
class Row:
    """One column as the page shows it."""

    column: ColumnProfile
    missing: float
    picture: SafeString
    summary: tuple[str, ...]
    outliers: str
    verdict: str
    tone: Tone


@access_required(Capability.PROFILES)
def index(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """The page with a place where the profile will be; a browser without scripts gets all of it at once."""
    kept = lake_versions.retained_versions()
    version = lake_versions.chosen_version(request.GET.get("versao", ""), kept)
    context: dict[str, object] = {"table": _known(name, version), "sees_profile": True, "kept": kept}
    context["version"] = version or lake().version
    if is_htmx_request(request) or "inteiro" in request.GET:
        context |= _profile_context(_profile(name, version))
    template = "profile_body" if is_htmx_request(request) else "profile"
    return render(request, f"console/catalogue/{template}.html", context)


@access_required(Capability.PROFILES)
def report(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """The profile as one HTML file to send or keep."""
    version = lake_versions.chosen_version(request.GET.get("versao", ""))
    _known(name, version)
    answer = HttpResponse(profile_page((_profile(name, version),)), content_type="text/html; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="perfil-{name}.html"'
    return answer


def _known(name: str, version: int | None) -> dict[str, object]:
    """Name and description of a table with rows, in a layer that is described; 404 for any other."""
    read = lake_versions.lake_at(version)
    if not read.has(name) or not read.info(name).rows or read.info(name).spec.layer.value not in DESCRIBED:
        raise Http404(_("Não há linhas nesta tabela para descrever."))
    return {"name": name, "description": read.info(name).spec.description}


def _profile(name: str, version: int | None) -> TableProfile:
    home = Path(settings.HOME)
    described = stamp_of(home, version) if version is not None else None
    return cached(("profile", str(home), name, version, described), lambda: _computed(name, version))


def _computed(name: str, version: int | None) -> TableProfile:
    home, read = Path(settings.HOME), lake_versions.lake_at(version)
    older = [kept.version for kept in kept_versions(home) if kept.version < read.version]
    before = lake_versions.lake_at(older[-1]) if older else None
    return profile_table(read, name, before, threads=settings.LAKE_THREADS)


def _profile_context(profile: TableProfile) -> dict[str, object]:
    moved = [column for column in profile.columns if column.drift]
    return {
        "profile": profile,
        "rows": [_row(column) for column in profile.columns],
        "compared": bool(moved),
        "strong": sum(column.drift is not None and column.drift.verdict == "strong" for column in moved),
        "incomplete": sum(column.missing > 0 for column in profile.columns),
        "personal": sum(column.personal for column in profile.columns),
        "relations": [(one, MEASURES[one.measure]) for one in profile.relations[:_STRONGEST]],
        "gaps": [(one, MEASURES[one.measure]) for one in profile.gaps[:_STRONGEST]],
        "heat": _heat(profile),
    }


def _row(column: ColumnProfile) -> Row:
    word, tone = VERDICTS.get(column.drift.verdict, ("", GOOD)) if column.drift else ("", GOOD)
    return Row(
        column=column,
        missing=column.missing / column.rows if column.rows else 0.0,
        picture=SafeString(profile_chart(column, figures_too)),  # drawn by our own code, its texts escaped
        summary=summary(column),
        outliers=outlier_words(column),
        verdict=str(word),
        tone=tone,
    )


def _heat(profile: TableProfile) -> Chart | None:
    """How strongly the columns that go together most do: the strength without its sign, as the measures differ."""
    names = list(dict.fromkeys(name for one in profile.relations for name in (one.left, one.right)))[:_IN_HEAT_MAP]
    if len(names) < 3:
        return None
    strength = {(one.left, one.right): abs(one.strength) for one in profile.relations}
    rows = [
        (one, other, 1.0 if one == other else strength.get((one, other)) or strength.get((other, one)) or 0.0)
        for other in reversed(names)
        for one in names
    ]
    first = profile.relations[0]
    reading = _("As que mais andam juntas: %(left)s e %(right)s, %(strength)s.")
    return Chart(
        name="relations",
        kind="heat",
        title=_("Colunas que andam juntas"),
        reading=reading % {"left": first.left, "right": first.right, "strength": number(abs(first.strength), 2)},
        table=Table(
            (
                Column(_("Coluna"), part="x"),
                Column(_("Outra coluna"), part="y"),
                Column(_("Força, de 0 a 1"), format="number:2", part="value"),
            ),
            rows,
        ),
        size="tall",
    )
