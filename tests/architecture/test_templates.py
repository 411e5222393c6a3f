"""Every template can be read: its tags and filters are loaded, also in parts that only some data shows."""

from pathlib import Path

import pytest
from django.template.loader import get_template

import b2shift.web

TEMPLATES = Path(b2shift.web.__file__).parent / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_can_be_read(name: str) -> None:
    get_template(name)  # refuses what it cannot read
