"""Every template can be read: its tags and filters are loaded, also in parts that only some data shows."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

import b2shift.web

WEB = Path(b2shift.web.__file__).parent
TEMPLATES = WEB / "templates"
ICONS = Path(__file__).parents[2] / "frontend" / "src" / "icons.js"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_can_be_read(name: str) -> None:
    get_template(name)  # refuses what it cannot read


def test_every_icon_that_is_asked_for_is_drawn() -> None:
    drawn = set(re.findall(r'^  "?([\w-]+)"?: "', ICONS.read_text(), re.MULTILINE))
    asked = [
        (path.name, name)
        for path in [*WEB.rglob("*.py"), *WEB.rglob("*.html")]
        for name in re.findall(r'\bicon(?:=| )"([\w-]+)"', path.read_text())
    ]
    assert len(asked) > 100
    assert [one for one in asked if one[1] not in drawn] == []
