"""States lie in regions: naming one of them after another moves there, it does not ask for both."""

from b2shift.metrics.contracts import Filter

PLACES = frozenset({"region", "state"})


def elsewhere(filters: list[Filter], said: Filter) -> list[Filter]:
    """Conditions without those on a place of the other size, where a place is said anew: `e em São Paulo?` after the South."""
    if said.field not in PLACES or said.op not in {"eq", "in"}:
        return filters
    return [one for one in filters if one.field not in PLACES - {said.field} or one.op not in {"eq", "in"}]
