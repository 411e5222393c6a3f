"""How often the intervals of campaigns' effects hold, where the true effect is known to be none.

    python -m benchmarks.campaign_effects HOME --lots 200

HOME: a home with randomised campaigns. The arms of each campaign are dealt out anew, as many times as lots: whatever
difference is then seen came by chance. Counted is how often an interval leaves out zero; it should in one of twenty.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from b2shift.kernel.wilson import wilson
from b2shift.lake.api import open_lake
from b2shift.learn.contracts import CONTROL, EVERY, Effect, Grouping, Measure
from b2shift.learn.effects import contrasts


def main() -> None:
    """Print a Markdown table: a line for each measure, of single campaigns and of all together."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("home", type=Path)
    asked.add_argument("--lots", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    rows = contrasts.rows_of(open_lake(told.home).query("SELECT * FROM campaign_outcomes"))
    chance = np.random.default_rng(told.seed)
    seen: dict[tuple[str, Measure], list[bool]] = {}
    for _ in range(told.lots):
        for effect in _by_chance(rows, chance):
            of = "all together" if effect.campaign_id == EVERY else "one campaign"
            seen.setdefault((of, effect.measure), []).append(effect.low <= 0 <= effect.high)
    print("| | intervals | hold | 95 % |\n|---|---|---|---|")
    for (of, measure), holds in sorted(seen.items()):
        low, high = wilson(sum(holds), len(holds))
        print(f"| {of}: {measure} | {len(holds):,} | {sum(holds) / len(holds):.1%} | {low:.1%} to {high:.1%} |")


def _by_chance(rows: contrasts.Rows, chance: np.random.Generator) -> Iterator[Effect]:
    """Effects of everyone treated against the control, the arms within each campaign dealt out anew."""
    arms = rows["arm"].copy()
    for name in np.unique(rows["campaign_id"].astype(str)):
        ours = rows["campaign_id"] == name
        arms[ours] = chance.permutation(np.where(arms[ours] == CONTROL, CONTROL, "A"))
    dealt = replace(rows, columns={**rows.columns, "arm": arms})
    return (one for one in contrasts.effects_of(dealt) if one.grouping is Grouping.EVERYONE)


if __name__ == "__main__":
    main()
