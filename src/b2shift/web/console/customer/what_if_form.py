"""One number of a customer changed by hand: the form, what the model would say, and the curve along its values."""

from dataclasses import dataclass
from functools import lru_cache

from django.http import QueryDict
from django.utils.translation import gettext as _

from b2shift.differentiate.api import feature_declarations
from b2shift.differentiate.contracts import DossierInput, WhatIf
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import typed_number
from b2shift.web.console.templatetags.formats import shown
from b2shift.web.console.wording import figures_too, shipped
from b2shift.web.crm import customer_scores
from b2shift.web.crm.customer_scores import ScoreExplanation, WhatIfCurve
from b2shift.web.crm.models import Customer

_NUMBERS = frozenset({"integer", "decimal", "percent", "money", "days"})
_SHARE = "percent"


@dataclass(frozen=True)
class WhatIfForm:
    """What the form shows: the numbers to choose from, the one chosen with its unit, and what comes of it."""

    choices: list[tuple[str, str]]
    feature: str
    typed: str
    unit: str
    sentence: str = ""
    problem: str = ""
    curve: Chart | None = None


def what_if_form(
    customer: Customer, explanation: ScoreExplanation, version: int | None, params: QueryDict, written: str
) -> WhatIfForm | None:
    """One number of an explained score tried: the heaviest unless the address names another; None where it has none."""
    if explanation.dossier is None:
        return None
    inputs = [one for one in explanation.dossier.inputs if _formats().get(one.feature) in _NUMBERS]
    if not inputs:
        return None
    wanted = params.get("atributo", "")
    one = next((found for found in inputs if found.feature == wanted), inputs[0])
    typed = params.get("valor", "").strip() if wanted == one.feature else ""
    value, problem = typed_value(typed, _formats()[one.feature])
    found = customer_scores.what_if_curve(customer, explanation.dossier.score, version, one.feature, value)
    return WhatIfForm(
        choices=[(each.feature, f"{shipped(each.label)}: {figures_too(each.value)}") for each in inputs],
        feature=one.feature,
        typed=typed,
        unit=_unit(one.feature),
        sentence=_sentence(found.wanted, written) if found.wanted else "",
        problem=problem or found.why_not,
        curve=_curve(one, found, written),
    )


def typed_value(typed: str, form: str) -> tuple[float | None, str]:
    """The number somebody typed, `7,5` or `7.5`, a share as percent; or what is wrong with it."""
    if not typed:
        return None, ""
    try:
        value = typed_number(typed.removesuffix("%"))
    except ValueError:
        return None, _("“%(typed)s” não é um número.") % {"typed": typed[:40]}
    return value / 100 if form == _SHARE else value, ""


def _sentence(one: WhatIf, written: str) -> str:
    said = {
        "what": shipped(one.label), "then": figures_too(one.then), "after": shown(one.after, written),
        "before": shown(one.before, written), "now": figures_too(one.now),
    }  # fmt: skip
    if said["after"] == said["before"]:
        return _("Com %(what)s em %(then)s o score ficaria como hoje: %(before)s.") % said
    return _("Com %(what)s em %(then)s o score seria %(after)s; hoje, com %(now)s, é %(before)s.") % said


def _curve(one: DossierInput, found: WhatIfCurve, written: str) -> Chart | None:
    if len(found.along) < 3:
        return None
    lowest, highest = (pick(found.along, key=lambda each: each.after) for pick in (min, max))
    today = _("hoje")
    ends = {"low": shown(lowest.after, written), "high": shown(highest.after, written)}
    flat = ends["low"] == ends["high"]
    return Chart(
        name="e-se",
        kind="line",
        title=_("O score ao longo de %(what)s") % {"what": shipped(one.label)},
        reading=_("Nada muda: %(low)s em toda a faixa.") % ends
        if flat
        else _("Vai de %(low)s (com %(least)s) a %(high)s (com %(most)s).")
        % {**ends, "least": figures_too(lowest.then), "most": figures_too(highest.then)},
        table=Table(
            [
                Column(shipped(one.label), "", "x"),
                Column(_("Score"), written, "value"),
                Column(_("Onde está"), "", "mark"),
            ],
            [(figures_too(each.then), each.after, today if each.then == each.now else "") for each in found.along],
        ),
        note=_("Valores que os clientes têm, de 2 a 98 em cada 100; o losango é o de hoje. O resto fica como está."),
        size="short",
    )


def _unit(feature: str) -> str:
    return "%" if _formats()[feature] == _SHARE else _units().get(feature) or ""


@lru_cache(maxsize=1)
def _formats() -> dict[str, str]:
    return {one.name: one.format for one in feature_declarations()}


@lru_cache(maxsize=1)
def _units() -> dict[str, str | None]:
    return {one.name: "R$" if one.format == "money" else one.unit for one in feature_declarations()}
