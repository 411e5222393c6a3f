"""Wilson's interval of a share (E. B. Wilson 1927): never outside 0 to 1, honest for few."""

from math import sqrt

Z95 = 1.959963984540054


def wilson(holders: float, members: float, reach: float = Z95) -> tuple[float, float]:
    """The interval of holders / members, of 95 % unless `reach` standard errors say otherwise; (0, 1) of nobody."""
    if members == 0:
        return 0.0, 1.0
    share = holders / members
    denominator = 1 + reach**2 / members
    middle = share + reach**2 / (2 * members)
    half = reach * sqrt(share * (1 - share) / members + reach**2 / (4 * members**2))
    return max(0.0, (middle - half) / denominator), min(1.0, (middle + half) / denominator)
