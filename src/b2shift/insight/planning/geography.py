"""States lie in regions: a filter on one replaces that on the other."""

from b2shift.metrics.contracts import Filter

PLACES = frozenset({"region", "state"})


def without_other_places(filters: list[Filter], new: Filter) -> list[Filter]:
    """The filters without those on the other level of geography: `e em São Paulo?` after the South."""
    if new.field not in PLACES or new.op not in {"eq", "in"}:
        return filters
    return [one for one in filters if one.field not in PLACES - {new.field} or one.op not in {"eq", "in"}]
