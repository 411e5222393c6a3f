"""How much of what will come has come by an age: late successes neither count as failures nor are waited for.

The share of successes that come within d days is told from those seen so far, each seen only if it came before its
trial's age: right-truncated delays, whose distribution is a product of reverse-time hazards (Lagakos, Barraj and De
Gruttola, 1988). A trial still in its window then counts by that share at its age, and an arm's rate is its successes
over the sum of such counts, which is unbiased where all arms share the delays (Vernade, Cappé and Perchet, 2017).
"""

import numpy as np

from b2shift.learn.choice.shapes import NEVER, Flags, Floats, Integers


def come_by(age: Integers, after: Integers, window: int) -> Floats:
    """Share of the successes that usually have come by each age from 0 to `window` days (window + 1).

    `age`, `after`: of every trial (n). Nothing seen yet: nothing is known before the window is over. What comes after
    the oldest trial's age is not known of, so the share is that among successes within it.
    """
    curve = np.ones(window + 1)
    seen = is_within(after, window)
    if not seen.any():
        curve[:window] = 0.0
        return curve
    delays = after[seen]
    reach = np.maximum(np.minimum(age[seen], window), delays)
    came = np.bincount(delays, minlength=window + 1)[: window + 1]
    # At risk at delay d, backwards in time: those that came by d, of trials old enough to show a delay of d.
    at_risk = np.cumsum(came) - (len(reach) - np.cumsum(np.bincount(reach, minlength=window + 1)[::-1])[::-1])
    for day in range(window, 0, -1):
        hazard = came[day] / at_risk[day] if came[day] else 0.0
        curve[day - 1] = curve[day] * (1 - hazard)
    return curve


def is_within(after: Integers, window: int) -> Flags:
    """Which trials had what is counted within the window (n)."""
    return (after != NEVER) & (after <= window)


def exposures(age: Integers, after: Integers, window: int) -> Floats:
    """By how much each trial counts (n), between 0 and 1; 1 when its window is over."""
    return come_by(age, after, window)[np.minimum(age, window)]
