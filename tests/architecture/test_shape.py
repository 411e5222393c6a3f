"""The shape of the code: small files, short functions, honest names, no path of anyone's machine."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE, LONGEST_FUNCTION = 400, 80
NOT_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "service", "services", "misc"}
MACHINE = re.compile(r"/(?:(?:work|home|Users|root)/|tmp/(?!\{))[a-z]+[a-z0-9_-]*/|file://|localhost:[0-9]{4,5}/simple")
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".html", ".js", ".css", ".txt", ".in", ".json", ".cfg", ""}


@cache
def tracked() -> tuple[Path, ...]:
    """Files that git keeps, or would if they were added now."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return tuple(path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file())


def sources() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and "migrations" not in path.parts]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_two_ideas() -> None:
    long = {shown(path): lines for path in sources() if (lines := len(path.read_text().splitlines())) > LONGEST_FILE}
    assert not long


def test_a_function_fits_on_a_screen() -> None:
    long = {}
    for path in sources():
        if "src" not in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long[f"{shown(path)}:{node.name}"] = length
    assert not long


def test_names_say_something() -> None:
    assert not [shown(path) for path in sources() if NOT_NAMES & {*path.parts, path.stem}]


def test_every_front_door_is_documented() -> None:
    """Public functions, classes and their methods in api.py and contracts.py say what they are."""
    silent = []
    for path in (p for p in sources() if p.name in {"api.py", "contracts.py"} and "src" in p.parts):
        tree = ast.parse(path.read_text())
        public = [
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        ]
        silent += [f"{shown(path)}:{node.name}" for node in public if not ast.get_docstring(node)]
        silent += [shown(path)] * (not ast.get_docstring(tree))
    assert not silent


def test_every_package_says_its_charter() -> None:
    packages = [path for path in sources() if path.name == "__init__.py" and "src" in path.parts]
    assert packages
    assert not [shown(path) for path in packages if not ast.get_docstring(ast.parse(path.read_text()))]


def test_no_path_of_a_machine() -> None:
    told = []
    for path in tracked():
        if path.suffix not in TEXT or path.name == "package-lock.json" or path == Path(__file__):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        told += [f"{shown(path)}: {found.group()}" for found in MACHINE.finditer(text)]
    assert not told


def test_nothing_generated_is_tracked() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    assert not [
        name for name in listed if re.search(r"(^|/)(node_modules|dist|__pycache__|b2shift-home|\.demo)/", name)
    ]


def test_every_test_of_the_records_is_where_postgresql_is_asked() -> None:
    """`make test` asks these folders once more on PostgreSQL, and no other."""
    told = re.search(r"^RECORDS := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert told
    folders = [ROOT / name for name in told[1].split()]
    marked = [
        path
        for path in (ROOT / "tests").rglob("*.py")
        if re.search(r"mark\.(records|postgres)\b", path.read_text(encoding="utf-8")) and path != Path(__file__)
    ]
    assert len(marked) > 40
    assert not [shown(path) for path in marked if not any(path.is_relative_to(one) for one in folders)]
