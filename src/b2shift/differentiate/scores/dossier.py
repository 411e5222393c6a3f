"""Opens one past score of one customer: inputs, model, reasons, and the score recomputed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from b2shift.differentiate.contracts import DossierInput, FeatureDeclaration, ScoreDossier, WhatIf
from b2shift.differentiate.features.declarations import declarations
from b2shift.differentiate.scores.churn import SCORE as CHURN
from b2shift.differentiate.scores.detractor import SCORE as DETRACTOR
from b2shift.differentiate.scores.frame import Frame, read_frame
from b2shift.differentiate.scores.interest import interest
from b2shift.differentiate.scores.levers import levers
from b2shift.differentiate.scores.reasons import Phrasebook
from b2shift.differentiate.scores.registry import TABLE
from b2shift.differentiate.scores.stored_models.contract_models import RENEWAL, RENEWAL_DAYS, VALUE
from b2shift.differentiate.scores.stored_models.family_model import (
    FAMILY_CARDS,
    FAMILY_FEATURES,
    PROPENSITY,
    FamilyModel,
)
from b2shift.differentiate.scores.stored_models.health_rules import HEALTH
from b2shift.differentiate.scores.stored_models.loading import load_model
from b2shift.differentiate.scores.stored_models.protocol import CustomerModel, Prediction
from b2shift.differentiate.scores.stored_models.purchase_models import EXPANSION, NEXT, PURCHASE
from b2shift.kernel.errors import InputError, StateError, UnknownNameError
from b2shift.lake.api import Lake, quote

DIGITS = 6
"""Decimals of the scores in their table."""
CURVE_STEPS = 13
"""Values of a number along which a curve is told: from what one customer in fifty has less than, to the contrary."""
PROMISED = ("customer_id", "as_of", CHURN, f"{CHURN}_low", f"{CHURN}_high", HEALTH, DETRACTOR)
LEVERS = (
    "usage_active_days", "usage_active_users", "usage_modules", "late_days_mean_6m", "unpaid_share_2m", "overdue_count",
)  # fmt: skip
"""Actionable features, used in what-ifs."""
_UNITS = {
    HEALTH: "points", VALUE: "money", EXPANSION: "money", NEXT: "days", RENEWAL_DAYS: "days",
}  # fmt: skip
_MODELS = {NEXT: PURCHASE, RENEWAL_DAYS: RENEWAL}


@dataclass(frozen=True)
class _OpenedScore:
    """A customer's score with everything it was made from; `frame` holds one customer."""

    row: dict[str, Any]
    frame: Frame
    declared: tuple[FeatureDeclaration, ...]
    version: str
    model: CustomerModel | FamilyModel
    card: dict[str, Any]
    score: str

    def predict(self, frame: Frame) -> Prediction:
        """Prediction of the stored model for the customer, or a variation of it."""
        if isinstance(self.model, FamilyModel):
            return self.model.predict_family(frame, self.score.removeprefix(f"{PROPENSITY}_"))
        return self.model.predict(frame)


def dossier(lake: Lake, customer_id: str, score: str) -> ScoreDossier:
    """The score in this version of the lake; StateError where its model was not stored."""
    opened = _open_score(lake, customer_id, score)
    prediction = opened.predict(opened.frame)
    names = [score, *(name for name in prediction.columns if name != score and name in opened.row)]
    stored, recomputed = ([_rounded(of[name]) for name in names] for of in (opened.row, _first_values(prediction)))
    book = Phrasebook(opened.frame, opened.declared)
    rows = np.zeros(1, dtype=np.intp)
    inputs = [
        DossierInput(
            feature=name,
            label=book.label(name),
            value=str(book.value(name, rows)[0]),
            exact=_exact(opened.frame, name),
            points=round(float(np.nan_to_num(prediction.points[0, k])), 3),
        )
        for k, name in enumerate(prediction.features)
    ]
    return ScoreDossier(
        customer_id=customer_id,
        score=score,
        label=opened.card["label"],
        unit=unit_of(score),
        as_of=opened.row["as_of"],
        lake_version=lake.version,
        model_version=opened.version,
        method=opened.card["method"],
        verdict=opened.card["verdict"],
        periods=opened.card["periods"],
        columns=tuple(names),
        stored=tuple(stored),
        recomputed=tuple(recomputed),
        same=stored == recomputed,
        inputs=tuple(sorted(inputs, key=lambda one: (-abs(one.points), one.feature))),
        reasons=tuple(
            f"{reason['phrase']}: {reason['value']} (pares: {reason['peers']})"
            for reason in opened.row["reasons"]
            if reason["score"] == score
        ),
    )


def unit_of(score: str) -> str:
    """In what a column of `scores` is."""
    return _UNITS.get(score, "percent")


def openable(lake: Lake) -> tuple[str, ...]:
    """Scores of this version that somebody has and whose model was stored, in table order."""
    if not lake.has(TABLE):
        return ()
    stored = {row["score"] for row in lake.query(f"SELECT score FROM {TABLE} WHERE in_use").to_pylist()}
    columns = lake.query("SELECT * FROM scores LIMIT 0").column_names
    found = [name for name in columns if _is_score(name) and model_name(name) in stored]
    if not found:
        return ()
    counts = lake.query(f"SELECT {', '.join(f'count({name}) AS {name}' for name in found)} FROM scores").to_pylist()[0]
    return tuple(name for name in found if counts[name])


def what_if(lake: Lake, customer_id: str, score: str, feature: str, value: float) -> WhatIf:
    """The model's score with another value of one number; an association only."""
    opened = _open_score(lake, customer_id, score)
    numbers = [name for name in opened.predict(opened.frame).features if name in opened.frame.numbers]
    if feature not in numbers:
        raise UnknownNameError("atributo numérico do modelo", feature, numbers)
    if not np.isfinite(value):
        raise InputError("O valor não é um número", value=value)
    if value < 0 <= _minimum(lake, feature):
        raise InputError(
            "O valor não pode ser negativo", value=value, hint="Nenhum cliente tem este número abaixo de 0"
        )
    return _with_value(opened, feature, value)


def _minimum(lake: Lake, feature: str) -> float:
    """The least a customer has of a feature; 0 of those of a customer and a family, which are counts and rates."""
    if feature not in lake.query("SELECT * FROM features LIMIT 0").column_names:
        return 0.0
    least = lake.query(f"SELECT min({quote(feature)}) AS least FROM features").to_pylist()[0]["least"]
    return float(least or 0)


def what_ifs(lake: Lake, customer_id: str, score: str) -> tuple[WhatIf, ...]:
    """Measured and estimated effects, then one lever at a time at the median of its market segment."""
    opened = _open_score(lake, customer_id, score)
    prediction = opened.predict(opened.frame)
    changes = []
    for name in (name for name in LEVERS if name in prediction.features):
        median_value = lake.query(
            f"SELECT median({name}) AS middle FROM features WHERE market_segment IS NOT DISTINCT FROM "
            "(SELECT market_segment FROM features WHERE customer_id = $customer)",
            {"customer": customer_id},
        ).to_pylist()[0]["middle"]
        if median_value is not None and np.isfinite(float(opened.frame.numbers[name][0])):
            changes.append(_with_value(opened, name, float(median_value)))
    changed = sorted((one for one in changes if one.now != one.then), key=lambda one: (one.after, one.feature))
    return (*levers(lake, opened.frame.as_of, score, _first_values(prediction)[score]), *changed)


def curve(lake: Lake, customer_id: str, score: str, feature: str) -> tuple[WhatIf, ...]:
    """The model's scores along the quantiles of a number, the customer's own value included, in ascending order.

    Empty for features of a customer and a family. UnknownNameError for what is no number of the model.
    """
    opened = _open_score(lake, customer_id, score)
    numbers = [name for name in opened.predict(opened.frame).features if name in opened.frame.numbers]
    if feature not in numbers:
        raise UnknownNameError("atributo numérico do modelo", feature, numbers)
    if feature not in lake.query("SELECT * FROM features LIMIT 0").column_names:
        return ()
    steps = [0.02 + 0.96 * n / (CURVE_STEPS - 1) for n in range(CURVE_STEPS)]
    query = f"SELECT quantile_disc({quote(feature)}, $steps) AS quantiles FROM features"
    quantiles = lake.query(query, {"steps": steps}).to_pylist()[0]["quantiles"] or ()
    own = float(opened.frame.numbers[feature][0])
    values = {float(np.float32(value)) for value in quantiles} | ({own} if np.isfinite(own) else set())
    return tuple(_with_value(opened, feature, value) for value in sorted(values))


def columns_in_order(found: Sequence[str]) -> tuple[str, ...]:
    """Columns of `scores` as files hold them: those that programs were promised, the reasons, then what is more."""
    families = sorted(name for name in found if name.startswith(f"{PROPENSITY}_"))
    first = [name for name in (*PROMISED, *families, "reasons") if name in found]
    return (*first, *(name for name in found if name not in first))


def _with_value(opened: _OpenedScore, feature: str, value: float) -> WhatIf:
    frame = opened.frame
    other = Frame(frame.as_of, frame.ids, frame.numbers | {feature: np.array([value], dtype=np.float32)}, frame.words)
    rows = np.zeros(1, dtype=np.intp)
    before, after = (float(_first_values(opened.predict(of))[opened.score]) for of in (frame, other))
    return WhatIf(
        feature=feature,
        label=Phrasebook(frame, opened.declared).label(feature),
        now=str(Phrasebook(frame, opened.declared).value(feature, rows)[0]),
        then=str(Phrasebook(other, opened.declared).value(feature, rows)[0]),
        before=before,
        after=after,
        evidence="association",
    )


def _open_score(lake: Lake, customer_id: str, score: str) -> _OpenedScore:
    rows = lake.query("SELECT * FROM scores WHERE customer_id = $customer", {"customer": customer_id}).to_pylist()
    if not rows:
        raise InputError("Cliente sem notas nesta versão", value=customer_id, hint="Confira o código e a versão")
    if score not in rows[0] or not _is_score(score):
        raise UnknownNameError("nota", score, sorted(name for name in rows[0] if _is_score(name)))
    version, model, card = _model(lake, score)
    if rows[0][score] is None:
        raise InputError("Este cliente não tem esta nota nesta versão", value=f"{customer_id}, {score}")
    table = lake.query("SELECT * FROM features WHERE customer_id = $customer", {"customer": customer_id})
    declared = tuple(one for one in declarations().published() if one.name in table.column_names)
    frame = read_frame(table, rows[0]["as_of"], declared)
    if isinstance(model, FamilyModel):
        shown = interest(lake, frame.as_of, frame.ids, model.affinity.families)
        frame, declared = (
            model.with_family(frame, shown, score.removeprefix(f"{PROPENSITY}_")),
            (*declared, *FAMILY_FEATURES),
        )
    return _OpenedScore(rows[0], frame, declared, version, model, card, score)


def _is_score(column: str) -> bool:
    plain = {CHURN, DETRACTOR, HEALTH, RENEWAL, RENEWAL_DAYS, VALUE, PURCHASE, NEXT, EXPANSION}
    return column in plain or column.startswith(f"{PROPENSITY}_")


def model_name(score: str) -> str:
    """The model of a column of `scores`, as the registry calls it."""
    return PROPENSITY if score.startswith(f"{PROPENSITY}_") else _MODELS.get(score, score)


def _model(lake: Lake, score: str) -> tuple[str, CustomerModel | FamilyModel, dict[str, Any]]:
    query = f"SELECT version, model, card FROM {TABLE} WHERE score = $score AND in_use"
    rows = lake.query(query, {"score": model_name(score)}).to_pylist() if lake.has(TABLE) else []
    if not rows:
        raise StateError(
            "Esta versão não guardou o modelo da nota", value=f"{score}, versão {lake.version}",
            hint="Rode o ciclo outra vez: as versões novas guardam o modelo de toda nota utilizável",
        )  # fmt: skip
    card = json.loads(rows[0]["card"])
    parts = {part["score"]: part for part in card.get(FAMILY_CARDS, ())}
    return rows[0]["version"], load_model(rows[0]["model"]), parts.get(score, card)


def _first_values(prediction: Prediction) -> dict[str, float]:
    return {name: float(values[0]) for name, values in prediction.columns.items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(np.round(value, DIGITS))


def _exact(frame: Frame, name: str) -> str:
    return str(frame.words[name][0]) if name in frame.words else repr(float(frame.numbers[name][0]))
