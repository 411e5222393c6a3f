"""What came before the label is simpler whole than by class; what was filled in from it is not."""

import numpy as np
import pytest

from b2shift.differentiate.supervised.causal_direction import description_length_gain
from b2shift.differentiate.supervised.shapes import Floats

ROWS = 1500
RNG = np.random.default_rng(11)
CAME = (RNG.random(ROWS) < 0.25).astype(float)
CAUSES = {
    "tenure": RNG.integers(1, 73, ROWS).astype(float),
    "spent": RNG.lognormal(3, 1, ROWS).round(1),
    "orders": RNG.negative_binomial(1.5, 0.15, ROWS).astype(float),
    "share": RNG.beta(2, 3, ROWS).round(3),
}
TRACES = {
    "label and noise": CAME * 2.4 + RNG.normal(size=ROWS),
    "amount": np.exp(2 * CAME + 0.9 * RNG.normal(size=ROWS)),
    "days since": np.where(CAME > 0, RNG.integers(0, 60, ROWS), RNG.integers(10, 365, ROWS)).astype(float),
    "score of another": np.where(CAME > 0, RNG.integers(65, 101, ROWS), RNG.integers(5, 81, ROWS)).astype(float),
    "bill, some wrong": np.where((CAME > 0) ^ (RNG.random(ROWS) < 0.06), RNG.gamma(2, 40, ROWS), 0),
}


def drawn(values: Floats) -> Floats:
    """A label that the values tell at an AUC of about 0.95."""
    told = (values - values.mean()) / values.std()
    return (RNG.random(ROWS) < 1 / (1 + np.exp(-(4.5 * told - 3)))).astype(float)


@pytest.mark.parametrize("name", CAUSES)
def test_a_label_drawn_from_a_number_makes_the_account_from_it_shorter(name: str) -> None:
    assert description_length_gain(CAUSES[name], drawn(CAUSES[name])) > 4


@pytest.mark.parametrize("name", TRACES)
def test_a_number_filled_in_from_the_label_does_not(name: str) -> None:
    assert description_length_gain(TRACES[name], CAME) < 2


def test_coarse_counts_a_common_value_and_one_class_report_nothing() -> None:
    assert description_length_gain(TRACES["bill, some wrong"], CAME) == 0
    assert description_length_gain(RNG.integers(0, 5, ROWS).astype(float), CAME) == 0
    assert description_length_gain(CAUSES["spent"], np.ones(ROWS)) == 0


def test_the_unit_of_a_number_changes_nothing_much() -> None:
    target = drawn(CAUSES["spent"])
    assert description_length_gain(1000 * CAUSES["spent"], target) == pytest.approx(
        description_length_gain(CAUSES["spent"], target), abs=0.5
    )
