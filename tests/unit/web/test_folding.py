"""Templates folded when they are loaded: what no page changes is text, and every page says what it said."""

from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Engine
from django.template.base import TextNode
from django.urls import set_script_prefix
from django.utils import translation

from b2shift.web.config.folding import Loader

TAGS = {"assets": "b2shift.web.console.templatetags.assets", "parts": "b2shift.web.console.templatetags.parts"}
WRITTEN = {
    "still.html": '{% load i18n assets %}<p>{% translate "Clientes" %}</p>{# why #}{% icon "search" %}'
    "{% url 'console:customers' %}",
    "page.html": '{% load i18n assets %}{% translate "Clientes" as word %}{% for one in many %}'
    "{% if one %}{{ one }} {{ word }}{% translate 'Sim' %}{% else %}{% icon drawing %}{% endif %}{% endfor %}"
    "{% url 'console:customer' code %}{% include 'part.html' with word='x' %}{% include named %}{{ word }}",
    "part.html": "{% load i18n parts %}[{{ word }}{% if deep %}{% include 'part.html' with deep=False %}{% endif %}]"
    "{% tile 'a' 'b' %}",
}
TOLD = {"many": ["<b>", "", "c"], "drawing": "up", "code": "T1", "named": "part.html", "deep": True}


def engine(*, folded: bool) -> Engine:
    """An engine of these templates and the product's parts, folded or as Django reads them."""
    plain: list[Any] = [
        ("django.template.loaders.locmem.Loader", WRITTEN),
        "django.template.loaders.app_directories.Loader",
    ]
    plain.append(("django.template.loaders.filesystem.Loader", [settings.WEB / "templates"]))
    libraries = {"i18n": "django.templatetags.i18n", **TAGS}
    return Engine(loaders=[("b2shift.web.config.folding.Loader", plain)] if folded else plain, libraries=libraries)


@pytest.mark.parametrize("language", ["pt-br", "en"])
@pytest.mark.parametrize("name", ["still.html", "page.html"])
def test_a_folded_template_says_the_same(language: str, name: str) -> None:
    with translation.override(language):
        said = [engine(folded=folded).get_template(name).render(Context(TOLD)) for folded in (True, False)]
    assert said[0] == said[1]
    assert "Clientes" in said[0] if language == "pt-br" else "Customers" in said[0]


def test_what_never_changes_is_one_text() -> None:
    nodes = engine(folded=True).get_template("still.html").nodelist
    assert [type(node) for node in nodes] == [TextNode]


def test_each_language_and_each_place_of_the_site_has_its_own() -> None:
    one = engine(folded=True)
    with translation.override("en"):
        english = one.get_template("still.html").render(Context())
    with translation.override("pt-br"):
        portuguese = one.get_template("still.html").render(Context())
        set_script_prefix("/b2shift/")
        try:
            below = one.get_template("still.html").render(Context())
        finally:
            set_script_prefix("/")
    assert ("Customers" in english, "Clientes" in portuguese) == (True, True)
    assert below.endswith("/b2shift/clientes/")
    assert portuguese.endswith("</svg>/clientes/")


def test_pages_are_read_folded() -> None:
    (loader,) = Engine.get_default().template_loaders
    assert isinstance(loader, Loader)
