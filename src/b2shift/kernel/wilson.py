"""Wilson's interval of a share (E. B. Wilson 1927): never outside 0 to 1, honest for few."""

from math import sqrt

Z95 = 1.959963984540054


def wilson(holders: float, members: int) -> tuple[float, float]:
    """The 95 % interval of holders / members; (0, 1) when there are no members."""
    if members == 0:
        return 0.0, 1.0
    share = holders / members
    denominator = 1 + Z95**2 / members
    middle = share + Z95**2 / (2 * members)
    reach = Z95 * sqrt(share * (1 - share) / members + Z95**2 / (4 * members**2))
    return max(0.0, (middle - reach) / denominator), min(1.0, (middle + reach) / denominator)
