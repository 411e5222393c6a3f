"""What a card says of a score: the words fit the figures that stand beside them."""

import numpy as np

from b2shift.differentiate.scores.cards import verdict_of

HAPPENED = np.array([0.0] * 9 + [1.0])
BETTER, WORSE = np.where(HAPPENED > 0, 0.3, 0.08), np.where(HAPPENED > 0, 0.05, 0.2)


def test_a_gain_that_may_be_chance_is_not_called_none() -> None:
    assert "taxa base (10,0%) não passa do acaso" in verdict_of(HAPPENED, BETTER, useful=False)
    assert "não errou menos do que dizer a todos a taxa base (10,0%)" in verdict_of(HAPPENED, WORSE, useful=False)
    assert verdict_of(HAPPENED, BETTER, useful=True).startswith("Utilizável")
