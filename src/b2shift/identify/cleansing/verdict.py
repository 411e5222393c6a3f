"""What became of one delivered value."""

from typing import NamedTuple


class Verdict(NamedTuple):
    """The value used (None: unknown), and why: a kind of defect, the rule, how sure it is (0 to 1).

    An empty `kind` says that the value was right as delivered and only had to be looked at.
    """

    after: str | None
    kind: str = ""
    rule: str = ""
    confidence: float = 1.0
