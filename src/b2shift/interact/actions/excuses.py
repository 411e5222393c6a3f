"""Why a customer does not get an action (pt-BR), of every customer and action."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from b2shift.interact.actions.offers import Offers, hurdles
from b2shift.interact.actions.problem import Flags, Integers
from b2shift.interact.contracts import Catalogue, Left

BUSY = "já há um contato aberto no tema"
_ALWAYS = (
    "outra ação vale mais para o cliente ou os limites acabaram antes",
    "vale menos do que o tempo e o dinheiro que pede",
    BUSY,
)
_OUTDONE, _WORTHLESS, _BUSY, _HURDLES = range(4)


class Excuses(NamedTuple):
    """What can be said of each action, and which of it holds for each customer (rows) and action (columns)."""

    said: list[list[Left]]
    holds: Integers

    @classmethod
    def of(cls, catalogue: Catalogue, offers: Offers, busy: Flags, worth: np.ndarray) -> "Excuses":
        """A hurdle not passed is said before an open contact, that before a worth of nothing."""
        said = [
            [Left(action=action.id, why=why) for why in (*_ALWAYS, *(why for _, why in hurdles(action)))]
            for action in catalogue.actions
        ]
        holds = np.select(
            [offers.excluded > 0, busy, worth <= 0],
            [offers.excluded.astype(int) + _HURDLES - 1, _BUSY, _WORTHLESS],
            _OUTDONE,
        )
        return cls(said, holds)

    def beside(self, customer: int, kept: Collection[int]) -> tuple[Left, ...]:
        """Every action but those a customer gets (`kept`, by number), and why it was not chosen."""
        holds = self.holds[customer].tolist()
        return tuple(self.said[number][one] for number, one in enumerate(holds) if number not in kept)
