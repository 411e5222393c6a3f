"""Portuguese translations of the English descriptions of tables, columns and sources."""

import re
from functools import cache
from importlib import resources

from b2shift.kernel.yaml import parse_yaml

PARTS = re.compile(r"(?= As delivered\.$)|(?=, → )")
"""splits the description of a raw table or column after the declared text"""


def in_portuguese(text: str) -> str:
    """The translation of a description, else the text itself, as in the declarations of a home."""
    translations = _translations()
    return translations.get(text) or "".join(translations.get(part, part) for part in PARTS.split(text))


@cache
def _translations() -> dict[str, str]:
    translations: dict[str, str] = parse_yaml(
        (resources.files("b2shift.identify.catalogue") / "portuguese.yaml").read_text("utf-8")
    )
    return translations
