"""How many customers each unit serves, as a lake has them or as they would be under other units."""

from collections import Counter

from b2shift.identify.units.contracts import Units
from b2shift.lake.api import Lake


def customers_served(lake: Lake, units: Units) -> dict[str, int]:
    """Unit → customers it would serve; who is served by several counts in each."""
    found: Counter[str] = Counter()
    for row in lake.query("SELECT families, count(*) AS customers FROM customers GROUP BY families").to_pylist():
        for key in units.serving(row["families"] or ()):
            found[key] += row["customers"]
    return {key: found[key] for key in units.keys}


def customers_of_families(lake: Lake) -> dict[str, int]:
    """Product family → customers with revenue from it in the last closed month, by name."""
    bought = "SELECT unnest(families) AS family FROM customers"
    rows = lake.query(f"SELECT family, count(*) AS customers FROM ({bought}) GROUP BY family ORDER BY family")
    return {row["family"]: row["customers"] for row in rows.to_pylist()}
