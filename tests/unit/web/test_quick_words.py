"""Words found at once are the ones Django finds; what of Django was replaced is what was read when it was."""

import ast
import inspect
from hashlib import sha256
from pathlib import Path
from textwrap import dedent
from threading import Thread
from types import FunctionType
from typing import Any

import pytest
from django.utils.functional import lazystr
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, override, trans_real
from hypothesis import given
from hypothesis import strategies as st

from b2shift.web.accounts.quick_words import COUNTERPARTS
from b2shift.web.console.markup import escaped, html

READ = {
    "translation": "37dc8435a59c",
    "activate": "77447792dc39",
    "deactivate": "9379fafc39b6",
    "deactivate_all": "632f5e9fb202",
    "get_language": "84a7f408bcab",
    "gettext": "0bc81af290cf",
}
"""What each counterpart says, without its comments and spaces: when it says something else, read it and ADR 0414."""
TOLD = st.one_of(st.text(), st.text().map(SafeString), st.text().map(lazystr), st.integers(), st.none())


@pytest.mark.parametrize("counterpart", COUNTERPARTS, ids=lambda one: one.__qualname__)
def test_what_was_replaced_is_as_it_was_read(counterpart: FunctionType) -> None:
    assert _digest(counterpart) == READ[counterpart.__qualname__]


def test_the_language_of_a_thread_is_asked_for_nowhere_else() -> None:
    functions = [node for node in ast.parse(_source()).body if isinstance(node, ast.FunctionDef)]
    asking = {one.name for one in functions if any(_is_active(node) for node in ast.walk(one))}
    # `catalog` and `do_ntranslate` only read it, as `gettext` does.
    assert asking - {"catalog", "do_ntranslate"} == {
        one.__qualname__ for one in COUNTERPARTS if one.__module__ == trans_real.__name__
    } - {"translation"}


def test_each_thread_has_its_language() -> None:
    heard: list[tuple[str | None, str]] = []
    with override("en"):
        other = Thread(target=lambda: heard.append((get_language(), gettext("Clientes"))))
        other.start()
        other.join()
        heard.append((get_language(), gettext("Clientes")))
    assert heard == [("pt-br", "Clientes"), ("en", "Customers")]


@given(TOLD, TOLD)
def test_markup_is_what_django_writes(one: Any, other: Any) -> None:
    assert escaped(one) == conditional_escape(one)
    assert html("<b>{}</b>{}", one, other) == format_html("<b>{}</b>{}", one, other)


def _digest(function: FunctionType) -> str:
    tree = ast.parse(dedent(inspect.getsource(function)))
    return sha256(ast.unparse(tree).encode()).hexdigest()[:12]


def _source() -> str:
    return Path(trans_real.__file__).read_text()


def _is_active(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "_active"
