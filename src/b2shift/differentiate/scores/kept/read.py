"""A kept score from its text."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from b2shift.differentiate.scores.kept.bought import EXPANSION, PURCHASE, buying, growing
from b2shift.differentiate.scores.kept.contract import Speaking
from b2shift.differentiate.scores.kept.lasting import RENEWAL, VALUE, lasting, valued
from b2shift.differentiate.scores.kept.pairs import PROPENSITY, Pairs, pairs_of
from b2shift.differentiate.scores.kept.weighed import HEALTH, weighed
from b2shift.differentiate.scores.kept.yes_or_no import yes_or_no

_KINDS: Mapping[str, Callable[[Mapping[str, Any], int], Speaking | Pairs]] = {
    HEALTH: weighed,
    RENEWAL: lasting,
    VALUE: valued,
    PURCHASE: buying,
    EXPANSION: growing,
    PROPENSITY: pairs_of,
}


def read_back(text: str, threads: int = 1) -> Speaking | Pairs:
    """The score that a text is of; texts without a kind, the oldest, are yes-or-no scores."""
    told = json.loads(text)
    return _KINDS.get(told.get("kind", ""), yes_or_no)(told, threads)
