"""Why a customer does not get an action (pt-BR), for every customer and action."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from b2shift.interact.actions.offers import Offers, eligibility_conditions
from b2shift.interact.actions.problem import Flags, Integers
from b2shift.interact.contracts import Catalogue, Left, Silence

BUSY = "já há um contato aberto no tema"
_ALWAYS = (
    "outra ação vale mais para o cliente ou os limites acabaram antes",
    "vale menos do que o tempo e o dinheiro que pede",
    BUSY,
)
_OUTRANKED, _WORTHLESS, _BUSY = range(3)


class ExclusionReasons(NamedTuple):
    """The possible reasons of each action, and the index of the one that holds (customers × actions)."""

    texts: list[list[Left]]
    reasons: Integers

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        silences: Sequence[Silence],
        offers: Offers,
        busy: Flags,
        silenced: Integers,
        worth: np.ndarray,
    ) -> "ExclusionReasons":
        """Precedence: unmet condition, open contact, silence (its number from 1), non-positive worth, outranked."""
        everywhere = (*_ALWAYS, *(silence.because.rstrip(".") for silence in silences))
        texts = [
            [Left(action=action.id, why=why) for why in everywhere]
            + [Left(action=action.id, why=why) for _, why in eligibility_conditions(action)]
            for action in catalogue.actions
        ]
        reasons = np.select(
            [offers.excluded > 0, busy, silenced > 0, worth <= 0],
            [offers.excluded.astype(int) + len(everywhere) - 1, _BUSY, silenced + _BUSY, _WORTHLESS],
            _OUTRANKED,
        )
        return cls(texts, reasons)

    def for_customer(self, customer: int, chosen: Collection[int]) -> tuple[Left, ...]:
        """Every action a customer does not get, with its reason; `chosen` are those it gets."""
        reasons = self.reasons[customer].tolist()
        return tuple(self.texts[number][one] for number, one in enumerate(reasons) if number not in chosen)
