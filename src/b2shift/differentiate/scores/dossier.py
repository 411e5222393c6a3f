"""One past score of one customer, opened: inputs, model, reasons, and the score computed again from them."""

import json
from typing import Any

import numpy as np

from b2shift.differentiate.contracts import DossierInput, FeatureDeclaration, ScoreDossier, WhatIf
from b2shift.differentiate.features.declarations import declarations
from b2shift.differentiate.scores.frame import Frame, read_frame
from b2shift.differentiate.scores.kept import Kept, read_back
from b2shift.differentiate.scores.reasons import Phrasebook
from b2shift.differentiate.scores.registry import TABLE
from b2shift.kernel.errors import InputError, StateError, UnknownNameError
from b2shift.lake.api import Lake

DIGITS = 6
"""Decimals of the scores in their table."""
LEVERS = (
    "usage_active_days", "usage_active_users", "usage_modules", "late_days_mean_6m", "unpaid_share_2m", "overdue_count",
)  # fmt: skip
"""Features that somebody can do something about; the what-if looks at these."""
_ENDS = {"churn_90d": ("churn_90d_low", "churn_90d_high")}


def dossier(lake: Lake, customer_id: str, score: str) -> ScoreDossier:
    """The score as the version of the lake has it; StateError where that version kept no model of it."""
    row, frame, declared = _customer(lake, customer_id, score)
    version, kept, card = _model(lake, score)
    ends = _ENDS.get(score, ())
    stored = [row[name] for name in (score, *ends)]
    if stored[0] is None:
        raise InputError("Este cliente não tem esta nota nesta versão", value=f"{customer_id}, {score}")
    said = kept.say(frame)
    again = [round(float(values[0]), DIGITS) for values in (said.probability, said.low, said.high)][: len(stored)]
    book = Phrasebook(frame, declared)
    rows = np.zeros(1, dtype=np.intp)
    inputs = [
        DossierInput(
            feature=name,
            label=book.label(name),
            value=str(book.value(name, rows)[0]),
            exact=_exact(frame, name),
            points=round(float(said.points[0, k]), 3),
        )
        for k, name in enumerate(kept.seen.features)
    ]
    return ScoreDossier(
        customer_id=customer_id,
        score=score,
        label=card["label"],
        as_of=row["as_of"],
        lake_version=lake.version,
        model_version=version,
        method=card["method"],
        verdict=card["verdict"],
        periods=card["periods"],
        stored=tuple(stored),
        recomputed=tuple(again),
        same=stored == again,
        inputs=tuple(sorted(inputs, key=lambda one: (-abs(one.points), one.feature))),
        reasons=tuple(
            f"{one['phrase']}: {one['value']} (pares: {one['peers']})"
            for one in row["reasons"]
            if one["score"] == score
        ),
    )


def what_if(lake: Lake, customer_id: str, score: str, feature: str, value: float) -> WhatIf:
    """What the model would say of the customer with another value of one number; always an association only."""
    _, frame, declared = _customer(lake, customer_id, score)
    _, kept, _ = _model(lake, score)
    if feature not in kept.seen.features or feature not in frame.numbers:
        raise UnknownNameError(
            "atributo numérico do modelo", feature, [n for n in kept.seen.features if n in frame.numbers]
        )
    if not np.isfinite(value):
        raise InputError("O valor não é um número", value=value)
    return _changed(kept, frame, declared, feature, value)


def what_ifs(lake: Lake, customer_id: str, score: str) -> tuple[WhatIf, ...]:
    """The customer with what the middle of its market segment has, one lever at a time, where it has another value."""
    _, frame, declared = _customer(lake, customer_id, score)
    _, kept, _ = _model(lake, score)
    told = []
    for name in (name for name in LEVERS if name in kept.seen.features):
        middle = lake.query(
            f"SELECT median({name}) AS middle FROM features WHERE market_segment IS NOT DISTINCT FROM "
            "(SELECT market_segment FROM features WHERE customer_id = $customer)",
            {"customer": customer_id},
        ).to_pylist()[0]["middle"]
        own = float(frame.numbers[name][0])
        if middle is not None and np.isfinite(own):
            told.append(_changed(kept, frame, declared, name, float(middle)))
    return tuple(sorted((one for one in told if one.now != one.then), key=lambda one: (one.after, one.feature)))


def _changed(kept: Kept, frame: Frame, declared: tuple[FeatureDeclaration, ...], feature: str, value: float) -> WhatIf:
    other = Frame(frame.as_of, frame.ids, frame.numbers | {feature: np.array([value], dtype=np.float32)}, frame.words)
    rows = np.zeros(1, dtype=np.intp)
    before, after = (float(kept.probability(one)[0]) for one in (frame, other))
    return WhatIf(
        feature=feature,
        label=Phrasebook(frame, declared).label(feature),
        now=str(Phrasebook(frame, declared).value(feature, rows)[0]),
        then=str(Phrasebook(other, declared).value(feature, rows)[0]),
        before=before,
        after=after,
        evidence="association",
    )


def _customer(lake: Lake, customer_id: str, score: str) -> tuple[dict[str, Any], Frame, tuple[FeatureDeclaration, ...]]:
    rows = lake.query("SELECT * FROM scores WHERE customer_id = $customer", {"customer": customer_id}).to_pylist()
    if not rows:
        raise InputError("Cliente sem notas nesta versão", value=customer_id, hint="Confira o código e a versão")
    if score not in rows[0]:
        raise UnknownNameError(
            "nota", score, sorted(name for name in rows[0] if name in {"churn_90d", "nps_detractor_risk"})
        )
    table = lake.query("SELECT * FROM features WHERE customer_id = $customer", {"customer": customer_id})
    declared = tuple(one for one in declarations().told() if one.name in table.column_names)
    return rows[0], read_frame(table, rows[0]["as_of"], declared), declared


def _model(lake: Lake, score: str) -> tuple[str, Kept, dict[str, Any]]:
    query = f"SELECT version, model, card FROM {TABLE} WHERE score = $score AND in_use"
    rows = lake.query(query, {"score": score}).to_pylist() if lake.has(TABLE) else []
    if not rows:
        raise StateError(
            "Esta versão não guardou o modelo da nota", value=f"{score}, versão {lake.version}",
            hint="Rode o ciclo outra vez: as versões novas guardam o modelo das notas de churn e de detrator",
        )  # fmt: skip
    return rows[0]["version"], read_back(rows[0]["model"]), json.loads(rows[0]["card"])


def _exact(frame: Frame, name: str) -> str:
    return str(frame.words[name][0]) if name in frame.words else repr(float(frame.numbers[name][0]))
