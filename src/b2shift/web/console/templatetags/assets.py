"""Addresses of the built scripts, styles, font and icons, read from what the build wrote."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

_DIST = Path(__file__).resolve().parents[2] / "static" / "dist"
_ENTRIES = {"app": "src/app.js", "charts": "src/charts/index.js"}
_FONT = "inter-latin-wght-normal.woff2"


@register.simple_tag
def styles_and_script(entry: str = "app") -> SafeString:
    """The styles and the script of an entry, for the head."""
    chunk = _manifest()[_ENTRIES[entry]]
    styles = format_html_join(
        "\n", '<link rel="stylesheet" href="{}">', ((_url(file),) for file in chunk.get("css", []))
    )
    return format_html('{}\n<script type="module" src="{}"></script>', styles, _url(chunk["file"]))


@register.simple_tag
def font() -> SafeString:
    """Asks for the text's font before the styles ask for it, so that words do not jump."""
    file = next(entry["file"] for name, entry in _manifest().items() if name.endswith(_FONT))
    return format_html('<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>', _url(file))


@register.simple_tag
def favicon() -> str:
    """The mark of the browser's tab."""
    return _url("favicon.svg")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A drawing of `frontend/src/icons.js`; silent beside a word, named when it stands alone."""
    return _icon(name, str(label), sprite())


def sprite() -> str:
    """The file with every drawing, as built."""
    return str(_read("icons.json", _stamp("icons.json"))["file"])


@lru_cache(maxsize=512)
def _icon(name: str, label: str, drawings: str) -> SafeString:
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="icon" {}><use href="{}#{}"></use></svg>', spoken, _url(drawings), name)


def _url(file: str) -> str:
    return static(f"dist/{file}")


def _manifest() -> dict[str, Any]:
    return _read("manifest.json", _stamp("manifest.json"))


def _stamp(name: str) -> int:
    """Changes when the build wrote the file again; looked at once per process unless debugging."""
    return (_DIST / name).stat().st_mtime_ns if settings.DEBUG and (_DIST / name).exists() else 0


@lru_cache(maxsize=4)
def _read(name: str, _stamp: int) -> dict[str, Any]:
    try:
        return dict(json.loads((_DIST / name).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ImproperlyConfigured(f"{_DIST / name} is missing: run `make assets`") from error
