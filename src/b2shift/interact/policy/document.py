"""A YAML text as plain data that remembers its lines; nothing in it can run, refer back or grow."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

MAX_BYTES = 512 * 1024
MAX_DEPTH = 12
Path = tuple[str | int, ...]
# The scalars of YAML 1.2's core schema that rules need: `3_10`, `no` and `010` are what people mean by them.
_RESOLVERS = (
    ("tag:yaml.org,2002:bool", r"true|false", "tf"),
    ("tag:yaml.org,2002:null", r"~|null|", "~n\0"),
    ("tag:yaml.org,2002:int", r"[-+]?[0-9]{1,15}", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"[-+]?(?:[0-9]{1,15}\.[0-9]*|\.[0-9]+)", "-+.0123456789"),
)
_PREFIX = "tag:yaml.org,2002:"
_SCALARS: dict[str, Callable[[str], object]] = {
    "str": str,
    "bool": "true".__eq__,
    "null": lambda _: None,
    "int": int,
    "float": float,
}


class DocumentError(Exception):
    """The text is not a document we read: what is wrong, on which line, with what value."""

    def __init__(self, line: int, what: str, value: object = None, hint: str = "") -> None:
        self.line, self.what, self.value, self.hint = line, what, value, hint
        super().__init__(what)


@dataclass(frozen=True)
class Document:
    """Plain data and the 1-based line of every key and item in it."""

    data: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """Line of the path, or of the nearest thing around it that was written down."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The parser of libyaml where PyYAML was built with it (ten times faster), with our scalars."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _first in _RESOLVERS:
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), ["" if c == "\0" else c for c in _first])


def read(raw: bytes) -> Document:
    """Plain data of one YAML document; raises DocumentError for anything else."""
    if len(raw) > MAX_BYTES:
        raise DocumentError(1, "o arquivo é grande demais", f"{len(raw)} bytes", f"O limite é {MAX_BYTES} bytes")
    text = _decoded(raw)
    try:
        _refuse_references(text)
        loader = _Loader(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = _line(error.problem_mark or error.context_mark)
        raise DocumentError(line, "o YAML está malformado", error.problem) from error
    except yaml.reader.ReaderError as error:
        # libyaml counts bytes, the Python reader characters: look for the character itself.
        found = yaml.reader.Reader.NON_PRINTABLE.search(text)
        at = found.start() if found else 0
        line = text.count("\n", 0, at) + 1
        raise DocumentError(line, "há um caractere que o YAML não aceita", f"#x{ord(text[at]):04x}") from error
    if node is None:
        raise DocumentError(1, "o arquivo está vazio")
    lines: dict[Path, int] = {}
    return Document(_plain(loader, node, (), lines), lines)


def compose(text: str) -> yaml.Node:
    """The tree of a text that `read` has read, whose marks count characters."""
    root = yaml.compose(text, Loader=_Loader)
    assert root is not None
    return root


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DocumentError(line, "o arquivo não está em UTF-8", f"byte {error.start}", "Grave-o em UTF-8") from error


def _refuse_references(text: str) -> None:
    """Anchors and aliases let a small file stand for a huge one, and depth exhausts whoever walks it."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            hint = "Escreva o valor por extenso"
            raise DocumentError(_line(event.start_mark), "âncoras e referências não são aceitas", anchor, hint)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                hint = f"O limite são {MAX_DEPTH}"
                raise DocumentError(_line(event.start_mark), "o arquivo tem níveis demais", depth, hint)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _line(mark: Any) -> int:
    return mark.line + 1 if mark else 1


def _plain(loader: yaml.SafeLoader, node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    tag = node.tag.removeprefix(_PREFIX)
    if isinstance(node, yaml.MappingNode) and tag == "map":
        return {key: _plain(loader, value, (*path, key), lines) for key, value in _entries(node, path, lines)}
    if isinstance(node, yaml.SequenceNode) and tag == "seq":
        return [_plain(loader, item, (*path, index), lines) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode) and tag in _SCALARS and (tag == "str" or _resolves(loader, node)):
        return _SCALARS[tag](node.value)
    raise DocumentError(
        node.start_mark.line + 1, "tipo de valor não aceito", node.tag, "Use texto, número, sim/não ou lista"
    )


def _resolves(loader: Any, node: yaml.ScalarNode) -> bool:
    """Whether the value has the form of its tag, as it has unless somebody wrote the tag."""
    return bool(loader.resolve(yaml.ScalarNode, node.value, (True, False)) == node.tag)


def _entries(node: yaml.MappingNode, path: Path, lines: dict[Path, int]) -> Iterator[tuple[str, yaml.Node]]:
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise DocumentError(line, "uma chave precisa ser uma palavra")
        if key.value in seen:
            raise DocumentError(line, "chave repetida", key.value, f"Já está na linha {seen[key.value]}")
        seen[key.value] = line
        lines[(*path, key.value)] = line
        yield key.value, value
