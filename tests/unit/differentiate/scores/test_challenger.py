"""A version fitted anew meets the one in use on a date neither learnt from, or says nothing."""

from datetime import date

import numpy as np
import pytest

from b2shift.differentiate.scores.calibration import NONE
from b2shift.differentiate.scores.challenger import contest
from b2shift.differentiate.scores.drift import reference
from b2shift.differentiate.scores.fitted_models import fit_logistic
from b2shift.differentiate.scores.frame import Column, Design, Floats, Frame
from b2shift.differentiate.scores.measures import sigmoid
from b2shift.differentiate.scores.registry import ModelVersion, new_version
from b2shift.differentiate.scores.stored_models.binary_model import BinaryModel
from b2shift.differentiate.scores.training import Trained

RNG = np.random.default_rng(2)
SIGN = RNG.normal(size=4000).astype(np.float32)
TRUE = sigmoid(SIGN - 2.5)
HAPPENED = (RNG.random(4000) < TRUE).astype(float)
TESTED = date(2025, 3, 31)
FRAME = Frame(TESTED, np.array([f"T{n:05d}" for n in range(4000)], dtype=object), {"a": SIGN}, {})
DESIGN = Design((Column("a"),))


def _in_use(shift: float, as_of: date = date(2025, 1, 31)) -> ModelVersion:
    """A version that says what is true, moved by log-odds."""
    model = fit_logistic(DESIGN.matrix(FRAME), HAPPENED, np.ones(4000))
    return new_version(
        BinaryModel("churn_90d", DESIGN, model, NONE, shift, 0, 1, 1e-4), {}, as_of, reference([FRAME], ["a"])
    )


def _challenger(predicted: Floats) -> Trained:
    model = fit_logistic(DESIGN.matrix(FRAME), HAPPENED, np.ones(4000))
    return Trained(model, NONE, TESTED, HAPPENED, predicted, predicted, 4000, (TESTED,))


@pytest.mark.parametrize(("shift", "predicted", "found"), [
    (0.8, TRUE, "errou seguramente menos que a"),
    (0.0, sigmoid(SIGN - 1.7), "errou seguramente mais que a"),
    (0.0, TRUE, "não se distinguiu da"),
])  # fmt: skip
def test_the_losses_of_customers_decide(shift: float, predicted: Floats, found: str) -> None:
    told = contest(_in_use(shift), _challenger(predicted), FRAME)
    assert f"em 4.000 clientes de 31/03/2025, que nenhuma das duas viu, {found} versão em uso" in told


def test_a_version_that_may_have_learnt_from_the_date_is_not_met() -> None:
    assert contest(_in_use(0.8, date(2025, 6, 30)), _challenger(TRUE), FRAME) == ""
    assert contest(None, _challenger(TRUE), FRAME) == ""
