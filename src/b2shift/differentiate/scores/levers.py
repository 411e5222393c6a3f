"""What an action would change in a customer's score: measured in experiments, or estimated where robust."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from b2shift.differentiate.contracts import WhatIf
from b2shift.differentiate.scores.actions import TABLE
from b2shift.differentiate.scores.experiments import campaign_effect
from b2shift.differentiate.scores.outcomes import HORIZON_DAYS
from b2shift.differentiate.scores.stored_models.family_model import PROPENSITY
from b2shift.kernel.money import format_number
from b2shift.lake.api import Lake

_ESTIMATED = f"SELECT * FROM {TABLE} WHERE score = $score AND usable ORDER BY action"


def levers(lake: Lake, day: date, score: str, before: float) -> tuple[WhatIf, ...]:
    """What-ifs of a customer with score `before` on a day: measured ones first, then estimated."""
    return (*_measured(lake, day, score, before), *_estimated(lake, score, before))


def _measured(lake: Lake, day: date, score: str, before: float) -> Iterator[WhatIf]:
    """A campaign of the family, where randomised experiments measured its effect."""
    effect = (
        campaign_effect(lake, day, score.removeprefix(f"{PROPENSITY}_")) if score.startswith(f"{PROPENSITY}_") else None
    )
    if effect is None:
        return
    caveat = "" if effect.low > 0 or effect.high < 0 else ", o que não passa do acaso"
    basis = (
        f"{format_number(effect.campaigns)} campanhas, {format_number(effect.treated)} clientes sorteados para "
        f"receber e {format_number(effect.control)} para ficar de fora; a diferença média é de "
        f"{format_number(100 * effect.difference, 2)} pontos em {HORIZON_DAYS} dias{caveat}; supõe que neste "
        "cliente seja a mesma"
    )
    shifted = _shifted(before, effect.difference, effect.low, effect.high)
    label = "Receber uma campanha da família"
    yield WhatIf(feature="campaign", label=label, evidence="measured", basis=basis, **shifted)


def _estimated(lake: Lake, score: str, before: float) -> Iterator[WhatIf]:
    """Observational effects that passed overlap, placebo and hidden-bias checks."""
    for row in lake.query(_ESTIMATED, {"score": score}).to_pylist() if lake.has(TABLE) else []:
        treated = f"{format_number(row['acted'])} vezes em que clientes tiveram a ação"
        basis = f"{treated}, comparadas com semelhantes: {row['verdict']}"
        shifted = _shifted(before, row["difference"], row["low"], row["high"])
        yield WhatIf(feature=row["action"], label=row["label"], evidence="estimated", basis=basis, **shifted)


def _shifted(before: float, *by: float) -> dict[str, Any]:
    """A score before and after an action; `by`: its effect and interval."""
    after, low, high = (float(np.clip(before + one, 0, 1)) for one in by)
    return {"now": "não", "then": "sim", "before": before, "after": after, "low": low, "high": high}
