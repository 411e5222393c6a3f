"""Kept scores beside yes-or-no ones: read back they say the same, of one customer or of many, to the last bit."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from b2shift.differentiate.scores.affinity import fit_affinity
from b2shift.differentiate.scores.calibration import Calibration
from b2shift.differentiate.scores.fitted_models import FittedModel, fit_logistic
from b2shift.differentiate.scores.frame import Frame, fit_design
from b2shift.differentiate.scores.hazard import FollowUp, HazardModel, fit_hazards
from b2shift.differentiate.scores.interest import DECLARED as INTEREST
from b2shift.differentiate.scores.stored_models.contract_models import (
    ANNIVERSARY,
    OPEN,
    RENEWAL,
    VALUE,
    Assumptions,
    RenewalModel,
    ValueModel,
)
from b2shift.differentiate.scores.stored_models.family_model import FAMILY_FEATURES, FamilyModel
from b2shift.differentiate.scores.stored_models.health_rules import Group, Indicator, Rules, fit_health
from b2shift.differentiate.scores.stored_models.loading import load_model
from b2shift.differentiate.scores.stored_models.protocol import CustomerModel
from b2shift.differentiate.scores.stored_models.purchase_models import (
    EXPANSION,
    NEXT,
    PURCHASE,
    SIZES,
    ExpansionModel,
    PurchaseModel,
)

RNG = np.random.default_rng(4)
SIZE = 400
FORMATS = {"a": "decimal", "b": "decimal", "market_segment": "category"}
FAMILIES = ("rh", "crm", "cloud")
WHOLE = Frame(
    date(2024, 12, 31),
    np.array([f"T{k:04d}" for k in range(SIZE)], dtype=object),
    {name: RNG.normal(size=SIZE).astype(np.float32) for name in ("a", "b")}
    | {name: RNG.integers(1, 300, SIZE).astype(np.float32) for name in (*SIZES, ANNIVERSARY)}
    | {OPEN: np.where(RNG.random(SIZE) < 0.5, np.nan, RNG.integers(1, 300, SIZE)).astype(np.float32)}
    | {f"family_{name}": (RNG.random(SIZE) < 0.4).astype(np.float32) for name in FAMILIES},
    {"market_segment": RNG.choice(np.array(["VAREJO", "SAUDE"], dtype=object), SIZE)},
)
ALONE = WHOLE.take(np.array([17]))
SHOWN = {one.name: RNG.integers(0, 3, (SIZE, len(FAMILIES))).astype(np.float32) for one in INTEREST}


def _hazards() -> HazardModel:
    days = np.where(RNG.random(SIZE) < 0.4 + 0.2 * (WHOLE.numbers["a"] > 0), RNG.integers(1, 360, SIZE), np.inf)
    told = fit_hazards([FollowUp(WHOLE, days)], ["a", "b"], FORMATS, date(2025, 12, 31), 7)
    assert told is not None
    return told


def _pairs() -> FamilyModel:
    bought = (RNG.random((SIZE, len(FAMILIES))) < 0.1).astype(float)
    known = fit_affinity([WHOLE], [bought], FAMILIES)
    made = FamilyModel(
        known, FAMILIES, fit_design([], [], {}), _nothing(), Calibration("Platt", ((0.9, 0.1),)), (0.1, 0, 0), 1e-4
    )
    beside = [made.with_family(WHOLE, SHOWN, family) for family in FAMILIES]
    seen = fit_design(
        beside,
        ["a", *(one.name for one in FAMILY_FEATURES)],
        FORMATS | {one.name: one.format for one in FAMILY_FEATURES},
    )
    matrix = np.concatenate([seen.matrix(one) for one in beside])
    learned = fit_logistic(matrix, bought.T.ravel(), np.ones(bought.size))
    return FamilyModel(known, FAMILIES, seen, learned, made.calibration, made.shifts, made.min_probability)


def _nothing() -> FittedModel:
    return fit_logistic(np.zeros((4, 1), dtype=np.float32), np.array([0.0, 1, 0, 1]), np.ones(4))


KEPT: dict[str, CustomerModel] = {
    "renewal": RenewalModel(_hazards(), 0.3),
    "value": ValueModel(_hazards(), 0.3, 1.1, Assumptions(margin=0.7, discount_year=0.12, horizon_months=36)),
    "purchase": PurchaseModel(_hazards(), -0.2),
    "expansion": ExpansionModel(_hazards(), (1.0, 0.4, 0.1, -0.05), 1.7),
    "health": fit_health(
        WHOLE,
        Rules(
            least_weight=1,
            groups=(
                Group(key="use", weight=1, indicators=(Indicator(feature="a", weight=1, points=((-1, 0), (1, 100))),)),
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_score_read_back_says_the_same_of_one_or_of_many(name: str) -> None:
    kept = KEPT[name]
    again = load_model(kept.text())
    assert again.text() == kept.text()
    assert set(again.features) <= set(WHOLE.numbers) | set(WHOLE.words)
    assert not isinstance(again, FamilyModel)
    whole, alone = kept.predict(WHOLE), again.predict(ALONE)
    for column, values in whole.columns.items():
        assert np.array_equal(values[[17]], alone.columns[column], equal_nan=True), column
    assert alone.points.shape == (1, len(alone.features))


def test_points_are_what_the_score_loses_without_the_input() -> None:
    value = KEPT["value"].predict(ALONE)
    points = dict(zip(value.features, value.points[0], strict=True))
    assert points["mrr"] == pytest.approx(value.columns[VALUE][0]), "without revenue there is no value"
    renewal = KEPT["renewal"].predict(WHOLE)
    assert np.nanmax(renewal.columns[RENEWAL]) <= 1
    bought = KEPT["purchase"].predict(WHOLE)
    for k, feature in enumerate(bought.features):
        assert (np.sign(bought.points[:, k]) == np.sign(_first_quarter(feature))).mean() > 0.99
    assert set(bought.columns) == {PURCHASE, NEXT}
    assert (KEPT["expansion"].predict(WHOLE).columns[EXPANSION] > 0).all()


def _first_quarter(feature: str) -> np.ndarray:
    kept = KEPT["purchase"]
    assert isinstance(kept, PurchaseModel)
    return kept.hazards.contributions(WHOLE)[:, kept.features.index(feature)]


def test_a_pair_read_back_says_the_same_of_one_or_of_many() -> None:
    kept = _pairs()
    again = load_model(kept.text())
    assert isinstance(again, FamilyModel)
    assert again.text() == kept.text()
    mine = {name: values[[17]] for name, values in SHOWN.items()}
    for family in FAMILIES:
        whole, alone = (
            kept.predict_family(kept.with_family(WHOLE, SHOWN, family), family),
            again.predict_family(again.with_family(ALONE, mine, family), family),
        )
        assert whole.columns[f"propensity_{family}"][17] == alone.columns[f"propensity_{family}"][0]
        assert whole.points[17].tolist() == alone.points[0].tolist()


def test_pairs_kept_before_the_shares_of_owners_still_say_the_same() -> None:
    kept = _pairs()
    names = [name for name in kept.design.features if not name.startswith("family_held")]
    formats = FORMATS | {one.name: one.format for one in FAMILY_FEATURES}
    seen = fit_design([kept.with_family(WHOLE, SHOWN, "rh")], names, formats)
    matrix = seen.matrix(kept.with_family(WHOLE, SHOWN, "rh"))
    old = replace(kept, design=seen, model=fit_logistic(matrix, np.arange(SIZE) % 2 * 1.0, np.ones(SIZE)))
    text = json.loads(old.text())
    again = load_model(json.dumps({name: value for name, value in text.items() if name not in ("held", "held_in")}))
    assert isinstance(again, FamilyModel)
    before, after = (one.predict_family(one.with_family(WHOLE, SHOWN, "rh"), "rh") for one in (old, again))
    assert np.array_equal(before.columns["propensity_rh"], after.columns["propensity_rh"])
