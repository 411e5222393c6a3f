"""Policy settings edited without writing YAML: each value, its location, and the text with other values."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from b2shift.interact.contracts import PolicySetting
from b2shift.interact.policy.document import Path, compose, read
from b2shift.interact.policy.load import DEFAULT, raw

# Fields of the policy that hold a number or a list of words, by where they stand; * is any item.
_NUMBERS: tuple[Path, ...] = (
    ("horizon_days",),
    ("caps", "*", "open_per_customer"),
    ("caps", "*", "account_30d"),
    ("caps", "*", "person_30d"),
    ("capacities", "*", "people"),
    ("capacities", "*", "weekly"),
    ("limits", "hours", "first"),
    ("limits", "hours", "last"),
    ("limits", "account_7d"),
    ("limits", "person_7d"),
    ("limits", "most_percent"),
    ("limits", "most_invoices"),
    ("limits", "concessions_12m"),
    ("limits", "concessions", "*", "percent"),
    ("limits", "concessions", "*", "invoices"),
    ("limits", "approval_above"),
    ("limits", "approval_below_confidence"),
    ("limits", "approval_days"),
    ("limits", "four_eyes_recipients"),
    ("limits", "escalations", "*", "after_days"),
    ("limits", "credit_months_of_mrr"),
)
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_LISTS: tuple[Path, ...] = (
    ("limits", "need_consent"),
    ("limits", "any_hour"),
    ("limits", "concession_kinds"),
    ("limits", "approving_roles"),
)


def settings_of(text: str) -> tuple[PolicySetting, ...]:
    """Every value that can be changed so, as a text has it; a text without limits has the product's own."""
    data = read(with_limits(text).encode()).data
    return tuple(
        PolicySetting(name=".".join(map(str, path)), field=".".join(map(str, field)), value=value, of=of)
        for field in (*_NUMBERS, *_LISTS)
        for path, value, of in _found(data, field, (), {})
    )


def with_settings(text: str, wanted: Mapping[str, object]) -> str:
    """The text with other values under the names of its settings; all else of it, comments too, stays as written."""
    text = with_limits(text)
    root = compose(text)
    now = {one.name: one.value for one in settings_of(text)}
    cuts = [
        _edit(text, root, tuple(name.split(".")), value)
        for name, value in wanted.items()
        if name in now and now[name] != value
    ]
    for start, end, written in sorted(cuts, reverse=True):
        text = text[:start] + written + text[end:]
    return text


def with_limits(text: str) -> str:
    """The text with the product's own limits written out, where it tells none."""
    if "limits" in read(text.encode()).data:
        return text
    lines = raw(DEFAULT).decode().split("\n")
    first = lines.index("limits:")
    last = next(n for n in range(first + 1, len(lines)) if lines[n] and not lines[n].startswith(" "))
    own = "\n".join(lines[first:last]).rstrip()
    # Before the archetypes: rules are the end of the text, where people write more of them.
    return re.sub(r"^archetypes:", lambda found: f"{own}\n\n{found[0]}", text, count=1, flags=re.MULTILINE)


def _found(
    data: object, field: Path, path: Path, of: Mapping[str, object]
) -> Iterator[tuple[Path, object, dict[str, object]]]:
    """Each place a field leads to, its value (None where it is not written), and what the item it is of says."""
    if not field:
        yield path, data, dict(of)
    elif field[0] == "*":
        for n, item in enumerate(data if isinstance(data, list) else ()):
            yield from _found(item, field[1:], (*path, n), item if isinstance(item, dict) else {})
    else:
        inner = data.get(field[0]) if isinstance(data, dict) else None
        yield from _found(inner, field[1:], (*path, field[0]), of)


def _edit(text: str, node: Any, path: tuple[str, ...], value: object) -> tuple[int, int, str]:
    """What to take out of the text, from where to where, and what to write there."""
    written = _written(value)
    for n, part in enumerate(path):
        if isinstance(node, yaml.SequenceNode):
            node = node.value[int(part)]
            continue
        inner = next((value for key, value in node.value if key.value == part), None)
        if inner is None:
            return _beside(node, ".".join(path[n:]), written)
        node = inner
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        return start, node.value[-1].end_mark.index, f"  {written}"
    return start, end, written


def _written(value: object) -> str:
    """A value as YAML has it; words stand without quotes where they may."""
    if isinstance(value, list):
        return f"[{', '.join(one if _WORD.fullmatch(one) else json.dumps(one) for one in map(str, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _beside(node: yaml.CollectionNode, name: str, written: str) -> tuple[int, int, str]:
    """A field that was not written comes after the last of those that were."""
    last = node.value[-1][1].end_mark.index
    between = ", " if node.flow_style else "\n" + " " * node.start_mark.column
    return last, last, f"{between}{name}: {written}"
