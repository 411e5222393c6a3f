"""One past score of one customer, opened: inputs, model, reasons, and the score computed again from them."""

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
from b2shift.differentiate.scores.kept.bought import EXPANSION, NEXT, PURCHASE
from b2shift.differentiate.scores.kept.contract import Said, Speaking
from b2shift.differentiate.scores.kept.lasting import RENEWAL, RENEWAL_DAYS, VALUE
from b2shift.differentiate.scores.kept.pairs import BESIDE, PARTS, PROPENSITY, Pairs
from b2shift.differentiate.scores.kept.read import read_back
from b2shift.differentiate.scores.kept.weighed import HEALTH
from b2shift.differentiate.scores.levers import levers
from b2shift.differentiate.scores.reasons import Phrasebook
from b2shift.differentiate.scores.registry import TABLE
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
"""Features that somebody can do something about; the what-if looks at these."""
_UNITS = {
    HEALTH: "points", VALUE: "money", EXPANSION: "money", NEXT: "days", RENEWAL_DAYS: "days",
}  # fmt: skip
_MODELS = {NEXT: PURCHASE, RENEWAL_DAYS: RENEWAL}


@dataclass(frozen=True)
class _Opened:
    """A score of one customer with everything it was made from; `frame` holds one customer."""

    row: dict[str, Any]
    frame: Frame
    declared: tuple[FeatureDeclaration, ...]
    version: str
    kept: Speaking | Pairs
    card: dict[str, Any]
    score: str

    def say(self, frame: Frame) -> Said:
        """What the kept model says of the customer, or of one like it."""
        if isinstance(self.kept, Pairs):
            return self.kept.of(frame, self.score.removeprefix(f"{PROPENSITY}_"))
        return self.kept.say(frame)


def dossier(lake: Lake, customer_id: str, score: str) -> ScoreDossier:
    """The score as the version of the lake has it; StateError where that version kept no model of it."""
    one = _open(lake, customer_id, score)
    said = one.say(one.frame)
    names = [score, *(name for name in said.columns if name != score and name in one.row)]
    stored, again = ([_digits(of[name]) for name in names] for of in (one.row, _first(said)))
    book = Phrasebook(one.frame, one.declared)
    rows = np.zeros(1, dtype=np.intp)
    inputs = [
        DossierInput(
            feature=name,
            label=book.label(name),
            value=str(book.value(name, rows)[0]),
            exact=_exact(one.frame, name),
            points=round(float(np.nan_to_num(said.points[0, k])), 3),
        )
        for k, name in enumerate(said.told)
    ]
    return ScoreDossier(
        customer_id=customer_id,
        score=score,
        label=one.card["label"],
        unit=unit_of(score),
        as_of=one.row["as_of"],
        lake_version=lake.version,
        model_version=one.version,
        method=one.card["method"],
        verdict=one.card["verdict"],
        periods=one.card["periods"],
        columns=tuple(names),
        stored=tuple(stored),
        recomputed=tuple(again),
        same=stored == again,
        inputs=tuple(sorted(inputs, key=lambda one: (-abs(one.points), one.feature))),
        reasons=tuple(
            f"{reason['phrase']}: {reason['value']} (pares: {reason['peers']})"
            for reason in one.row["reasons"]
            if reason["score"] == score
        ),
    )


def unit_of(score: str) -> str:
    """In what a column of `scores` is."""
    return _UNITS.get(score, "percent")


def openable(lake: Lake) -> tuple[str, ...]:
    """Scores of this version that somebody has and whose model was kept, in the order of the table."""
    if not lake.has(TABLE):
        return ()
    kept = {row["score"] for row in lake.query(f"SELECT score FROM {TABLE} WHERE in_use").to_pylist()}
    columns = lake.query("SELECT * FROM scores LIMIT 0").column_names
    found = [name for name in columns if _is_score(name) and _model_name(name) in kept]
    if not found:
        return ()
    counts = lake.query(f"SELECT {', '.join(f'count({name}) AS {name}' for name in found)} FROM scores").to_pylist()[0]
    return tuple(name for name in found if counts[name])


def what_if(lake: Lake, customer_id: str, score: str, feature: str, value: float) -> WhatIf:
    """What the model would say of the customer with another value of one number; always an association only."""
    one = _open(lake, customer_id, score)
    numbers = [name for name in one.say(one.frame).told if name in one.frame.numbers]
    if feature not in numbers:
        raise UnknownNameError("atributo numérico do modelo", feature, numbers)
    if not np.isfinite(value):
        raise InputError("O valor não é um número", value=value)
    if value < 0 <= _least(lake, feature):
        raise InputError(
            "O valor não pode ser negativo", value=value, hint="Nenhum cliente tem este número abaixo de 0"
        )
    return _changed(one, feature, value)


def _least(lake: Lake, feature: str) -> float:
    """The least a customer has of a feature; 0 of those of a customer and a family, which are counts and rates."""
    if feature not in lake.query("SELECT * FROM features LIMIT 0").column_names:
        return 0.0
    least = lake.query(f"SELECT min({quote(feature)}) AS least FROM features").to_pylist()[0]["least"]
    return float(least or 0)


def what_ifs(lake: Lake, customer_id: str, score: str) -> tuple[WhatIf, ...]:
    """What was measured or estimated; then one lever at a time as the middle of its market segment has it."""
    one = _open(lake, customer_id, score)
    said = one.say(one.frame)
    told = []
    for name in (name for name in LEVERS if name in said.told):
        middle = lake.query(
            f"SELECT median({name}) AS middle FROM features WHERE market_segment IS NOT DISTINCT FROM "
            "(SELECT market_segment FROM features WHERE customer_id = $customer)",
            {"customer": customer_id},
        ).to_pylist()[0]["middle"]
        if middle is not None and np.isfinite(float(one.frame.numbers[name][0])):
            told.append(_changed(one, name, float(middle)))
    others = sorted((one for one in told if one.now != one.then), key=lambda one: (one.after, one.feature))
    return (*levers(lake, one.frame.as_of, score, _first(said)[score]), *others)


def curve(lake: Lake, customer_id: str, score: str, feature: str) -> tuple[WhatIf, ...]:
    """What the model would say along the values customers have of a number, this one's among them, the least first.

    Empty for what only a customer and a family have together. UnknownNameError for what is no number of the model.
    """
    one = _open(lake, customer_id, score)
    numbers = [name for name in one.say(one.frame).told if name in one.frame.numbers]
    if feature not in numbers:
        raise UnknownNameError("atributo numérico do modelo", feature, numbers)
    if feature not in lake.query("SELECT * FROM features LIMIT 0").column_names:
        return ()
    steps = [0.02 + 0.96 * n / (CURVE_STEPS - 1) for n in range(CURVE_STEPS)]
    asked = f"SELECT quantile_disc({quote(feature)}, $steps) AS found FROM features"
    found = lake.query(asked, {"steps": steps}).to_pylist()[0]["found"] or ()
    own = float(one.frame.numbers[feature][0])
    values = {float(np.float32(value)) for value in found} | ({own} if np.isfinite(own) else set())
    return tuple(_changed(one, feature, value) for value in sorted(values))


def columns_in_order(found: Sequence[str]) -> tuple[str, ...]:
    """Columns of `scores` as files hold them: those that programs were promised, the reasons, then what is more."""
    families = sorted(name for name in found if name.startswith(f"{PROPENSITY}_"))
    first = [name for name in (*PROMISED, *families, "reasons") if name in found]
    return (*first, *(name for name in found if name not in first))


def _changed(one: _Opened, feature: str, value: float) -> WhatIf:
    frame = one.frame
    other = Frame(frame.as_of, frame.ids, frame.numbers | {feature: np.array([value], dtype=np.float32)}, frame.words)
    rows = np.zeros(1, dtype=np.intp)
    before, after = (float(_first(one.say(of))[one.score]) for of in (frame, other))
    return WhatIf(
        feature=feature,
        label=Phrasebook(frame, one.declared).label(feature),
        now=str(Phrasebook(frame, one.declared).value(feature, rows)[0]),
        then=str(Phrasebook(other, one.declared).value(feature, rows)[0]),
        before=before,
        after=after,
        evidence="association",
    )


def _open(lake: Lake, customer_id: str, score: str) -> _Opened:
    rows = lake.query("SELECT * FROM scores WHERE customer_id = $customer", {"customer": customer_id}).to_pylist()
    if not rows:
        raise InputError("Cliente sem notas nesta versão", value=customer_id, hint="Confira o código e a versão")
    if score not in rows[0] or not _is_score(score):
        raise UnknownNameError("nota", score, sorted(name for name in rows[0] if _is_score(name)))
    version, kept, card = _model(lake, score)
    if rows[0][score] is None:
        raise InputError("Este cliente não tem esta nota nesta versão", value=f"{customer_id}, {score}")
    table = lake.query("SELECT * FROM features WHERE customer_id = $customer", {"customer": customer_id})
    declared = tuple(one for one in declarations().told() if one.name in table.column_names)
    frame = read_frame(table, rows[0]["as_of"], declared)
    if isinstance(kept, Pairs):
        shown = interest(lake, frame.as_of, frame.ids, kept.known.families)
        frame, declared = kept.beside(frame, shown, score.removeprefix(f"{PROPENSITY}_")), (*declared, *BESIDE)
    return _Opened(rows[0], frame, declared, version, kept, card, score)


def _is_score(column: str) -> bool:
    plain = {CHURN, DETRACTOR, HEALTH, RENEWAL, RENEWAL_DAYS, VALUE, PURCHASE, NEXT, EXPANSION}
    return column in plain or column.startswith(f"{PROPENSITY}_")


def _model_name(score: str) -> str:
    return PROPENSITY if score.startswith(f"{PROPENSITY}_") else _MODELS.get(score, score)


def _model(lake: Lake, score: str) -> tuple[str, Speaking | Pairs, dict[str, Any]]:
    query = f"SELECT version, model, card FROM {TABLE} WHERE score = $score AND in_use"
    rows = lake.query(query, {"score": _model_name(score)}).to_pylist() if lake.has(TABLE) else []
    if not rows:
        raise StateError(
            "Esta versão não guardou o modelo da nota", value=f"{score}, versão {lake.version}",
            hint="Rode o ciclo outra vez: as versões novas guardam o modelo de toda nota utilizável",
        )  # fmt: skip
    card = json.loads(rows[0]["card"])
    parts = {part["score"]: part for part in card.get(PARTS, ())}
    return rows[0]["version"], read_back(rows[0]["model"]), parts.get(score, card)


def _first(said: Said) -> dict[str, float]:
    return {name: float(values[0]) for name, values in said.columns.items()}


def _digits(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(np.round(value, DIGITS))


def _exact(frame: Frame, name: str) -> str:
    return str(frame.words[name][0]) if name in frame.words else repr(float(frame.numbers[name][0]))
