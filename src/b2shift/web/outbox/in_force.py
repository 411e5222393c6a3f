"""The rules of contact and the limits in force in this home, read again when somebody puts others in force."""

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from b2shift.interact.api import limits_of, policy_in_force
from b2shift.interact.contracts import Limits, Policy


def rules_in_force() -> Policy:
    """The policy of this home."""
    pointer = Path(settings.HOME) / "policies" / "CURRENT"
    try:
        changed = os.stat(pointer).st_mtime_ns
    except FileNotFoundError:
        changed = 0
    return _read(Path(settings.HOME), changed)


def limits_in_force() -> Limits:
    """What no contact may pass."""
    return limits_of(rules_in_force())


@lru_cache(maxsize=2)
def _read(home: Path, _changed: int) -> Policy:
    return policy_in_force(home)
