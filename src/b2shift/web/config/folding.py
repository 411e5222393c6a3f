"""Templates in which what no page changes is written once per language: words, drawings, addresses without parts.

Django works such tags out anew on every page: a fifth of a page's time went there. Everything else of a template is
left as it is, so a page says the same.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.template.base import (
    FilterExpression,
    Node,
    NodeList,
    Template,
    TextNode,
    Variable,
)  # fmt: skip
from django.template.context import Context
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.engine import Engine
from django.template.library import InclusionNode, SimpleNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import cached
from django.template.loaders.base import Loader as BaseLoader
from django.templatetags.i18n import TranslateNode
from django.urls import get_script_prefix
from django.utils.translation import get_language

from b2shift.web.console.templatetags import assets

_ALWAYS_THE_SAME: frozenset[Callable[..., Any]] = frozenset(
    {assets.icon, assets.font, assets.favicon, assets.styles_and_script}
)


class _Folding(BaseLoader):
    """Folds what it loads."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        """The template as Django reads it, folded in the language in force."""
        found = super().get_template(template_name, skip)
        found.nodelist = _Folder(self.engine).folded(found.nodelist)
        return found


class Loader(cached.Loader, _Folding):
    """Keeps every template folded, once per language and place of the site."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        """Words are of the language, addresses begin with where the site stands."""
        return f"{get_language()} {get_script_prefix()} {super().cache_key(template_name, skip)}"


class _Said(Node):
    """A variable whose value never changes: `{% translate "…" as why %}`."""

    child_nodelists = ()

    def __init__(self, name: str, value: str) -> None:
        self.name, self.value = name, value

    def render(self, context: Context) -> str:
        """Nothing but the variable."""
        context[self.name] = self.value
        return ""


class _Bound:
    """A template that others take in by its name: looked up when first met, since two may take in one another."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine, self.name = engine, name

    @cached_property
    def template(self) -> Template:
        """What an inclusion tag asks for."""
        return self.engine.get_template(self.name)

    def resolve(self, _context: Context) -> Template:
        """What `{% include %}` asks for."""
        return self.template


@dataclass(frozen=True)
class _Folder:
    """Folds the nodes of a template of this engine."""

    engine: Engine

    def folded(self, nodes: Iterable[Node]) -> NodeList:
        """The same nodes, the constant ones as text and neighbouring texts as one."""
        kept = [_constant(node) for node in nodes if not isinstance(node, LoadNode | CommentNode)]
        found = NodeList()
        for plain, run in groupby(kept, key=lambda node: type(node) is TextNode):
            if plain:
                found.append(TextNode("".join(node.s for node in run if isinstance(node, TextNode))))
            else:
                found.extend(map(self._inside, run))
        found.contains_nontext = any(not isinstance(node, TextNode) for node in found)
        return found

    def _inside(self, node: Node) -> Node:
        """A node with its own nodes folded and the template it takes in at hand."""
        if isinstance(node, IfNode):
            branches = node.conditions_nodelists
            node.conditions_nodelists = [(condition, self.folded(nodes)) for condition, nodes in branches]
            return node
        if isinstance(node, InclusionNode) and isinstance(node.filename, str):
            node.filename = _Bound(self.engine, node.filename)  # type: ignore[assignment]
        elif isinstance(node, IncludeNode) and _literal(node.template) and not str(node.template.var).startswith("."):
            node.template = _Bound(self.engine, str(node.template.var))  # type: ignore[assignment]
        for name in node.child_nodelists:
            nodes = getattr(node, name, None)
            if isinstance(nodes, NodeList):
                setattr(node, name, self.folded(nodes))
        return node


def _constant(node: Node) -> Node:
    """Text, or the setting of a variable, for a tag that always comes to the same; else the node."""
    nothing = Context()
    if isinstance(node, TranslateNode) and node.message_context is None and _literal(node.filter_expression):
        if node.asvar:
            node.render(nothing)
            return _Said(node.asvar, nothing[node.asvar])
        return TextNode(node.render(nothing))
    if isinstance(node, SimpleNode) and node.func in _ALWAYS_THE_SAME and node.target_var is None:
        arguments = [*node.args, *node.kwargs.values()]
        return TextNode(node.render(nothing)) if all(map(_literal, arguments)) else node
    if isinstance(node, URLNode) and not (node.args or node.kwargs or node.asvar) and _literal(node.view_name):
        return TextNode(node.render(nothing))
    return node


def _literal(expression: FilterExpression) -> bool:
    """Whether it is written out in the template, with no variable and no filter."""
    var = expression.var
    return not expression.filters and (not isinstance(var, Variable) or var.lookups is None)
