"""What tables, columns and sources mean, in Portuguese: declarations are English, people read their own language."""

import re
from functools import cache
from importlib import resources

from b2shift.kernel.yaml import parse_yaml

PARTS = re.compile(r"(?= As delivered\.$)|(?=, → )")
"""Where the text of a raw table or column goes on after the declared words."""


def in_portuguese(text: str) -> str:
    """The Portuguese of a declared text; the text itself where there is none, as in the declarations of a home."""
    told = _told()
    return told.get(text) or "".join(told.get(part, part) for part in PARTS.split(text))


@cache
def _told() -> dict[str, str]:
    told: dict[str, str] = parse_yaml(
        (resources.files("b2shift.identify.catalogue") / "portuguese.yaml").read_text("utf-8")
    )
    return told
