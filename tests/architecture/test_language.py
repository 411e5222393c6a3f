"""What a person reads is Portuguese: the errors of every package, at the place where they are raised."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import b2shift
from b2shift.kernel import errors

SOURCE = Path(b2shift.__file__).parent
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
ENGLISH = re.compile(
    r"\b(the|this|that|is|are|was|were|has|have|been|cannot|could|not|does|did|no such|another|with|without|of|from|"
    r"file|folder|table|must|should|before|after|please|run|your|you|needs?|every|nothing|there|column|field|sort|view)\b",
    re.IGNORECASE,
)


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every constant part of an error's message."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
            hints = [keyword.value for keyword in node.keywords if keyword.arg in {"what", "hint"}]
            for part in (inner for argument in [*node.args[:1], *hints] for inner in ast.walk(argument)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield node.lineno, part.value


def test_errors_speak_portuguese() -> None:
    told, english = 0, []
    for path in sorted(SOURCE.rglob("*.py")):
        for line, text in sentences(path):
            told += 1
            if ENGLISH.search(re.sub(r"`[^`]*`|--\w+|'[^']*'", "", text)):
                english.append(f"{path.relative_to(SOURCE)}:{line}: {text}")
    assert told > 100
    assert not english


def test_the_test_can_fail() -> None:
    assert ENGLISH.search("The lake is empty")
    assert not ENGLISH.search("O lake está vazio")
