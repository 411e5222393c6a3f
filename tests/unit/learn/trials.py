"""Trials made up: what each arm brings is known."""

import numpy as np

from b2shift.learn.trials.trial import Floats, Trial


def drawn_trial(
    rng: np.random.Generator, rows: int, differences: tuple[Floats, ...], base: Floats, known: Floats, *, rate: bool
) -> Trial:
    """Arms "A", "B"… beside "control", drawn alike; `differences` (rows,) of each over the control, on `base`."""
    arms = ("control", *(chr(65 + index) for index in range(len(differences))))
    arm = rng.integers(0, len(arms), rows)
    mean = base + np.choose(arm, [np.zeros(rows), *differences])
    value = (rng.random(rows) < mean).astype(float) if rate else mean + rng.normal(size=rows)
    chance = np.full((rows, len(arms)), 1 / len(arms))
    return Trial(arms, arm, chance, value, known, known)
