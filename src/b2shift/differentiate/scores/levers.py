"""What actions would bring to one customer's score: measured in experiments, or estimated where it withstood."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from b2shift.differentiate.contracts import WhatIf
from b2shift.differentiate.scores.actions import TABLE
from b2shift.differentiate.scores.experiments import effect
from b2shift.differentiate.scores.kept.pairs import PROPENSITY
from b2shift.differentiate.scores.outcomes import HORIZON_DAYS
from b2shift.kernel.money import format_number
from b2shift.lake.api import Lake

_ESTIMATED = f"SELECT * FROM {TABLE} WHERE score = $score AND usable ORDER BY action"


def levers(lake: Lake, day: date, score: str, before: float) -> tuple[WhatIf, ...]:
    """Of a customer whose score was `before` on a day: what was measured first, then what is estimated."""
    return (*_measured(lake, day, score, before), *_estimated(lake, score, before))


def _measured(lake: Lake, day: date, score: str, before: float) -> Iterator[WhatIf]:
    """A campaign of the family, where experiments with a control tell what it brings."""
    found = effect(lake, day, score.removeprefix(f"{PROPENSITY}_")) if score.startswith(f"{PROPENSITY}_") else None
    if found is None:
        return
    beyond = "" if found.low > 0 or found.high < 0 else ", o que não passa do acaso"
    basis = (
        f"{format_number(found.campaigns)} campanhas, {format_number(found.treated)} clientes sorteados para "
        f"receber e {format_number(found.held)} para ficar de fora; a diferença média é de "
        f"{format_number(100 * found.difference, 2)} pontos em {HORIZON_DAYS} dias{beyond}; supõe que neste "
        "cliente seja a mesma"
    )
    moved = _done(before, found.difference, found.low, found.high)
    label = "Receber uma campanha da família"
    yield WhatIf(feature="campaign", label=label, evidence="measured", basis=basis, **moved)


def _estimated(lake: Lake, score: str, before: float) -> Iterator[WhatIf]:
    """What people chose to do, where the adjusted comparison withstood overlap, placebo and hidden causes."""
    for row in lake.query(_ESTIMATED, {"score": score}).to_pylist() if lake.has(TABLE) else []:
        acted = f"{format_number(row['acted'])} vezes em que clientes tiveram a ação"
        basis = f"{acted}, comparadas com semelhantes: {row['verdict']}"
        moved = _done(before, row["difference"], row["low"], row["high"])
        yield WhatIf(feature=row["action"], label=row["label"], evidence="estimated", basis=basis, **moved)


def _done(before: float, *by: float) -> dict[str, Any]:
    """What a score was and is when an action is done; `by`: the difference it makes, and its interval."""
    after, low, high = (float(np.clip(before + one, 0, 1)) for one in by)
    return {"now": "não", "then": "sim", "before": before, "after": after, "low": low, "high": high}
