"""A customer's scores beyond those of the lists, and one score opened; read in the lake when somebody asks."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from b2shift.differentiate.api import score_dossier, what_if, what_ifs
from b2shift.differentiate.contracts import ScoreDossier, WhatIf
from b2shift.kernel.errors import InputError, StateError, UnknownNameError
from b2shift.lake.api import kept_versions
from b2shift.web.crm import lake_versions
from b2shift.web.crm.effects import ActionEffect, action_effects
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer, ScoreCard

FORWARD_SCORES = (
    "renewal_in_days", "renewal_probability", "clv", "clv_low", "clv_high", "purchase_90d", "next_purchase_days",
    "expansion_value_90d",
)  # fmt: skip
_PROPENSITY = "propensity_"
_REPURCHASE = "SELECT buying_probability, purchases_12m, value_36m, value_36m_low, value_36m_high FROM repurchase"


@dataclass(frozen=True)
class Propensity:
    """How likely a purchase of one product family within 90 days is, and how likely it is for everybody."""

    label: str
    value: float
    mean: float


@dataclass(frozen=True)
class Ordering:
    """How a customer without recurring revenue buys: orders of 12 months, days since the newest one."""

    orders: int
    value: float
    days_since: int
    usual_days: float | None
    chance: float | None
    """That the customer has not stopped buying; None where the model did not prove itself."""


@dataclass(frozen=True)
class ScoreExplanation:
    """The dossier of a score with its what-ifs, or the reason why there is none."""

    dossier: ScoreDossier | None = None
    what_ifs: tuple[WhatIf, ...] = ()
    effects: tuple[ActionEffect, ...] = ()
    """What was estimated of actions, or refused."""
    why_not: str = ""


@dataclass(frozen=True)
class WhatIfCurve:
    """One number of a customer changed: what its score would be along all values, and with the wanted one."""

    along: tuple[WhatIf, ...] = ()
    wanted: WhatIf | None = None
    why_not: str = ""


def forward_scores(customer: Customer) -> dict[str, float | None]:
    """Renewal, value, next purchase and expansion; None where there is none. A customer of `visible_customers`."""
    row = lake_versions.row_of(lake(), "scores", customer.customer_id)
    return {name: row.get(name) for name in FORWARD_SCORES}


def repurchase(customer: Customer) -> dict[str, Any]:
    """What a customer of `visible_customers` may buy again; empty where the model did not prove itself."""
    read = lake()
    if not read.has("repurchase"):
        return {}
    rows = read.query(f"{_REPURCHASE} WHERE customer_id = $customer", {"customer": customer.customer_id}).to_pylist()
    return rows[0] if rows and rows[0]["purchases_12m"] is not None else {}


def ordering(customer: Customer) -> Ordering | None:
    """The orders of a customer of `visible_customers` who pays nothing by month; None for others and without orders."""
    known = {} if customer.mrr else lake_versions.row_of(lake(), "features", customer.customer_id)
    if known.get("orders_12m") is None:
        return None
    return Ordering(
        orders=int(known["orders_12m"]),
        value=known["order_value_12m"],
        days_since=int(known["order_days_since"]),
        usual_days=known["order_interval_days"],
        chance=repurchase(customer).get("buying_probability"),
    )


def propensities(customer: Customer) -> list[Propensity]:
    """Product families, the likeliest first."""
    read = lake()
    scores = lake_versions.row_of(read, "scores", customer.customer_id)
    row = {name: value for name, value in scores.items() if name.startswith(_PROPENSITY) and value}
    if not row:
        return []
    means = read.query(f"SELECT {', '.join(f'avg({name}) AS {name}' for name in row)} FROM scores").to_pylist()[0]
    labels = dict(ScoreCard.objects.filter(score__in=row).values_list("score", "label"))
    found = [Propensity(labels.get(name, name), value, means[name]) for name, value in row.items()]
    return sorted(found, key=lambda one: (-one.value, one.label))


def family_labels() -> dict[str, str]:
    """Propensities by column of `scores`, as their cards call them."""
    cards = ScoreCard.objects.filter(score__startswith=_PROPENSITY).order_by("label")
    return dict(cards.values_list("score", "label"))


def kept_version_numbers() -> list[int]:
    """Versions of the lake that can be opened, the newest first."""
    return sorted((one.version for one in kept_versions(Path(settings.HOME))), reverse=True)


def what_if_curve(
    customer: Customer, score: str, version: int | None, feature: str, value: float | None
) -> WhatIfCurve:
    """What the score would be along the values of one number, and with one of them; or why nothing is said."""
    read = lake_versions.lake_at(version)
    try:
        along = what_ifs(read, customer.customer_id, score, along=feature)
        wanted = None if value is None else what_if(read, customer.customer_id, feature, value, score)
        return WhatIfCurve(along, wanted)
    except (InputError, StateError, UnknownNameError) as error:
        return WhatIfCurve(why_not=f"{error.what}.")


def explain_score(customer: Customer, score: str, version: int | None) -> ScoreExplanation:
    """The dossier of a score in a version of the lake, None for the one that is shown, and its what-ifs."""
    try:
        read = lake_versions.lake_at(version)
        found = score_dossier(read, customer.customer_id, score)
        supposed = what_ifs(read, customer.customer_id, score)
        return ScoreExplanation(found, supposed, tuple(action_effects(read, score)))
    except (InputError, StateError, UnknownNameError) as error:
        return ScoreExplanation(why_not=f"{error.what}.")
