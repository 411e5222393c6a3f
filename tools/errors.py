"""What errors can say, read from the code: `python -m tools.errors` lists what has no English yet, part by part.

A text is a template whose holes are numbered, `Não há {1} em {2}`, as `web/console/translation/errors/` keeps it.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from itertools import chain, islice, product
from pathlib import Path
from typing import NamedTuple

from b2shift.kernel import errors
from b2shift.web.console.translation.error_texts import known_error_texts

ROOT = Path(__file__).parent.parent
CODE = ROOT / "src" / "b2shift"
PARTS = ("kernel", "lake", "metrics", "identify", "differentiate", "interact", "learn", "insight", "web")
TERMINAL = (
    "differentiate/forecast",
    "differentiate/given",
    "differentiate/scores/truth",
    "differentiate/segments/table_search",
    "differentiate/segments/layout",
    "differentiate/segments/evaluation",
    "differentiate/segments/reading",
    "differentiate/segments/checkpoint",
    "differentiate/segments/table_fit",
    "differentiate/supervised",
    "web/config",
)
"""The parts whose errors pages and programs meet, and in them what the terminal alone says, which is Portuguese."""
_HOLE = "\0"
_MOST = 64
_DEEP = 4
_WORDS = re.compile(r"[A-ZÀ-Ý][a-zà-ÿ]|[a-zà-ÿ]{3} |\b\w+: ")

Call = tuple[tuple[int, str], ...]
_SAID: Mapping[str, Call] = {
    **{
        name: ((0, "what"), (-1, "hint"))
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.B2ShiftError)
    },
    "UnknownNameError": ((0, "kind"), (3, "none")),
    "DocumentError": ((1, "what"), (3, "hint")),
    "Problem": ((1, "what"), (3, "hint"), (-1, "message")),
    "Fault": ((1, "what"), (3, "hint")),
    "Finding": ((-1, "what"), (-1, "hint")),
    "MetricTest": ((-1, "hint"),),
}
"""What is said where something went wrong: the places of its texts, by order and by name."""


class Said(NamedTuple):
    """One text that an error can say, and where."""

    part: str
    place: str
    text: str


@cache
def said() -> tuple[Said, ...]:
    """Every text of every error of the parts, as far as the code writes it down."""
    return tuple(_said())


def _said() -> Iterator[Said]:
    code = _Code()
    for path, tree in code.modules.items():
        module = path.relative_to(CODE).as_posix()
        part = module.split("/")[0]
        if part not in PARTS or module.startswith(TERMINAL):
            continue
        for function, call in _calls(tree):
            name = _called(call)
            for place, keyword in _SAID.get(name, ()):
                given = _given(call, place, keyword)
                for text in islice(code.texts(given, path, function) if given is not None else (), _MOST):
                    whole = f"Não existe {text} com este nome" if name == "UnknownNameError" and place == 0 else text
                    if _WORDS.search(whole.replace(_HOLE, "")):
                        yield Said(part, f"{path.relative_to(ROOT)}:{call.lineno}", _numbered(whole))


def missing() -> dict[str, dict[str, str]]:
    """Texts without English, by part, each with the first place that says it."""
    known = {text for part in known_error_texts().values() for text in part}
    found: dict[str, dict[str, str]] = defaultdict(dict)
    seen: set[str] = set()
    for one in said():
        if one.text not in known and one.text not in seen:
            seen.add(one.text)
            found[one.part][one.text] = one.place
    return found


def main() -> None:
    """List what is missing."""
    for part, texts in missing().items():
        told = "".join(f"{text}  # {place}\n" for text, place in texts.items())
        sys.stdout.write(f"# {part}: {len(texts)}\n{told}")


class _Code:
    """The modules, and what each function gives back and is called with."""

    def __init__(self) -> None:
        self.modules = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(CODE.rglob("*.py"))}

    @cached_property
    def calls(self) -> Mapping[str, list[tuple[Path, ast.AST, ast.Call]]]:
        """Every call by the name of what is called."""
        found: dict[str, list[tuple[Path, ast.AST, ast.Call]]] = defaultdict(list)
        for path, tree in self.modules.items():
            for function, call in _calls(tree):
                found[_called(call)].append((path, function, call))
        return found

    def texts(self, node: ast.expr, path: Path, function: ast.AST, depth: int = 0) -> Iterator[str]:
        """The texts an expression can be, a hole for each part that only running it tells; nothing for no text."""
        if depth > _DEEP:
            return
        match node:
            case ast.Constant(value=str() as text):
                yield text
            case ast.JoinedStr(values=values):
                yield "".join(one.value if isinstance(one, ast.Constant) else _HOLE for one in values)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                pairs = product(*(list(self.texts(one, path, function, depth)) or [_HOLE] for one in (left, right)))
                yield from ("".join(pair) for pair in pairs)
            case ast.Name(id=name):
                yield from self._named(name, path, function, depth + 1)
            case ast.Call() if _called(node) not in ("gettext", "_", "ngettext", "str"):
                yield from self._answered(node, path, function, depth + 1)
            case ast.Subscript(value=ast.Name(id=name)) | ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
                yield from self._named(name, path, function, depth + 1)
            case ast.IfExp() | ast.BoolOp() | ast.Dict() | ast.Tuple():
                for one in _chosen(node):
                    yield from self.texts(one, path, function, depth)

    def _named(self, name: str, path: Path, function: ast.AST, depth: int) -> Iterator[str]:
        """What a name was made, in its function or module; of a parameter, what callers give."""
        parameter = isinstance(function, ast.FunctionDef) and name in _parameters(function)
        for scope in (function,) if parameter else (function, self.modules[path]):
            found = [one for one in ast.walk(scope) if isinstance(one, ast.Assign | ast.AnnAssign | ast.NamedExpr)]
            values = [value for one in found for value in _bound(one, name)]
            if values:
                yield from chain.from_iterable(self.texts(value, path, function, depth) for value in values)
                return
        if isinstance(function, ast.FunctionDef) and parameter:
            calls = self.calls.get(function.name, [])
            near = [one for one in calls if one[0] == path]
            for where, caller, call in near or calls:
                given = _given(call, _parameters(function)[name], name)
                if given is not None:
                    yield from self.texts(given, where, caller, depth)

    def _answered(self, call: ast.Call, path: Path, function: ast.AST, depth: int) -> Iterator[str]:
        """What a function of the same module gives back; of a method of a name, what the name was made."""
        for one in ast.walk(self.modules[path]):
            if isinstance(one, ast.FunctionDef) and one.name == _called(call):
                for back in ast.walk(one):
                    if isinstance(back, ast.Return) and back.value is not None:
                        yield from self.texts(back.value, path, one, depth)
                return
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("get", "format", "removesuffix"):
            yield from self.texts(call.func.value, path, function, depth)


def _calls(tree: ast.AST, function: ast.AST | None = None) -> Iterator[tuple[ast.AST, ast.Call]]:
    for node in ast.iter_child_nodes(tree):
        inner = node if isinstance(node, ast.FunctionDef) else function or tree
        if isinstance(node, ast.Call):
            yield inner, node
        yield from _calls(node, inner)


def _chosen(node: ast.IfExp | ast.BoolOp | ast.Dict | ast.Tuple) -> list[ast.expr]:
    """What an expression chooses from."""
    match node:
        case ast.IfExp():
            return [node.body, node.orelse]
        case ast.Tuple():
            return node.elts
    return node.values


def _parameters(function: ast.FunctionDef) -> dict[str, int]:
    """The parameters of a function and their places in a call; -1 for one that is given by name only."""
    placed = [one.arg for one in function.args.args if one.arg not in ("self", "cls")]
    return {name: place for place, name in enumerate(placed)} | {one.arg: -1 for one in function.args.kwonlyargs}


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", None) or getattr(call.func, "attr", "")


def _given(call: ast.Call, place: int, keyword: str) -> ast.expr | None:
    named = next((one.value for one in call.keywords if one.arg == keyword), None)
    return named or (call.args[place] if 0 <= place < len(call.args) else None)


def _bound(node: ast.Assign | ast.AnnAssign | ast.NamedExpr, name: str) -> Iterator[ast.expr]:
    """What a statement makes of a name, alone or side by side with others."""
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if isinstance(target, ast.Name) and target.id == name and node.value is not None:
            yield node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = zip(target.elts, node.value.elts, strict=False)
            yield from (value for one, value in pairs if isinstance(one, ast.Name) and one.id == name)


def _numbered(text: str) -> str:
    first, *others = re.split(f"{_HOLE}+", " ".join(text.split()))
    return first + "".join(f"{{{number}}}{more}" for number, more in enumerate(others, start=1))


if __name__ == "__main__":
    main()
